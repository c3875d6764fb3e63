/*
 * The synthetic registrants of a bench: entries of a register without anyone behind them. 153,600 names, so that in a
 * register of 300,000 a few people share one, as they do; families are shared by thousands.
 */
#ifndef SEKISHO_BENCH_REGISTRANTS_H
#define SEKISHO_BENCH_REGISTRANTS_H

#include <stdint.h>

#include "sekisho/v1/register.pb-c.h"

#define REGISTRANT_REFERENCE_LEN 16
#define REGISTRANTS_MAX          99999999u /* serial numbers */

/* Messages and texts of one registrant; registration points into it. */
struct registrant {
    Sekisho__V1__Registration registration;
    Sekisho__V1__Person person;
    Sekisho__V1__Name name;
    Sekisho__V1__Date registered, born, qualified;
    char text[64], family[24], kana[96], address[128];
    uint8_t reference[REGISTRANT_REFERENCE_LEN];
};

/* Registrant `serial` (1..REGISTRANTS_MAX), always the same: REGISTERED, with a reference. */
void registrant_make(uint32_t serial, struct registrant *registrant);

#endif
