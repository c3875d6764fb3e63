/*
 * A method with something to be done in the vault between two transactions of the register: the first writes what is
 * wanted (applications/outbox.h), the officer's sealed call is carried to the vault, the second takes over what became
 * of it. The front does nothing with a number by itself: it carries the call unread, of the caller's own session, of
 * exactly one item, and knows only the outcome.
 */
#ifndef SEKISHO_SERVICES_NUMBER_STEP_H
#define SEKISHO_SERVICES_NUMBER_STEP_H

#include "server/services/register_call.h"
#include "server/services/sealed_call.h"

struct number_step {
    struct register_call *call;
    struct session_call head;
    const uint8_t *ciphertext;
    register_handler *finish;
    bool required;    /* without the vault's answer the call fails; else `error` says why there is none */
    bool fresh;       /* the handlers' own: nothing was wanted of the vault before */
    int64_t since_us; /* the handlers' own: of the outbox row that this call wrote */

    /* Once the vault has answered; reply is NULL before. */
    Sekisho__V1__SealedReply *reply;
    enum outcome outcome;
    uint8_t reference[REFERENCE_LEN]; /* of ENROLL */
    const char *error;                /* reason; NULL: none */
};

/* In the first handler: remembers what is to be sent, with `citizen` also when it is about a citizen's blob. False
 * after register_fail. */
bool number_step_prepare(struct register_call *call, const Sekisho__V1__SealedCall *sealed, enum operation operation,
                         bool citizen, register_handler *finish, struct number_step **step);

/* For register_write_then. */
void number_step_send(struct register_call *call);

/* In `finish`. */
struct number_step *number_step_of(struct register_call *call);

#endif
