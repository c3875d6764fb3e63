#include "server/rpc/handover.h"

#include <stdint.h>

struct core_handler {
    const struct {
        void (*destroy)(struct core_handler *handler);
        void (*destroy_and_free)(struct core_handler *handler);
        void (*handle)(struct core_handler *handler, int listener, int fd, grpc_byte_buffer *pending_read);
    } * functions;
};

static void *same(void *slot)
{
    return slot;
}

static void nothing(void *slot)
{
    (void)slot;
}

static int compare(void *one, void *other)
{
    return (uintptr_t)one < (uintptr_t)other ? -1 : (uintptr_t)one > (uintptr_t)other;
}

grpc_arg handover_arg(const char *name, struct core_handler **handler)
{
    static const grpc_arg_pointer_vtable vtable = {same, nothing, compare};

    return (grpc_arg){.type = GRPC_ARG_POINTER, .key = (char *)name, .value.pointer = {handler, &vtable}};
}

void handover(struct core_handler *handler, int listener, int fd)
{
    handler->functions->handle(handler, listener, fd, NULL);
}
