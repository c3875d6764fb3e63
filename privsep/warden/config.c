#include "warden/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "warden/account_rules.h"
#include "warden/guesses.h"
#include "warden/log.h"
#include "warden/paths.h"

#define LINE_LEN 1024
#define GIB      (1ull << 30)

struct entry {
    const char *key;
    /* Returns NULL, or what is wrong with the value. */
    const char *(*set)(struct warden_config *config, size_t offset, const char *value);
    size_t offset;
    bool required;
};

static const char *set_path(struct warden_config *config, size_t offset, const char *value)
{
    size_t length = strlen(value);

    if (value[0] != '/')
        return "must be an absolute path";
    while (length > 1 && value[length - 1] == '/')
        length--;
    if (length >= PATH_LEN)
        return "path is too long";
    memcpy((char *)config + offset, value, length);
    return NULL;
}

static const char *set_root_key(struct warden_config *config, size_t offset, const char *value)
{
    static const char *const prefixes[] = {
        [ROOT_KEY_FILE] = "file:", [ROOT_KEY_PASSPHRASE] = "passphrase:", [ROOT_KEY_TOKEN] = "token:"};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(value, prefixes[i], length) != 0)
            continue;
        config->root_key_source = (enum root_key_source)i;
        value += length;
        break;
    }
    return value[0] == '/' ? set_path(config, offset, value)
                           : "must be a path, or file:, passphrase: or token: and a path";
}

static const char *set_token(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    if (strncmp(value, "pkcs11:", 7) != 0 || strlen(value) >= sizeof config->root_key_token)
        return "must be a PKCS#11 URI";
    if (strstr(value, "pin-value") || strstr(value, "pin-source"))
        return "must not have a PIN in it: root_key_secret names the file";
    memcpy(config->root_key_token, value, strlen(value) + 1);
    return NULL;
}

static const char *set_environment(struct warden_config *config, size_t offset, const char *value)
{
    size_t name = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    (void)offset;
    if (name == 0 || value[name] != '=' || strlen(value) >= sizeof config->root_key_environment)
        return "must be NAME=VALUE";
    if (strncmp(value, "LD_", 3) == 0)
        return "must not be a variable of the dynamic linker";
    memcpy(config->root_key_environment, value, strlen(value) + 1);
    return NULL;
}

static bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *number)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *number >= low && *number <= high;
}

static const char *set_size(struct warden_config *config, size_t offset, const char *value)
{
    uint64_t gib;

    if (!parse_number(value, 1, 1024, &gib))
        return "must be a number from 1 to 1024";
    gib *= GIB;
    memcpy((char *)config + offset, &gib, sizeof gib);
    return NULL;
}

static const char *put_number(uint32_t *field, const char *value, uint32_t low, uint32_t high, const char *problem)
{
    uint64_t number;

    if (!parse_number(value, low, high, &number))
        return problem;
    *field = (uint32_t)number;
    return NULL;
}

static const char *set_session_ttl(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    return put_number(&config->session_ttl_s, value, 60, 86400, "must be a number from 60 to 86400");
}

static const char *set_session_max(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    return put_number(&config->session_max, value, 1, 65536, "must be a number from 1 to 65536");
}

static const char *set_retention(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    return put_number(&config->ledger_retention_days, value, 0, 36500, "must be a number from 0 to 36500");
}

static const char *set_guesses(struct warden_config *config, size_t offset, const char *value)
{
    return guesses_parse(value, (struct guess_limits *)(void *)((char *)config + offset));
}

static const char *set_rule(struct warden_config *config, size_t offset, const char *value)
{
    return account_rules_number(&config->rules, offset - offsetof(struct warden_config, rules), value);
}

static const char *set_otp_roles(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    return account_rules_otp_roles(&config->rules, value);
}

static int hex_digit(char digit)
{
    const char *at = digit ? strchr("0123456789abcdef", digit) : NULL;

    return at ? (int)(at - "0123456789abcdef") : -1;
}

static const char *set_backup_key(struct warden_config *config, size_t offset, const char *value)
{
    uint8_t *key = config->backup_public_key;
    static const char problem[] = "must be 64 lower-case hex digits: a public key of `sekisho keygen backup`";

    (void)offset;
    if (strlen(value) != 2 * sizeof config->backup_public_key)
        return problem;
    for (size_t i = 0; i < sizeof config->backup_public_key; i++) {
        int high = hex_digit(value[2 * i]), low = hex_digit(value[2 * i + 1]);
        if (high < 0 || low < 0)
            return problem;
        key[i] = (uint8_t)(high << 4 | low);
    }
    return crypto_all_zero(key, sizeof config->backup_public_key) ? problem : NULL;
}

/* OIDs in dotted decimal; whether each is one says who uses them (card/card.h). */
static const char *set_policies(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    if (strlen(value) >= sizeof config->sign_policies || strspn(value, "0123456789. ") != strlen(value))
        return "must be OIDs in digits, separated by spaces";
    memcpy(config->sign_policies, value, strlen(value) + 1);
    return NULL;
}

static const char *set_uid_base(struct warden_config *config, size_t offset, const char *value)
{
    (void)offset;
    /* Five uids from here, none of them root's or (uid_t)-1. */
    return put_number(&config->uid_base, value, 1, UINT32_MAX - 5, "must be a number from 1 to 4294967290");
}

static bool is_numeric_address(const char *text)
{
    struct in6_addr scratch;
    return inet_pton(AF_INET, text, &scratch) == 1 || inet_pton(AF_INET6, text, &scratch) == 1;
}

static const char *set_listen(struct warden_config *config, size_t offset, const char *value)
{
    static const char problem[] = "must be a numeric address:port, [address]:port for IPv6";
    bool bracketed = value[0] == '[';
    const char *start = value + bracketed;
    const char *end = bracketed ? strchr(value, ']') : strrchr(value, ':');
    uint64_t port;

    (void)offset;
    if (!end || (size_t)(end - start) >= sizeof config->tcp_address)
        return problem;
    const char *colon = end + bracketed;
    if (*colon != ':' || !parse_number(colon + 1, 1, 65535, &port))
        return problem;
    memcpy(config->tcp_address, start, (size_t)(end - start));
    config->tcp_address[end - start] = '\0';
    config->tcp_port = (uint16_t)port;
    return is_numeric_address(config->tcp_address) ? NULL : problem;
}

static const char *set_prefectures(struct warden_config *config, size_t offset, const char *value)
{
    bool named[TENANTS_MAX + 1] = {false};
    char copy[LINE_LEN], *rest = copy, *item;
    uint64_t code;

    (void)offset;
    snprintf(copy, sizeof copy, "%s", value);
    while ((item = strsep(&rest, ",")) != NULL) {
        item += strspn(item, " \t");
        item[strcspn(item, " \t")] = '\0';
        if (!parse_number(item, 1, TENANTS_MAX, &code))
            return "must be prefecture codes from 1 to 47, separated by commas";
        if (named[code])
            return "names a prefecture twice";
        named[code] = true;
    }
    for (uint16_t tenant = 1; tenant <= TENANTS_MAX; tenant++)
        if (named[tenant])
            config->tenants[config->tenant_count++] = tenant;
    return NULL;
}

#define AT(field) offsetof(struct warden_config, field)
static const struct entry entries[] = {
    {"store", set_path, AT(store), true},
    {"root_key", set_root_key, AT(root_key), true},
    {"root_key_secret", set_path, AT(root_key_secret), false},
    {"root_key_token", set_token, 0, false},
    {"root_key_module", set_path, AT(root_key_module), false},
    {"root_key_environment", set_environment, 0, false},
    {"login_key", set_path, AT(login_key), true},
    {"accounts", set_path, AT(accounts), true},
    {"register", set_path, AT(registers), true},
    {"server_certificate", set_path, AT(server_certificate), true},
    {"server_key", set_path, AT(server_key), true},
    {"client_ca", set_path, AT(client_ca), true},
    {"sign_authorities", set_path, AT(sign_authorities), false},
    {"auth_authorities", set_path, AT(auth_authorities), false},
    {"crl", set_path, AT(crl), false},
    {"sign_policies", set_policies, 0, false},
    {"run_folder", set_path, AT(run_folder), true},
    {"listen", set_listen, 0, false},
    {"socket", set_path, AT(socket), false},
    {"prefectures", set_prefectures, 0, true},
    {"store_size_gib", set_size, AT(store_bytes), false},
    {"accounts_size_gib", set_size, AT(accounts_bytes), false},
    {"register_size_gib", set_size, AT(register_bytes), false},
    {"session_ttl_s", set_session_ttl, 0, false},
    {"session_max", set_session_max, 0, false},
    {"ledger_retention_days", set_retention, 0, false},
    {"guesses_register", set_guesses, offsetof(struct warden_config, guesses[1]), false},
    {"guesses_change", set_guesses, offsetof(struct warden_config, guesses[2]), false},
    {"guesses_delete", set_guesses, offsetof(struct warden_config, guesses[3]), false},
    {"guesses_periodic", set_guesses, offsetof(struct warden_config, guesses[4]), false},
    {"backup_public_key", set_backup_key, 0, false},
    {"uid_base", set_uid_base, 0, false},
    {"password_min_chars", set_rule, AT(rules.password_min_chars), false},
    {"password_history", set_rule, AT(rules.password_history), false},
    {"lock_failures", set_rule, AT(rules.lock_failures), false},
    {"lock_window_s", set_rule, AT(rules.lock_window_s), false},
    {"lock_delay_s", set_rule, AT(rules.lock_delay_s), false},
    {"dormant_days", set_rule, AT(rules.dormant_days), false},
    {"session_idle_s", set_rule, AT(rules.idle_s), false},
    {"otp_roles", set_otp_roles, 0, false},
    {"terms_file", set_path, AT(terms), true},
    {"terms_version", set_rule, AT(rules.terms_version), true},
};
#define ENTRY_COUNT (sizeof entries / sizeof entries[0])

static char *trim(char *text)
{
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        text[--length] = '\0';
    return text;
}

static const char *apply(struct warden_config *config, bool seen[ENTRY_COUNT], const char *key, const char *value)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (strcmp(entries[i].key, key) != 0)
            continue;
        if (seen[i])
            return "is set twice";
        seen[i] = true;
        return entries[i].set(config, entries[i].offset, value);
    }
    return "is not a key of this file";
}

static bool read_line(struct warden_config *config, bool seen[ENTRY_COUNT], const char *path, unsigned number,
                      char *line)
{
    char *key = trim(line), *equals;
    const char *problem;

    if (*key == '\0' || *key == '#')
        return true;
    equals = strchr(key, '=');
    if (!equals) {
        log_line("warden", "%s:%u: not a `key = value` line", path, number);
        return false;
    }
    *equals = '\0';
    key = trim(key);
    problem = apply(config, seen, key, trim(equals + 1));
    if (problem)
        log_line("warden", "%s:%u: %.64s %s", path, number, key, problem);
    return problem == NULL;
}

/* What the source of the root key needs is there, and nothing that it has no use for. */
static bool root_key_is_complete(const struct warden_config *config, const char *path)
{
    bool token = config->root_key_source == ROOT_KEY_TOKEN;
    bool has_token = config->root_key_token[0] && config->root_key_module[0];
    bool has_part = config->root_key_token[0] || config->root_key_module[0] || config->root_key_environment[0];

    if (token && !has_token) {
        log_line("warden", "%s: root_key is token: without root_key_token and root_key_module", path);
        return false;
    }
    if ((!token && has_part) || (config->root_key_source == ROOT_KEY_FILE && config->root_key_secret[0])) {
        log_line("warden", "%s: root_key has no use for one of the other root_key_ lines", path);
        return false;
    }
    return true;
}

static bool is_complete(const struct warden_config *config, const bool seen[ENTRY_COUNT], const char *path)
{
    bool complete = true;

    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (entries[i].required && !seen[i]) {
            log_line("warden", "%s: %s is missing", path, entries[i].key);
            complete = false;
        }
    if (config->tcp_address[0] == '\0' && config->socket[0] == '\0') {
        log_line("warden", "%s: neither listen nor socket is set: nobody could connect", path);
        complete = false;
    }
    return root_key_is_complete(config, path) && complete;
}

bool config_load(const char *path, struct warden_config *config)
{
    bool seen[ENTRY_COUNT] = {false}, sound = true;
    char line[LINE_LEN];
    int fd = path_open_config(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

    if (!file)
        return false;
    *config = (struct warden_config){.store_bytes = 16 * GIB,
                                     .accounts_bytes = 4 * GIB,
                                     .register_bytes = 32 * GIB,
                                     .rules = account_rules_default,
                                     .session_ttl_s = 3600,
                                     .session_max = 1024,
                                     .ledger_retention_days = LEDGER_RETENTION_DAYS,
                                     .uid_base = 64200};
    for (size_t purpose = 1; purpose < sizeof config->guesses / sizeof config->guesses[0]; purpose++)
        config->guesses[purpose] = guesses_default;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        if (!strchr(line, '\n') && !feof(file)) {
            log_line("warden", "%s:%u: line is too long", path, number);
            sound = false;
            break;
        }
        sound = read_line(config, seen, path, number, line) && sound;
    }
    sound = !ferror(file) && sound;
    fclose(file);
    return is_complete(config, seen, path) && sound;
}
