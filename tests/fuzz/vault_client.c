#include "vault_client.h"

#include <stdio.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/hpke.h"
#include "ledger/checkpoint.h"
#include "number/individual_number.h"
#include "vault/operations.h"

void client_session(uint8_t session, struct session_open *open)
{
    memset(open->session, session + 1, sizeof open->session);
    memset(open->call_key, session + 1, sizeof open->call_key);
    memset(open->reply_key, session + 1, sizeof open->reply_key);
    open->call_key[0] = 'c';
    open->reply_key[0] = 'r';
}

void client_permit(uint8_t kind, uint16_t permit[PERMIT_LEN])
{
    memset(permit, 0, PERMIT_LEN * sizeof permit[0]);
    for (int operation = 0; operation < OPERATION_COUNT; operation++)
        if (kind % 4 != 0 || kind / 4 == operation)
            permit[operation] = operation_purposes((uint16_t)operation);
}

size_t client_seal(uint8_t session, uint64_t call_seq, uint16_t method, const void *plain, size_t length, uint8_t *body)
{
    struct session_call request = {.call_seq = call_seq, .operation = method};
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    struct session_open keys;

    client_session(session, &keys);
    memcpy(request.session, keys.session, sizeof request.session);
    request.sealed_length = (uint32_t)(length + SEAL_TAG_LEN);
    memcpy(body, &request, sizeof request);
    sealed_nonce(call_seq, nonce);
    sealed_call_aad(request.session, call_seq, aad);
    struct aead *aead = aead_new(keys.call_key);
    REQUIRE(aead_seal(aead, nonce, aad, sizeof aad, plain, length, body + sizeof request) == 0);
    aead_free(aead);
    return sizeof request + length + SEAL_TAG_LEN;
}

void client_number(uint16_t n, char number[NUMBER_LEN])
{
    static const char *const bad[] = {"000000000000", "123456789010", "12345678901X", "           1", "999999999999"};
    char digits[16];

    if (n >= NUMBERS && n < FURTHER_NUMBERS) {
        memcpy(number, bad[n % (sizeof bad / sizeof bad[0])], NUMBER_LEN);
        return;
    }
    snprintf(digits, sizeof digits, "%011u", 90000u + n * 1313u);
    memcpy(number, digits, NUMBER_LEN - 1);
    number[NUMBER_LEN - 1] = individual_number_check_digit(number);
}

void client_blob(uint8_t n, uint16_t tenant, const uint8_t public_key[X25519_LEN], struct call_item_citizen *item)
{
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];
    struct hpke_context context;
    char number[NUMBER_LEN];

    client_number(n, number);
    sealed_citizen_info(tenant, info);
    sealed_citizen_aad(item->application_nonce, item->portal, aad);
    REQUIRE(hpke_setup_sender(public_key, info, sizeof info, NULL, 0, item->blob, &context) == 0);
    REQUIRE(hpke_seal(&context, aad, sizeof aad, number, sizeof number, item->blob + X25519_LEN) == 0);
}

static bool agrees(uint16_t operation, const struct call_result_item *result, const struct call_detail_item *detail)
{
    static const uint8_t none[REFERENCE_LEN];
    bool shown = memcmp(result->reference, none, sizeof none) != 0;
    bool wanted =
        result->outcome == OUTCOME_FOUND ||
        (result->outcome == OUTCOME_DONE &&
         (operation == OPERATION_ENROLL || operation == OPERATION_ENROLL_CITIZEN || operation == OPERATION_BACKUP));

    return detail->detail < DETAIL_COUNT && result->outcome == operation_outcome(operation, detail->detail) &&
           shown == wanted;
}

void client_open(uint8_t session, uint64_t call_seq, const struct tenant *tenant, const uint8_t *body, size_t length,
                 struct client_answer *answer)
{
    struct session_call_reply reply;
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    struct session_open keys;

    memcpy(&reply, body, sizeof reply);
    const uint8_t *clear = body + sizeof reply, *sealed = clear + reply.clear_length;
    REQUIRE(reply.zero == 0 && reply.zero2 == 0);
    REQUIRE(length == sizeof reply + reply.clear_length + reply.sealed_length);
    memcpy(&answer->head, clear, sizeof answer->head);
    uint32_t count = answer->head.count;
    REQUIRE(count >= 1 && count <= CALL_ITEMS_MAX);
    REQUIRE(reply.clear_length == sizeof answer->head + count * sizeof answer->results[0]);
    REQUIRE(reply.sealed_length == sealed_details_size(answer->head.operation, count) + SEAL_TAG_LEN);
    memcpy(answer->results, clear + sizeof answer->head, count * sizeof answer->results[0]);

    client_session(session, &keys);
    sealed_nonce(call_seq, nonce);
    sealed_reply_aad(keys.session, call_seq, aad);
    struct aead *aead = aead_new(keys.reply_key);
    REQUIRE(aead_open2(aead, nonce, aad, sizeof aad, clear, reply.clear_length, sealed, reply.sealed_length,
                       answer->details) == 0);
    aead_free(aead);

    REQUIRE(answer->head.ledger_index < answer->head.checkpoint.size);
    REQUIRE(checkpoint_verify(tenant->keys->ledger_public, LEDGER_OF_NUMBERS, tenant->id, &answer->head.checkpoint));
    client_require_no_number(answer->details, sealed_details_size(answer->head.operation, count));
    if (answer->head.operation == OPERATION_READ_LEDGER)
        return;
    for (uint32_t i = 0; i < count; i++)
        REQUIRE(agrees(answer->head.operation, &answer->results[i], &answer->details[i]));
}

bool client_signed(const struct tenant *tenants, size_t count, const uint8_t public_key[ED25519_KEY_LEN],
                   const struct ledger_checkpoint *checkpoint)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(tenants[i].keys->ledger_public, public_key, ED25519_KEY_LEN) == 0)
            return checkpoint_verify(public_key, LEDGER_OF_NUMBERS, tenants[i].id, checkpoint);
    return false;
}

void client_require_no_number(const void *bytes, size_t length)
{
    char number[NUMBER_LEN];

    for (uint8_t n = 0; n < NUMBERS; n++) {
        client_number(n, number);
        REQUIRE(memmem(bytes, length, number, sizeof number) == NULL);
    }
}
