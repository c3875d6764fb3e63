#include "load/ping.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>

#define TAG_FIELD_1_BYTES 0x0a /* protobuf wire format: field 1, length-delimited */

struct ping {
    struct workload base;
    grpc_slice message;
};

static grpc_byte_buffer *ping_request(struct workload *workload, uint64_t *token, unsigned *method)
{
    struct ping *ping = (struct ping *)workload;
    (void)method;
    *token = 0;
    return grpc_raw_byte_buffer_create(&ping->message, 1);
}

static bool ping_reply(struct workload *workload, uint64_t token, grpc_byte_buffer *reply)
{
    (void)workload;
    (void)token;
    return reply != NULL;
}

static grpc_slice ping_message(size_t payload_bytes)
{
    if (payload_bytes == 0) {
        return grpc_empty_slice();
    }
    uint8_t head[11] = {TAG_FIELD_1_BYTES};
    size_t head_length = 1;
    for (size_t rest = payload_bytes; rest != 0; rest >>= 7) {
        head[head_length++] = (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    }
    grpc_slice message = grpc_slice_malloc(head_length + payload_bytes);
    memcpy(GRPC_SLICE_START_PTR(message), head, head_length);
    memset(GRPC_SLICE_START_PTR(message) + head_length, 'x', payload_bytes);
    return message;
}

struct workload *ping_open(const char *method, size_t payload_bytes)
{
    struct ping *ping = calloc(1, sizeof(*ping));
    if (ping == NULL) {
        return NULL;
    }
    ping->base = (struct workload){
        .name = "ping", .methods = {method}, .items_per_call = 1, .request = ping_request, .reply = ping_reply};
    ping->message = ping_message(payload_bytes);
    return &ping->base;
}

void ping_close(struct workload *workload)
{
    struct ping *ping = (struct ping *)workload;
    grpc_slice_unref(ping->message);
    free(ping);
}
