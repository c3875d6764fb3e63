/* What the methods of PaymentDeskService share. */
#ifndef SEKISHO_SERVICES_PAYMENT_DESK_H
#define SEKISHO_SERVICES_PAYMENT_DESK_H

#include "sekisho/v1/payment_desk_service.pb-c.h"
#include "server/applications/applications.h"
#include "server/payments/receipts.h"
#include "server/services/register_call.h"

/* Each false or NULL only after register_fail. */
bool desk_receipt_name(struct register_call *call, const char *name, struct receipt_key *key);
bool desk_application_name(struct register_call *call, const char *name, const char *field,
                           uint8_t id[REGISTER_ID_LEN]);
stored_application *desk_application(struct register_call *call, const uint8_t id[REGISTER_ID_LEN]);
Sekisho__V1__Receipt *desk_receipt(struct register_call *call, const struct receipt_key *key);
/* Name and etag, which are not stored. */
bool desk_dress(struct register_call *call, const struct receipt_key *key, Sekisho__V1__Receipt *receipt);
/* The caller's account, with a terminator. */
char *desk_account(struct register_call *call);

const ProtobufCMessage *desk_get_fee(struct register_call *call);
const ProtobufCMessage *desk_get_receipt(struct register_call *call);
const ProtobufCMessage *desk_list_receipts(struct register_call *call);

#endif
