/* InquiryDeskService: its table, and "where is my application" (F070). */
#include <errno.h>
#include <string.h>

#include "server/applications/name.h"
#include "server/desk/whereabouts.h"
#include "server/register/checks.h"
#include "server/services/front.h"
#include "server/services/inquiry_desk_call.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

char *inquiry_desk_account(struct register_call *call)
{
    char *account = register_alloc(call, ACCOUNT_LEN + 1);

    if (account)
        memcpy(account, call->caller.account, ACCOUNT_LEN);
    return account;
}

/* False after register_fail. */
static bool look(struct register_call *call, const Sekisho__V1__FindApplicationsRequest *request,
                 struct whereabouts *found)
{
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;
    int rc;

    if (request->application[0] != '\0') {
        if (!application_name_parse(request->application, &tenant, id, NULL)) {
            register_fail(call, REGISTER_BAD_RESOURCE_NAME, "application", NULL);
            return false;
        }
        /* Another prefecture's is not found here, whether there is one or not (INV-12). */
        rc = tenant == call->reg->tenant ? whereabouts_of(call->reg, call->txn, id, &call->arena, found) : MDB_NOTFOUND;
    } else {
        if (!date_is_day(request->birth_date)) {
            register_fail(call, REGISTER_BAD_FIELD, "birth_date", NULL);
            return false;
        }
        rc = whereabouts_search(call->reg, call->txn, date_value(request->birth_date), request->person_name,
                                &call->arena, found);
    }
    if (rc == EINVAL)
        register_fail(call, REGISTER_BAD_FIELD, "person_name", NULL);
    else if (rc != 0)
        register_fail_store(call, rc);
    return rc == 0;
}

static const ProtobufCMessage *find(struct register_call *call)
{
    const Sekisho__V1__FindApplicationsRequest *request = (const void *)call->request;
    struct whereabouts *found = register_alloc(call, sizeof *found);
    Sekisho__V1__FindApplicationsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__FindApplicationsResponse, SEKISHO__V1__FIND_APPLICATIONS_RESPONSE__INIT);
    uint16_t tenant;

    if (!found || !response)
        return NULL;
    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (!look(call, request, found))
        return NULL;
    response->n_applications = found->count;
    response->applications = found->rows;
    return &response->base;
}

static void find_applications(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, find);
}

#define ROW(method, handler)                                                                                           \
    {                                                                                                                  \
        METHOD_ROW(InquiryDeskService, method), .kind = RPC_UNARY, .on_message = (handler)                             \
    }
const struct rpc_method inquiry_desk_methods[] = {
    ROW(CreateEnquiry, create_enquiry),
    ROW(GetEnquiry, get_enquiry),
    ROW(ListEnquiries, list_enquiries),
    ROW(RecordHandling, record_handling),
    ROW(CloseEnquiry, close_enquiry),
    ROW(CreateDisclosureRequest, create_disclosure_request),
    ROW(GetDisclosureRequest, get_disclosure_request),
    ROW(ListDisclosureRequests, list_disclosure_requests),
    ROW(ExamineDisclosureRequest, examine_disclosure_request),
    ROW(ExtendDisclosureRequest, extend_disclosure_request),
    ROW(DecideDisclosureRequest, decide_disclosure_request),
    ROW(ExecuteDisclosureRequest, execute_disclosure_request),
    ROW(RecordObjection, record_objection),
    ROW(FindApplications, find_applications),
};
const size_t inquiry_desk_method_count = sizeof inquiry_desk_methods / sizeof inquiry_desk_methods[0];
