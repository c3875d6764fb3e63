/*
 * Applications and their life (domain 10.1). transitions.def is the table of the states; application_event is the only
 * way from one to another. Both sides use it: ApplicationService (officers) and PortalService (applicants).
 *
 * Memory: what is unpacked or put into an application lives in the context's arena, which is given up as a whole;
 * nobody frees a message. Strings that a caller puts into an application must live until it is stored.
 */
#ifndef SEKISHO_APPLICATIONS_APPLICATIONS_H
#define SEKISHO_APPLICATIONS_APPLICATIONS_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

typedef Sekisho__Stored__StoredApplication stored_application;

enum application_event {
#define EVENT(name, text) APPLICATION_##name,
#include "server/applications/events.def"
#undef EVENT
    APPLICATION_EVENT_COUNT
};
const char *application_event_name(enum application_event event);

struct application_actor {
    const char *account;   /* NULL: the server itself */
    const uint8_t *person; /* PERSON_TAG_LEN bytes (wire/messages.h), or NULL */
    uint16_t role;
};

enum application_result {
    APPLICATION_OK,
    APPLICATION_WRONG_STATE,
    APPLICATION_NEEDS_REASON,
    APPLICATION_SAME_PERSON, /* reviewer ≠ approver */
    APPLICATION_UNPAID,      /* INV-01 */
    APPLICATION_INCOMPLETE,  /* an item, document, check or decision is missing: context->field */
    APPLICATION_NUMBER,      /* the number's state does not allow it */
    APPLICATION_STORE,       /* context->rc */
};

/* One piece of work on applications, in one transaction. */
struct application_context {
    struct reg *reg;
    MDB_txn *txn;
    int64_t now_us;
    const struct application_actor *actor;
    ProtobufCAllocator *arena;
    int rc;            /* of the store, with APPLICATION_STORE */
    const char *field; /* static text, with APPLICATION_INCOMPLETE */
    /* Not NULL: the work is on the draft of this one's correction (correction.h), which is stored with it. */
    stored_application *corrected;
};

/* May this event happen in this state, guards aside? For clients' menus and refusals before any work. */
bool application_event_possible(Sekisho__V1__ApplicationState state, enum application_event event);

/* Guards, changes *application, writes it with its indexes, its event, its row of the number outbox, and what it does
 * to the register (APPROVE). On anything but APPLICATION_OK the transaction must be given up. */
enum application_result application_event(struct application_context *context, stored_application *application,
                                          enum application_event event, const char *reason);

/* May it be accepted, the number aside? Before the vault is asked to enrol it. */
enum application_result application_may_accept(struct application_context *context,
                                               const stored_application *application);

/* NULL with context->rc (MDB_NOTFOUND). */
stored_application *application_get(struct application_context *context, const uint8_t id[REGISTER_ID_LEN]);
/* New: makes its id and name; DRAFT when `portal` is set, else RECEIVED. Content is the caller's duty. */
enum application_result application_create(struct application_context *context, stored_application *application);
/* Content changed without an event (a draft, an attachment, evidence of the signature). Of a correction's draft nothing
 * shows outside: etag and time of the application that is corrected stay. */
enum application_result application_update(struct application_context *context, stored_application *application);

/* The first field that the kind requires and that is missing or not valid, e.g. "application.person.birth_date"; NULL:
 * the content is complete. */
const char *application_missing(const struct application_context *context, const Sekisho__V1__Application *application);

/* A receipt was recorded: WAIT_PAYMENT → REVIEWED when the fee is settled now. Nothing in any other state. */
enum application_result application_paid(struct application_context *context, const uint8_t id[REGISTER_ID_LEN]);

/* For reg_daily: returns what waits for a correction whose last day is over in Japan, the oldest first. */
int application_sweep(struct reg *reg, MDB_txn *txn, int64_t now_us);

/* What the kind does with the individual number. */
enum number_rule { NUMBER_NONE, NUMBER_ENROLLED, NUMBER_MATCHED };
/* *rule: of this application now: REWRITE enrols when its registration has no number. An LMDB code. */
int application_number_rule(const struct application_context *context, const stored_application *application,
                            enum number_rule *rule);

#endif
