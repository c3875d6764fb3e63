/* Every way a login is refused, and that it is refused for this reason. */
#include <string.h>
#include <time.h>

#include "harness.h"

static void init(struct client *client, struct harness *harness)
{
    client_init(client, harness, "tanaka", HARNESS_PASSWORD);
}

static enum login_status sealed_and_refused(struct client *client, struct harness *harness)
{
    client_seal(client, harness);
    return client_refused(client, harness);
}

static void replayed_blob(void **state)
{
    struct harness *harness = *state;
    struct client client;
    struct session_open open;
    struct login_reply reply;

    init(&client, harness);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    assert_int_equal(client_refused(&client, harness), LOGIN_CHALLENGE_USED);
}

static void reordered_challenges(void **state)
{
    struct harness *harness = *state;
    struct client first, second;

    init(&first, harness);
    init(&second, harness);
    client_seal(&first, harness);
    client_seal(&second, harness);
    /* A blob under another login's challenge does not open, and that challenge is used up by the try. */
    memcpy(first.request.challenge, second.request.challenge, CHALLENGE_LEN);
    assert_int_equal(client_refused(&first, harness), LOGIN_BAD_SEAL);
    assert_int_equal(client_refused(&second, harness), LOGIN_CHALLENGE_USED);
}

static void challenge_that_auth_did_not_make(void **state)
{
    struct harness *harness = *state;
    struct client client;

    init(&client, harness);
    client.request.challenge[31] ^= 1;
    assert_int_equal(sealed_and_refused(&client, harness), LOGIN_CHALLENGE_UNKNOWN);
    memset(client.request.challenge, 0, CHALLENGE_LEN);
    assert_int_equal(sealed_and_refused(&client, harness), LOGIN_CHALLENGE_UNKNOWN);
}

static void blob_for_another_tenant(void **state)
{
    struct harness *harness = *state;
    struct client client;

    init(&client, harness); /* the account exists in tenant 13 too, with the same password */
    client_seal(&client, harness);
    client.request.tenant = 13;
    assert_int_equal(client_refused(&client, harness), LOGIN_BAD_SEAL);
}

static void blob_changed_on_its_way(void **state)
{
    static const size_t places[] = {0, 100, LOGIN_SEALED_LEN - 1};
    struct harness *harness = *state;
    struct client client;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        init(&client, harness);
        client_seal(&client, harness);
        client.request.sealed[places[i]] ^= 1;
        assert_int_equal(client_refused(&client, harness), LOGIN_BAD_SEAL);
    }
    init(&client, harness);
    client_seal(&client, harness);
    memset(client.request.encapsulated, 0, X25519_LEN); /* a point of low order */
    assert_int_equal(client_refused(&client, harness), LOGIN_BAD_SEAL);
}

static void other_certificate(void **state)
{
    struct harness *harness = *state;
    struct client client;

    init(&client, harness);
    client.request.connection_cert[31] ^= 1;
    assert_int_equal(sealed_and_refused(&client, harness), LOGIN_WRONG_CERTIFICATE);
    /* A certificate inside, none on the connection, and the other way round. */
    init(&client, harness);
    memset(client.request.connection_cert, 0, CERT_HASH_LEN);
    assert_int_equal(sealed_and_refused(&client, harness), LOGIN_WRONG_CERTIFICATE);
    init(&client, harness);
    memset(client.plain.certificate, 0, CERT_HASH_LEN);
    assert_int_equal(sealed_and_refused(&client, harness), LOGIN_WRONG_CERTIFICATE);
}

static void version_0(struct login_plain *plain)
{
    plain->version = 0;
}
static void version_2(struct login_plain *plain)
{
    plain->version = 2;
}
static void other_tenant(struct login_plain *plain)
{
    plain->tenant = 13;
}
static void no_account(struct login_plain *plain)
{
    plain->account_length = 0;
}
static void account_too_long(struct login_plain *plain)
{
    plain->account_length = ACCOUNT_LEN + 1;
}
static void account_longest_length(struct login_plain *plain)
{
    plain->account_length = UINT16_MAX;
}
static void account_cut(struct login_plain *plain)
{
    plain->account_length--;
}
static void account_stretched(struct login_plain *plain)
{
    plain->account_length++;
}
static void account_padding(struct login_plain *plain)
{
    plain->account[ACCOUNT_LEN - 1] = 'x';
}
static void no_password(struct login_plain *plain)
{
    plain->password_length = 0;
}
static void password_too_long(struct login_plain *plain)
{
    plain->password_length = PASSWORD_MAX + 1;
}
static void password_longest_length(struct login_plain *plain)
{
    plain->password_length = UINT16_MAX;
}
static void password_cut(struct login_plain *plain)
{
    plain->password_length--;
}
static void password_padding(struct login_plain *plain)
{
    plain->password[PASSWORD_MAX - 1] = 'x';
}
static void reserved_first(struct login_plain *plain)
{
    plain->zero[0] = 1;
}
static void reserved_last(struct login_plain *plain)
{
    plain->zero[31] = 0x80;
}
static void low_order_ephemeral(struct login_plain *plain)
{
    memset(plain->client_ephemeral, 0, X25519_LEN);
}

static void (*const malformations[])(struct login_plain *) = {
    version_0,    version_2,         other_tenant,    no_account,    account_too_long,    account_longest_length,
    account_cut,  account_stretched, account_padding, no_password,   password_too_long,   password_longest_length,
    password_cut, password_padding,  reserved_first,  reserved_last, low_order_ephemeral,
};

static void malformed_plaintexts(void **state)
{
    struct harness *harness = *state;
    struct client client;

    for (size_t i = 0; i < sizeof malformations / sizeof malformations[0]; i++) {
        init(&client, harness);
        malformations[i](&client.plain);
        assert_int_equal(sealed_and_refused(&client, harness), LOGIN_MALFORMED);
    }
}

static double seconds_of_refusal(struct client *client, struct harness *harness)
{
    struct timespec before, after;
    struct login_reply reply;

    client_seal(client, harness);
    clock_gettime(CLOCK_MONOTONIC, &before);
    client_send(client, harness);
    harness_receive(&harness->front, FRAME_LOGIN_REPLY, &reply, sizeof reply);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(reply.status, LOGIN_REFUSED);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

/* One answer, and the same work, for a wrong password, an account that does not exist, one that is suspended and one of
 * a tenant that is not served. */
static void wrong_accounts_look_alike(void **state)
{
    struct harness *harness = *state;
    struct client client;

    client_init(&client, harness, "tanaka", "Correct-Horse-8");
    double wrong_password = seconds_of_refusal(&client, harness);
    client_init(&client, harness, "nobody", HARNESS_PASSWORD);
    double unknown = seconds_of_refusal(&client, harness);
    client_init(&client, harness, "closed", HARNESS_PASSWORD);
    double suspended = seconds_of_refusal(&client, harness);
    client_init(&client, harness, "TANAKA", HARNESS_PASSWORD);
    double bad_spelling = seconds_of_refusal(&client, harness);
    /* Argon2 is nearly all of it: work left out would be a factor of hundreds. */
    assert_true(unknown > wrong_password / 5 && unknown < wrong_password * 5);
    assert_true(suspended > wrong_password / 5 && suspended < wrong_password * 5);
    assert_true(bad_spelling > wrong_password / 5 && bad_spelling < wrong_password * 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, harness_set_up, harness_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replayed_blob),           TEST(reordered_challenges),      TEST(challenge_that_auth_did_not_make),
        TEST(blob_for_another_tenant), TEST(blob_changed_on_its_way),   TEST(other_certificate),
        TEST(malformed_plaintexts),    TEST(wrong_accounts_look_alike),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
