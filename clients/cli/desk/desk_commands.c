/* The table of the commands on the register. */
#include "desk/desk.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/attachment_service.pb-c.h"
#include "sekisho/v1/card_trust_service.pb-c.h"
#include "sekisho/v1/disposition_service.pb-c.h"
#include "sekisho/v1/finding_service.pb-c.h"
#include "sekisho/v1/inquiry_desk_service.pb-c.h"
#include "sekisho/v1/list_service.pb-c.h"
#include "sekisho/v1/operation_record_service.pb-c.h"
#include "sekisho/v1/paper_card_service.pb-c.h"
#include "sekisho/v1/payment_desk_service.pb-c.h"
#include "sekisho/v1/register_service.pb-c.h"

#define SERVICE(name) &sekisho__v1__##name##_service__descriptor

static const struct desk_resource of_application = {SERVICE(application), "GetApplication"};
static const struct desk_resource of_registration = {SERVICE(register), "GetRegistration"};
static const struct desk_resource of_disposition = {SERVICE(disposition), "GetDisposition"};
static const struct desk_resource of_finding = {SERVICE(finding), "GetFinding"};
static const struct desk_resource of_enquiry = {SERVICE(inquiry_desk), "GetEnquiry"};
static const struct desk_resource of_disclosure = {SERVICE(inquiry_desk), "GetDisclosureRequest"};
static const struct desk_resource of_receipt = {SERVICE(payment_desk), "GetReceipt"};
static const struct desk_resource of_attachment = {SERVICE(attachment), "GetAttachment"};
static const struct desk_resource of_card = {SERVICE(paper_card), "GetPaperCard"};

/* A fee is of an application, or of a kind on a day; receipts are of an application, or of all. */
static int fee_run(const struct options *options, const struct desk_call *call)
{
    struct desk_call of_one = *call;

    if (options->value[OPT_APPLICATION])
        of_one.target = "applications/{application}";
    return desk_run(options, &of_one);
}

static int get_run(const struct options *options, const struct desk_call *call)
{
    struct desk_call of_one = *call;

    if (options->value[OPT_REVISION])
        of_one.target = "registrations/{registration}/revisions/{revision}";
    return desk_run(options, &of_one);
}

#define SESSION                                                                                                        \
    (OPT_BIT(ADDRESS) | OPT_BIT(CA) | OPT_BIT(CERT) | OPT_BIT(KEY) | OPT_BIT(PIN) | OPT_BIT(TIMEOUT) |                 \
     OPT_BIT(QUIET) | OPT_BIT(SESSION))
#define COLUMNS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define DESK(words, help, service, method, field, target, content, reads, number, list, run, columns, options)         \
    {{words, options, TEXT_HELP_##help, NULL},                                                                         \
     {SERVICE(service), method, field, target, content, reads, DESK_##number, list, columns, run}},

const struct desk_command desk_commands[] = {
#include "desk/desk.def"
};
const size_t desk_command_count = sizeof desk_commands / sizeof desk_commands[0];
