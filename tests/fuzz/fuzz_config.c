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

static void require_sound(const struct warden_config *config)
{
    const char *const paths[] = {config->store,     config->root_key,           config->login_key,
                                 config->accounts,  config->server_certificate, config->server_key,
                                 config->client_ca, config->run_folder};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        require_path(paths[i], true);
    require_path(config->socket, false);
    require_tenants(config);
    require_address(config);
    REQUIRE(config->store_bytes >= 1ull << 30 && config->store_bytes <= 1ull << 40);
    REQUIRE(config->store_bytes % (1ull << 30) == 0);
    REQUIRE(config->session_ttl_s >= 60 && config->session_ttl_s <= 86400);
    REQUIRE(config->session_max >= 1 && config->session_max <= 65536);
    REQUIRE(config->uid_base >= 1 && config->uid_base <= UINT32_MAX - 4);
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
