#include "support/hex.h"

#include <string.h>

#include "support/test.h"

static uint8_t digit(char c)
{
    if (c >= '0' && c <= '9')
        return (uint8_t)(c - '0');
    assert_in_range(c, 'a', 'f');
    return (uint8_t)(c - 'a' + 10);
}

size_t unhex(const char *hex, uint8_t *out, size_t room)
{
    size_t length = strlen(hex) / 2;

    assert_int_equal(strlen(hex) % 2, 0);
    assert_true(length <= room);
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return length;
}

void assert_hex(const void *data, size_t length, const char *hex)
{
    uint8_t expected[1024];

    assert_int_equal(unhex(hex, expected, sizeof expected), length);
    assert_memory_equal(data, expected, length);
}
