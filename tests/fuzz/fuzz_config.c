/*
 * The warden's configuration file: any bytes, from a real file. What is accepted is whole and in range, whatever the
 * text was; what is refused is logged (to /dev/null here) within the bounds of a line.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/fuzz.h"
#include "warden/config.h"

#define GUESSES_MAX 100000000

static void require_path(const char path[PATH_LEN], bool required)
{
    REQUIRE(memchr(path, '\0', PATH_LEN) != NULL);
    REQUIRE(path[0] == '/' || (!required && path[0] == '\0'));
    size_t length = strlen(path);
    REQUIRE(length <= 1 || path[length - 1] != '/');
}

static void require_tenants(const struct warden_config *config)
{
    REQUIRE(config->tenant_count >= 1 && config->tenant_count <= TENANTS_MAX);
    for (uint32_t i = 0; i < config->tenant_count; i++) {
        REQUIRE(config->tenants[i] >= 1 && config->tenants[i] <= TENANTS_MAX);
        REQUIRE(i == 0 || config->tenants[i - 1] < config->tenants[i]);
    }
}

static void require_address(const struct warden_config *config)
{
    struct in6_addr scratch;

    REQUIRE(memchr(config->tcp_address, '\0', sizeof config->tcp_address) != NULL);
    if (config->tcp_address[0] == '\0') {
        REQUIRE(config->socket[0] == '/');
        return;
    }
    REQUIRE(config->tcp_port != 0);
    REQUIRE(inet_pton(AF_INET, config->tcp_address, &scratch) == 1 ||
            inet_pton(AF_INET6, config->tcp_address, &scratch) == 1);
}

/* What a source of the root key needs is there, and nothing else (config.h). */
static void require_root_key(const struct warden_config *config)
{
    bool token = config->root_key_source == ROOT_KEY_TOKEN;

    REQUIRE(config->root_key_source <= ROOT_KEY_TOKEN);
    require_path(config->root_key_module, token);
    require_path(config->root_key_secret, false);
    REQUIRE(memchr(config->root_key_token, '\0', sizeof config->root_key_token) != NULL);
    REQUIRE(memchr(config->root_key_environment, '\0', PATH_LEN) != NULL);
    REQUIRE((config->root_key_token[0] != '\0') == token && (config->root_key_module[0] != '\0') == token);
    REQUIRE(strstr(config->root_key_token, "pin-value") == NULL);
    REQUIRE(token || config->root_key_environment[0] == '\0');
    REQUIRE(config->root_key_source != ROOT_KEY_FILE || config->root_key_secret[0] == '\0');
    REQUIRE(strncmp(config->root_key_environment, "LD_", 3) != 0);
}

static void require_guesses(const struct warden_config *config)
{
    for (size_t i = 1; i < sizeof config->guesses / sizeof config->guesses[0]; i++) {
        const struct guess_limits *limits = &config->guesses[i];
        REQUIRE(limits->reference_day <= GUESSES_MAX && limits->reference_life <= GUESSES_MAX);
        REQUIRE(limits->candidate_day <= GUESSES_MAX && limits->session <= GUESSES_MAX);
        REQUIRE(limits->account_day <= GUESSES_MAX && limits->tenant_day <= GUESSES_MAX);
    }
}

/* Never laxer than domain 10.4. */
static void require_rules(const struct account_rules *rules)
{
    REQUIRE(rules->password_min_chars >= 12 && rules->password_min_chars <= 64);
    REQUIRE(rules->password_history >= 10 && rules->password_history <= 24);
    REQUIRE(rules->lock_failures >= 1 && rules->lock_failures <= 5);
    REQUIRE(rules->lock_window_s >= 900 && rules->lock_delay_s >= 60);
    REQUIRE(rules->dormant_days >= 1 && rules->dormant_days <= 45);
    REQUIRE(rules->idle_s >= 30 && rules->idle_s <= 3600);
    REQUIRE((rules->otp_roles & ~0x1fffeu) == 0);
    REQUIRE(rules->terms_version >= 1 && rules->zero == 0);
}

static void require_sound(const struct warden_config *config)
{
    const char *const paths[] = {config->store,      config->root_key,  config->login_key,
                                 config->accounts,   config->registers, config->server_certificate,
                                 config->server_key, config->client_ca, config->run_folder,
                                 config->terms};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        require_path(paths[i], true);
    require_path(config->socket, false);
    require_path(config->sign_authorities, false);
    require_path(config->auth_authorities, false);
    require_path(config->crl, false);
    require_tenants(config);
    require_address(config);
    require_root_key(config);
    require_guesses(config);
    require_rules(&config->rules);
    REQUIRE(config->accounts_bytes >= 1ull << 30 && config->accounts_bytes <= 1ull << 40);
    REQUIRE(config->register_bytes >= 1ull << 30 && config->register_bytes <= 1ull << 40);
    REQUIRE(memchr(config->sign_policies, '\0', sizeof config->sign_policies) != NULL);
    REQUIRE(config->ledger_retention_days <= 36500);
    REQUIRE(config->store_bytes >= 1ull << 30 && config->store_bytes <= 1ull << 40);
    REQUIRE(config->store_bytes % (1ull << 30) == 0);
    REQUIRE(config->session_ttl_s >= 60 && config->session_ttl_s <= 86400);
    REQUIRE(config->session_max >= 1 && config->session_max <= 65536);
    REQUIRE(config->uid_base >= 1 && config->uid_base <= UINT32_MAX - 5);
}

/* Whether the warden's log goes nowhere; the fuzzer's own messages are on the same descriptor. */
static void quiet(bool on)
{
    static int kept = -1, nowhere = -1;

    if (kept < 0) {
        kept = dup(STDERR_FILENO);
        nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        REQUIRE(kept >= 0 && nowhere >= 0);
    }
    REQUIRE(dup2(on ? nowhere : kept, STDERR_FILENO) == STDERR_FILENO);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct warden_config config;
    const char *path = fuzz_file("sekisho.conf", data, size);

    quiet(true);
    bool sound = config_load(path, &config);
    quiet(false);
    if (sound)
        require_sound(&config);
    return 0;
}
