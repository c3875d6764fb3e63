#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/services/call_arena.h"
#include "server/services/register_call.h"

void *register_alloc(struct register_call *call, size_t size)
{
    void *memory = call_arena_alloc(call->arena.allocator_data, size);

    if (!memory)
        (void)register_fail(call, REGISTER_FULL, NULL, NULL);
    return memory;
}

void *register_new(struct register_call *call, size_t size, const void *init)
{
    void *memory = register_alloc(call, size);

    if (memory)
        memcpy(memory, init, size);
    return memory;
}

char *register_strdup(struct register_call *call, const char *text)
{
    return register_new(call, strlen(text) + 1, text);
}

char *register_printf(struct register_call *call, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): set one line above; clang-tidy 14 does not see it */
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : register_alloc(call, (size_t)length + 1);
    if (!text)
        return NULL;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): set one line above; clang-tidy 14 does not see it */
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
