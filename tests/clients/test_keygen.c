/* keygen: modes of what it makes, a chain that OpenSSL verifies, nothing overwritten. */
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/access_records.h"
#include "cli.h"
#include "crypto/hpke.h"
#include "support/fixture.h"

static int keygen(const char *out)
{
    struct options options = {.value = {[OPT_OUT] = out, [OPT_PREFECTURE] = "13", [OPT_QUIET] = ""},
                              .prefectures = {"11", "13"},
                              .prefecture_count = 2,
                              .clients = {"reception-desk", "review-desk"},
                              .client_count = 2};

    return cmd_keygen(&options);
}

static int make_all(void **state)
{
    return folder_make(state) == 0 ? keygen(in_folder(state, "k")) : -1;
}

static void expect_mode(void **state, const char *name, mode_t mode, off_t size)
{
    struct stat facts;

    if (stat(in_folder(state, name), &facts) != 0)
        fail_msg("%s is missing", name);
    if ((facts.st_mode & 07777) != mode)
        fail_msg("%s has the mode %o", name, (unsigned)facts.st_mode & 07777);
    assert_true(size == 0 || facts.st_size == size);
}

static void test_modes(void **state)
{
    static const char *const secret[] = {"k/ca.crt.pem",
                                         "k/ca.key.pem",
                                         "k/server.crt.pem",
                                         "k/server.key.pem",
                                         "k/login.pin",
                                         "k/records.pin",
                                         "k/clients/reception-desk.crt.pem",
                                         "k/clients/reception-desk.key.pem",
                                         "k/clients/reception-desk.env",
                                         "k/clients/review-desk.key.pem"};

    expect_mode(state, "k", 0700, 0);
    expect_mode(state, "k/clients", 0700, 0);
    expect_mode(state, "k/sekisho.conf", 0600, 0);
    expect_mode(state, "k/root.key", 0400, 32);
    expect_mode(state, "k/login.key", 0400, 32);
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        expect_mode(state, secret[i], 0400, 0);
}

static X509 *read_certificate(void **state, const char *name)
{
    FILE *file = fopen(in_folder(state, name), "r");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    assert_non_null(certificate);
    fclose(file);
    return certificate;
}

static int verify(X509 *ca, X509 *certificate, int purpose, const char *host)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();

    X509_STORE_add_cert(store, ca);
    X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_init(context, store, certificate, NULL);
    X509_STORE_CTX_set_purpose(context, purpose);
    if (host)
        X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context), host, 0);
    int result = X509_verify_cert(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return result;
}

static void test_chain(void **state)
{
    X509 *ca = read_certificate(state, "k/ca.crt.pem"), *server = read_certificate(state, "k/server.crt.pem"),
         *client = read_certificate(state, "k/clients/review-desk.crt.pem");

    assert_int_equal(verify(ca, server, X509_PURPOSE_SSL_SERVER, "localhost"), 1);
    assert_int_equal(verify(ca, client, X509_PURPOSE_SSL_CLIENT, NULL), 1);
    assert_int_equal(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(server, "::1", 0), 1);
    /* Neither can stand in for the other, nor for a name that is not the server's. */
    assert_int_equal(verify(ca, client, X509_PURPOSE_SSL_SERVER, NULL), 0);
    assert_int_equal(verify(ca, server, X509_PURPOSE_SSL_CLIENT, NULL), 0);
    assert_int_equal(verify(ca, server, X509_PURPOSE_SSL_SERVER, "example.jp"), 0);
    X509_free(ca);
    X509_free(server);
    X509_free(client);
}

static void test_key_fits_certificate(void **state)
{
    X509 *certificate = read_certificate(state, "k/server.crt.pem");
    FILE *file = fopen(in_folder(state, "k/server.key.pem"), "r");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);

    assert_int_equal(X509_check_private_key(certificate, key), 1);
    fclose(file);
    EVP_PKEY_free(key);
    X509_free(certificate);
}

static void test_pin_is_of_the_login_key(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1], pin[SEKISHO_FINGERPRINT_LEN + 1] = "";
    FILE *key = fopen(in_folder(state, "k/login.key"), "r"), *file = fopen(in_folder(state, "k/login.pin"), "r");

    assert_int_equal(fread(private_key, 1, sizeof private_key, key), sizeof private_key);
    assert_int_equal(fread(pin, 1, SEKISHO_FINGERPRINT_LEN, file), SEKISHO_FINGERPRINT_LEN);
    fclose(key);
    fclose(file);
    assert_int_equal(x25519_public(private_key, public_key), 0);
    sekisho_fingerprint(public_key, fingerprint);
    assert_string_equal(pin, fingerprint);
}

static void test_pin_is_of_the_key_of_the_access_records(void **state)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[ED25519_KEY_LEN];
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1], pin[SEKISHO_FINGERPRINT_LEN + 1] = "";
    FILE *key = fopen(in_folder(state, "k/login.key"), "r"), *file = fopen(in_folder(state, "k/records.pin"), "r");

    assert_int_equal(fread(private_key, 1, sizeof private_key, key), sizeof private_key);
    assert_int_equal(fread(pin, 1, SEKISHO_FINGERPRINT_LEN, file), SEKISHO_FINGERPRINT_LEN);
    fclose(key);
    fclose(file);
    ed25519_free(access_key_new(private_key, public_key));
    sekisho_fingerprint(public_key, fingerprint);
    assert_string_equal(pin, fingerprint);
}

static void test_configuration(void **state)
{
    char text[4096] = "";
    FILE *file = fopen(in_folder(state, "k/sekisho.conf"), "r");
    static const char *const keys[] = {"store = /",
                                       "root_key = /",
                                       "login_key = /",
                                       "accounts = /",
                                       "server_key = /",
                                       "client_ca = /",
                                       "run_folder = /",
                                       "listen = 127.0.0.1:7600\n",
                                       "prefectures = 11,13\n"};

    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (!strstr(text, keys[i]))
            fail_msg("the configuration has no \"%s\"", keys[i]);
}

static void test_never_overwrites(void **state)
{
    struct stat before, after;

    assert_int_equal(stat(in_folder(state, "k/root.key"), &before), 0);
    assert_int_equal(keygen(in_folder(state, "k")), CLI_USAGE);
    assert_int_equal(stat(in_folder(state, "k/root.key"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void test_names_refused(void **state)
{
    static const char *const bad[] = {"", "../x", "a/b", ".hidden", "-x", "a b", "a'b"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct options options = {.value = {[OPT_OUT] = in_folder(state, "bad"), [OPT_QUIET] = ""},
                                  .prefectures = {"11"},
                                  .prefecture_count = 1,
                                  .clients = {bad[i]},
                                  .client_count = 1};
        assert_int_equal(cmd_keygen(&options), CLI_USAGE);
        assert_int_equal(access(in_folder(state, "bad"), F_OK), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_key_fits_certificate),
        cmocka_unit_test(test_pin_is_of_the_login_key),
        cmocka_unit_test(test_pin_is_of_the_key_of_the_access_records),
        cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_never_overwrites),
        cmocka_unit_test(test_names_refused),
    };

    return cmocka_run_group_tests_name("keygen", tests, make_all, folder_free);
}
