/*
 * register import: an existing register from CSV. Rows go in batches over one stream, several under way; each batch is
 * answered when it is on the disk. After a cut the same id and file go on behind the last row dealt with.
 */
#include <errno.h>
#include <fcntl.h>
#include <grpc/status.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "csv.h"
#include "desk/desk.h"
#include "desk/resource.h"
#include "job.h"
#include "ledger_job.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "sekisho_accounts.h"

#define BATCH 500
#define DEPTH 8 /* batches under way */
/* auth ends a session in which nothing sealed happens for half an hour; calls of the register do not count. */
#define SIGN_OF_LIFE_S 600

#define SERVICE (&sekisho__v1__register_service__descriptor)

struct import {
    struct desk desk;
    struct desk_csv *csv;
    struct sekisho_stream *stream;
    FILE *faults;
    struct progress progress;
    time_t sign_of_life;
    Sekisho__V1__ImportRow *rows[BATCH];
    size_t count;
    unsigned under_way;
    int64_t skip; /* rows dealt with before */
    int64_t last_row, imported, unchanged, refused, not_sent;
};

static void write_fault(struct import *import, int64_t row, const char *field, const char *reason, const char *message)
{
    char number[24];

    if (import->desk.options->value[OPT_JSON]) {
        json_t *object = json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)row, "field", field, "reason", reason,
                                   "message", message);
        if (!object)
            abort();
        json_dumpf(object, import->faults, JSON_COMPACT);
        fputc('\n', import->faults);
        json_decref(object);
        return;
    }
    snprintf(number, sizeof number, "%lld", (long long)row);
    csv_write_row(import->faults, (const char *const[]){number, field, reason, message}, 4);
}

static void draw(struct import *import)
{
    const struct job_counts counts = {.rows = desk_csv_row(import->csv),
                                      .good = (uint64_t)(import->imported + import->unchanged),
                                      .refused = (uint64_t)import->refused,
                                      .not_sent = (uint64_t)import->not_sent};

    progress_draw(&import->progress, &counts, desk_csv_share(import->csv));
}

/* Takes the answer to one batch. */
static int take_answer(struct import *import)
{
    struct sekisho_error error;
    ProtobufCMessage *answer;

    if (sekisho_stream_receive(import->stream, &answer, &error) != SEKISHO_OK)
        return desk_report(&error);
    if (!answer) {
        SAY(stderr, TEXT_IMPORT_ENDED);
        return CLI_SERVER;
    }
    message_make_printable(answer);
    const Sekisho__V1__ImportRegistrationsResponse *taken = (const Sekisho__V1__ImportRegistrationsResponse *)answer;
    for (size_t i = 0; i < taken->n_faults; i++)
        write_fault(import, taken->faults[i]->row, taken->faults[i]->field, taken->faults[i]->reason,
                    taken->faults[i]->message);
    import->last_row = taken->last_row;
    import->imported = taken->imported;
    import->unchanged = taken->unchanged;
    import->refused = taken->refused;
    import->under_way--;
    sekisho_message_free(answer);
    draw(import);
    return CLI_OK;
}

static int keep_session(struct import *import)
{
    struct sekisho_account account;
    struct sekisho_error error;

    if (time(NULL) - import->sign_of_life < SIGN_OF_LIFE_S)
        return CLI_OK;
    import->sign_of_life = time(NULL);
    return sekisho_own_account(import->desk.session, &account, &error) == SEKISHO_OK ? CLI_OK : report_error(&error);
}

static int send_batch(struct import *import)
{
    Sekisho__V1__ImportRegistrationsRequest request = SEKISHO__V1__IMPORT_REGISTRATIONS_REQUEST__INIT;
    const Sekisho__V1__ImportRegistrationsRequest *made =
        (const Sekisho__V1__ImportRegistrationsRequest *)import->desk.request;
    struct sekisho_error error;
    int code = keep_session(import);

    if (import->count == 0 || code != CLI_OK)
        return code;
    request.name = made->name;
    request.validate_only = made->validate_only;
    request.rows = import->rows;
    request.n_rows = import->count;
    if (sekisho_stream_send(import->stream, &request.base, &error) != SEKISHO_OK)
        code = desk_report(&error);
    for (size_t i = 0; i < import->count; i++)
        sekisho_message_free(&import->rows[i]->base);
    import->count = 0;
    import->under_way += code == CLI_OK;
    while (code == CLI_OK && import->under_way >= DEPTH)
        code = take_answer(import);
    return code;
}

static int take_row(struct import *import, enum desk_csv_result result, ProtobufCMessage *message, const char *field)
{
    int64_t row = (int64_t)desk_csv_row(import->csv);

    if (row <= import->skip) {
        sekisho_message_free(message);
        return CLI_OK;
    }
    if (result == DESK_CSV_FAULT) {
        import->not_sent++;
        write_fault(import, row, field, "NOT_SENT", text(field[0] ? TEXT_ROW_BAD_FIELD : TEXT_ROW_BAD));
        return CLI_OK;
    }
    import->rows[import->count] = (Sekisho__V1__ImportRow *)message;
    import->rows[import->count++]->row = row;
    return import->count == BATCH ? send_batch(import) : CLI_OK;
}

static int send_rows(struct import *import)
{
    ProtobufCMessage *message;
    char field[128];
    int code = CLI_OK;

    while (code == CLI_OK) {
        enum desk_csv_result result = desk_csv_next(import->csv, import->desk.prefecture, &message, field);
        if (result == DESK_CSV_END)
            break;
        code = result == DESK_CSV_UNREADABLE ? CLI_USAGE : take_row(import, result, message, field);
    }
    if (code == CLI_OK)
        code = send_batch(import);
    while (code == CLI_OK && import->under_way > 0)
        code = take_answer(import);
    return code;
}

/* How far this import is; nothing is known of one that begins. */
static int find_beginning(struct import *import)
{
    Sekisho__V1__GetImportRequest request = SEKISHO__V1__GET_IMPORT_REQUEST__INIT;
    struct sekisho_error error;
    ProtobufCMessage *answer = NULL;

    request.name = ((Sekisho__V1__ImportRegistrationsRequest *)import->desk.request)->name;
    if (sekisho_rpc(import->desk.session, SERVICE, "GetImport", &request.base, &answer, &error) != SEKISHO_OK)
        return error.code == GRPC_STATUS_NOT_FOUND ? CLI_OK : desk_report(&error);
    const Sekisho__V1__Import *found = ((const Sekisho__V1__GetImportResponse *)answer)->import;
    if (found) {
        import->skip = import->last_row = found->last_row;
        import->imported = found->imported;
        import->unchanged = found->unchanged;
        import->refused = found->refused;
    }
    sekisho_message_free(answer);
    return CLI_OK;
}

static int open_faults(struct import *import)
{
    const char *path = import->desk.options->value[OPT_OUTPUT];
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(STDOUT_FILENO);

    if (fd < 0 || !(import->faults = fdopen(fd, "w"))) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
        return CLI_USAGE;
    }
    if (!import->desk.options->value[OPT_JSON])
        fputs("row,field,reason,message\r\n", import->faults);
    return CLI_OK;
}

static int run(struct import *import)
{
    struct sekisho_error error;
    const char *name = field_string(import->desk.request, "name");

    if (sekisho_stream_open(import->desk.session, SERVICE, "ImportRegistrations", &import->stream, &error) !=
        SEKISHO_OK)
        return desk_report(&error);
    if (!import->desk.options->value[OPT_QUIET])
        SAY(stderr, TEXT_IMPORT_BEGINS, resource_id(name), count_text((unsigned long long)import->skip));
    import->sign_of_life = time(NULL);
    progress_start(&import->progress, !import->desk.options->value[OPT_QUIET]);
    int code = send_rows(import);
    progress_clear(&import->progress);
    if (fflush(import->faults) != 0 && code == CLI_OK)
        code = CLI_USAGE;
    if (!import->desk.options->value[OPT_QUIET])
        SAY(stderr, TEXT_IMPORT_DONE, count_text((unsigned long long)import->imported),
            count_text((unsigned long long)(import->refused + import->not_sent)),
            count_text((unsigned long long)((double)import->imported / progress_seconds(&import->progress))),
            count_text((unsigned long long)import->unchanged));
    if (code != CLI_OK)
        SAY(stderr, TEXT_IMPORT_GO_ON, resource_id(name));
    return code != CLI_OK ? code : import->refused + import->not_sent == 0 ? CLI_OK : CLI_SOME_REFUSED;
}

/* The id of a new import, so that --import can go on with it. */
static void choose_id(struct options *options, char hex[HEX16_LEN + 1])
{
    uint8_t id[16];

    sekisho_random(id, sizeof id);
    hex16_format(id, hex);
    options->value[OPT_IMPORT] = hex;
}

int desk_import_run(const struct options *options, const struct desk_call *call)
{
    struct options with_id = *options;
    struct import import = {0};
    char hex[HEX16_LEN + 1];
    const char *input = options->value[OPT_INPUT];

    if (!input) {
        SAY(stderr, TEXT_OPTION_MISSING, "--input");
        return CLI_USAGE;
    }
    with_id.value[OPT_INPUT] = NULL; /* not lines of one resource */
    if (!options->value[OPT_IMPORT])
        choose_id(&with_id, hex);
    int code = desk_csv_open(input, &sekisho__v1__import_row__descriptor, "registration", &import.csv);
    if (code == CLI_OK)
        code = desk_begin(&import.desk, &with_id, call);
    if (code == CLI_OK && options->value[OPT_IMPORT])
        code = find_beginning(&import);
    if (code == CLI_OK)
        code = open_faults(&import);
    if (code == CLI_OK)
        code = run(&import);
    for (size_t i = 0; i < import.count; i++)
        sekisho_message_free(&import.rows[i]->base);
    if (import.faults)
        fclose(import.faults);
    sekisho_stream_close(import.stream);
    desk_end(&import.desk);
    desk_csv_close(import.csv);
    return code;
}
