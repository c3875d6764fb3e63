#include "server/portal/text.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

/* The next character; 0 at the end, -1: not UTF-8. */
static int32_t next(const uint8_t **at)
{
    utf8proc_int32_t character;

    if (**at == '\0')
        return 0;
    utf8proc_ssize_t length = utf8proc_iterate(*at, -1, &character);
    if (length <= 0)
        return -1;
    *at += length;
    return character;
}

static bool can_be_seen(int32_t character)
{
    /* Variation selectors choose the shape of a name (IVS). */
    if ((character >= 0xfe00 && character <= 0xfe0f) || (character >= 0xe0100 && character <= 0xe01ef))
        return true;
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default: /* private use is what 外字 are */
        return true;
    }
}

bool text_can_be_seen(const char *text, size_t max)
{
    const uint8_t *at = (const uint8_t *)(text ? text : "");
    size_t count = 0;
    int32_t character;

    while ((character = next(&at)) > 0)
        if (++count > max || !can_be_seen(character))
            return false;
    return character == 0;
}

static bool digit(int32_t character)
{
    return utf8proc_category(character) == UTF8PROC_CATEGORY_ND;
}

/* What people put between groups of digits. */
static bool between(int32_t character)
{
    static const int32_t signs[] = {' ',    '-',    '.',    0x3000, 0xff0d, 0x2010, 0x2011,
                                    0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30fc, 0xff70};

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (character == signs[i])
            return true;
    return false;
}

bool text_has_twelve_digits(const char *text)
{
    const uint8_t *at = (const uint8_t *)(text ? text : "");
    unsigned run = 0;
    int32_t character;

    while ((character = next(&at)) > 0) {
        if (digit(character)) {
            run++;
        } else if (!between(character)) {
            if (run == 12)
                return true;
            run = 0;
        }
    }
    return run == 12;
}
