#include "server/identity/address.h"

#include <stdio.h>
#include <string.h>

#include "server/identity/address_block.h"
#include "server/identity/code_points.h"
#include "server/identity/municipality.h"

#define ADDRESS_CHARACTERS 300

/* 霞ヶ関 and 霞ケ関, 八ッ場 and 八ツ場 are one place each. */
static void fold_small_kana(struct code_points *points)
{
    for (size_t i = 0; i < points->count; i++) {
        if (points->at[i] == 0x30F6)
            points->at[i] = 0x30B1; /* ヶ → ケ */
        else if (points->at[i] == 0x30F5)
            points->at[i] = 0x30AB; /* ヵ → カ */
        else if (points->at[i] == 0x30C3)
            points->at[i] = 0x30C4; /* ッ → ツ */
    }
}

static bool compass(uint32_t point)
{
    return point == 0x6771 || point == 0x897F || point == 0x5357 || point == 0x5317; /* 東西南北 */
}

/* Where the lot number begins, and its end: the first run of digits and hyphens that no 線 or point of the compass
 * follows, as in 北1条西2丁目. */
static size_t find_number(const struct code_points *block, size_t *end)
{
    const uint32_t *at = block->at;

    for (size_t i = 0; i < block->count; i = *end) {
        *end = i + 1;
        if (!address_digit(at[i]))
            continue;
        while (*end < block->count && (address_digit(at[*end]) || at[*end] == '-'))
            (*end)++;
        bool grid =
            *end + 1 < block->count && (at[*end] == 0x7DDA || (compass(at[*end]) && address_digit(at[*end + 1])));
        if (!grid)
            return i;
    }
    *end = block->count;
    return block->count;
}

static bool put(const uint32_t *at, size_t count, char *text, size_t size)
{
    while (count > 0 && at[count - 1] == '-')
        count--;
    while (count > 0 && at[0] == '-') {
        at++;
        count--;
    }
    return code_points_text(at, count, text, size);
}

/* Prefecture and municipality; *used: bytes of text that they take. */
static bool put_municipality(const char *text, struct address_key *key, size_t *used)
{
    size_t written;
    unsigned prefecture = prefecture_starting(text, &written);
    size_t length = municipality_length(text + written);
    const char *name = prefecture_name(prefecture);

    if (!name)
        name = prefecture_name(municipality_prefecture(text, length));
    *used = written + length;
    int put =
        snprintf(key->municipality, sizeof key->municipality, "%s%.*s", name ? name : "", (int)length, text + written);
    return put >= 0 && (size_t)put < sizeof key->municipality;
}

bool address_key_wild(const char *text, const char *wildcards, struct address_key *key)
{
    struct code_points points, block;
    char whole[CODE_POINTS_MAX * 4 + 1];
    size_t used, end;

    *key = (struct address_key){0};
    if (!code_points_of(text, wildcards, ADDRESS_CHARACTERS, &points))
        return false;
    fold_small_kana(&points);
    key->flags = points.flags;
    if (!code_points_text(points.at, points.count, whole, sizeof whole) || !put_municipality(whole, key, &used))
        return false;
    size_t skip = utf8_characters(whole, used);
    address_block(points.at + skip, points.count - skip, &block);
    size_t start = find_number(&block, &end);
    return put(block.at, start, key->town, sizeof key->town) &&
           put(block.at + start, end - start, key->number, sizeof key->number) &&
           put(block.at + end, block.count - end, key->building, sizeof key->building);
}

bool address_key(const char *text, struct address_key *key)
{
    return address_key_wild(text, NULL, key);
}
