/* A register with registrants, and work on dispositions at a time that the test says. */
#ifndef SEKISHO_TESTS_DISPOSITIONS_TRIAL_H
#define SEKISHO_TESTS_DISPOSITIONS_TRIAL_H

#include "register_folder.h"
#include "server/dispositions/dispositions.h"
#include "server/register/entry.h"
#include "server/services/call_arena.h"
#include "server/services/caller.h"

#define TRIAL_DAY_US (INT64_C(86400) * 1000000)
/* 2027-04-01T12:00:00+09:00 */
#define TRIAL_BEGIN_US INT64_C(1806548400000000)
#define TRIAL_BEGIN    20270401

struct trial {
    struct register_folder *folder;
    struct call_arena memory;
    ProtobufCAllocator arena;
    struct disposition_context context; /* of the step that runs */
    uint8_t proposer[PERSON_TAG_LEN], approver[PERSON_TAG_LEN];
};

int trial_set_up(void **state);
int trial_tear_down(void **state);

/* Runs a step in a transaction at TRIAL_BEGIN plus days; its memory is new. When the step does not return 0, it is
 * taken back. */
int trial_run(struct trial *trial, int days, int (*step)(struct trial *trial, void *user), void *user);

/* In a step: a registrant in force since 2020-04-01; the name is family name, U+3000, given name. */
uint32_t trial_registrant(struct trial *trial, const char *name, int32_t birth);
/* The entry as it is stored, and as it is shown on the step's day. */
stored_entry *trial_entry(struct trial *trial, uint32_t serial);
stored_entry *trial_view(struct trial *trial, uint32_t serial);
/* A proposal that is right for a registration in force (or, of the kinds for others, in the state they want). */
disposition trial_proposal(struct trial *trial, Sekisho__V1__DispositionKind kind, uint32_t serial);
/* Proposes as the proposer and approves as the approver. */
enum disposition_result trial_decide(struct trial *trial, const disposition *proposal, stored_disposition **approved);
enum disposition_result trial_propose(struct trial *trial, const disposition *proposal, stored_disposition **made);
enum disposition_result trial_approve(struct trial *trial, const stored_disposition *made,
                                      stored_disposition **approved);

Sekisho__V1__Date *trial_date(struct trial *trial, int32_t value);
/* Rows of a table. */
size_t trial_rows(struct trial *trial, enum register_table table);

#endif
