/* The steps of a case, each one call of one desk. */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_STEPS_H
#define SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_STEPS_H

#include "cases.h"
#include "office.h"

#define APPLICATION_NAME_LEN 80
#define CASE_NAME_LEN        64

enum desk step_desk(enum step step);

/* Sends it. `id` is that of the application; CREATE fills it. */
enum ended step_send(enum step step, uint32_t number, uint8_t id[16]);

/* The individual number of a case's applicant, and the applicant's name, which no two cases share. */
void case_number(uint32_t number, char out[SEKISHO_NUMBER_LEN]);
void case_person_name(uint32_t number, char name[CASE_NAME_LEN]);
void application_name(const uint8_t id[16], char name[APPLICATION_NAME_LEN]);
bool application_id(const char *name, uint8_t id[16]);

#endif
