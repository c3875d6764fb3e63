/* LedgerService.ListEntries, and the message of one entry. */
#ifndef SEKISHO_SERVICES_LEDGER_LIST_H
#define SEKISHO_SERVICES_LEDGER_LIST_H

#include "sekisho/v1/ledger_service.pb-c.h"
#include "server/rpc/rpc.h"

void ledger_list_entries(struct rpc_call *call, const ProtobufCMessage *message);

/* Replies with `count` entries as the vault lists them (vault_ledger.h: checked), of `tenant`. */
void ledger_list_reply_entries(struct rpc_call *call, uint16_t tenant, const uint8_t *bytes, uint32_t count,
                               char *next_page_token);

#endif
