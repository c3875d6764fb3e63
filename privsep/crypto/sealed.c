#include "crypto/sealed.h"

#include <string.h>

#include "crypto/account_call.h"
#include "crypto/hash.h"
#include "wire/ledger_entry.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "integers of sealed.h are copied as they lie");

#define LOGIN_LABEL         "sekisho/v1 login"
#define CITIZEN_LABEL       "sekisho/v1 citizen"
#define CALL_LABEL          "sekisho/v1 call"
#define REPLY_LABEL         "sekisho/v1 reply"
#define WELCOME_LABEL       "sekisho/v1 welcome"
#define ACCOUNT_LABEL       "sekisho/v1 account"
#define ACCOUNT_REPLY_LABEL "sekisho/v1 account reply"
#define TRANSCRIPT_LABEL    "sekisho/v1 transcript"

/* Labels go without their terminator. */
#define LABEL_LEN(label) (sizeof(label) - 1)

_Static_assert(LABEL_LEN(LOGIN_LABEL) + 2 + CHALLENGE_LEN == LOGIN_INFO_LEN, "login info layout");
_Static_assert(LABEL_LEN(CITIZEN_LABEL) + 2 == CITIZEN_INFO_LEN, "citizen info layout");
_Static_assert(LABEL_LEN(CALL_LABEL) + SESSION_ID_LEN + 8 == CALL_AAD_LEN, "call aad layout");
_Static_assert(LABEL_LEN(REPLY_LABEL) + SESSION_ID_LEN + 8 == REPLY_AAD_LEN, "reply aad layout");
_Static_assert(LABEL_LEN(ACCOUNT_LABEL) + SESSION_ID_LEN + 8 == ACCOUNT_AAD_LEN, "account aad layout");
_Static_assert(LABEL_LEN(ACCOUNT_REPLY_LABEL) + SESSION_ID_LEN + 8 == ACCOUNT_REPLY_AAD_LEN, "account aad layout");

static uint8_t *put(uint8_t *at, const void *data, size_t length)
{
    memcpy(at, data, length);
    return at + length;
}

static int transcript_hash(const struct session_transcript *transcript, uint8_t hash[HASH_LEN])
{
    uint8_t text[LABEL_LEN(TRANSCRIPT_LABEL) + 2 + CHALLENGE_LEN + 3 * X25519_LEN + SESSION_ID_LEN + CERT_HASH_LEN];
    uint8_t *at = put(text, TRANSCRIPT_LABEL, LABEL_LEN(TRANSCRIPT_LABEL));

    at = put(at, &transcript->tenant, sizeof transcript->tenant);
    at = put(at, transcript->challenge, CHALLENGE_LEN);
    at = put(at, transcript->encapsulated, X25519_LEN);
    at = put(at, transcript->client_ephemeral, X25519_LEN);
    at = put(at, transcript->server_ephemeral, X25519_LEN);
    at = put(at, transcript->session, SESSION_ID_LEN);
    put(at, transcript->certificate, CERT_HASH_LEN);
    return sha256(text, sizeof text, hash);
}

static int expand(const uint8_t prk[HASH_LEN], const char *label, uint8_t key[SESSION_KEY_LEN])
{
    return hkdf_expand(prk, label, strlen(label), key, SESSION_KEY_LEN);
}

int sealed_derive(const struct session_transcript *transcript, const uint8_t exported[32], const uint8_t dh[32],
                  struct session_keys *keys)
{
    static const uint8_t zero[X25519_LEN];
    uint8_t ikm[32 + X25519_LEN], prk[HASH_LEN];
    int result = -1;

    if (crypto_equal(dh, zero, sizeof zero))
        return -1;
    put(put(ikm, exported, 32), dh, X25519_LEN);
    if (transcript_hash(transcript, keys->salt) == 0 &&
        hkdf_extract(keys->salt, sizeof keys->salt, ikm, sizeof ikm, prk) == 0 &&
        expand(prk, CALL_LABEL, keys->call) == 0 && expand(prk, REPLY_LABEL, keys->reply) == 0 &&
        expand(prk, WELCOME_LABEL, keys->welcome) == 0 && expand(prk, ACCOUNT_LABEL, keys->account) == 0 &&
        expand(prk, ACCOUNT_REPLY_LABEL, keys->account_reply) == 0)
        result = 0;
    crypto_wipe(ikm, sizeof ikm);
    crypto_wipe(prk, sizeof prk);
    if (result != 0)
        crypto_wipe(keys, sizeof *keys);
    return result;
}

void sealed_login_info(uint16_t tenant, const uint8_t challenge[CHALLENGE_LEN], uint8_t info[LOGIN_INFO_LEN])
{
    uint8_t *at = put(info, LOGIN_LABEL, LABEL_LEN(LOGIN_LABEL));

    at = put(at, &tenant, sizeof tenant);
    put(at, challenge, CHALLENGE_LEN);
}

void sealed_citizen_info(uint16_t tenant, uint8_t info[CITIZEN_INFO_LEN])
{
    put(put(info, CITIZEN_LABEL, LABEL_LEN(CITIZEN_LABEL)), &tenant, sizeof tenant);
}

void sealed_citizen_aad(const uint8_t nonce[APPLICATION_NONCE_LEN], const char portal[ACCOUNT_LEN],
                        uint8_t aad[CITIZEN_AAD_LEN])
{
    put(put(aad, nonce, APPLICATION_NONCE_LEN), portal, ACCOUNT_LEN);
}

void sealed_nonce(uint64_t call_seq, uint8_t nonce[12])
{
    uint64_t big_endian = __builtin_bswap64(call_seq);

    memset(nonce, 0, 4);
    memcpy(nonce + 4, &big_endian, sizeof big_endian);
}

static void put_aad(const char *label, const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t *aad)
{
    put(put(put(aad, label, strlen(label)), session, SESSION_ID_LEN), &call_seq, sizeof call_seq);
}

void sealed_call_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[CALL_AAD_LEN])
{
    put_aad(CALL_LABEL, session, call_seq, aad);
}

void sealed_reply_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[REPLY_AAD_LEN])
{
    put_aad(REPLY_LABEL, session, call_seq, aad);
}

void account_call_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[ACCOUNT_AAD_LEN])
{
    put_aad(ACCOUNT_LABEL, session, call_seq, aad);
}

void account_reply_aad(const uint8_t session[SESSION_ID_LEN], uint64_t call_seq, uint8_t aad[ACCOUNT_REPLY_AAD_LEN])
{
    put_aad(ACCOUNT_REPLY_LABEL, session, call_seq, aad);
}

size_t sealed_item_size(uint16_t operation)
{
    switch ((enum operation)operation) {
    case OPERATION_ENROLL:
    case OPERATION_MATCH:
    case OPERATION_LOOKUP:
    case OPERATION_REPLACE:
    case OPERATION_ERASE:
    case OPERATION_BACKUP:
    case OPERATION_CONFIRM:
    case OPERATION_RELEASE:
        return sizeof(struct call_item);
    case OPERATION_ENROLL_CITIZEN:
    case OPERATION_MATCH_CITIZEN:
        return sizeof(struct call_item_citizen);
    case OPERATION_UNLOCK:
        return sizeof(struct call_item_unlock);
    case OPERATION_ROTATE_KEYS:
        return sizeof(struct call_item_rotate);
    case OPERATION_READ_LEDGER:
        return sizeof(struct call_item_read);
    case OPERATION_NONE:
    case OPERATION_COUNT:
        break;
    }
    return 0;
}

size_t sealed_details_size(uint16_t operation, uint32_t count)
{
    return operation == OPERATION_READ_LEDGER ? LEDGER_PAGE_LEN : count * sizeof(struct call_detail_item);
}
