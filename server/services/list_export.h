/* ListService.ExportList: a whole list as CSV. */
#ifndef SEKISHO_SERVICES_LIST_EXPORT_H
#define SEKISHO_SERVICES_LIST_EXPORT_H

#include "server/lists/list.h"
#include "server/services/register_call.h"

void list_export_message(struct rpc_call *call, const ProtobufCMessage *request);
void list_export_sent(struct rpc_call *call);
void list_export_cancel(struct rpc_call *call);

/* The query's period. False after register_fail. */
bool list_period(struct register_call *call, const Sekisho__V1__Period *period, struct list_query *query);

#endif
