/* Between the files of this folder. */
#ifndef SEKISHO_APPLICATIONS_INTERNAL_H
#define SEKISHO_APPLICATIONS_INTERNAL_H

#include "server/applications/applications.h"

enum guard {
    GUARD_REASON,          /* a reason is given */
    GUARD_CONTENT,         /* the kind's items are there */
    GUARD_DOCUMENTS,       /* complete, or an omission has a reason; announced files have arrived */
    GUARD_NUMBER,          /* what the kind enrols is enrolled, provisionally */
    GUARD_NUMBER_PRESENT,  /* the same; what the kind matches has been handed in */
    GUARD_NUMBER_PROVED,   /* the same; what the kind matches has matched */
    GUARD_ACCEPTED,        /* since the last withdrawal of a number */
    GUARD_NOT_ACCEPTED,    /* not yet, or not since */
    GUARD_DEADLINE,        /* the correction has a last day, after today */
    GUARD_OVERDUE,         /* which is over */
    GUARD_CHECKS_GOOD,     /* every answer is in: MATCH, or a reviewer decided */
    GUARD_CHECKS_DOUBTFUL, /* every answer is in, one of them needs a person */
    GUARD_COMPARED,        /* F085: the comparisons of the kind are made, and decided where they must be */
    GUARD_REVIEW,          /* NEW: evidence, no 欠格事由, database of cancelled registrations, council */
    GUARD_OTHER_PERSON,    /* reviewer ≠ approver */
    GUARD_PAID,            /* INV-01 */
    GUARD_UNPAID,
    GUARD_PORTAL, /* it came through the portal */
    GUARD_COUNT
};
_Static_assert(GUARD_COUNT <= 32, "a bit each");
#define GUARD_BIT(guard) (UINT32_C(1) << (guard))

struct transition {
    Sekisho__V1__ApplicationState from, to;
    enum application_event event;
    uint32_t guards;
};

/* NULL: the event does not happen in this state. */
const struct transition *transition_find(Sekisho__V1__ApplicationState from, enum application_event event);

enum application_result guards_check(struct application_context *context, const stored_application *application,
                                     uint32_t guards, const char *reason);
bool check_is_good(const Sekisho__V1__Check *check);

/* Is it over with the application? Nothing but the portal's receipt happens afterwards. */
bool state_is_final(Sekisho__V1__ApplicationState state);

/* Writes the application with a new version and its indexes; the former one is read from the store. An LMDB code. */
int application_put(struct application_context *context, stored_application *application);
/* Its next event. An LMDB code. */
int application_put_event(struct application_context *context, stored_application *application,
                          enum application_event event, const char *reason);
/* Moves the rows of the indexes from what `former` (NULL: it is new) says to what `application` says. */
int application_index(const struct application_context *context, const stored_application *former,
                      const stored_application *application);

/* What reaching a final state leaves to be done in the vault: CONFIRM, RELEASE or nothing; a blob that was not opened
 * is dropped. */
int number_follow(struct application_context *context, stored_application *application);

/* What APPROVE does to the register. */
enum application_result application_complete(struct application_context *context, stored_application *application);

void *arena_alloc(const struct application_context *context, size_t size); /* zeroed, or NULL */

static inline void put_be32(uint8_t bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static inline void put_be64(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

#endif
