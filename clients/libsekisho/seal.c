#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

/* The public values are the wire's: no translation that could drift. */
_Static_assert((int)SEKISHO_ENROLL == OPERATION_ENROLL && (int)SEKISHO_MATCH == OPERATION_MATCH, "operations");
_Static_assert((int)SEKISHO_LOOKUP == OPERATION_LOOKUP && (int)SEKISHO_REPLACE == OPERATION_REPLACE, "operations");
_Static_assert((int)SEKISHO_ERASE == OPERATION_ERASE, "operations");
_Static_assert((int)SEKISHO_ENROLL_CITIZEN == OPERATION_ENROLL_CITIZEN, "operations");
_Static_assert((int)SEKISHO_UNLOCK == OPERATION_UNLOCK && (int)SEKISHO_READ_LEDGER == OPERATION_READ_LEDGER,
               "operations");
_Static_assert((int)SEKISHO_REGISTER == PURPOSE_REGISTER && (int)SEKISHO_PERIODIC == PURPOSE_PERIODIC, "purposes");
_Static_assert((int)SEKISHO_OUTCOME_DONE == OUTCOME_DONE && (int)SEKISHO_OUTCOME_REFUSED == OUTCOME_REFUSED,
               "outcomes");
_Static_assert((int)SEKISHO_DETAIL_DONE == DETAIL_DONE && (int)SEKISHO_DETAIL_BUDGET_SPENT == DETAIL_BUDGET_SPENT,
               "details");
_Static_assert((int)SEKISHO_DETAIL_DUPLICATE == DETAIL_DUPLICATE, "details");
_Static_assert((int)SEKISHO_DETAIL_ROTATING == DETAIL_ROTATING, "details");
_Static_assert((int)SEKISHO_DETAIL_CONFIRMED == DETAIL_CONFIRMED, "details");
_Static_assert((int)SEKISHO_ROTATE_KEYS == OPERATION_ROTATE_KEYS, "operations");
_Static_assert((int)SEKISHO_BACKUP == OPERATION_BACKUP && (int)SEKISHO_MATCH_CITIZEN == OPERATION_MATCH_CITIZEN,
               "operations");
_Static_assert((int)SEKISHO_RECORD_KEY == ROTATE_RECORD_KEY && (int)SEKISHO_INDEX_KEY == ROTATE_INDEX_KEY, "keys");
_Static_assert(SEKISHO_BATCH_MAX == CALL_ITEMS_MAX && SEKISHO_NUMBER_LEN == NUMBER_LEN, "sizes");
_Static_assert(SEKISHO_BLOB_LEN == CITIZEN_BLOB_LEN && SEKISHO_PASSWORD_MAX == PASSWORD_MAX, "sizes");

static void put_items(uint8_t *out, const struct sekisho_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct call_item item = {0};
        memcpy(item.reference, items[i].reference, sizeof item.reference);
        memcpy(item.request_id, items[i].request_id, sizeof item.request_id);
        memcpy(item.number, items[i].number, sizeof item.number);
        memcpy(out + i * sizeof item, &item, sizeof item);
        crypto_wipe(&item, sizeof item);
    }
}

static void put_citizen_items(uint8_t *out, enum sekisho_operation operation, const struct sekisho_citizen_item *items,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sekisho_citizen_item *given = &items[i];
        struct call_item_citizen item = {0};
        memcpy(item.application_nonce, given->nonce, sizeof item.application_nonce);
        memcpy(item.request_id, operation == SEKISHO_MATCH_CITIZEN ? given->reference : given->request_id,
               sizeof item.request_id);
        memcpy(item.portal, given->portal, strnlen(given->portal, ACCOUNT_LEN));
        memcpy(item.blob, given->blob, sizeof item.blob);
        memcpy(out + i * sizeof item, &item, sizeof item);
    }
}

static void put_unlock_items(uint8_t *out, const struct sekisho_unlock_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct call_item_unlock item = {0};
        memcpy(item.reference, items[i].reference, sizeof item.reference);
        memcpy(item.account, items[i].account, strnlen(items[i].account, ACCOUNT_LEN));
        memcpy(out + i * sizeof item, &item, sizeof item);
    }
}

static bool takes_blobs(enum sekisho_operation operation)
{
    return operation == SEKISHO_ENROLL_CITIZEN || operation == SEKISHO_MATCH_CITIZEN;
}

/* The items that the operation takes; NULL: none given. */
static const void *items_of(const struct sekisho_request *request)
{
    if (takes_blobs(request->operation))
        return request->citizen_items;
    return request->operation == SEKISHO_UNLOCK ? (const void *)request->unlock_items : request->items;
}

static void put_request_items(uint8_t *out, enum sekisho_operation operation, const void *items, size_t count)
{
    if (takes_blobs(operation))
        put_citizen_items(out, operation, items, count);
    else if (operation == SEKISHO_UNLOCK)
        put_unlock_items(out, items, count);
    else
        put_items(out, items, count);
}

static enum sekisho_status bad_count(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_COUNT", "a call has 1 to 2,048 items",
                     "1回の呼び出しの件数は1~2,048件です");
}

/* The operations between have functions of their own. */
static bool is_general(enum sekisho_operation operation)
{
    return (operation >= SEKISHO_ENROLL && operation <= SEKISHO_UNLOCK) ||
           (operation >= SEKISHO_CONFIRM && operation <= SEKISHO_MATCH_CITIZEN);
}

static enum sekisho_status check_request(const struct sekisho_request *request, struct sekisho_error *error)
{
    if (!is_general(request->operation) || request->purpose < SEKISHO_REGISTER || request->purpose > SEKISHO_PERIODIC)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "UNKNOWN_OPERATION", "no such operation or purpose",
                         "操作または利用目的の値が正しくありません");
    return request->count < 1 || request->count > SEKISHO_BATCH_MAX ? bad_count(error) : SEKISHO_OK;
}

/* The caller holds the lock. In place: the plain items are overwritten by their ciphertext. */
static enum sekisho_status seal_locked(struct sekisho_session *session, struct sealed_call *call, size_t plain_length,
                                       struct sekisho_error *error)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    enum sekisho_status status = session_take_sequence(session, &call->sequence, error);

    if (status != SEKISHO_OK)
        return status;
    sealed_nonce(call->sequence, nonce);
    sealed_call_aad(session->state->session, call->sequence, aad);
    if (aead_seal(session->call, nonce, aad, sizeof aad, call->ciphertext, plain_length, call->ciphertext) < 0)
        return error_crypto(error);
    return SEKISHO_OK;
}

/* Room for the call, with its head; the items are the caller's to put behind it. NULL: no memory. */
static uint8_t *start_call(const struct call_head *head, struct sealed_call *call)
{
    size_t plain_length = sizeof *head + head->count * sealed_item_size(head->operation);

    *call = (struct sealed_call){.operation = head->operation,
                                 .purpose = head->purpose,
                                 .count = head->count,
                                 .ciphertext = malloc(plain_length + SEAL_TAG_LEN),
                                 .length = plain_length + SEAL_TAG_LEN};
    if (!call->ciphertext)
        return NULL;
    memcpy(call->ciphertext, head, sizeof *head);
    return call->ciphertext + sizeof *head;
}

static enum sekisho_status finish_call(struct sekisho_session *session, struct sealed_call *call,
                                       struct sekisho_error *error)
{
    pthread_mutex_lock(&session->lock);
    enum sekisho_status status = seal_locked(session, call, call->length - SEAL_TAG_LEN, error);
    pthread_mutex_unlock(&session->lock);
    if (status != SEKISHO_OK)
        sealed_call_free(call);
    return status;
}

enum sekisho_status session_seal(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sealed_call *call, struct sekisho_error *error)
{
    enum sekisho_status status = check_request(request, error);
    const void *given = items_of(request);

    if (status != SEKISHO_OK)
        return status;
    if (!given)
        return bad_count(error);
    struct call_head head = {.version = 1,
                             .operation = (uint16_t)request->operation,
                             .purpose = (uint16_t)request->purpose,
                             .count = (uint32_t)request->count};
    memcpy(head.case_ref, request->case_reference, sizeof head.case_ref);
    uint8_t *items = start_call(&head, call);
    if (!items)
        return error_memory(error);
    put_request_items(items, request->operation, given, request->count);
    return finish_call(session, call, error);
}

/* A call of one item that touches no number. */
static enum sekisho_status seal_one(struct sekisho_session *session, uint16_t operation, const void *item,
                                    size_t length, struct sealed_call *call, struct sekisho_error *error)
{
    const struct call_head head = {.version = 1, .operation = operation, .purpose = PURPOSE_CHANGE, .count = 1};
    uint8_t *items = start_call(&head, call);

    if (!items)
        return error_memory(error);
    memcpy(items, item, length);
    return finish_call(session, call, error);
}

enum sekisho_status session_seal_rotation(struct sekisho_session *session, unsigned levels, struct sealed_call *call,
                                          struct sekisho_error *error)
{
    const struct call_item_rotate item = {.levels = (uint16_t)levels};

    if (levels == 0 || (levels & ~(unsigned)ROTATE_ALL) != 0)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "UNKNOWN_KEYS", "no such keys", "鍵の指定が正しくありません");
    return seal_one(session, OPERATION_ROTATE_KEYS, &item, sizeof item, call, error);
}

enum sekisho_status session_seal_backup(struct sekisho_session *session, struct sealed_call *call,
                                        struct sekisho_error *error)
{
    const struct call_item item = {0};

    return seal_one(session, OPERATION_BACKUP, &item, sizeof item, call, error);
}

/* Any purpose that the session may read for: what is read is the same. Without one the vault refuses, and records it.
 */
static uint16_t reading_purpose(const struct sekisho_session *session)
{
    uint16_t permit = session->state->permit[OPERATION_READ_LEDGER];

    for (int purpose = PURPOSE_REGISTER; purpose < PURPOSE_COUNT; purpose++)
        if (permit & PURPOSE_BIT(purpose))
            return (uint16_t)purpose;
    return PURPOSE_REGISTER;
}

enum sekisho_status session_seal_read(struct sekisho_session *session, const struct call_item_read *item,
                                      struct sealed_call *call, struct sekisho_error *error)
{
    const struct call_head head = {
        .version = 1, .operation = OPERATION_READ_LEDGER, .purpose = reading_purpose(session), .count = 1};
    uint8_t *items = start_call(&head, call);

    if (!items)
        return error_memory(error);
    memcpy(items, item, sizeof *item);
    return finish_call(session, call, error);
}

void sealed_call_free(struct sealed_call *call)
{
    /* Still plain when sealing failed. */
    if (call->ciphertext)
        crypto_wipe(call->ciphertext, call->length);
    free(call->ciphertext);
    call->ciphertext = NULL;
}
