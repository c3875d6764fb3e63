/* Field by field, and the result of all (domain 4.7 step 2, 4.8). */
#include <stdio.h>
#include <string.h>

#include "server/identity/address.h"
#include "server/identity/code_points.h"
#include "server/identity/identity.h"
#include "server/identity/name_key.h"

#define NAME_CHARACTERS 200
#define LOOK            (TEXT_HAS_GAIJI | TEXT_HAS_RADICAL | TEXT_HAS_ODD)

enum text_match { TEXTS_DIFFER, TEXTS_EQUAL_BY_WILDCARD, TEXTS_EQUAL };

static size_t character_bytes(const char *text)
{
    size_t bytes = 1;

    while (((unsigned char)text[bytes] & 0xC0) == 0x80)
        bytes++;
    return bytes;
}

/* Keys against one another; a wildcard stands for exactly one character. */
static enum text_match match_text(const char *one, const char *other)
{
    static const char any[] = "\xEF\xBF\xBF"; /* CODE_POINT_ANY */
    enum text_match match = TEXTS_EQUAL;

    while (*one && *other) {
        size_t ours = character_bytes(one), theirs = character_bytes(other);

        if (strncmp(one, any, 3) == 0 || strncmp(other, any, 3) == 0)
            match = TEXTS_EQUAL_BY_WILDCARD;
        else if (ours != theirs || memcmp(one, other, ours) != 0)
            return TEXTS_DIFFER;
        one += ours;
        other += theirs;
    }
    return *one || *other ? TEXTS_DIFFER : match;
}

static bool given(const char *text)
{
    return text && text[0];
}

/* The names that a person may go by: the name; 通称; ローマ字氏名; the name with the former surname. */
enum { OWN_NAME, COMMON_NAME, ROMAN_NAME, FORMER_NAME, NAMES };

struct names {
    struct text_key key[NAMES];
    bool has[NAMES];
};

/* 旧氏 with the given name: what follows the first space of the name. */
static bool former_name(const struct identity *who, char *text, size_t size)
{
    if (!given(who->former_surname) || !given(who->name))
        return false;
    const char *ideographic = strstr(who->name, "\u3000"), *plain = strchr(who->name, ' ');
    const char *space = ideographic && (!plain || ideographic < plain) ? ideographic : plain;
    int length = space ? snprintf(text, size, "%s%s", who->former_surname, space) : -1;
    return length > 0 && (size_t)length < size;
}

static void names_of(const struct identity *who, struct names *names)
{
    char former[2 * NAME_CHARACTERS * 4 + 1];

    names->has[OWN_NAME] =
        given(who->name) && name_key_wild(who->name, who->name_wildcards, NAME_CHARACTERS, &names->key[OWN_NAME]);
    names->has[COMMON_NAME] =
        given(who->common_name) && name_key(who->common_name, NAME_CHARACTERS, &names->key[COMMON_NAME]);
    names->has[ROMAN_NAME] =
        given(who->roman_name) && name_key(who->roman_name, NAME_CHARACTERS, &names->key[ROMAN_NAME]);
    names->has[FORMER_NAME] =
        former_name(who, former, sizeof former) && name_key(former, 2 * NAME_CHARACTERS, &names->key[FORMER_NAME]);
}

static bool alternative_equals(const struct names *ours, const struct names *theirs)
{
    for (int one = 0; one < NAMES; one++) {
        for (int other = 0; other < NAMES; other++) {
            if (ours->has[one] && theirs->has[other] && (one != OWN_NAME || other != OWN_NAME) &&
                match_text(ours->key[one].bytes, theirs->key[other].bytes) != TEXTS_DIFFER)
                return true;
        }
    }
    return false;
}

static bool kana_equal(const struct identity *ours, const struct identity *theirs)
{
    struct text_key one, other;

    return given(ours->kana) && given(theirs->kana) && kana_key(ours->kana, NAME_CHARACTERS, &one) &&
           kana_key(theirs->kana, NAME_CHARACTERS, &other) && strcmp(one.bytes, other.bytes) == 0;
}

static enum name_level compare_names(const struct identity *ours, const struct identity *theirs, bool *look)
{
    struct names one, other;

    names_of(ours, &one);
    names_of(theirs, &other);
    for (int i = 0; i < NAMES; i++)
        *look |= (one.has[i] && (one.key[i].flags & LOOK)) || (other.has[i] && (other.key[i].flags & LOOK));
    if (one.has[OWN_NAME] && other.has[OWN_NAME]) {
        enum text_match match = match_text(one.key[OWN_NAME].bytes, other.key[OWN_NAME].bytes);

        if (match == TEXTS_EQUAL)
            return strcmp(ours->name, theirs->name) == 0 ? NAME_EXACT_RAW : NAME_EXACT_KEY;
        if (match == TEXTS_EQUAL_BY_WILDCARD)
            return NAME_KEY_WILDCARD;
    }
    if (alternative_equals(&one, &other))
        return NAME_ALT;
    return kana_equal(ours, theirs) ? NAME_KANA_ONLY : NAME_NONE;
}

static enum field_level compare_birth(struct civil_date ours, struct civil_date theirs)
{
    if (ours.year == 0 || theirs.year == 0)
        return FIELD_UNKNOWN;
    if (ours.year != theirs.year)
        return FIELD_DIFFERS;
    if (ours.month == 0 || theirs.month == 0)
        return FIELD_SOFT;
    if (ours.month != theirs.month)
        return FIELD_DIFFERS;
    if (ours.day == 0 || theirs.day == 0)
        return FIELD_SOFT;
    return ours.day == theirs.day ? FIELD_EQUAL : FIELD_DIFFERS;
}

static bool sex_known(uint8_t sex)
{
    return sex == 1 || sex == 2;
}

static enum field_level compare_sex(uint8_t ours, uint8_t theirs)
{
    if (!sex_known(ours) || !sex_known(theirs))
        return FIELD_UNKNOWN;
    return ours == theirs ? FIELD_EQUAL : FIELD_DIFFERS;
}

static enum field_level compare_addresses(const struct identity *ours, const struct identity *theirs, bool *look)
{
    struct address_key one, other;

    if (!given(ours->address) || !given(theirs->address))
        return FIELD_UNKNOWN;
    if (!address_key_wild(ours->address, ours->address_wildcards, &one) ||
        !address_key_wild(theirs->address, theirs->address_wildcards, &other))
        return FIELD_DIFFERS;
    *look |= ((one.flags | other.flags) & TEXT_HAS_GAIJI) != 0;
    enum text_match parts[] = {
        match_text(one.municipality, other.municipality),
        match_text(one.town, other.town),
        match_text(one.number, other.number),
        match_text(one.building, other.building),
    };
    if (parts[0] == TEXTS_DIFFER || parts[1] == TEXTS_DIFFER || parts[2] == TEXTS_DIFFER)
        return FIELD_DIFFERS;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i] != TEXTS_EQUAL)
            return FIELD_SOFT;
    }
    return FIELD_EQUAL;
}

static enum match_level overall(const struct identity_match *match)
{
    if (match->birth == FIELD_DIFFERS || match->name == NAME_NONE)
        return MATCH_MISMATCH;
    bool sex = match->sex == FIELD_EQUAL || match->sex == FIELD_UNKNOWN;
    return match->birth == FIELD_EQUAL && sex && match->name >= NAME_EXACT_KEY && match->address == FIELD_EQUAL
               ? MATCH_MATCH
               : MATCH_SOFT;
}

void identity_compare(const struct identity *ours, const struct identity *theirs, struct identity_match *match)
{
    bool look = ours->era_unknown || theirs->era_unknown;

    *match = (struct identity_match){.fold_table_version = FOLD_TABLE_VERSION};
    match->name = compare_names(ours, theirs, &look);
    match->birth = compare_birth(ours->birth, theirs->birth);
    match->sex = compare_sex(ours->sex, theirs->sex);
    match->address = compare_addresses(ours, theirs, &look);
    match->needs_person = look;
    match->level = overall(match);
}
