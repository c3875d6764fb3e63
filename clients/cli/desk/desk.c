/* One call on the register: made from options, sent, shown. Lists go on from page to page. */
#include "desk/desk.h"

#include <grpc/status.h>
#include <stdlib.h>
#include <string.h>

#include "desk/resource.h"
#include "ledger_job.h"

#define LIMIT_DEFAULT 200
#define PAGE_SIZE     200

int desk_report(const struct sekisho_error *error)
{
    int code = report_error(error);

    if (error->status != SEKISHO_ERROR_REFUSED)
        return code;
    switch (error->code) {
    case GRPC_STATUS_NOT_FOUND:
    case GRPC_STATUS_ABORTED: /* changed meanwhile */
        return CLI_SOME_REFUSED;
    case GRPC_STATUS_INVALID_ARGUMENT:
        return CLI_USAGE;
    default:
        return code;
    }
}

int desk_ask(struct desk *desk, const ProtobufCServiceDescriptor *service, const char *method,
             const ProtobufCMessage *request, ProtobufCMessage **answer)
{
    struct sekisho_error error;

    *answer = NULL;
    if (sekisho_rpc(desk->session, service, method, request, answer, &error) == SEKISHO_OK)
        return CLI_OK;
    return desk_report(&error);
}

int desk_read(struct desk *desk, const struct desk_resource *resource, const char *name, ProtobufCMessage **answer)
{
    const ProtobufCMethodDescriptor *method =
        protobuf_c_service_descriptor_get_method_by_name(resource->service, resource->method);
    ProtobufCMessage *request = message_new(method->input);
    struct field field;

    if (field_make(request, "name", &field))
        field_set_string(&field, name);
    int code = desk_ask(desk, resource->service, resource->method, request, answer);
    sekisho_message_free(request);
    return code;
}

static int make_request(struct desk *desk)
{
    const struct desk_call *call = desk->call;
    char name[RESOURCE_MAX];
    const char *missing = NULL;
    struct field field;

    desk->request = message_new(desk_method(call)->input);
    if (!resource_of_options(call->target, desk->options, desk->prefecture, name, &missing)) {
        SAY(stderr, TEXT_RESOURCE_OPTION, missing);
        return CLI_USAGE;
    }
    if (field_make(desk->request, call->field, &field))
        field_set_string(&field, name);
    return CLI_OK;
}

/* The resource as it is now: its etag makes the change fail when another person changes it in between. */
static int read_current(struct desk *desk)
{
    const char *of_registration = field_string(desk->request, "registration_etag"), *name;

    if (!desk->call->reads)
        return CLI_OK;
    name = of_registration ? field_string(desk->request, "disposition.registration")
                           : field_string(desk->request, desk->call->field);
    return desk_read(desk, desk->call->reads, name ? name : "", &desk->current);
}

/* The first etag of an answer: of the resource, or of the answer itself. */
static const char *etag_of(const ProtobufCMessage *answer)
{
    const ProtobufCMessage *resource = field_first_message(answer);
    const char *etag = field_string(answer, "etag");

    return etag || !resource ? etag : field_string(resource, "etag");
}

static void take_etag(struct desk *desk)
{
    const char *etag = desk->current ? etag_of(desk->current) : NULL;
    struct field field;
    bool has = field_find(desk->request, "etag", &field) || field_find(desk->request, "registration_etag", &field) ||
               field_find(desk->request, "registration.etag", &field);

    if (has && etag && field_count(&field) == 0)
        field_set_string(&field, etag);
}

/* An id of its own for each change, so that nothing is done twice when the call is sent twice. */
static void take_request_id(struct desk *desk)
{
    char text[HEX16_LEN + 1];
    uint8_t id[16];
    struct field field;

    if (!field_find(desk->request, "request_id", &field) || field_count(&field) > 0)
        return;
    sekisho_random(id, sizeof id);
    hex16_format(id, text);
    field_set_string(&field, text);
}

int desk_begin(struct desk *desk, const struct options *options, const struct desk_call *call)
{
    struct sekisho_session_info info;

    *desk = (struct desk){.options = options, .call = call};
    int code = resume_session(options, &desk->client, &desk->session);
    if (code != CLI_OK)
        return code;
    sekisho_session_info(desk->session, &info);
    desk->prefecture = info.prefecture;
    if ((code = make_request(desk)) == CLI_OK && (code = desk_fill_options(desk)) == CLI_OK &&
        (code = read_current(desk)) == CLI_OK && (code = desk_fill_content(desk)) == CLI_OK) {
        take_etag(desk);
        take_request_id(desk);
    }
    return code;
}

void desk_end(struct desk *desk)
{
    sekisho_message_free(desk->request);
    sekisho_message_free(desk->current);
    sekisho_sealed_free(desk->sealed);
    sekisho_session_free(desk->session);
    sekisho_disconnect(desk->client);
}

/* The repeated field of an answer that has the rows of a list. */
static bool rows_of(const ProtobufCMessage *answer, struct field *rows)
{
    for (unsigned i = 0; i < answer->descriptor->n_fields; i++) {
        *rows = (struct field){.descriptor = &answer->descriptor->fields[i], .message = (ProtobufCMessage *)answer};
        if (rows->descriptor->label == PROTOBUF_C_LABEL_REPEATED && rows->descriptor->type == PROTOBUF_C_TYPE_MESSAGE)
            return true;
    }
    return false;
}

static void show_page(struct desk_rows *rows, const ProtobufCMessage *answer, uint64_t *shown, uint64_t limit)
{
    struct field found;

    if (!rows_of(answer, &found))
        return;
    for (size_t i = 0; i < field_count(&found) && *shown < limit; i++, ++*shown)
        desk_row(rows, *(ProtobufCMessage **)field_element(&found, i));
}

/* Asks for the next page; false after the last. */
static bool turn_page(const ProtobufCMessage *answer, ProtobufCMessage *request)
{
    const char *next = field_string(answer, "next_page_token");
    struct field token;

    if (!next || *next == '\0' || !field_make(request, "page_token", &token))
        return false;
    field_set_string(&token, next);
    return true;
}

int desk_list(struct desk *desk)
{
    uint64_t shown = 0, limit;
    bool more = true;
    int code = CLI_OK;
    struct field size;

    if (options_number(desk->options, OPT_LIMIT, 1, 10000000, LIMIT_DEFAULT, &limit) < 0)
        return CLI_USAGE;
    if (field_make(desk->request, "page_size", &size))
        *(int32_t *)field_element(&size, 0) = (int32_t)(limit < PAGE_SIZE ? limit : PAGE_SIZE);
    struct desk_rows *rows = desk_rows_begin(desk);
    while (code == CLI_OK && more && shown < limit) {
        ProtobufCMessage *answer;
        code = desk_ask(desk, desk->call->service, desk->call->method, desk->request, &answer);
        if (code != CLI_OK)
            break;
        show_page(rows, answer, &shown, limit);
        more = turn_page(answer, desk->request);
        sekisho_message_free(answer);
    }
    desk_rows_end(rows, code == CLI_OK || shown > 0);
    if (code == CLI_OK && !desk->options->value[OPT_QUIET])
        SAY(stderr, more && shown == limit ? TEXT_LISTED_LIMIT : TEXT_LISTED, count_text(shown));
    return code;
}

static bool is_list(const struct desk_call *call)
{
    return strncmp(call->method, "List", 4) == 0 || strncmp(call->method, "Find", 4) == 0 ||
           protobuf_c_message_descriptor_get_field_by_name(desk_method(call)->output, "next_page_token") != NULL;
}

/* One call; of what is refused for its state, which it is. */
static int ask_change(struct desk *desk, ProtobufCMessage **answer)
{
    const ProtobufCMessage *resource = desk->current ? field_first_message(desk->current) : NULL;
    struct sekisho_error error;

    if (sekisho_rpc(desk->session, desk->call->service, desk->call->method, desk->request, answer, &error) ==
        SEKISHO_OK)
        return CLI_OK;
    int code = desk_report(&error);
    if (resource && strcmp(error.reason, "WRONG_STATE") == 0) {
        char *state = field_text(resource, "state");
        SAY(stderr, TEXT_STATE_NOW, state);
        free(state);
    }
    return code;
}

static int change_or_show(struct desk *desk)
{
    ProtobufCMessage *answer;
    int code = desk->call->number == DESK_NO_NUMBER ? CLI_OK : desk_seal(desk);

    if (code == CLI_OK)
        code = ask_change(desk, &answer);
    if (code != CLI_OK)
        return code;
    int opened = desk_open(desk, answer);
    desk_print(desk, answer);
    sekisho_message_free(answer);
    return opened;
}

int desk_run(const struct options *options, const struct desk_call *call)
{
    struct desk desk;
    int code = desk_begin(&desk, options, call);

    if (code == CLI_OK)
        code = is_list(call) ? desk_list(&desk) : change_or_show(&desk);
    desk_end(&desk);
    return code;
}
