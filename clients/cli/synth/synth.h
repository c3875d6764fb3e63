/*
 * A synthetic prefecture: invented people with valid random numbers, their registrations and applications. The same
 * seed, prefecture and index always give the same, however many are made; nothing in it is real.
 */
#ifndef SEKISHO_CLI_SYNTH_H
#define SEKISHO_CLI_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "server/identity/identity.h"

struct synth {
    uint64_t seed;
    unsigned prefecture;     /* 1..47 */
    uint64_t factor, offset; /* of the walk through all numbers */
};

#define SYNTH_MAX 10000000 /* people of one seed: all numbers differ */

/* All texts UTF-8; "" where there is none. */
struct person {
    char number[13];
    char name[128], kana[128]; /* family name, U+3000, given name; some with 外字 or variants of characters */
    char former_surname[64], common_name[96], roman_name[96];
    struct civil_date birth; /* the day, or the month too, may be unknown */
    char birth_text[48];     /* as it was written */
    unsigned sex;            /* ISO 5218 */
    char address[256];
    const char *municipality; /* five digits */
    unsigned honseki;         /* JIS X 0401; 0 of a foreigner */
    const char *nationality;  /* ISO 3166-1 alpha-3 */
};

struct registration {
    char number[REGISTRATION_NUMBER_TEXT]; /* serial: index + 1 */
    struct person person;
    struct civil_date registered, qualified; /* of the month */
    const char *kind, *route, *state;        /* short names of the API's enumerations */
    struct civil_date suspended_until;
    bool cancelled_before; /* 特定登録取消者 */
    char annotations[512]; /* `KIND YYYY-MM-DD reason`, with "; " between */
};

struct application {
    const char *kind, *channel, *state; /* short names of the API's enumerations; `state` is the one to bring it to */
    char registration[REGISTRATION_NUMBER_TEXT];
    struct person person; /* number "" where the kind carries none */
    const char *route;
    struct civil_date qualified, event;
    const char *cause, *reporter;
    bool card_attached;
};

void synth_start(struct synth *synth, uint64_t seed, unsigned prefecture);
void synth_person(const struct synth *synth, uint64_t index, struct person *person);
/* Of synth_person(index). */
void synth_registration(const struct synth *synth, uint64_t index, struct registration *registration);
/* Of the registrant of the same index; an application for a new registration is of somebody who has none. */
void synth_application(const struct synth *synth, uint64_t index, struct application *application);

/* A throw that depends on seed, index and what it is for, and on nothing else: 0..sides-1. */
enum throw {
    THROW_GIVEN,
    THROW_FAMILY,
    THROW_SHAPE,
    THROW_GAIJI,
    THROW_SEX,
    THROW_BIRTH,
    THROW_UNKNOWN,
    THROW_WRITTEN,
    THROW_PLACE,
    THROW_LOT,
    THROW_HONSEKI,
    THROW_FOREIGN,
    THROW_FORMER,
    THROW_COMMON,
    THROW_REGISTERED,
    THROW_KIND,
    THROW_ROUTE,
    THROW_STATE,
    THROW_NOTE,
    THROW_APPLICATION,
    THROW_EVENT,
};
uint64_t synth_throw(const struct synth *synth, uint64_t index, enum throw what, uint64_t sides);

#endif
