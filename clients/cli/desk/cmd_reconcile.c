/*
 * application reconcile: what the register says is still to be done in the vault (after a crash, or while it was away)
 * is done with this officer's sealed calls, as far as the session may. An enrolment that nobody knows the end of is
 * made again from the applicant's seal, or with the number typed (--application and --number-file); otherwise it is
 * released, and the application is to be accepted again.
 */
#include <string.h>

#include "desk/desk.h"
#include "desk/resource.h"
#include "ledger_job.h"
#include "sekisho/v1/application_service.pb-c.h"

#define SERVICE (&sekisho__v1__application_service__descriptor)

struct reconcile {
    uint64_t found, done, left;
};

static int resolve_one(struct desk *desk, const Sekisho__V1__PendingNumberAction *pending)
{
    static const struct desk_resource application = {SERVICE, "GetApplication"};
    ProtobufCMessage *answer;
    struct field field;

    sekisho_sealed_free(desk->sealed);
    desk->sealed = NULL;
    sekisho_message_free(desk->current);
    int code = desk_read(desk, &application, pending->application, &desk->current);
    if (code != CLI_OK)
        return code;
    if (!field_make(desk->request, "name", &field))
        return CLI_SERVER;
    field_set_string(&field, pending->application);
    code = desk_seal_pending(desk, pending);
    if (code != CLI_OK || !desk->sealed)
        return code == CLI_OK ? CLI_NOT_PERMITTED : code;
    code = desk_ask(desk, SERVICE, "ResolveNumberAction", desk->request, &answer);
    if (code != CLI_OK)
        return code;
    code = desk_open(desk, answer);
    if (desk->options->value[OPT_JSON])
        json_line(message_json(answer));
    sekisho_message_free(answer);
    return code;
}

static void resolve_page(struct desk *desk, const Sekisho__V1__ListPendingNumberActionsResponse *page,
                         struct reconcile *counts)
{
    const char *only = desk->options->value[OPT_APPLICATION];

    for (size_t i = 0; i < page->n_actions; i++) {
        const Sekisho__V1__PendingNumberAction *pending = page->actions[i];
        message_make_printable((ProtobufCMessage *)pending);
        if (only && strcasecmp(resource_id(only), resource_id(pending->application)) != 0)
            continue;
        counts->found++;
        if (resolve_one(desk, pending) == CLI_OK)
            counts->done++;
        else
            counts->left++;
    }
}

int reconcile_run(const struct options *options, const struct desk_call *call)
{
    Sekisho__V1__ListPendingNumberActionsRequest request = SEKISHO__V1__LIST_PENDING_NUMBER_ACTIONS_REQUEST__INIT;
    struct reconcile counts = {0};
    struct desk desk;
    char parent[RESOURCE_MAX];
    bool more = true;

    int code = desk_begin(&desk, options, call);
    snprintf(parent, sizeof parent, "prefectures/%02u", desk.prefecture % 100);
    request.parent = parent;
    request.page_size = 200;
    char token[1024] = "";
    request.page_token = token;
    while (code == CLI_OK && more) {
        ProtobufCMessage *answer;
        code = desk_ask(&desk, SERVICE, "ListPendingNumberActions", &request.base, &answer);
        if (code != CLI_OK)
            break;
        snprintf(token, sizeof token, "%s", field_string(answer, "next_page_token"));
        more = token[0] != '\0';
        resolve_page(&desk, (const Sekisho__V1__ListPendingNumberActionsResponse *)answer, &counts);
        sekisho_message_free(answer);
    }
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_RECONCILED, count_text(counts.found), count_text(counts.done), count_text(counts.left));
    desk_end(&desk);
    return code != CLI_OK ? code : counts.left == 0 ? CLI_OK : CLI_SOME_REFUSED;
}
