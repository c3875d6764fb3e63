/*
 * A text as code points in the form that keys are made of: NFKC, without spaces, middle dots and variation selectors,
 * shapes folded (fold.def), repetition marks written out, Latin in capitals. utf8proc is asked for the decomposition of
 * single characters only, so a wildcard takes part as a character of its own.
 */
#ifndef SEKISHO_IDENTITY_CODE_POINTS_H
#define SEKISHO_IDENTITY_CODE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_POINTS_MAX 1024
#define CODE_POINT_ANY  0xFFFFu /* a wildcard: a noncharacter, which no accepted text has */

struct code_points {
    uint32_t at[CODE_POINTS_MAX];
    size_t count;
    unsigned flags; /* enum text_flags of the raw text */
};

/* wildcards: one '0' or '1' per character of the text, or NULL. False: not UTF-8, a control, format or line character,
 * a noncharacter, longer than max_characters, wildcards of another length, or nothing is left. */
bool code_points_of(const char *text, const char *wildcards, size_t max_characters, struct code_points *points);
/* The same with hiragana as katakana. */
bool code_points_of_kana(const char *text, size_t max_characters, struct code_points *points);
/* UTF-8, zero-terminated; false when `size` is too small (the buffer then holds ""). */
bool code_points_text(const uint32_t *points, size_t count, char *text, size_t size);
/* Characters of valid UTF-8. */
size_t utf8_characters(const char *text, size_t bytes);

bool code_point_hyphen(uint32_t point); /* any character that is written for a hyphen but U+30FC */
uint32_t fold_shape(uint32_t point);    /* of fold.def; the same when there is no row */

#endif
