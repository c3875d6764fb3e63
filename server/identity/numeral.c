#include "server/identity/numeral.h"

#include <stdbool.h>

static int32_t digit_of(uint32_t point)
{
    switch (point) {
    case 0x3007: /* 〇 */
    case 0x96F6: /* 零 */
        return 0;
    case 0x4E00: /* 一 */
    case 0x58F1: /* 壱 */
        return 1;
    case 0x4E8C: /* 二 */
    case 0x5F10: /* 弐 */
        return 2;
    case 0x4E09: /* 三 */
    case 0x53C2: /* 参 */
        return 3;
    case 0x56DB: /* 四 */
        return 4;
    case 0x4E94: /* 五 */
        return 5;
    case 0x516D: /* 六 */
        return 6;
    case 0x4E03: /* 七 */
        return 7;
    case 0x516B: /* 八 */
        return 8;
    case 0x4E5D: /* 九 */
        return 9;
    default:
        return -1;
    }
}

/* 廿 and 卅 are 20 and 30 by themselves; *own says so. */
static int32_t unit_of(uint32_t point, bool *own)
{
    *own = false;
    switch (point) {
    case 0x5341: /* 十 */
    case 0x62FE: /* 拾 */
        return 10;
    case 0x767E: /* 百 */
        return 100;
    case 0x5343: /* 千 */
        return 1000;
    case 0x5EFF: /* 廿 */
        *own = true;
        return 20;
    case 0x5345: /* 卅 */
        *own = true;
        return 30;
    default:
        return 0;
    }
}

size_t numeral_run(const uint32_t *at, size_t count)
{
    size_t length = 0;
    bool own;

    while (length < count && (digit_of(at[length]) >= 0 || unit_of(at[length], &own) > 0))
        length++;
    return length;
}

/* 一〇三 */
static int32_t positional(const uint32_t *at, size_t count)
{
    int32_t value = 0;

    if (count > 6)
        return -1;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + digit_of(at[i]);
    return value;
}

/* 千二百三十四: units in falling order, each with one digit before it at most */
int32_t numeral_value(const uint32_t *at, size_t count)
{
    int32_t value = 0, digit = -1, last = 10000;
    size_t digits = 0;

    for (size_t i = 0; i < count; i++)
        digits += digit_of(at[i]) >= 0;
    if (count == 0 || digits == count)
        return count == 0 ? -1 : positional(at, count);
    for (size_t i = 0; i < count; i++) {
        bool own;
        int32_t unit = unit_of(at[i], &own), magnitude = own ? 10 : unit;

        if (unit == 0) {
            if (digit >= 0)
                return -1;
            digit = digit_of(at[i]);
        } else {
            if (magnitude >= last || digit == 0 || (own && digit > 0))
                return -1;
            value += digit > 0 ? digit * unit : unit;
            last = magnitude;
            digit = -1;
        }
    }
    return digit > 0 ? value + digit : value;
}
