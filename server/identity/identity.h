/*
 * Names, dates and addresses as Japan writes them: keys to compare by, never to store instead of what was written
 * (domain 4). Raw text is kept byte for byte by the caller.
 * Pure functions: no state, no allocation, total on any input (bytes that are not UTF-8 are refused).
 */
#ifndef SEKISHO_IDENTITY_IDENTITY_H
#define SEKISHO_IDENTITY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_KEY_MAX 1024 /* bytes of a key, without terminator */

/* Version of the fold table (fold.def) that keys are made with: recorded with every key and match. A register whose
 * keys have another version is indexed anew. */
#define FOLD_TABLE_VERSION 1u

enum text_flags {
    TEXT_HAS_GAIJI = 1u << 0,     /* private use (外字): a person must look */
    TEXT_HAS_VARIATION = 1u << 1, /* an IVS or SVS was stripped in the key */
    TEXT_HAS_RADICAL = 1u << 2,   /* Kangxi or CJK radical in place of the ideograph */
    TEXT_HAS_ODD = 1u << 3,       /* ㈱ ① Ⅲ: does not belong in a name */
};

struct text_key {
    char bytes[IDENTITY_KEY_MAX + 1]; /* UTF-8, zero-terminated */
    size_t length;
    unsigned flags; /* enum text_flags */
};

/* Keys. False: not UTF-8, a control or invisible format character, a noncharacter, longer than `max_characters`, or
 * nothing but spaces. The key of a key is the key itself. */
bool name_key(const char *text, size_t max_characters, struct text_key *key); /* domain 4.7, step 1 */
bool kana_key(const char *text, size_t max_characters, struct text_key *key); /* full-width katakana, without spaces */

/* A civil date; month and day 0 when unknown, year 0 too when nothing is known. */
struct civil_date {
    int16_t year;
    int8_t month, day;
};
enum date_result { DATE_OK, DATE_MALFORMED, DATE_NO_SUCH_DAY, DATE_WRONG_ERA, DATE_IN_FUTURE };
/* Paper forms: S63.4.1, 昭和63年4月1日, 昭63.4.1, 1988-04-01, 19880401; both eras of the double days. A part that is
 * not known must be said to be so: 昭和63年4月日不詳, 昭和63年月日不詳, 19880400, 不詳. Half or full width. An era
 * notation before 明治6 is DATE_WRONG_ERA: its months were lunisolar. *date is zero unless DATE_OK. */
enum date_result date_parse(const char *text, struct civil_date today, struct civil_date *date);
/* A month with its day zero: 1988-04, 198804, 昭和63年4月, S63.4. */
enum date_result month_parse(const char *text, struct civil_date today, struct civil_date *month);
/* JPKI: EYYYYMMDD, E the era's digit, Gregorian year (domain 4.5). */
enum date_result date_parse_jpki(const char text[9], struct civil_date *date, bool *era_unknown);
bool date_valid(struct civil_date date); /* 1868-01-25 or later; parts unknown from the right only */
/* 昭和63年4月1日; the later era on a double day; Gregorian before 1873 and where it is not known which of two eras. */
void date_format_era(struct civil_date date, char text[48]);
int32_t date_number(struct civil_date date);                       /* yyyymmdd */
struct civil_date date_of_number(int32_t number);                  /* not checked: date_valid */
struct civil_date date_of_time_us(int64_t us);                     /* of Japan (UTC+9); from 1970 on */
struct civil_date date_add_days(struct civil_date date, int days); /* of a date with all parts known */

#define PREFECTURES 47
const char *prefecture_name(unsigned code); /* JIS X 0401; NULL: none */
/* The prefecture whose official name the text begins with, and that name's bytes; 0: none. */
unsigned prefecture_starting(const char *text, size_t *used);

/* 登録番号 (domain 2.5): 埼玉県-012345. */
struct registration_number {
    uint8_t prefecture; /* JIS X 0401 */
    uint32_t serial;    /* from 1 */
};
#define REGISTRATION_NUMBER_TEXT 32 /* bytes of the printed form, with terminator */
/* Name or two digits of the prefecture, any character used for a hyphen, digits of half or full width. */
bool registration_number_parse(const char *text, struct registration_number *number);
bool registration_number_format(struct registration_number number, char text[REGISTRATION_NUMBER_TEXT]);

/* An address by parts (domain 4.6); each is a comparison key, "" when there is none. */
struct address_key {
    char municipality[1024]; /* prefecture, municipality, ward; prefecture completed where certain (municipality.def) */
    char town[1024];
    char number[512];
    char building[1024];
    unsigned flags; /* enum text_flags */
};
/* At most 300 characters; false as of name_key, or a part does not fit. */
bool address_key(const char *text, struct address_key *key);

/* What is compared; NULL or "" where not known. Names raw. */
struct identity {
    const char *name, *kana, *former_surname, *common_name, *roman_name;
    const char *name_wildcards; /* JPKI: '0'/'1' per character of name; 1: a substitute stands there. NULL: none */
    const char *address, *address_wildcards;
    struct civil_date birth;
    bool era_unknown; /* of the birth date in a certificate: compared, and a person looks */
    uint8_t sex;      /* ISO 5218 */
};

enum name_level { NAME_NONE, NAME_KANA_ONLY, NAME_ALT, NAME_KEY_WILDCARD, NAME_EXACT_KEY, NAME_EXACT_RAW };
/* SOFT: a part is unknown, a wildcard stood in, or the building alone is missing or another. */
enum field_level { FIELD_UNKNOWN, FIELD_DIFFERS, FIELD_SOFT, FIELD_EQUAL };
enum match_level { MATCH_MISMATCH, MATCH_SOFT, MATCH_MATCH };

/* Per-field outcomes for the record: levels, never values. */
struct identity_match {
    enum match_level level; /* domain 4.8 */
    enum name_level name;
    enum field_level birth, sex, address;
    bool needs_person; /* 外字, a radical, ㈱, an unknown era: a reviewer must look, also at a MATCH */
    uint32_t fold_table_version;
};
void identity_compare(const struct identity *ours, const struct identity *theirs, struct identity_match *match);

#endif
