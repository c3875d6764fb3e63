/*
 * Names, kana, dates, addresses and registration numbers: two lines of any bytes as fields of two persons. Requires:
 * the key of a key is itself; an address loses no part; what is parsed is valid and reads again as the same; a match
 * has one level, whichever of the two comes first, and anybody matches oneself.
 */
#include <stdlib.h>
#include <string.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"
#include "support/fuzz.h"

#define FIELD_MAX 1300

static const struct civil_date today = {2026, 4, 1};

static void check_keys(const char *text)
{
    struct text_key key, again;

    if (name_key(text, 200, &key)) {
        REQUIRE(key.length == strlen(key.bytes) && key.length > 0);
        REQUIRE(name_key(key.bytes, CODE_POINTS_MAX, &again) && strcmp(key.bytes, again.bytes) == 0);
    }
    if (kana_key(text, 200, &key))
        REQUIRE(kana_key(key.bytes, CODE_POINTS_MAX, &again) && strcmp(key.bytes, again.bytes) == 0);
}

/* Digits are in the text as it is, or come from kanji numerals: none is lost between the parts. */
static size_t digits_of(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text >= '0' && *text <= '9';
    return count;
}

static void check_address(const char *text)
{
    struct address_key key;

    if (!address_key(text, &key))
        return;
    REQUIRE(strspn(key.number, "0123456789-") == strlen(key.number));
    REQUIRE(digits_of(key.municipality) + digits_of(key.town) + digits_of(key.number) + digits_of(key.building) >=
            digits_of(text));
}

static void check_dates(const char *text)
{
    struct civil_date date, again;
    char era[48];

    if (date_parse(text, today, &date) == DATE_OK) {
        REQUIRE(date_valid(date));
        date_format_era(date, era);
        REQUIRE(date_parse(era, today, &again) == DATE_OK && date_number(again) == date_number(date));
    } else {
        REQUIRE(date_number(date) == 0);
    }
    if (month_parse(text, today, &date) == DATE_OK)
        REQUIRE(date_valid(date) && date.month > 0 && date.day == 0);
    if (strlen(text) >= 9) {
        bool era_unknown;
        if (date_parse_jpki(text, &date, &era_unknown) == DATE_OK)
            REQUIRE(date_valid(date) && date.year > 0 && era_unknown == (text[0] == '0'));
    }
}

static void check_registration_number(const char *text)
{
    struct registration_number number, again;
    char printed[REGISTRATION_NUMBER_TEXT];

    if (!registration_number_parse(text, &number))
        return;
    REQUIRE(registration_number_format(number, printed));
    REQUIRE(registration_number_parse(printed, &again));
    REQUIRE(again.prefecture == number.prefecture && again.serial == number.serial);
}

static void check_match(const struct identity *one, const struct identity *other)
{
    struct identity_match forth, back, self;
    struct text_key key;

    identity_compare(one, other, &forth);
    identity_compare(other, one, &back);
    REQUIRE(forth.level == back.level && forth.name == back.name && forth.birth == back.birth);
    REQUIRE(forth.sex == back.sex && forth.address == back.address && forth.needs_person == back.needs_person);
    REQUIRE(forth.level != MATCH_MATCH || (forth.name >= NAME_EXACT_KEY && forth.birth == FIELD_EQUAL));
    identity_compare(one, one, &self);
    if (name_key(one->name, 200, &key) && !one->name_wildcards)
        REQUIRE(self.name == NAME_EXACT_RAW);
}

/* The next line; zero bytes end nothing, they are left out. */
static char *take_line(struct input *input)
{
    static char lines[10][FIELD_MAX + 1];
    static size_t next;
    char *line = lines[next++ % 10];
    size_t length = 0;

    while (input->left > 0) {
        char byte = (char)input_u8(input);
        if (byte == '\n')
            break;
        if (byte != '\0' && length < FIELD_MAX)
            line[length++] = byte;
    }
    line[length] = '\0';
    return line;
}

static struct identity take_person(struct input *input)
{
    struct identity who = {.sex = input_u8(input) & 3};
    bool wild = input_u8(input) & 1;

    (void)date_parse(take_line(input), today, &who.birth);
    who.name = take_line(input);
    who.kana = take_line(input);
    who.former_surname = take_line(input);
    who.address = take_line(input);
    static char wildcards[2][FIELD_MAX + 1];
    static size_t next;
    if (wild) {
        char *flags = wildcards[next++ % 2];
        size_t count = utf8_characters(who.name, strlen(who.name));
        for (size_t i = 0; i < count; i++)
            flags[i] = input_u8(input) & 1 ? '1' : '0';
        flags[count] = '\0';
        who.name_wildcards = flags;
    }
    check_keys(who.name);
    check_keys(who.kana);
    check_address(who.address);
    check_dates(who.former_surname);
    check_dates(who.address);
    check_registration_number(who.former_surname);
    return who;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct identity one = take_person(&input), other = take_person(&input);

    check_match(&one, &other);
    return 0;
}
