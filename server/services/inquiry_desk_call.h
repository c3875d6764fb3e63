/* The methods of InquiryDeskService by file: enquiries, disclosure requests, where an application is. */
#ifndef SEKISHO_SERVICES_INQUIRY_DESK_CALL_H
#define SEKISHO_SERVICES_INQUIRY_DESK_CALL_H

#include "server/services/register_call.h"

typedef void inquiry_desk_method(struct rpc_call *call, const ProtobufCMessage *request);

inquiry_desk_method create_enquiry, get_enquiry, list_enquiries, record_handling, close_enquiry;
inquiry_desk_method create_disclosure_request, get_disclosure_request, list_disclosure_requests,
    examine_disclosure_request, extend_disclosure_request, decide_disclosure_request, execute_disclosure_request,
    record_objection;

/* The caller's account, zero-terminated, in the call's arena; NULL after register_fail. */
char *inquiry_desk_account(struct register_call *call);

#endif
