/*
 * Who calls a method of the register: the session named in the request metadata `sekisho-session`
 * (`prefectures/11/sessions/{32 hex digits}`), over the connection that logged in, with a role that methods.def lets
 * call the method.
 */
#ifndef SEKISHO_SERVICES_CALLER_H
#define SEKISHO_SERVICES_CALLER_H

#include "server/services/front.h"

struct caller {
    uint16_t tenant, role;
    char account[ACCOUNT_LEN];
    /* The same for all accounts of one person and organisation, different for different persons; from auth, says
     * nothing else. Reviewer ≠ approver is decided by it. */
    uint8_t person[PERSON_TAG_LEN];
    uint8_t session[SESSION_ID_LEN];
    uint8_t certificate[CERT_HASH_LEN];
};

/* False: *error says why (static texts). True: the session has been used, which auth is told now and then. */
bool caller_of(struct rpc_call *call, struct caller *caller, struct rpc_error *error);

#endif
