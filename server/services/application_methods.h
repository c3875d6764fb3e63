/* The methods of ApplicationService, by file; application_service.c makes their table. */
#ifndef SEKISHO_SERVICES_APPLICATION_METHODS_H
#define SEKISHO_SERVICES_APPLICATION_METHODS_H

#include "sekisho/v1/application_service.pb-c.h"
#include "server/rpc/rpc.h"

typedef void application_method(struct rpc_call *call, const ProtobufCMessage *request);

/* application_read.c */
application_method application_get_method;
/* application_lists.c */
application_method application_list_method, application_list_actions_method;
/* application_intake.c */
application_method application_create_method, application_ask_correction_method;
/* application_checks.c */
application_method application_start_checks_method, application_record_check_method, application_resolve_check_method,
    application_compare_method, application_decide_method;
/* application_review.c */
application_method application_review_method, application_send_back_method;
/* application_end.c: those that may leave something to be done in the vault */
application_method application_approve_method, application_return_method, application_withdraw_method,
    application_cancel_method, application_corrected_method;
/* application_number.c: those that need the vault's answer */
application_method application_accept_method, application_check_number_method, application_resolve_method;

#endif
