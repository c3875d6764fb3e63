/*
 * Applications and their life (domain 10.1). transitions.def is the table of the states; application_event is the only
 * way from one to another. Both sides use it: ApplicationService (officers) and PortalService (applicants).
 */
#ifndef SEKISHO_APPLICATIONS_APPLICATIONS_H
#define SEKISHO_APPLICATIONS_APPLICATIONS_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

typedef Sekisho__Stored__StoredApplication stored_application;

enum application_event {
#define EVENT(name) APPLICATION_##name,
#include "server/applications/events.def"
#undef EVENT
    APPLICATION_EVENT_COUNT
};

struct application_actor {
    const char *account; /* NULL: the server itself */
    const uint8_t *person; /* PERSON_TAG_LEN */
    uint16_t role;
};

enum application_result {
    APPLICATION_OK,
    APPLICATION_WRONG_STATE,
    APPLICATION_NEEDS_REASON,
    APPLICATION_SAME_PERSON, /* reviewer ≠ approver */
    APPLICATION_UNPAID,      /* INV-01 */
    APPLICATION_INCOMPLETE,  /* required items or attachments are missing, a check is open */
    APPLICATION_NUMBER,      /* the number's state does not allow it */
    APPLICATION_STORE,       /* *rc of the store */
};

/* Guards, changes *application, its indexes and its events, all in the transaction. */
enum application_result application_event(struct reg *reg, MDB_txn *txn, int64_t now_us, stored_application *application,
                                          enum application_event event, const struct application_actor *actor,
                                          const char *reason, int *rc);

/* Unpacked with `allocator`; NULL with *rc (MDB_NOTFOUND). */
stored_application *application_get(struct reg *reg, MDB_txn *txn, const uint8_t id[REGISTER_ID_LEN],
                                    ProtobufCAllocator *allocator, int *rc);
/* New, in DRAFT (portal) or RECEIVED (paper); makes its id. */
int application_create(struct reg *reg, MDB_txn *txn, int64_t now_us, stored_application *application,
                       const struct application_actor *actor);
/* Content changed without an event (a draft, an attachment, evidence of the signature). */
int application_update(struct reg *reg, MDB_txn *txn, int64_t now_us, stored_application *application);

#endif
