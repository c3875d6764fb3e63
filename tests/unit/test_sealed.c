/*
 * The byte strings and keys of sealed sessions. The expected values were computed apart from this code, from the text
 * of crypto/sealed.h, with Python's hashlib, hmac, struct and cryptography 38.
 */
#include "support/test.h"

#include <string.h>

#include "crypto/account_call.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/sealed.h"
#include "support/hex.h"

#define TENANT 11
#define SEQ    UINT64_C(0x0102030405060708)

#define CALL_KEY          "6323c5f43cfb33661cbe6bf4df82edb4b4a28986c09bc73939de1033383efec1"
#define REPLY_KEY         "83b1b1363330f0dde437edd2603e9d25d02cfafaec10a693464648ba200228d4"
#define WELCOME_KEY       "8c3e8dc8316e9f88e8a8ad65a0d5690ee361f6f8262bcd16106f0c642654f1fd"
#define ACCOUNT_KEY       "36fe157b32960b7d6803bab4001022b02368a0aa965924386cc0da93c6b74f2d"
#define ACCOUNT_REPLY_KEY "43bc32ace4c45432d1200e3444837ba9149066f4641b602009f589ab4ef54ed0"
#define SALT              "28aa467bcbae722f0d835989f8f1677f5409ea1bf8cccc8f06efd31676523e5e"

/* Inputs are runs: 00 01 02 ..., 20 21 22 ... */
static void run(uint8_t first, uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)(first + i);
}

struct session {
    uint8_t challenge[CHALLENGE_LEN], id[SESSION_ID_LEN], certificate[CERT_HASH_LEN];
    uint8_t encapsulated[X25519_LEN], client[X25519_LEN], server[X25519_LEN];
    uint8_t exported[32], dh[X25519_LEN];
    struct session_transcript transcript;
};

static void fill(struct session *s)
{
    uint8_t client_private[X25519_LEN], server_private[X25519_LEN], other[X25519_LEN];

    run(0x00, s->challenge, sizeof s->challenge);
    run(0xa0, s->id, sizeof s->id);
    run(0xc0, s->certificate, sizeof s->certificate);
    run(0x80, s->exported, sizeof s->exported);
    run(0x20, other, sizeof other);
    run(0x40, client_private, sizeof client_private);
    run(0x60, server_private, sizeof server_private);
    assert_int_equal(x25519_public(other, s->encapsulated), 0);
    assert_int_equal(x25519_public(client_private, s->client), 0);
    assert_int_equal(x25519_public(server_private, s->server), 0);
    assert_int_equal(x25519(client_private, s->server, s->dh), 0);
    s->transcript = (struct session_transcript){
        .tenant = TENANT,
        .challenge = s->challenge,
        .encapsulated = s->encapsulated,
        .client_ephemeral = s->client,
        .server_ephemeral = s->server,
        .session = s->id,
        .certificate = s->certificate,
    };
}

static void test_derive(void **state)
{
    struct session session;
    struct session_keys keys;

    (void)state;
    fill(&session);
    assert_hex(session.dh, sizeof session.dh, "d6fb939511b2381bc8599b4b8edc5968829450dfd7a87aebe78a703cd04cd54e");
    assert_int_equal(sealed_derive(&session.transcript, session.exported, session.dh, &keys), 0);
    assert_hex(keys.salt, sizeof keys.salt, SALT);
    assert_hex(keys.call, sizeof keys.call, CALL_KEY);
    assert_hex(keys.reply, sizeof keys.reply, REPLY_KEY);
    assert_hex(keys.welcome, sizeof keys.welcome, WELCOME_KEY);
    assert_hex(keys.account, sizeof keys.account, ACCOUNT_KEY);
    assert_hex(keys.account_reply, sizeof keys.account_reply, ACCOUNT_REPLY_KEY);
}

/* Two sessions never share a key: everything that names a session reaches every key. */
static void test_every_input_changes_every_key(void **state)
{
    struct session session;
    struct session_keys base, keys;

    (void)state;
    fill(&session);
    assert_int_equal(sealed_derive(&session.transcript, session.exported, session.dh, &base), 0);
    uint8_t *const inputs[] = {session.challenge, session.encapsulated, session.client,
                               session.server,    session.id,           session.certificate,
                               session.exported,  session.dh,           (uint8_t *)&session.transcript.tenant};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        inputs[i][1] ^= 1;
        assert_int_equal(sealed_derive(&session.transcript, session.exported, session.dh, &keys), 0);
        assert_memory_not_equal(keys.call, base.call, sizeof keys.call);
        assert_memory_not_equal(keys.reply, base.reply, sizeof keys.reply);
        assert_memory_not_equal(keys.welcome, base.welcome, sizeof keys.welcome);
        assert_memory_not_equal(keys.account, base.account, sizeof keys.account);
        assert_memory_not_equal(keys.account_reply, base.account_reply, sizeof keys.account_reply);
        inputs[i][1] ^= 1;
    }
}

static void test_zero_exchange_is_refused(void **state)
{
    const uint8_t zero[X25519_LEN] = {0};
    struct session session;
    struct session_keys keys;

    (void)state;
    fill(&session);
    assert_int_equal(sealed_derive(&session.transcript, session.exported, zero, &keys), -1);
}

static void test_byte_strings(void **state)
{
    struct session session;
    uint8_t login[LOGIN_INFO_LEN], citizen[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN], application[APPLICATION_NONCE_LEN];
    uint8_t nonce[12], call[CALL_AAD_LEN], reply[REPLY_AAD_LEN];
    uint8_t account[ACCOUNT_AAD_LEN], account_reply[ACCOUNT_REPLY_AAD_LEN];
    const char portal[ACCOUNT_LEN] = "portal";

    (void)state;
    fill(&session);
    sealed_login_info(TENANT, session.challenge, login);
    assert_hex(login, sizeof login,
               "73656b6973686f2f7631206c6f67696e0b00"
               "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    sealed_citizen_info(TENANT, citizen);
    assert_hex(citizen, sizeof citizen, "73656b6973686f2f763120636974697a656e0b00");
    run(0x10, application, sizeof application);
    sealed_citizen_aad(application, portal, aad);
    assert_hex(aad, sizeof aad,
               "101112131415161718191a1b1c1d1e1f"
               "706f7274616c0000000000000000000000000000000000000000000000000000");
    sealed_nonce(SEQ, nonce);
    assert_hex(nonce, sizeof nonce, "000000000102030405060708");
    sealed_call_aad(session.id, SEQ, call);
    assert_hex(call, sizeof call, "73656b6973686f2f76312063616c6ca0a1a2a3a4a5a6a7a8a9aaabacadaeaf0807060504030201");
    sealed_reply_aad(session.id, SEQ, reply);
    assert_hex(reply, sizeof reply, "73656b6973686f2f7631207265706c79a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0807060504030201");
    account_call_aad(session.id, SEQ, account);
    assert_hex(account, sizeof account,
               "73656b6973686f2f7631206163636f756e74a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0807060504030201");
    account_reply_aad(session.id, SEQ, account_reply);
    assert_hex(account_reply, sizeof account_reply,
               "73656b6973686f2f7631206163636f756e74207265706c79a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0807060504030201");
}

static struct aead *aead_of(const char *key_hex)
{
    uint8_t key[AEAD_KEY_LEN];

    unhex(key_hex, key, sizeof key);
    struct aead *aead = aead_new(key);
    assert_non_null(aead);
    return aead;
}

/* A LOOKUP of one number, whole: the layouts of call_head and call_item, the nonce and the associated data. */
static void test_a_whole_call(void **state)
{
    struct {
        struct call_head head;
        struct call_item item;
    } plain = {.head = {.version = 1, .operation = OPERATION_LOOKUP, .purpose = PURPOSE_CHANGE, .count = 1}};
    uint8_t session[SESSION_ID_LEN], nonce[12], aad[CALL_AAD_LEN], sealed[sizeof plain + SEAL_TAG_LEN];
    struct aead *aead = aead_of(CALL_KEY);

    (void)state;
    run(0xe0, plain.head.case_ref, sizeof plain.head.case_ref);
    memcpy(plain.item.number, "123456789018", NUMBER_LEN);
    run(0xa0, session, sizeof session);
    sealed_nonce(SEQ, nonce);
    sealed_call_aad(session, SEQ, aad);
    assert_int_equal(aead_seal(aead, nonce, aad, sizeof aad, &plain, sizeof plain, sealed), 0);
    assert_hex(sealed, sizeof sealed,
               "d51c0c2d248e7b457e57870a9e46bf5ffd09adef78559ffa161b597bfc02b208988d8bb187ef4471cd2f5b72045102df"
               "09c634bfde12adef7caf53e8efbfed74aa089459258ac23e12f995d49da5e4612adb58f7008eb724a67962827ef4c846");
    aead_free(aead);
}

/* Its answer: the clear part is bound as associated data behind the prefix. */
static void test_a_whole_reply(void **state)
{
    struct {
        struct call_result_head head;
        struct call_result_item item;
    } __attribute__((packed)) clear = {
        .head = {.version = 1,
                 .operation = OPERATION_LOOKUP,
                 .purpose = PURPOSE_CHANGE,
                 .count = 1,
                 .ledger_index = 7,
                 .recorded_at_us = 1790000000000000},
        .item = {.outcome = OUTCOME_FOUND},
    };
    const struct call_detail_item detail = {.detail = DETAIL_FOUND};
    uint8_t session[SESSION_ID_LEN], nonce[12], aad[REPLY_AAD_LEN], sealed[sizeof detail + SEAL_TAG_LEN];
    struct aead *aead = aead_of(REPLY_KEY);

    (void)state;
    run(0x30, clear.head.leaf_hash, sizeof clear.head.leaf_hash);
    clear.head.checkpoint.size = 9;
    run(0x70, clear.head.checkpoint.root, sizeof clear.head.checkpoint.root);
    run(0x90, clear.head.checkpoint.signature, sizeof clear.head.checkpoint.signature);
    run(0x50, clear.item.reference, sizeof clear.item.reference);
    assert_hex(&clear, sizeof clear,
               "01000300020000000100000000000000070000000000000000e025dafe5b0600"
               "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f"
               "0900000000000000707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
               "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
               "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
               "505152535455565758595a5b5c5d5e5f04000000");
    run(0xa0, session, sizeof session);
    sealed_nonce(SEQ, nonce);
    sealed_reply_aad(session, SEQ, aad);
    assert_int_equal(aead_seal2(aead, nonce, aad, sizeof aad, &clear, sizeof clear, &detail, sizeof detail, sealed), 0);
    assert_hex(sealed, sizeof sealed, "bb387a540b10bfee9caec4f41696ce3987f05d2e485efe5166ec672e766ff4a6aa7d6207");
    aead_free(aead);
}

static void test_a_whole_welcome(void **state)
{
    const struct welcome_plain plain = {.version = 1,
                                        .tenant = TENANT,
                                        .role = 1,
                                        .ttl_ms = 3600000,
                                        .account = "officer-1",
                                        .permit = {0, 0x02, 0x0c, 0x0c, 0x04, 0x08}};
    const uint8_t nonce[12] = {0};
    uint8_t salt[32], sealed[WELCOME_SEALED_LEN];
    struct aead *aead = aead_of(WELCOME_KEY);

    (void)state;
    unhex(SALT, salt, sizeof salt);
    assert_int_equal(aead_seal(aead, nonce, salt, sizeof salt, &plain, sizeof plain, sealed), 0);
    assert_hex(sealed, sizeof sealed,
               "5b103af186f09bfd4758db4d1cdf5ef1ea90fd0611b8ae12ca94f88078d23c8fb43b0bfd9a19a192"
               "0ba6ed75b34a5fed9d2676d5e90303f071841f02601eb19802bd6f7d9e89a77946885a651cb30fd3"
               "0eb3dbf709457556118342ec14872d75");
    aead_free(aead);
}

static void test_item_sizes(void **state)
{
    (void)state;
    for (uint16_t operation = OPERATION_ENROLL; operation <= OPERATION_ERASE; operation++)
        assert_int_equal(sealed_item_size(operation), 48);
    assert_int_equal(sealed_item_size(OPERATION_ENROLL_CITIZEN), 128);
    assert_int_equal(sealed_item_size(OPERATION_UNLOCK), 48);
    assert_int_equal(sealed_item_size(OPERATION_READ_LEDGER), sizeof(struct call_item_read));
    assert_int_equal(sealed_item_size(OPERATION_NONE), 0);
    for (unsigned operation = OPERATION_COUNT; operation <= UINT16_MAX; operation++)
        assert_int_equal(sealed_item_size((uint16_t)operation), 0);
}

static int set_up(void **state)
{
    (void)state;
    return crypto_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derive),
        cmocka_unit_test(test_every_input_changes_every_key),
        cmocka_unit_test(test_zero_exchange_is_refused),
        cmocka_unit_test(test_byte_strings),
        cmocka_unit_test(test_a_whole_call),
        cmocka_unit_test(test_a_whole_reply),
        cmocka_unit_test(test_a_whole_welcome),
        cmocka_unit_test(test_item_sizes),
    };
    return cmocka_run_group_tests_name("sealed", tests, set_up, NULL);
}
