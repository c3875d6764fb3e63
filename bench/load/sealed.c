#include "load/sealed.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>

#include "internal.h"
#include "load/session.h"

#define OPEN_EVERY   64
#define BATCH_OPENED 16 /* from this size on, every answer is opened */

/* protobuf-c asks for each field; one answer at a time lives here, and nothing is freed singly. */
static void *arena_alloc(void *data, size_t size)
{
    struct sealed_calls *calls = data;
    size_t start = (calls->arena_used + 15) & ~(size_t)15;
    if (size > SEALED_ARENA_BYTES || start > SEALED_ARENA_BYTES - size) {
        return NULL;
    }
    calls->arena_used = start + size;
    return calls->arena + start;
}

static void arena_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

int sealed_calls_open(struct sealed_calls *calls)
{
    calls->items = calloc(calls->batch, sizeof(*calls->items));
    calls->results = calloc(calls->batch, sizeof(*calls->results));
    calls->allocator = (ProtobufCAllocator){.alloc = arena_alloc, .free = arena_free, .allocator_data = calls};
    _Static_assert(sizeof(calls->session_name) >= SESSION_NAME_LEN, "room for a session's name");
    session_name(calls->session->state, calls->session_name);
    return calls->items != NULL && calls->results != NULL ? 0 : -1;
}

void sealed_calls_close(struct sealed_calls *calls)
{
    free(calls->items);
    free(calls->results);
}

/* Requests of all methods of NumberService are the same on the wire: one sealed call. */
static grpc_slice pack(struct sealed_calls *calls, const struct sealed_call *call)
{
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;
    sealed.session = calls->session_name;
    sealed.sequence = call->sequence;
    sealed.ciphertext = (ProtobufCBinaryData){.data = call->ciphertext, .len = call->length};
    request.call = &sealed;
    grpc_slice message = grpc_slice_malloc(protobuf_c_message_get_packed_size(&request.base));
    protobuf_c_message_pack(&request.base, GRPC_SLICE_START_PTR(message));
    return message;
}

int sealed_calls_next(struct sealed_calls *calls, struct sealed_request *out)
{
    struct sekisho_error error;
    struct sealed_call call;
    struct sekisho_request request = {
        .operation = calls->operation, .purpose = calls->purpose, .items = calls->items, .count = calls->batch};
    if (session_seal(calls->session, &request, &call, &error) != SEKISHO_OK) {
        bench_session_complain("seal", &error);
        return -1;
    }
    out->sequence = call.sequence;
    out->message = pack(calls, &call);
    sealed_call_free(&call);
    return 0;
}

grpc_byte_buffer *sealed_request_take(struct sealed_request *request)
{
    grpc_byte_buffer *message = grpc_raw_byte_buffer_create(&request->message, 1);
    grpc_slice_unref(request->message);
    return message;
}

static bool clear_part_right(const struct sealed_calls *calls, const ProtobufCBinaryData *clear)
{
    struct call_result_head head;
    if (clear->len != sizeof(head) + calls->batch * sizeof(struct call_result_item)) {
        return false;
    }
    memcpy(&head, clear->data, sizeof(head));
    for (uint32_t i = 0; i < calls->batch; i++) {
        struct call_result_item item;
        memcpy(&item, clear->data + sizeof(head) + i * sizeof(item), sizeof(item));
        if (item.outcome != (unsigned)calls->outcome) {
            return false;
        }
    }
    return head.count == calls->batch;
}

static bool sealed_part_opens(struct sealed_calls *calls, uint64_t sequence, const Sekisho__V1__SealedReply *reply)
{
    struct sealed_call call = {.sequence = sequence,
                               .operation = (uint16_t)calls->operation,
                               .purpose = (uint16_t)calls->purpose,
                               .count = calls->batch};
    return session_open_reply(calls->session, &call, reply, calls->results, NULL, NULL) == SEKISHO_OK;
}

static bool message_right(struct sealed_calls *calls, uint64_t sequence, const grpc_slice *bytes)
{
    calls->arena_used = 0;
    const Sekisho__V1__MatchResponse *response =
        sekisho__v1__match_response__unpack(&calls->allocator, GRPC_SLICE_LENGTH(*bytes), GRPC_SLICE_START_PTR(*bytes));
    if (response == NULL || response->reply == NULL || response->reply->sequence != sequence ||
        !clear_part_right(calls, &response->reply->results)) {
        return false;
    }
    bool open = calls->batch >= BATCH_OPENED || calls->answered % OPEN_EVERY == 0;
    calls->answered++;
    return !open || sealed_part_opens(calls, sequence, response->reply);
}

bool sealed_calls_right(struct sealed_calls *calls, uint64_t sequence, grpc_byte_buffer *reply)
{
    grpc_byte_buffer_reader reader;
    if (reply == NULL || !grpc_byte_buffer_reader_init(&reader, reply)) {
        return false;
    }
    grpc_slice bytes = grpc_byte_buffer_reader_readall(&reader);
    bool right = message_right(calls, sequence, &bytes);
    grpc_slice_unref(bytes);
    grpc_byte_buffer_reader_destroy(&reader);
    return right;
}
