#include "server/identity/code_points.h"

#include <string.h>

#include <utf8proc.h>

#include "server/identity/identity.h"

#define MIDDLE_DOT 0x30FB /* ・ between parts of a foreign name, or of a building's: written or left out at will */

/* In the order of variants (tested). */
static const struct shape {
    uint32_t variant, base;
} shapes[] = {
#define FOLD(variant, base) {variant, base},
#include "server/identity/fold.def"
#undef FOLD
};

uint32_t fold_shape(uint32_t point)
{
    size_t low = 0, high = sizeof shapes / sizeof shapes[0];

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (shapes[middle].variant == point)
            return shapes[middle].base;
        if (shapes[middle].variant < point)
            low = middle + 1;
        else
            high = middle;
    }
    return point;
}

static bool variation_selector(uint32_t point)
{
    return (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF);
}

/* Bidirectional overrides and invisible characters show a reviewer another name than the one compared. */
static bool refused(uint32_t point)
{
    if ((point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF))
        return true;
    switch (utf8proc_category((utf8proc_int32_t)point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false; /* unassigned ones stay: ideographs are added faster than libraries */
    }
}

static unsigned flags_of(uint32_t point)
{
    if ((point >= 0xE000 && point <= 0xF8FF) || point >= 0xF0000)
        return TEXT_HAS_GAIJI;
    if (point >= 0x2E80 && point <= 0x2FD5)
        return TEXT_HAS_RADICAL;
    if ((point >= 0x2150 && point <= 0x218F) || (point >= 0x2460 && point <= 0x24FF) ||
        (point >= 0x3200 && point <= 0x33FF) || (point >= 0x1F100 && point <= 0x1F2FF))
        return TEXT_HAS_ODD;
    return 0;
}

static bool append(struct code_points *points, uint32_t point)
{
    utf8proc_int32_t pieces[32];
    int boundary = 0;

    if (point == CODE_POINT_ANY) {
        if (points->count == CODE_POINTS_MAX)
            return false;
        points->at[points->count++] = point;
        return true;
    }
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)point, pieces, 32,
                                                     UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &boundary);
    if (count < 0 || count > 32 || points->count + (size_t)count > CODE_POINTS_MAX)
        return false;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        if (utf8proc_category(pieces[i]) != UTF8PROC_CATEGORY_ZS && pieces[i] != MIDDLE_DOT)
            points->at[points->count++] = (uint32_t)utf8proc_toupper(pieces[i]); /* before marks are joined to it */
    }
    return true;
}

static bool decompose(const char *text, const char *wildcards, size_t max_characters, struct code_points *points)
{
    const utf8proc_uint8_t *next = (const utf8proc_uint8_t *)text;
    size_t left = strlen(text), characters = 0;

    points->count = 0;
    points->flags = 0;
    for (; left > 0; characters++) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used = utf8proc_iterate(next, (utf8proc_ssize_t)left, &point);

        if (used <= 0 || refused((uint32_t)point) || characters == max_characters)
            return false;
        next += used;
        left -= (size_t)used;
        points->flags |= flags_of((uint32_t)point);
        if (wildcards && wildcards[characters] != '0' && wildcards[characters] != '1')
            return false;
        if (variation_selector((uint32_t)point))
            points->flags |= TEXT_HAS_VARIATION;
        else if (!append(points, wildcards && wildcards[characters] == '1' ? CODE_POINT_ANY : (uint32_t)point))
            return false;
    }
    return points->count > 0 && (!wildcards || wildcards[characters] == '\0');
}

/* Canonical order (UAX #15): marks after a starter by combining class. What is left of decomposition when spaces and
 * selectors went from between them. */
static void order_marks(struct code_points *points)
{
    for (size_t i = 1; i < points->count; i++) {
        uint32_t mark = points->at[i];
        int class = utf8proc_get_property((utf8proc_int32_t)mark)->combining_class;
        size_t to = i;

        while (class > 0 && to > 0 &&
               utf8proc_get_property((utf8proc_int32_t)points->at[to - 1])->combining_class > class) {
            points->at[to] = points->at[to - 1];
            to--;
        }
        points->at[to] = mark;
    }
}

/* 々 〻 〃 written out, before marks are joined to what they repeat. */
static void repeat(struct code_points *points)
{
    for (size_t i = 1; i < points->count; i++) {
        uint32_t point = points->at[i], before = points->at[i - 1];

        if ((point == 0x3005 || point == 0x303B || point == 0x3003) &&
            (before == CODE_POINT_ANY || utf8proc_category((utf8proc_int32_t)before) == UTF8PROC_CATEGORY_LO))
            points->at[i] = before;
    }
}

static bool compose(struct code_points *points)
{
    repeat(points);
    order_marks(points);
    utf8proc_ssize_t count = utf8proc_normalize_utf32((utf8proc_int32_t *)points->at, (utf8proc_ssize_t)points->count,
                                                      UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (count <= 0)
        return false;
    points->count = (size_t)count;
    for (size_t i = 0; i < points->count; i++) /* NFKC makes ~ of U+FF5E, the twin of the wave dash */
        points->at[i] = points->at[i] == 0x301C ? '~' : fold_shape(points->at[i]);
    return true;
}

/* Before composition: ヷ has no hiragana of its own, but わ with a mark. */
static void to_katakana(struct code_points *points)
{
    for (size_t i = 0; i < points->count; i++) {
        if ((points->at[i] >= 0x3041 && points->at[i] <= 0x3096) || points->at[i] == 0x309D)
            points->at[i] += 0x60;
    }
}

bool code_points_of(const char *text, const char *wildcards, size_t max_characters, struct code_points *points)
{
    if (!text || !decompose(text, wildcards, max_characters, points))
        return false;
    return compose(points);
}

bool code_points_of_kana(const char *text, size_t max_characters, struct code_points *points)
{
    if (!text || !decompose(text, NULL, max_characters, points))
        return false;
    to_katakana(points);
    return compose(points);
}

bool code_points_text(const uint32_t *points, size_t count, char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        utf8proc_uint8_t bytes[4];
        size_t used = (size_t)utf8proc_encode_char((utf8proc_int32_t)points[i], bytes);

        if (length + used >= size) {
            text[0] = '\0';
            return false;
        }
        memcpy(text + length, bytes, used);
        length += used;
    }
    text[length] = '\0';
    return true;
}

size_t utf8_characters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

bool code_point_hyphen(uint32_t point)
{
    return point == '-' || (point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0x2500;
}
