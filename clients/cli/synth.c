#include "synth.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number/individual_number.h"

#define NUMBERS UINT64_C(100000000000) /* 11 digits */

struct pair {
    const char *text, *kana;
};

#define FAMILY(text, kana)
#define GIVEN(text, kana)
#define PREFECTURE(code, name, seat)
#define TOWN(name)

#undef FAMILY
#define FAMILY(text, kana) {text, kana},
static const struct pair families[] = {
#include "synth_names.def"
};
#undef FAMILY
#define FAMILY(text, kana)

#undef GIVEN
#define GIVEN(text, kana) {text, kana},
static const struct pair givens[] = {
#include "synth_names.def"
};
#undef GIVEN
#define GIVEN(text, kana)

#undef PREFECTURE
#define PREFECTURE(code, name, seat) [code] = {name, seat},
static const struct pair prefectures[48] = {
#include "synth_names.def"
};
#undef PREFECTURE
#define PREFECTURE(code, name, seat)

/* Towns that no prefecture has: an address can be nobody's. */
#undef TOWN
#define TOWN(name) name,
static const char *const towns[] = {
#include "synth_names.def"
};

/* SplitMix64 (Steele, Lea, Flood 2014): the finaliser, as a hash of a counter. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

void synth_start(struct synth *synth, uint64_t seed, unsigned prefecture)
{
    uint64_t factor = mix(seed ^ prefecture) % NUMBERS;

    /* Prime to 10^11 (last digit 1, 3, 7 or 9): factor * i + offset passes every number once. */
    static const unsigned char last[] = {1, 3, 7, 9};
    factor = factor / 10 * 10 + last[factor % 4];
    *synth = (struct synth){
        .seed = seed, .prefecture = prefecture, .factor = factor, .offset = mix(mix(seed) + prefecture) % NUMBERS};
}

static void make_number(const struct synth *synth, uint64_t index, char number[13])
{
    unsigned __int128 product = (unsigned __int128)synth->factor * (index + 1) + synth->offset;

    snprintf(number, 13, "%011" PRIu64, (uint64_t)(product % NUMBERS) % NUMBERS);
    number[11] = individual_number_check_digit(number);
    number[12] = '\0';
}

static void make_birth_date(uint64_t dice, char date[11])
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = 1955 + (unsigned)(dice % 50), month = (unsigned)(dice / 50 % 12);
    unsigned day = 1 + (unsigned)(dice / 600 % days[month]);

    snprintf(date, 11, "%04u-%02u-%02u", year % 10000, (month + 1) % 100, day % 100);
}

void synth_person(const struct synth *synth, uint64_t index, struct person *person)
{
    uint64_t dice = mix(mix(synth->seed ^ UINT64_C(0x73656b6973686f)) + index);
    const struct pair *family = &families[dice % (sizeof families / sizeof families[0])];
    const struct pair *given = &givens[mix(dice) % (sizeof givens / sizeof givens[0])];
    const struct pair *prefecture = &prefectures[synth->prefecture];
    uint64_t place = mix(dice + 1);

    memset(person, 0, sizeof *person);
    make_number(synth, index, person->number);
    make_birth_date(mix(dice + 2), person->birth_date);
    snprintf(person->name, sizeof person->name, "%s %s", family->text, given->text);
    snprintf(person->kana, sizeof person->kana, "%s %s", family->kana, given->kana);
    snprintf(person->address, sizeof person->address, "%s%s%s%u丁目%u番%u号", prefecture->text, prefecture->kana,
             towns[place % (sizeof towns / sizeof towns[0])], (unsigned)(place / 6 % 5) + 1,
             (unsigned)(place / 30 % 30) + 1, (unsigned)(place / 900 % 20) + 1);
}
