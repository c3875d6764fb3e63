#include "load/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>

#include "internal.h"
#include "load/session.h"

#define OPEN_EVERY   64
#define BATCH_OPENED 16           /* from this size on, every answer is opened */
#define ARENA_BYTES  (256 * 1024) /* above the largest answer */

struct sealed_request {
    grpc_slice message;
    uint64_t sequence;
};

struct match {
    struct workload base;
    struct match_plan plan;
    char session_name[SESSION_NAME_LEN];
    uint64_t random, answered;
    struct sekisho_item *items;
    struct sekisho_result *results;
    struct sealed_request *ahead;
    uint64_t ahead_count, ahead_next;
    ProtobufCAllocator allocator;
    size_t arena_used;
    _Alignas(16) uint8_t arena[ARENA_BYTES];
};

/* protobuf-c asks for each field; one answer at a time lives here, and nothing is freed singly. */
static void *arena_alloc(void *data, size_t size)
{
    struct match *match = data;
    size_t start = (match->arena_used + 15) & ~(size_t)15;
    if (size > ARENA_BYTES || start > ARENA_BYTES - size) {
        return NULL;
    }
    match->arena_used = start + size;
    return match->arena + start;
}

static void arena_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

static grpc_slice pack(struct match *match, const struct sealed_call *call)
{
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    /* MatchRequest and MatchStreamRequest are the same on the wire. */
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;
    sealed.session = match->session_name;
    sealed.sequence = call->sequence;
    sealed.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &sealed;
    grpc_slice message = grpc_slice_malloc(protobuf_c_message_get_packed_size(&request.base));
    protobuf_c_message_pack(&request.base, GRPC_SLICE_START_PTR(message));
    return message;
}

static int seal_next(struct match *match, struct sealed_request *out)
{
    struct sekisho_error error;
    struct sealed_call call;
    struct sekisho_request request = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = match->items, .count = match->plan.batch};
    for (uint32_t i = 0; i < match->plan.batch; i++) {
        const struct person *person = &match->plan.people[people_pick(&match->random, match->plan.people_count)];
        memcpy(match->items[i].reference, person->reference, REFERENCE_LEN);
        memcpy(match->items[i].number, person->number, NUMBER_LEN);
    }
    if (session_seal(match->plan.session, &request, &call, &error) != SEKISHO_OK) {
        bench_session_complain("seal", &error);
        return -1;
    }
    out->sequence = call.sequence;
    out->message = pack(match, &call);
    sealed_call_free(&call);
    return 0;
}

static grpc_byte_buffer *match_request(struct workload *workload, uint64_t *token)
{
    struct match *match = (struct match *)workload;
    struct sealed_request request;
    if (match->ahead_next < match->ahead_count) {
        request = match->ahead[match->ahead_next++];
    } else if (seal_next(match, &request) == 0) {
        workload->sealed_live++;
    } else {
        return NULL;
    }
    *token = request.sequence;
    grpc_byte_buffer *message = grpc_raw_byte_buffer_create(&request.message, 1);
    grpc_slice_unref(request.message);
    return message;
}

static bool clear_part_matches(const struct match *match, const ProtobufCBinaryData *clear)
{
    struct call_result_head head;
    if (clear->len != sizeof(head) + match->plan.batch * sizeof(struct call_result_item)) {
        return false;
    }
    memcpy(&head, clear->data, sizeof(head));
    for (uint32_t i = 0; i < match->plan.batch; i++) {
        struct call_result_item item;
        memcpy(&item, clear->data + sizeof(head) + i * sizeof(item), sizeof(item));
        if (item.outcome != OUTCOME_MATCHED) {
            return false;
        }
    }
    return head.count == match->plan.batch;
}

static bool sealed_part_opens(struct match *match, uint64_t sequence, const Sekisho__V1__SealedReply *reply)
{
    struct sealed_call call = {
        .sequence = sequence, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = match->plan.batch};
    return session_open_reply(match->plan.session, &call, reply, match->results, NULL, NULL) == SEKISHO_OK;
}

static bool message_right(struct match *match, uint64_t sequence, const grpc_slice *bytes)
{
    match->arena_used = 0;
    const Sekisho__V1__MatchResponse *response =
        sekisho__v1__match_response__unpack(&match->allocator, GRPC_SLICE_LENGTH(*bytes), GRPC_SLICE_START_PTR(*bytes));
    if (response == NULL || response->reply == NULL || response->reply->sequence != sequence ||
        !clear_part_matches(match, &response->reply->results)) {
        return false;
    }
    bool open = match->plan.batch >= BATCH_OPENED || match->answered % OPEN_EVERY == 0;
    match->answered++;
    return !open || sealed_part_opens(match, sequence, response->reply);
}

static bool match_reply(struct workload *workload, uint64_t token, grpc_byte_buffer *reply)
{
    grpc_byte_buffer_reader reader;
    if (reply == NULL || !grpc_byte_buffer_reader_init(&reader, reply)) {
        return false;
    }
    grpc_slice bytes = grpc_byte_buffer_reader_readall(&reader);
    bool right = message_right((struct match *)workload, token, &bytes);
    grpc_slice_unref(bytes);
    grpc_byte_buffer_reader_destroy(&reader);
    return right;
}

static int seal_ahead(struct match *match)
{
    match->ahead = calloc(match->plan.seal_ahead + 1, sizeof(*match->ahead));
    while (match->ahead != NULL && match->ahead_count < match->plan.seal_ahead) {
        if (seal_next(match, &match->ahead[match->ahead_count]) != 0) {
            return -1;
        }
        match->ahead_count++;
    }
    return match->ahead != NULL ? 0 : -1;
}

struct workload *match_open(const struct match_plan *plan)
{
    struct match *match = calloc(1, sizeof(*match));
    if (match == NULL) {
        return NULL;
    }
    match->base = (struct workload){
        .name = plan->stream ? "match-stream" : "match",
        .method = plan->stream ? "/sekisho.v1.NumberService/MatchStream" : "/sekisho.v1.NumberService/Match",
        .items_per_call = plan->batch,
        .request = match_request,
        .reply = match_reply,
    };
    match->plan = *plan;
    match->allocator = (ProtobufCAllocator){.alloc = arena_alloc, .free = arena_free, .allocator_data = match};
    match->items = calloc(plan->batch, sizeof(*match->items));
    match->results = calloc(plan->batch, sizeof(*match->results));
    session_name(plan->session->state, match->session_name);
    sekisho_random(&match->random, sizeof(match->random));
    match->random |= 1;
    if (match->items == NULL || match->results == NULL || seal_ahead(match) != 0) {
        match_close(&match->base);
        return NULL;
    }
    return &match->base;
}

void match_close(struct workload *workload)
{
    struct match *match = (struct match *)workload;
    while (match->ahead_next < match->ahead_count) {
        grpc_slice_unref(match->ahead[match->ahead_next++].message);
    }
    free(match->ahead);
    free(match->items);
    free(match->results);
    free(match);
}
