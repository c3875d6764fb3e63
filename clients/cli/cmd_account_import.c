/* account import: an account is requested for each row of a CSV file, and each row gets a row of the result. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "account_options.h"
#include "csv.h"

enum column { ACCOUNT, ROLE, PERSON, ORGANISATION, PURPOSE, KIND, UNTIL, COLUMNS };

/* Header names: English, and as a Japanese office would write them. */
static const struct {
    const char *name, *japanese;
    bool needed;
} columns[COLUMNS] = {
    [ACCOUNT] = {"account", "アカウント", true}, [ROLE] = {"role", "役割", true},
    [PERSON] = {"person", "氏名", true},         [ORGANISATION] = {"organisation", "所属", true},
    [PURPOSE] = {"purpose", "用途", true},       [KIND] = {"kind", "種別", false},
    [UNTIL] = {"until", "期限", false},
};

struct import {
    const struct options *options;
    struct sekisho_client *client;
    struct sekisho_session *session;
    FILE *output;
    int input;
    struct csv_reader *csv;
    int at[COLUMNS]; /* of the column in a row, -1: not there */
    size_t width;    /* of the header */
    uint64_t rows, good;
};

static int find_column(const struct csv_row *header, enum column column)
{
    for (size_t i = 0; i < header->count; i++)
        if (strcasecmp(header->field[i], columns[column].name) == 0 ||
            strcmp(header->field[i], columns[column].japanese) == 0)
            return (int)i;
    return -1;
}

static int read_header(struct import *import)
{
    struct csv_row header;
    enum csv_result result = csv_next(import->csv, &header);

    if (result != CSV_ROW) {
        SAY(stderr, result == CSV_END ? TEXT_INPUT_EMPTY : result == CSV_NUL ? TEXT_INPUT_NOT_UTF8 : TEXT_HEADER_BAD);
        return CLI_USAGE;
    }
    import->width = header.count;
    for (int i = 0; i < COLUMNS; i++) {
        import->at[i] = find_column(&header, (enum column)i);
        if (import->at[i] < 0 && columns[i].needed) {
            SAY(stderr, TEXT_COLUMN_NOT_IN_HEADER, columns[i].name, columns[i].japanese);
            return CLI_USAGE;
        }
    }
    return CLI_OK;
}

static const char *field(const struct import *import, const struct csv_row *row, enum column column)
{
    return import->at[column] < 0 ? "" : row->field[import->at[column]];
}

/* What a row asks for. False: *error says what is wrong with the row; nothing is to be sent. */
static bool request_of(const struct import *import, const struct csv_row *row, struct sekisho_account_request *request,
                       struct sekisho_error *error)
{
    const char *kind = field(import, row, KIND), *wrong = NULL;

    *request = (struct sekisho_account_request){.account = field(import, row, ACCOUNT),
                                                .role = sekisho_role_of(field(import, row, ROLE)),
                                                .kind = *kind ? sekisho_account_kind_of(kind) : SEKISHO_OFFICER,
                                                .person = field(import, row, PERSON),
                                                .organisation = field(import, row, ORGANISATION),
                                                .purpose = field(import, row, PURPOSE)};
    if (request->role == 0)
        wrong = columns[ROLE].name;
    else if (request->kind == 0)
        wrong = columns[KIND].name;
    else if (!day_parse(field(import, row, UNTIL), &request->until))
        wrong = columns[UNTIL].name;
    if (wrong) {
        *error = (struct sekisho_error){.status = SEKISHO_ERROR_ARGUMENT, .retry_ms = -1, .reason = "BAD_FIELD"};
        snprintf(error->message, sizeof error->message, "%s", text_in(TEXT_ROW_BAD_FIELD, LANGUAGE_EN));
        snprintf(error->message_ja, sizeof error->message_ja, "%s", text_in(TEXT_ROW_BAD_FIELD, LANGUAGE_JA));
        snprintf(error->field, sizeof error->field, "%s", wrong);
    }
    return wrong == NULL;
}

static void write_row(struct import *import, const char *account, const char *outcome,
                      const struct sekisho_error *error)
{
    char number[24], explanation[sizeof error->message_ja + sizeof error->field + 4] = "";

    if (error->status != SEKISHO_OK)
        snprintf(explanation, sizeof explanation, "%s%s%s", error->field, error->field[0] ? ": " : "",
                 language() == LANGUAGE_JA ? error->message_ja : error->message);
    snprintf(number, sizeof number, "%llu", (unsigned long long)import->rows);
    if (import->options->value[OPT_JSON]) {
        json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s}", "row", (json_int_t)import->rows, "account", account,
                                   "outcome", outcome, "reason", error->reason, "explanation", explanation);
        if (!object)
            abort();
        json_dumpf(object, import->output, JSON_COMPACT);
        fputc('\n', import->output);
        json_decref(object);
        return;
    }
    csv_write_row(import->output, (const char *const[]){number, account, outcome, error->reason, explanation}, 5);
}

/* CLI_OK also for a row that is refused; else there is no use in going on. */
static int import_row(struct import *import, const struct csv_row *row, enum csv_result result)
{
    struct sekisho_account_request request;
    struct sekisho_error error = {.status = SEKISHO_OK};

    import->rows++;
    if (result != CSV_ROW || row->count != import->width || !csv_is_utf8(row)) {
        error = (struct sekisho_error){.status = SEKISHO_ERROR_ARGUMENT, .reason = "BAD_ROW"};
        snprintf(error.message, sizeof error.message, "%s", text_in(TEXT_ROW_BAD, LANGUAGE_EN));
        snprintf(error.message_ja, sizeof error.message_ja, "%s", text_in(TEXT_ROW_BAD, LANGUAGE_JA));
        write_row(import, "", "NOT_SENT", &error);
        return CLI_OK;
    }
    const char *account = field(import, row, ACCOUNT);
    if (!request_of(import, row, &request, &error)) {
        write_row(import, account, "NOT_SENT", &error);
        return CLI_OK;
    }
    switch (sekisho_request_account(import->session, &request, &error)) {
    case SEKISHO_OK:
        import->good++;
        write_row(import, account, "REQUESTED", &(struct sekisho_error){.status = SEKISHO_OK});
        return CLI_OK;
    case SEKISHO_ERROR_ARGUMENT:
        write_row(import, account, "NOT_SENT", &error);
        return CLI_OK;
    case SEKISHO_ERROR_REFUSED:
        write_row(import, account, "REFUSED", &error);
        return exit_code_of(&error) == CLI_NOT_AUTHENTICATED ? report_error(&error) : CLI_OK;
    default:
        write_row(import, account, "NOT_ANSWERED", &error);
        return report_error(&error);
    }
}

static int import_rows(struct import *import)
{
    struct csv_row row;
    enum csv_result result;
    int code = CLI_OK;

    if (!import->options->value[OPT_JSON])
        fputs("row,account,outcome,reason,explanation\r\n", import->output);
    while (code == CLI_OK && (result = csv_next(import->csv, &row)) != CSV_END && result != CSV_UNREADABLE)
        code = import_row(import, &row, result);
    if (fflush(import->output) != 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, import->options->value[OPT_OUTPUT], strerror(errno));
        return CLI_USAGE;
    }
    if (!import->options->value[OPT_QUIET])
        SAY(stderr, TEXT_IMPORTED, count_text(import->rows), count_text(import->good));
    return code != CLI_OK ? code : import->good == import->rows ? CLI_OK : CLI_SOME_REFUSED;
}

static int open_files(struct import *import)
{
    const char *input = option_needed(import->options, OPT_INPUT, "--input");
    const char *output = import->options->value[OPT_OUTPUT];

    if (!input)
        return CLI_USAGE;
    import->input = strcmp(input, "-") == 0 ? dup(STDIN_FILENO) : open(input, O_RDONLY | O_CLOEXEC);
    if (import->input < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, input, strerror(errno));
        return CLI_USAGE;
    }
    if (!(import->csv = csv_open(import->input)))
        abort();
    int out = output ? open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(STDOUT_FILENO);
    if (out < 0 || !(import->output = fdopen(out, "w"))) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, output ? output : "-", strerror(errno));
        return CLI_USAGE;
    }
    return CLI_OK;
}

int cmd_account_import(const struct options *options)
{
    struct import import = {.options = options, .input = -1};

    int code = open_files(&import);
    if (code == CLI_OK)
        code = read_header(&import);
    if (code == CLI_OK)
        code = resume_session(options, &import.client, &import.session);
    if (code == CLI_OK)
        code = import_rows(&import);
    if (import.output)
        fclose(import.output);
    csv_close(import.csv);
    if (import.input >= 0)
        close(import.input);
    sekisho_session_free(import.session);
    sekisho_disconnect(import.client);
    return code;
}
