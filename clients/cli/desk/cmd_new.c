/* application new: one form from a file of "key = value" lines, or a CSV file with a row a form. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "desk/desk.h"
#include "job.h"
#include "ledger_job.h"
#include "sekisho/v1/application_service.pb-c.h"

struct intake {
    struct desk desk;
    struct desk_csv *csv;
    FILE *output;
    const char *seed;
    uint64_t good;
};

/* One line of the result: what became of a row. */
static void write_row(struct intake *intake, uint64_t row, const char *name, const char *reason, const char *why)
{
    char number[24];

    if (intake->desk.options->value[OPT_JSON]) {
        json_t *object = json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)row, "name", name, "reason", reason,
                                   "explanation", why);
        if (object)
            json_dumpf(object, intake->output, JSON_COMPACT);
        fputc('\n', intake->output);
        json_decref(object);
        return;
    }
    snprintf(number, sizeof number, "%llu", (unsigned long long)row);
    csv_write_row(intake->output, (const char *const[]){number, name, reason, why}, 4);
}

/* The same file and seed give the same ids: a file that is run again makes no second application of a row. */
static void number_request(struct intake *intake, uint64_t row)
{
    char text[HEX16_LEN + 1];
    uint8_t id[16];
    struct field field;

    derive_request_id(intake->seed, SEKISHO_ENROLL, row, id);
    hex16_format(id, text);
    if (field_make(intake->desk.request, "request_id", &field))
        field_set_string(&field, text);
}

/* CLI_OK also for a row that is refused; else there is no use in going on. */
static int take_in(struct intake *intake, ProtobufCMessage *application)
{
    Sekisho__V1__CreatePaperApplicationRequest *request =
        (Sekisho__V1__CreatePaperApplicationRequest *)intake->desk.request;
    struct sekisho_error error;
    ProtobufCMessage *answer = NULL;
    uint64_t row = desk_csv_row(intake->csv);
    Sekisho__V1__Application *of_options = request->application;

    if (of_options && field_enum(application, "kind") == 0)
        ((Sekisho__V1__Application *)application)->kind = of_options->kind;
    request->application = (Sekisho__V1__Application *)application;
    number_request(intake, row);
    enum sekisho_status status = sekisho_rpc(intake->desk.session, intake->desk.call->service,
                                             intake->desk.call->method, &request->base, &answer, &error);
    request->application = of_options;
    sekisho_message_free(application);
    if (status == SEKISHO_OK) {
        intake->good++;
        write_row(intake, row, field_string(answer, "application.name"), "", "");
        sekisho_message_free(answer);
        return CLI_OK;
    }
    write_row(intake, row, "", error.reason,
              error.field[0]              ? error.field
              : language() == LANGUAGE_JA ? error.message_ja
                                          : error.message);
    if (status == SEKISHO_ERROR_REFUSED && exit_code_of(&error) != CLI_NOT_AUTHENTICATED &&
        exit_code_of(&error) != CLI_NOT_PERMITTED)
        return CLI_OK;
    return report_error(&error);
}

static int take_rows(struct intake *intake)
{
    ProtobufCMessage *application;
    char field[128];
    int code = CLI_OK;

    if (!intake->desk.options->value[OPT_JSON])
        fputs("row,name,reason,explanation\r\n", intake->output);
    while (code == CLI_OK) {
        enum desk_csv_result result = desk_csv_next(intake->csv, intake->desk.prefecture, &application, field);
        if (result == DESK_CSV_END)
            break;
        if (result == DESK_CSV_FAULT)
            write_row(intake, desk_csv_row(intake->csv), "", "NOT_SENT", field[0] ? field : text(TEXT_ROW_BAD));
        else
            code = result == DESK_CSV_UNREADABLE ? CLI_USAGE : take_in(intake, application);
    }
    if (!intake->desk.options->value[OPT_QUIET])
        SAY(stderr, TEXT_TAKEN_IN, count_text(desk_csv_row(intake->csv)), count_text(intake->good));
    return code != CLI_OK ? code : intake->good == desk_csv_row(intake->csv) ? CLI_OK : CLI_SOME_REFUSED;
}

static int open_output(struct intake *intake, const char *path)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(STDOUT_FILENO);

    if (fd >= 0 && (intake->output = fdopen(fd, "w")))
        return CLI_OK;
    SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
    return CLI_USAGE;
}

static bool is_csv(const char *path)
{
    size_t length = path ? strlen(path) : 0;

    return length > 4 && strcasecmp(path + length - 4, ".csv") == 0;
}

int new_run(const struct options *options, const struct desk_call *call)
{
    const char *input = options->value[OPT_INPUT];
    struct options rest = *options;
    struct intake intake = {.seed = options->value[OPT_REQUEST_SEED]};
    char seed[HEX16_LEN + 1];
    uint8_t random[16];

    if (!is_csv(input))
        return desk_run(options, call);
    rest.value[OPT_INPUT] = NULL;
    if (!intake.seed) {
        sekisho_random(random, sizeof random);
        hex16_format(random, seed);
        intake.seed = seed;
    }
    int code = desk_csv_open(input, &sekisho__v1__application__descriptor, "", &intake.csv);
    if (code == CLI_OK)
        code = desk_begin(&intake.desk, &rest, call);
    if (code == CLI_OK)
        code = open_output(&intake, options->value[OPT_OUTPUT]);
    if (code == CLI_OK)
        code = take_rows(&intake);
    if (intake.output && fclose(intake.output) != 0 && code == CLI_OK)
        code = CLI_USAGE;
    desk_end(&intake.desk);
    desk_csv_close(intake.csv);
    return code;
}
