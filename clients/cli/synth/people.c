#include "synth/synth.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number/individual_number.h"
#include "synth/names.h"
#include "synth/places.h"

#define NUMBERS UINT64_C(100000000000) /* 11 digits */

/* SplitMix64 (Steele, Lea, Flood 2014): the finaliser, as a hash of a counter. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t synth_throw(const struct synth *synth, uint64_t index, enum throw what, uint64_t sides)
{
    return mix(mix(mix(synth->seed ^ UINT64_C(0x73656b6973686f)) + index) + (uint64_t)what) % sides;
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

/* Years 1945 to 2005; now and then a day, or month and day, that nobody knows any more. */
static void make_birth(const struct synth *synth, uint64_t index, struct person *person)
{
    struct civil_date first = {1945, 1, 1};
    uint64_t unknown = synth_throw(synth, index, THROW_UNKNOWN, 2000);

    person->birth = date_add_days(first, (int)synth_throw(synth, index, THROW_BIRTH, 22280));
    if (unknown < 3)
        person->birth.day = 0;
    if (unknown == 0)
        person->birth.month = 0;
    date_format_era(person->birth, person->birth_text);
    if (unknown >= 3 && synth_throw(synth, index, THROW_WRITTEN, 10) == 0) /* as some forms have it */
        snprintf(person->birth_text, sizeof person->birth_text, "%d.%d.%d", person->birth.year, person->birth.month,
                 person->birth.day);
}

static void make_origin(const struct synth *synth, uint64_t index, struct person *person)
{
    uint64_t dice = synth_throw(synth, index, THROW_HONSEKI, 100);

    if (person->nationality[0] == '\0')
        person->honseki = dice < 85 ? synth->prefecture : (unsigned)(1 + dice * 7 % PREFECTURES);
}

void synth_person(const struct synth *synth, uint64_t index, struct person *person)
{
    memset(person, 0, sizeof *person);
    make_number(synth, index, person->number);
    person->sex = synth_throw(synth, index, THROW_SEX, 100) < 93 ? 2 : 1;
    make_birth(synth, index, person);
    synth_names(synth, index, person);
    synth_place(synth, index, person);
    make_origin(synth, index, person);
}
