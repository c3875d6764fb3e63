/* ApplicationService: the table of its methods. */
#include "server/services/application_methods.h"
#include "server/services/methods.h"
#include "server/services/services.h"

#define UNARY(method, handler)                                                                                         \
    {                                                                                                                  \
        METHOD_ROW(ApplicationService, method), .kind = RPC_UNARY, .on_message = (handler)                             \
    }

const struct rpc_method application_methods[] = {
    UNARY(CreatePaperApplication, application_create_method),
    UNARY(GetApplication, application_get_method),
    UNARY(ListApplications, application_list_method),
    UNARY(AcceptApplication, application_accept_method),
    UNARY(RequestCorrection, application_ask_correction_method),
    UNARY(RecordCorrection, application_corrected_method),
    UNARY(StartChecks, application_start_checks_method),
    UNARY(RecordCheck, application_record_check_method),
    UNARY(ResolveCheck, application_resolve_check_method),
    UNARY(CheckNumber, application_check_number_method),
    UNARY(CompareApplication, application_compare_method),
    UNARY(DecideComparison, application_decide_method),
    UNARY(ReviewApplication, application_review_method),
    UNARY(ApproveApplication, application_approve_method),
    UNARY(SendBackApplication, application_send_back_method),
    UNARY(ReturnApplication, application_return_method),
    UNARY(WithdrawApplication, application_withdraw_method),
    UNARY(CancelApplication, application_cancel_method),
    UNARY(ListPendingNumberActions, application_list_actions_method),
    UNARY(ResolveNumberAction, application_resolve_method),
};
const size_t application_method_count = sizeof application_methods / sizeof application_methods[0];
