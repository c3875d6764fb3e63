/* Entries for tests: nobody real. */
#ifndef SEKISHO_TESTS_SAMPLE_ENTRY_H
#define SEKISHO_TESTS_SAMPLE_ENTRY_H

#include "register_folder.h"
#include "server/register/entry.h"

/* Messages that point to one another and to constant texts: valid as long as the sample. */
struct sample_entry {
    Sekisho__V1__Date birth, registered, qualified, valid_from;
    Sekisho__V1__Name name, former_surname, common_name;
    Sekisho__V1__Person person;
    Sekisho__V1__Registration registration;
};

/* Memory that is given back with the process. */
extern ProtobufCAllocator sample_arena;

/* 山田　花子, ヤマダ　ハナコ, 1988-04-01, 埼玉県, graduate; complete. */
void sample_entry_make(struct sample_entry *sample);
Sekisho__V1__Date sample_date(int year, int month, int day);

/* Registers it by a job, since the day of sample->valid_from, by account `sato`. The serial number. */
uint32_t sample_entry_create(struct register_folder *folder, struct sample_entry *sample);

/* A new version by a job: `change` alters the current one. entry_change's code. */
int sample_entry_change(struct register_folder *folder, uint32_t serial, const struct entry_decision *by,
                        void (*change)(stored_entry *entry));

/* The entry as a reader sees it, freed with sample_entry_free; NULL with *rc. */
stored_entry *sample_entry_get(struct register_folder *folder, uint32_t serial, int32_t valid_day, int64_t record_us,
                               int *rc);
void sample_entry_free(stored_entry *entry);

#endif
