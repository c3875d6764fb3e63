/*
 * Dispositions (domain 10.2): a decision record is the only thing that changes the state of a qualification (F008,
 * INV-17). transitions.def is the table of the states; disposition_propose and disposition_approve are the way of the
 * officers, disposition_from_application that of a completed application or notification, suspension_sweep that of the
 * calendar.
 *
 * Memory: what is unpacked or made lives in the context's arena, which is given up as a whole.
 */
#ifndef SEKISHO_DISPOSITIONS_DISPOSITIONS_H
#define SEKISHO_DISPOSITIONS_DISPOSITIONS_H

#include "sekisho/v1/disposition_service.pb-c.h"
#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

typedef Sekisho__V1__Disposition disposition;
typedef Sekisho__Stored__StoredDisposition stored_disposition;

enum qualification_event {
#define EVENT(name) QUALIFICATION_##name,
#include "server/dispositions/events.def"
#undef EVENT
    QUALIFICATION_EVENT_COUNT
};
/* State after the event; UNSPECIFIED: it cannot happen in this state. */
Sekisho__V1__RegistrationState qualification_next(Sekisho__V1__RegistrationState state, enum qualification_event event);

enum disposition_result {
    DISPOSITION_OK,
    DISPOSITION_NOT_FOUND,
    DISPOSITION_MISSING,     /* context->field */
    DISPOSITION_BAD_FIELD,   /* context->field */
    DISPOSITION_WRONG_STATE, /* of the disposition or of the registration */
    DISPOSITION_CHANGED,     /* an etag is not the present one */
    DISPOSITION_SAME_PERSON, /* proposer ≠ approver */
    DISPOSITION_ANOTHER_OPEN,
    DISPOSITION_DQ4,   /* 児童福祉法18条の5四: three years */
    DISPOSITION_STORE, /* context->rc */
};

/* One piece of work on dispositions, in one transaction. On anything but DISPOSITION_OK it must be given up. */
struct disposition_context {
    struct reg *reg;
    MDB_txn *txn;
    int64_t now_us;
    const char *account;
    const uint8_t *person; /* PERSON_TAG_LEN bytes */
    ProtobufCAllocator *arena;
    int rc;
    const char *field; /* static text: path in the proposal, e.g. "disposition.reason" */
};

/* Checks `proposed`, gives it id, name and time, and writes it. The register stays as it is (INV-15). */
enum disposition_result disposition_propose(struct disposition_context *context, const disposition *proposed,
                                            const char *registration_etag, stored_disposition **made);

/* Approves and changes the register; *entry is the registration after it. `id` of a proposal that has `etag`. */
enum disposition_result disposition_approve(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                            const char *etag, stored_disposition **approved,
                                            Sekisho__Stored__StoredEntry **entry);

/* REJECTED, by another person than the proposer, or WITHDRAWN. */
enum disposition_result disposition_end(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        const char *etag, Sekisho__V1__DispositionState end, const char *reason,
                                        stored_disposition **ended);

/* The person was told (児福規6条の35①). */
enum disposition_result disposition_notice(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                           const char *etag, const Sekisho__V1__Notice *notice,
                                           stored_disposition **noticed);

enum disposition_result disposition_get(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        stored_disposition **found);

/* The dispositions of a registration, in no order. Stops when `look` gives other than OK. */
typedef enum disposition_result disposition_look(struct disposition_context *context, const disposition *found,
                                                 const uint8_t id[REGISTER_ID_LEN], void *user);
enum disposition_result disposition_each(struct disposition_context *context, uint32_t serial, disposition_look *look,
                                         void *user);

/* An erasure that a completed application or notification is: reviewed and approved there, so its record is APPROVED at
 * once. */
struct application_erasure {
    uint32_t serial;
    Sekisho__V1__ErasureReason reason;
    const char *text;                    /* the reason in words; "" : the application's kind says it */
    const char *application;             /* resource name */
    const Sekisho__V1__Date *event_date; /* NULL for APPLICATION */
    bool card_attached;
    const char *reviewer; /* account; context->account is the approver's */
};
enum disposition_result disposition_from_application(struct disposition_context *context,
                                                     const struct application_erasure *erasure);

/*
 * May the person of an application for a new registration be registered (児童福祉法18条の5四, 18条の20の2)? When their
 * registration was cancelled before, only with an approved re-registration that names the application. Known again by
 * the number's reference, or by birth date and name key.
 */
#define REREGISTRATION_GRANTS_MAX 4
struct reregistration {
    bool specially_cancelled; /* 特定登録取消者: item 7 of the register */
    unsigned count;           /* of grants; 0: there was no former registration */
    uint8_t grants[REREGISTRATION_GRANTS_MAX][REGISTER_ID_LEN];
    char decision[80]; /* resource name of the last grant; "" when count is 0 */
};
/* DISPOSITION_OK: *found says how; DISPOSITION_MISSING: a decision is wanted; DISPOSITION_DQ4; DISPOSITION_STORE. */
enum disposition_result reregistration_gate(struct disposition_context *context,
                                            const Sekisho__V1__Application *application, struct reregistration *found);
/* The new registration was made: the grants are used. */
enum disposition_result reregistration_use(struct disposition_context *context, const struct reregistration *found,
                                           const char *registration);

#endif
