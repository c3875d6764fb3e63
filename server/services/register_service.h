/* The handlers of RegisterService, one file for each concern. */
#ifndef SEKISHO_SERVICES_REGISTER_SERVICE_H
#define SEKISHO_SERVICES_REGISTER_SERVICE_H

#include "sekisho/v1/register_service.pb-c.h"
#include "server/register/entry.h"
#include "server/services/register_call.h"

/* An entry as it is to be seen on a day: a suspension begins and ends by the calendar. */
Sekisho__V1__Registration *registration_seen(stored_entry *entry, int32_t day);

/* A text of the caller's account, in the call's memory; NULL when there is none left. */
char *register_account(struct register_call *call);

void list_registrations(struct rpc_call *call, const ProtobufCMessage *request);
void list_registration_revisions(struct rpc_call *call, const ProtobufCMessage *request);
void correct_registration(struct rpc_call *call, const ProtobufCMessage *request);
void get_import(struct rpc_call *call, const ProtobufCMessage *request);
void list_import_faults(struct rpc_call *call, const ProtobufCMessage *request);

/* ImportRegistrations */
void import_message(struct rpc_call *call, const ProtobufCMessage *request);
void import_end(struct rpc_call *call); /* half-closed, or cancelled */
void import_sent(struct rpc_call *call);
void import_done(struct rpc_call *call);

#endif
