#include "auth/password_policy.h"

#include <stdbool.h>
#include <stdint.h>

#include "auth/account_file.h"
#include "crypto/sealed.h"

/* Length of the UTF-8 sequence at `text` (RFC 3629: shortest form, no surrogates, up to U+10FFFF); 0 when it is none.
 */
static size_t sequence_length(const uint8_t *text, size_t left)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (text[0] < forms[i].first_low || text[0] > forms[i].first_high)
            continue;
        if (left < forms[i].length)
            return 0;
        if (forms[i].length > 1 && (text[1] < forms[i].second_low || text[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if ((text[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

static unsigned kind_of(uint8_t first)
{
    if (first >= 'a' && first <= 'z')
        return 1;
    if (first >= 'A' && first <= 'Z')
        return 2;
    if (first >= '0' && first <= '9')
        return 4;
    return 8;
}

const char *password_policy_fault(const char *password, size_t length)
{
    const uint8_t *text = (const uint8_t *)password;
    size_t characters = 0;
    unsigned kinds = 0;

    if (length > PASSWORD_MAX)
        return "the password has more than 128 bytes";
    for (size_t at = 0, step; at < length; at += step) {
        step = sequence_length(text + at, length - at);
        if (step == 0)
            return "the password is not UTF-8";
        if (text[at] < 0x20 || text[at] == 0x7f)
            return "the password has a control character";
        characters++;
        kinds |= kind_of(text[at]);
    }
    if (characters < ACCOUNT_PASSWORD_CHARS)
        return "the password has fewer than 12 characters";
    if (__builtin_popcount(kinds) < 3)
        return "the password needs three of: small letters, capital letters, digits, other characters";
    return NULL;
}
