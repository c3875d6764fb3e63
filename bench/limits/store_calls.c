#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits/store_bench.h"
#include "vault/call.h"
#include "vault/ledger.h"

struct caller {
    struct session_open open;
    struct aead *call_key;
    uint64_t sequence;
    size_t body_length;  /* of one SESSION_CALL */
    uint8_t *bodies;     /* of a group, sealed before its clock starts */
    size_t reply_length; /* of one answer */
    uint8_t *replies;
    struct call_answer *answers;
    struct session_table sessions;
    struct call_engine engine;
    struct guess_limits limits[PURPOSE_COUNT];
};

static int caller_open(struct store_bench *bench, struct caller *caller)
{
    caller->open = (struct session_open){.tenant = BENCH_PREFECTURE, .ttl_ms = 3600000, .account = "bench"};
    caller->open.permit[OPERATION_MATCH] = PURPOSE_BIT(PURPOSE_CHANGE);
    crypto_random(caller->open.session, SESSION_ID_LEN);
    crypto_random(caller->open.call_key, SESSION_KEY_LEN);
    crypto_random(caller->open.reply_key, SESSION_KEY_LEN);
    caller->limits[PURPOSE_CHANGE] = bench->limits;
    caller->call_key = aead_new(caller->open.call_key);
    caller->body_length =
        sizeof(struct session_call) + sizeof(struct call_head) + bench->batch * sizeof(struct call_item) + SEAL_TAG_LEN;
    caller->bodies = malloc(bench->group * caller->body_length);
    caller->reply_length = sizeof(struct session_call_reply) + sizeof(struct call_result_head) + SEAL_TAG_LEN +
                           bench->batch * (sizeof(struct call_result_item) + sizeof(struct call_detail_item));
    caller->replies = malloc(bench->group * caller->reply_length);
    caller->answers = calloc(bench->group, sizeof *caller->answers);
    if (caller->call_key == NULL || caller->bodies == NULL || caller->replies == NULL || caller->answers == NULL ||
        session_table_init(&caller->sessions, 1) != 0 ||
        call_engine_init(&caller->engine, &bench->store, &caller->sessions, caller->limits) != 0 ||
        !session_open(&caller->sessions, &bench->store, &caller->open, session_clock_ms())) {
        fputs("bench-store: cannot open a session\n", stderr);
        return -1;
    }
    return 0;
}

static void caller_close(struct caller *caller)
{
    session_close(&caller->sessions, caller->open.session);
    aead_free(caller->call_key);
    free(caller->bodies);
    free(caller->replies);
    free(caller->answers);
}

/* What libsekisho does for a client, into a frame's body. */
static int seal_call(struct store_bench *bench, struct caller *caller, uint8_t *body)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    uint8_t *plain = body + sizeof(struct session_call);
    struct session_call request = {.call_seq = ++caller->sequence, .operation = OPERATION_MATCH};
    struct call_head head = {
        .version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = bench->batch};
    size_t plain_length = sizeof(head) + bench->batch * sizeof(struct call_item);
    memcpy(request.session, caller->open.session, SESSION_ID_LEN);
    request.sealed_length = (uint32_t)(plain_length + SEAL_TAG_LEN);
    memcpy(body, &request, sizeof(request));
    memcpy(plain, &head, sizeof(head));
    for (uint32_t i = 0; i < bench->batch; i++) {
        const struct person *person = store_bench_next(bench);
        struct call_item item = {0};
        memcpy(item.reference, person->reference, REFERENCE_LEN);
        memcpy(item.number, person->number, NUMBER_LEN);
        memcpy(plain + sizeof(head) + i * sizeof(item), &item, sizeof(item));
    }
    sealed_nonce(request.call_seq, nonce);
    sealed_call_aad(request.session, request.call_seq, aad);
    return aead_seal(caller->call_key, nonce, aad, sizeof(aad), plain, plain_length, plain);
}

static bool all_matched(const struct store_bench *bench, const uint8_t *reply)
{
    const struct call_result_item *items =
        (const void *)(reply + sizeof(struct session_call_reply) + sizeof(struct call_result_head));
    for (uint32_t i = 0; i < bench->batch; i++) {
        if (items[i].outcome != OUTCOME_MATCHED) {
            return false;
        }
    }
    return true;
}

static int handle_group(struct store_bench *bench, struct caller *caller)
{
    struct call_clock clock = {.now_us = 1, .boot_ms = session_clock_ms()};
    int rc = store_begin(&bench->store);
    for (uint32_t i = 0; rc == 0 && i < bench->group; i++) {
        struct call_answer *answer = &caller->answers[i];
        uint8_t *reply = caller->replies + i * caller->reply_length;
        bool framed = call_handle(&caller->engine, &clock, caller->bodies + i * caller->body_length,
                                  caller->body_length, reply, answer, &rc);
        if (!framed || rc != 0 || answer->status != CALL_OK || !all_matched(bench, reply)) {
            fprintf(stderr, "bench-store: a call was refused: status %d, store %d\n", (int)answer->status, rc);
            store_abort(&bench->store);
            return -1;
        }
    }
    if (rc == 0) {
        rc = ledger_sign(&bench->store);
    }
    for (uint32_t i = 0; rc == 0 && i < bench->group; i++) {
        rc = call_seal(&caller->answers[i], caller->replies + i * caller->reply_length);
    }
    return rc == 0 ? store_commit(&bench->store) : rc;
}

int store_loop_call(struct store_bench *bench, struct run_result *result)
{
    struct caller caller = {0};
    if (caller_open(bench, &caller) != 0) {
        return -1;
    }
    int status = 0;
    while (status == 0 && result->elapsed_ns < bench->duration_ns) {
        for (uint32_t i = 0; status == 0 && i < bench->group; i++) {
            status = seal_call(bench, &caller, caller.bodies + i * caller.body_length);
        }
        uint64_t begin_ns = clock_ns();
        status = status == 0 ? handle_group(bench, &caller) : status;
        uint64_t group_ns = clock_ns() - begin_ns;
        histogram_record(bench->latency, group_ns);
        result->elapsed_ns += group_ns;
        result->calls += bench->group;
    }
    caller_close(&caller);
    return status == 0 ? 0 : -1;
}
