/* The configuration file is read strictly, and nothing it names may be another's to write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "forked.h"
#include "warden/account_rules.h"
#include "warden/config.h"
#include "warden/paths.h"

static char folder[FOLDER_LEN], conf[FOLDER_LEN + 8], said[4096];

static int make(void **state)
{
    (void)state;
    folder_make(folder, geteuid());
    folder_write_config(folder, "");
    snprintf(conf, sizeof conf, "%s/conf", folder);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static int load_and_open(void *context)
{
    static struct warden_config config;
    struct opened_files files;

    (void)context;
    return config_load(conf, &config) && paths_open(&config, &files) ? 0 : 1;
}

static int load_to_pipe(void *context)
{
    WANT(dup2(*(int *)context, STDERR_FILENO) >= 0);
    return load_and_open(NULL);
}

/* true when the configuration is good; `said` is what was logged. */
static bool accepted(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    int code = forked(AS_CALLER, load_to_pipe, &ends[1]);
    close(ends[1]);
    ssize_t length = read(ends[0], said, sizeof said - 1);
    said[length < 0 ? 0 : length] = '\0';
    close(ends[0]);
    assert_true(code == 0 || code == 1);
    return code == 0;
}

static void assert_refused(const char *name, const char *reason)
{
    if (accepted())
        fail_msg("accepted, although: %s", reason);
    if (!strstr(said, name) || !strstr(said, reason))
        fail_msg("wanted \"%s\" and \"%s\" in: %s", name, reason, said);
}

static void assert_line_refused(const char *line, const char *reason)
{
    char more[256];

    snprintf(more, sizeof more, "%s\n", line);
    folder_write_config(folder, more);
    assert_refused("conf:", reason);
}

static void accepts_a_good_one(void **state)
{
    struct warden_config config;

    (void)state;
    folder_write_config(folder, "prefectures = 47,1\nlisten = [::1]:8443\nstore_size_gib = 2\nstore = /x/y/\n");
    assert_true(config_load(conf, &config));
    assert_int_equal(config.tenant_count, 2);
    assert_int_equal(config.tenants[0], 1);
    assert_int_equal(config.tenants[1], 47);
    assert_string_equal(config.tcp_address, "::1");
    assert_int_equal(config.tcp_port, 8443);
    assert_true(config.store_bytes == 2ull << 30);
    assert_true(config.accounts_bytes == 4ull << 30);
    assert_true(config.register_bytes == 32ull << 30);
    assert_int_equal(config.session_ttl_s, 3600);
    assert_int_equal(config.session_max, 1024);
    assert_int_equal(config.ledger_retention_days, LEDGER_RETENTION_DAYS);
    assert_int_equal(config.uid_base, 64200);
    assert_string_equal(config.store, "/x/y");
    folder_write_config(folder, "");
    assert_true(accepted());
}

static void refuses_lines_by_number_and_key(void **state)
{
    (void)state;
    assert_line_refused("colour = red", "colour is not a key");
    assert_line_refused("session_max = 5\nsession_max = 6", "session_max is set twice");
    assert_line_refused("session_max", "not a `key = value` line");
    assert_line_refused("session_max = 0", "session_max must be");
    assert_line_refused("ledger_retention_days = -1", "ledger_retention_days must be");
    assert_line_refused("ledger_retention_days = 36501", "ledger_retention_days must be");
    assert_line_refused("session_max = 5x", "session_max must be");
    assert_line_refused("session_max = -5", "session_max must be");
    assert_line_refused("session_ttl_s = 99999999999999999999", "session_ttl_s must be");
    assert_line_refused("store_size_gib = 1025", "store_size_gib must be");
    assert_line_refused("accounts_size_gib = 0", "accounts_size_gib must be");
    assert_line_refused("accounts = accounts", "accounts must be an absolute path");
    assert_line_refused("register = register", "register must be an absolute path");
    assert_line_refused("register_size_gib = 1025", "register_size_gib must be");
    assert_line_refused("crl = crl.pem", "crl must be an absolute path");
    assert_line_refused("sign_policies = 1.2.392,1.2.393", "sign_policies must be");
    assert_line_refused("uid_base = 0", "uid_base must be");
    assert_line_refused("uid_base = 4294967292", "uid_base must be");
    assert_line_refused("backup_public_key = 12", "backup_public_key must be");
    assert_line_refused("backup_public_key = 00000000000000000000000000000000000000000000000000000000000000XY",
                        "backup_public_key must be");
    assert_line_refused("backup_public_key = 0000000000000000000000000000000000000000000000000000000000000000",
                        "backup_public_key must be");
    assert_line_refused("prefectures = 11,48", "prefectures must be");
    assert_line_refused("prefectures = 11,,13", "prefectures must be");
    assert_line_refused("prefectures = 11,13,11", "prefectures names a prefecture twice");
    assert_line_refused("listen = localhost:8443", "listen must be");
    assert_line_refused("listen = 127.0.0.1:0", "listen must be");
    assert_line_refused("listen = 127.0.0.1:65536", "listen must be");
    assert_line_refused("listen = 127.0.0.1", "listen must be");
    assert_line_refused("listen = [::1:8443", "listen must be");
    assert_line_refused("store = relative/store", "store must be an absolute path");
    assert_line_refused("store =", "store must be an absolute path");
}

/* INV-14: a configuration may hold accounts to more than the defaults, not to less. */
static void inv14_rules_of_accounts_are_never_laxer(void **state)
{
    struct warden_config config;

    (void)state;
    folder_write_config(folder, "");
    assert_true(config_load(conf, &config));
    assert_memory_equal(&config.rules.password_min_chars, &account_rules_default.password_min_chars,
                        offsetof(struct account_rules, terms_version));
    folder_write_config(folder,
                        "password_min_chars = 16\npassword_history = 24\nlock_failures = 3\nlock_window_s = 3600\n"
                        "lock_delay_s = 300\ndormant_days = 30\nsession_idle_s = 600\notp_roles = OWN, ADM\n");
    assert_true(config_load(conf, &config));
    assert_int_equal(config.rules.password_min_chars, 16);
    assert_int_equal(config.rules.password_history, 24);
    assert_int_equal(config.rules.lock_failures, 3);
    assert_int_equal(config.rules.lock_window_s, 3600);
    assert_int_equal(config.rules.lock_delay_s, 300);
    assert_int_equal(config.rules.dormant_days, 30);
    assert_int_equal(config.rules.idle_s, 600);
    assert_int_equal(config.rules.otp_roles, 1u << 1 | 1u << 2);
    assert_int_equal(config.rules.terms_version, 1);

    assert_line_refused("password_min_chars = 11", "password_min_chars must be");
    assert_line_refused("password_history = 9", "password_history must be");
    assert_line_refused("password_history = 25", "password_history must be");
    assert_line_refused("lock_failures = 6", "lock_failures must be");
    assert_line_refused("lock_failures = 0", "lock_failures must be");
    assert_line_refused("lock_window_s = 899", "lock_window_s must be");
    assert_line_refused("lock_delay_s = 59", "lock_delay_s must be");
    assert_line_refused("dormant_days = 46", "dormant_days must be");
    assert_line_refused("session_idle_s = 3601", "session_idle_s must be");
    assert_line_refused("otp_roles = OWN,XYZ", "otp_roles must be");
    assert_line_refused("otp_roles = OWN,", "otp_roles must be");
    assert_line_refused("otp_roles =", "otp_roles must be");
    assert_line_refused("otp_roles = OWN OWN", "otp_roles must be");
    assert_line_refused("otp_roles = OWN,OWN", "otp_roles names a role twice");
    folder_write_config(folder, "");
}

static void knows_the_sources_of_the_root_key(void **state)
{
    struct warden_config config;
    char more[512];

    (void)state;
    folder_write_config(folder, "root_key = file:/k\n");
    assert_true(config_load(conf, &config));
    assert_int_equal(config.root_key_source, ROOT_KEY_FILE);
    assert_string_equal(config.root_key, "/k");
    folder_write_config(folder, "root_key = passphrase:/k/w\nroot_key_secret = /k/s\n");
    assert_true(config_load(conf, &config));
    assert_int_equal(config.root_key_source, ROOT_KEY_PASSPHRASE);
    assert_string_equal(config.root_key, "/k/w");
    assert_string_equal(config.root_key_secret, "/k/s");
    folder_write_config(folder, "root_key = token:/k/w\nroot_key_token = pkcs11:token=a;object=b\n"
                                "root_key_module = /m.so\nroot_key_environment = CONF=/a=b\n");
    assert_true(config_load(conf, &config));
    assert_int_equal(config.root_key_source, ROOT_KEY_TOKEN);
    assert_string_equal(config.root_key_token, "pkcs11:token=a;object=b");
    assert_string_equal(config.root_key_module, "/m.so");
    assert_string_equal(config.root_key_environment, "CONF=/a=b");

    assert_line_refused("root_key = shares:/k", "root_key must be a path, or");
    assert_line_refused("root_key = passphrase:k", "root_key must be a path, or");
    assert_line_refused("root_key = token:/k", "without root_key_token");
    assert_line_refused("root_key = token:/k\nroot_key_token = pkcs11:object=b", "without root_key_token");
    assert_line_refused("root_key_secret = /k", "has no use for");
    assert_line_refused("root_key = passphrase:/k\nroot_key_module = /m.so", "has no use for");
    assert_line_refused("root_key_token = object=b", "root_key_token must be a PKCS#11 URI");
    assert_line_refused("root_key_token = pkcs11:object=b?pin-value=1", "root_key_token must not have a PIN");
    assert_line_refused("root_key_token = pkcs11:object=b?pin-source=/f", "root_key_token must not have a PIN");
    assert_line_refused("root_key_environment = x", "root_key_environment must be NAME=VALUE");
    assert_line_refused("root_key_environment = =x", "root_key_environment must be NAME=VALUE");
    assert_line_refused("root_key_environment = LD_PRELOAD=/x", "root_key_environment must not be");
    snprintf(more, sizeof more, "root_key_secret = /%0300d", 0);
    folder_write_config(folder, more);
    assert_refused("conf", "path is too long");
    folder_write_config(folder, "");
}

static void refuses_what_is_missing(void **state)
{
    (void)state;
    folder_write(folder, "conf", 0644, "listen = 127.0.0.1:8443\n");
    assert_refused("conf", "root_key is missing");
    assert_refused("conf", "prefectures is missing");
    assert_refused("conf", "terms_file is missing");
}

static void assert_mode_refused(const char *name, mode_t mode, const char *reason)
{
    folder_write_config(folder, "");
    folder_write(folder, name, mode, "x");
    assert_refused(name, reason);
    folder_write(folder, name, 0600, "x");
}

static void refuses_modes(void **state)
{
    (void)state;
    folder_write_config(folder, "");
    assert_mode_refused("root.key", 0640, "mode 0600 or 0400");
    assert_mode_refused("root.key", 0604, "mode 0600 or 0400");
    assert_mode_refused("login.key", 0700, "mode 0600 or 0400");
    assert_mode_refused("server.key", 0644, "mode 0600 or 0400");
    assert_mode_refused("terms.txt", 0664, "writable by its owner only");
    assert_mode_refused("server.crt", 0664, "writable by its owner only");
    assert_mode_refused("ca.crt", 0646, "writable by its owner only");
    assert_true(accepted());
    assert_int_equal(chmod(conf, 0666), 0);
    assert_refused(conf, "writable by its owner only");
    folder_write_config(folder, "");
}

static void refuses_links_and_other_kinds(void **state)
{
    char key[FOLDER_LEN + 16], other[FOLDER_LEN + 16], more[256];

    (void)state;
    folder_write_config(folder, "");
    snprintf(key, sizeof key, "%s/root.key", folder);
    snprintf(other, sizeof other, "%s/other.key", folder);
    assert_int_equal(rename(key, other) | symlink(other, key), 0);
    assert_refused("root.key", "symbolic link");
    assert_int_equal(unlink(key) | link(other, key), 0);
    assert_refused("root.key", "one name");
    assert_int_equal(unlink(key) | mkdir(key, 0700), 0);
    assert_refused("root.key", "must be a regular file");
    assert_int_equal(rmdir(key) | mkfifo(key, 0600), 0);
    assert_refused("root.key", "must be a regular file");
    assert_int_equal(unlink(key), 0);
    assert_refused("root.key", "No such file");
    assert_int_equal(rename(other, key), 0);

    char linked[FOLDER_LEN + 16];
    snprintf(linked, sizeof linked, "%s/linked", folder);
    assert_int_equal(symlink(folder, linked), 0);
    snprintf(more, sizeof more, "root_key = %s/root.key\n", linked);
    folder_write_config(folder, more);
    assert_refused("linked/root.key", "a folder on the way is a symbolic link");
    folder_write_config(folder, "");
    assert_true(accepted());
}

static void refuses_a_folder_that_others_can_write_to(void **state)
{
    (void)state;
    folder_write_config(folder, "");
    assert_int_equal(chmod(folder, 0775), 0);
    assert_refused("conf", "others can write to it");
    assert_int_equal(chmod(folder, 0757), 0);
    assert_refused("conf", "others can write to it");
    /* Sticky, as /tmp is: others cannot replace what is there. */
    assert_int_equal(chmod(folder, 01777), 0);
    assert_true(accepted());
    assert_int_equal(chmod(folder, 0755), 0);
}

static void refuses_another_owner(void **state)
{
    char key[FOLDER_LEN + 16];

    (void)state;
    if (geteuid() != 0)
        skip();
    snprintf(key, sizeof key, "%s/root.key", folder);
    assert_int_equal(chown(key, ORDINARY_UID, ORDINARY_UID), 0);
    assert_refused("root.key", "owned by the starting user");
    assert_int_equal(chown(key, 0, 0) | chown(folder, ORDINARY_UID, 0), 0);
    assert_refused("conf", "does not belong to root or the starting user");
    assert_int_equal(chown(folder, 0, 0), 0);
    assert_true(accepted());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_good_one),
        cmocka_unit_test(refuses_lines_by_number_and_key),
        cmocka_unit_test(inv14_rules_of_accounts_are_never_laxer),
        cmocka_unit_test(knows_the_sources_of_the_root_key),
        cmocka_unit_test(refuses_what_is_missing),
        cmocka_unit_test(refuses_modes),
        cmocka_unit_test(refuses_links_and_other_kinds),
        cmocka_unit_test(refuses_a_folder_that_others_can_write_to),
        cmocka_unit_test(refuses_another_owner),
    };
    return cmocka_run_group_tests_name("sandbox: configuration", tests, make, unmake);
}
