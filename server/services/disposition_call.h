/* What the methods of DispositionService share. */
#ifndef SEKISHO_SERVICES_DISPOSITION_CALL_H
#define SEKISHO_SERVICES_DISPOSITION_CALL_H

#include "server/dispositions/dispositions.h"
#include "server/dispositions/name.h"
#include "server/services/register_call.h"

/* Valid as long as the call: answers point to what it points to. False after register_fail. */
bool disposition_call_begin(struct register_call *call, struct disposition_context *work);
/* NULL, for `return`. */
const void *disposition_refused(struct register_call *call, const struct disposition_context *work,
                                enum disposition_result result);
/* False after register_fail. */
bool disposition_id(struct register_call *call, const char *name, const char *part, uint8_t id[REGISTER_ID_LEN]);

/* Card returns and national records (disposition_follow_up.c). */
void record_card_return(struct rpc_call *call, const ProtobufCMessage *request);
void list_card_returns(struct rpc_call *call, const ProtobufCMessage *request);
void list_national_records(struct rpc_call *call, const ProtobufCMessage *request);
void record_national_record_sent(struct rpc_call *call, const ProtobufCMessage *request);

#endif
