#include "vault/call.h"

#include <errno.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "vault/ledger.h"

#define TAGS_AHEAD 32

/* A page scans thousands of leaves: it counts for a group as a batch does. */
#define READ_LEDGER_ITEMS (CALL_ITEMS_MAX / 2)

_Static_assert(sizeof(struct session_call_reply) + sizeof(struct call_result_head) + sizeof(struct call_result_item) +
                       LEDGER_PAGE_LEN + SEAL_TAG_LEN <=
                   CALL_REPLY_MAX,
               "a page of the ledger fits a reply");

struct opened_call {
    struct session *session;
    struct call_head head;
    const uint8_t *items;
    size_t item_size;
};

size_t call_engine_bytes(void)
{
    return FRAME_MAX + CALL_ITEMS_MAX * sizeof(struct ledger_item) + 64;
}

int call_engine_init(struct call_engine *engine, struct store *store, struct session_table *sessions,
                     const struct guess_limits *limits)
{
    *engine = (struct call_engine){
        .store = store,
        .sessions = sessions,
        .limits = limits,
        .plain = secret_alloc(FRAME_MAX),
        .items = secret_alloc(CALL_ITEMS_MAX * sizeof(struct ledger_item)),
    };
    return engine->plain && engine->items ? 0 : -1;
}

/* Fields that an operation does not use must be zero, those it uses for idempotency must not. */
static bool item_well_formed(uint16_t operation, const uint8_t *data)
{
    const struct call_item *item = (const void *)data;
    const struct call_item_citizen *citizen = (const void *)data;
    const struct call_item_unlock *unlock = (const void *)data;
    const struct call_item_rotate *rotate = (const void *)data;
    const struct call_item_read *read = (const void *)data;
    bool no_reference, no_request, no_number;

    if (operation == OPERATION_ENROLL_CITIZEN || operation == OPERATION_MATCH_CITIZEN)
        return citizen->zero == 0 && !crypto_all_zero(citizen->request_id, sizeof citizen->request_id) &&
               !crypto_all_zero(citizen->application_nonce, APPLICATION_NONCE_LEN);
    if (operation == OPERATION_UNLOCK)
        return crypto_all_zero(unlock->reference, REFERENCE_LEN) != crypto_all_zero(unlock->account, ACCOUNT_LEN);
    if (operation == OPERATION_READ_LEDGER)
        return read->zero == 0 && read->count != 0 && read->purpose < PURPOSE_COUNT;
    if (operation == OPERATION_ROTATE_KEYS)
        return rotate->levels != 0 && (rotate->levels & ~ROTATE_ALL) == 0 &&
               crypto_all_zero(rotate->zero, sizeof rotate->zero);
    if (item->zero != 0)
        return false;
    no_reference = crypto_all_zero(item->reference, REFERENCE_LEN);
    no_request = crypto_all_zero(item->request_id, REQUEST_ID_LEN);
    no_number = crypto_all_zero(item->number, NUMBER_LEN);
    switch (operation) {
    case OPERATION_ENROLL:
        return no_reference && !no_request;
    case OPERATION_MATCH:
        return no_request;
    case OPERATION_LOOKUP:
        return no_reference && no_request;
    case OPERATION_REPLACE:
        return !no_request;
    case OPERATION_ERASE:
    case OPERATION_CONFIRM:
    case OPERATION_RELEASE:
        return !no_request && no_number;
    case OPERATION_BACKUP:
        return no_reference && no_request && no_number;
    default:
        return false;
    }
}

static bool serves_case(const struct call_head *head)
{
    return !crypto_all_zero(head->case_ref, sizeof head->case_ref);
}

static bool call_well_formed(const struct opened_call *call, size_t plain_length)
{
    const struct call_head *head = &call->head;

    if (head->version != 1 || head->zero != 0 || head->zero2 != 0 || call->item_size == 0)
        return false;
    if (head->purpose == PURPOSE_NONE || head->purpose >= PURPOSE_COUNT)
        return false;
    if (head->count == 0 || head->count > (head->operation == OPERATION_READ_LEDGER ? 1 : CALL_ITEMS_MAX) ||
        plain_length != sizeof *head + head->count * call->item_size)
        return false;
    if (head->operation == OPERATION_MATCH_CITIZEN && !serves_case(head))
        return false;
    for (uint32_t i = 0; i < head->count; i++)
        if (!item_well_formed(head->operation, call->items + i * call->item_size))
            return false;
    return true;
}

/* The operation that the front names for a call. A number that was typed and one from a blob are enrolled, or matched,
 * by one method: which of the two it is, the front need not know. */
static uint16_t method_of(uint16_t operation)
{
    switch (operation) {
    case OPERATION_ENROLL_CITIZEN:
        return OPERATION_ENROLL;
    case OPERATION_MATCH_CITIZEN:
        return OPERATION_MATCH;
    default:
        return operation;
    }
}

/* Finds the session and opens the seal into the engine's scratch. The sequence number is used up as soon as the seal
 * has proven that the client sent it, whatever becomes of the call. */
static enum call_status open_call(struct call_engine *engine, const struct call_clock *clock,
                                  const struct session_call *request, const uint8_t *sealed, struct opened_call *call)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    struct session *session = session_find(engine->sessions, request->session);

    if (!session)
        return CALL_UNKNOWN_SESSION;
    if (session->expires_ms <= clock->boot_ms) {
        session_close(engine->sessions, request->session);
        return CALL_EXPIRED;
    }
    if (!replay_would_accept(&session->window, request->call_seq))
        return CALL_REPLAYED;
    sealed_nonce(request->call_seq, nonce);
    sealed_call_aad(request->session, request->call_seq, aad);
    if (aead_open(session->call_key, nonce, aad, sizeof aad, sealed, request->sealed_length, engine->plain) != 0)
        return CALL_BAD_SEAL;
    replay_accept(&session->window, request->call_seq);

    size_t plain_length = request->sealed_length - SEAL_TAG_LEN;
    call->session = session; /* from here on there is something to wipe */
    if (plain_length < sizeof call->head)
        return CALL_MALFORMED;
    memcpy(&call->head, engine->plain, sizeof call->head);
    call->items = engine->plain + sizeof call->head;
    call->item_size = sealed_item_size(call->head.operation);
    if (!call_well_formed(call, plain_length))
        return CALL_MALFORMED;
    return method_of(call->head.operation) == request->operation ? CALL_OK : CALL_WRONG_METHOD;
}

/* INV-06: lawful for the operation and permitted to the session. */
static bool call_permitted(const struct opened_call *call)
{
    const struct op_row *row = operation_row(call->head.operation);
    uint16_t purpose = PURPOSE_BIT(call->head.purpose);

    return row && (row->purposes & purpose) && (call->session->permit[call->head.operation] & purpose);
}

static struct ledger_entry new_entry(const struct opened_call *call, const struct call_clock *clock,
                                     enum call_status status)
{
    struct ledger_entry entry = {
        .operation = call->head.operation,
        .purpose = call->head.purpose,
        .status = (uint16_t)status,
        .role = call->session->role,
        .count = call->head.count,
        .time_us = clock->now_us,
    };

    memcpy(entry.session, call->session->id, SESSION_ID_LEN);
    memcpy(entry.case_ref, call->head.case_ref, sizeof entry.case_ref);
    memcpy(entry.account, call->session->account, ACCOUNT_LEN);
    return entry;
}

/* The tags of the next items. What is looked up with them comes from all over a large table: fetched now, it is there
 * when the first of the tags is used. */
static int tags_ahead(const struct opened_call *call, uint32_t first, struct number_tags tags[TAGS_AHEAD])
{
    int rc = 0;

    for (uint32_t i = first; i < call->head.count && i - first < TAGS_AHEAD && rc == 0; i++) {
        const struct call_item *item = (const void *)(call->items + i * call->item_size);
        rc = number_tags(call->session->tenant, item->number, &tags[i - first]);
        if (rc == 0)
            index_prefetch(call->session->tenant, &tags[i - first]);
    }
    return rc;
}

/* Does every item; writes results, details and the ledger's items. */
static int run_items(struct call_engine *engine, const struct call_clock *clock, const struct opened_call *call,
                     struct call_result_item *results, struct call_detail_item *details)
{
    const struct op_row *row = operation_row(call->head.operation);
    struct number_tags tags[TAGS_AHEAD];
    struct budget budget;
    struct op_context context = {
        .store = engine->store,
        .tenant = call->session->tenant,
        .now_us = clock->now_us,
        .budget = &budget,
        .case_ref = serves_case(&call->head) ? call->head.case_ref : NULL,
        .may_know_duplicate = call->session->permit[OPERATION_LOOKUP] != 0,
        .page = call->head.operation == OPERATION_READ_LEDGER ? (uint8_t *)details : NULL,
    };
    int rc = budget_open(&budget, engine->store, call->session, &engine->limits[call->head.purpose]);

    for (uint32_t i = 0; i < call->head.count && rc == 0; i++) {
        struct op_result result = {0};
        context.tags = &tags[i % TAGS_AHEAD];
        if (row->tags_ahead && i % TAGS_AHEAD == 0)
            rc = tags_ahead(call, i, tags);
        if (rc == 0)
            rc = row->run(&context, call->items + i * call->item_size, &result);
        uint8_t outcome = (uint8_t)operation_outcome(call->head.operation, result.detail);
        results[i] = (struct call_result_item){.outcome = outcome};
        engine->items[i] = (struct ledger_item){.outcome = outcome, .detail = (uint8_t)result.detail};
        memcpy(results[i].reference, result.reference, REFERENCE_LEN);
        if (!context.page) {
            details[i] = (struct call_detail_item){.detail = (uint8_t)result.detail};
            memcpy(details[i].reference, result.duplicate, REFERENCE_LEN);
        }
        memcpy(engine->items[i].reference, result.touched, REFERENCE_LEN);
    }
    return rc == 0 ? budget_close(&budget) : rc;
}

/* Works the call, records it and writes the reply's clear part and details behind `out`. */
static int perform(struct call_engine *engine, const struct call_clock *clock, const struct opened_call *call,
                   struct session_call_reply *reply, uint8_t *out)
{
    uint32_t count = call->head.count;
    size_t clear_length = sizeof(struct call_result_head) + count * sizeof(struct call_result_item);
    struct call_result_head head = {
        .version = 1,
        .operation = call->head.operation,
        .purpose = call->head.purpose,
        .count = count,
        .recorded_at_us = clock->now_us,
    };
    struct call_result_item *results = (void *)(out + sizeof head);
    struct call_detail_item *details = (void *)(out + clear_length);
    struct ledger_entry entry = new_entry(call, clock, CALL_OK);

    int rc = run_items(engine, clock, call, results, details);
    if (rc == 0)
        rc = ledger_append(engine->store, call->session->tenant, &entry, engine->items, count, head.leaf_hash);
    head.ledger_index = entry.index;
    memcpy(out, &head, sizeof head);
    reply->clear_length = (uint32_t)clear_length;
    reply->sealed_length = (uint32_t)(sealed_details_size(call->head.operation, count) + SEAL_TAG_LEN);
    return rc;
}

int call_seal(const struct call_answer *answer, uint8_t *out)
{
    struct session_call_reply reply;
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    uint8_t *clear = out + sizeof reply;

    if (!answer->session)
        return 0;
    memcpy(&reply, out, sizeof reply);
    memcpy(clear + offsetof(struct call_result_head, checkpoint), &answer->session->tenant->now.checkpoint,
           sizeof(struct ledger_checkpoint));
    sealed_nonce(answer->call_seq, nonce);
    sealed_reply_aad(answer->session->id, answer->call_seq, aad);
    uint8_t *details = clear + reply.clear_length;
    return aead_seal2(answer->session->reply_key, nonce, aad, sizeof aad, clear, reply.clear_length, details,
                      reply.sealed_length - SEAL_TAG_LEN, details) == 0
               ? 0
               : EACCES;
}

static int record_refusal(struct call_engine *engine, const struct call_clock *clock, const struct opened_call *call)
{
    struct ledger_entry entry = new_entry(call, clock, CALL_NOT_PERMITTED);
    uint8_t leaf_hash[HASH_LEN];

    return ledger_append(engine->store, call->session->tenant, &entry, NULL, 0, leaf_hash);
}

bool call_handle(struct call_engine *engine, const struct call_clock *clock, const uint8_t *body, size_t body_length,
                 uint8_t *out, struct call_answer *answer, int *rc)
{
    struct session_call request;
    struct session_call_reply reply = {0};
    struct opened_call call = {0};

    memcpy(&request, body, sizeof request);
    if (request.zero != 0 || request.sealed_length != body_length - sizeof request ||
        request.sealed_length < SEAL_TAG_LEN)
        return false;
    *rc = 0;
    *answer = (struct call_answer){.call_seq = request.call_seq};
    answer->status = open_call(engine, clock, &request, body + sizeof request, &call);
    if (answer->status == CALL_OK && !call_permitted(&call)) {
        answer->status = CALL_NOT_PERMITTED;
        *rc = record_refusal(engine, clock, &call);
    } else if (answer->status == CALL_OK) {
        answer->session = call.session;
        answer->items = call.head.operation == OPERATION_READ_LEDGER ? READ_LEDGER_ITEMS : call.head.count;
        *rc = perform(engine, clock, &call, &reply, out + sizeof reply);
    }
    if (call.session)
        crypto_wipe(engine->plain, request.sealed_length);
    reply.status = (uint16_t)answer->status;
    memcpy(out, &reply, sizeof reply);
    answer->length = sizeof reply + reply.clear_length + reply.sealed_length;
    return true;
}
