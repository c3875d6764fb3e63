#include <string.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"
#include "server/identity/name_key.h"

#define LONG_VOWEL 0x30FCu

static bool finish(struct code_points *points, struct text_key *key)
{
    key->flags = points->flags;
    if (points->count == 0 || !code_points_text(points->at, points->count, key->bytes, sizeof key->bytes))
        return false;
    key->length = strlen(key->bytes);
    return true;
}

bool name_key_wild(const char *text, const char *wildcards, size_t max_characters, struct text_key *key)
{
    struct code_points points;

    *key = (struct text_key){0};
    if (!code_points_of(text, wildcards, max_characters, &points))
        return false;
    for (size_t i = 0; i < points.count; i++) {
        if (code_point_hyphen(points.at[i]))
            points.at[i] = '-';
    }
    return finish(&points, key);
}

bool name_key(const char *text, size_t max_characters, struct text_key *key)
{
    return name_key_wild(text, NULL, max_characters, key);
}

bool kana_key(const char *text, size_t max_characters, struct text_key *key)
{
    struct code_points points;

    *key = (struct text_key){0};
    if (!code_points_of_kana(text, max_characters, &points))
        return false;
    for (size_t i = 0; i < points.count; i++) {
        if (i > 0 && points.at[i - 1] >= 0x30A1 && code_point_hyphen(points.at[i]))
            points.at[i] = LONG_VOWEL;
    }
    return finish(&points, key);
}
