/* terminal add, remove and list: which client certificates may open sessions (F097). */
#include <stdio.h>
#include <string.h>

#include "account_json.h"
#include "account_options.h"
#include "ledger_job.h"
#include "table.h"

/* Rows of one table: its heading takes one. */
#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)

static int terminal_of(const struct options *options, struct sekisho_terminal *terminal)
{
    const char *id = option_needed(options, OPT_TERMINAL, "--terminal");
    const char *place = id ? option_needed(options, OPT_NOTE, "--note") : NULL;
    const char *kind = options->value[OPT_KIND], *certificate = options->value[OPT_CLIENT_CERT];
    struct sekisho_error error;

    if (!place)
        return CLI_USAGE;
    memset(terminal, 0, sizeof *terminal);
    terminal->kind = kind ? sekisho_terminal_kind_of(kind) : SEKISHO_TERMINAL_OPERATION;
    if (terminal->kind == 0) {
        SAY(stderr, TEXT_BAD_TERMINAL_KIND);
        return CLI_USAGE;
    }
    if (snprintf(terminal->terminal, sizeof terminal->terminal, "%s", id) >= (int)sizeof terminal->terminal ||
        snprintf(terminal->place, sizeof terminal->place, "%s", place) >= (int)sizeof terminal->place) {
        SAY(stderr, TEXT_TOO_LONG, strlen(id) > SEKISHO_TERMINAL_MAX ? "--terminal" : "--note");
        return CLI_USAGE;
    }
    if (certificate && sekisho_certificate_hash(certificate, terminal->certificate, &error) != SEKISHO_OK)
        return report_error(&error);
    return CLI_OK;
}

int cmd_terminal_add(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_terminal terminal;
    struct sekisho_error error;

    int code = terminal_of(options, &terminal);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK && sekisho_add_terminal(session, &terminal, &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_TERMINAL_ADDED, terminal.terminal);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

int cmd_terminal_remove(const struct options *options)
{
    const char *id = option_needed(options, OPT_TERMINAL, "--terminal");
    const char *note = id ? option_needed(options, OPT_NOTE, "--note") : NULL;
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    int code = note ? resume_session(options, &client, &session) : CLI_USAGE;
    if (code == CLI_OK && sekisho_remove_terminal(session, id, note, &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_TERMINAL_REMOVED, id);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

static void heading(struct table *table)
{
    table_start(table, 6);
    table_row(table,
              (const char *const[]){text(TEXT_COLUMN_TERMINAL), text(TEXT_COLUMN_KIND), text(TEXT_COLUMN_PLACE),
                                    text(TEXT_COLUMN_ADDED), text(TEXT_COLUMN_REMOVED), text(TEXT_COLUMN_CERTIFICATE)});
}

/* The beginning of a certificate's hash tells terminals apart; --json has all of it. */
static void certificate_format(const uint8_t hash[32], char out[24])
{
    static const uint8_t local[32];

    if (memcmp(hash, local, sizeof local) == 0)
        snprintf(out, 24, "%s", text(TEXT_LOCAL_SOCKET));
    else
        snprintf(out, 24, "%02x%02x%02x%02x%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3], hash[4], hash[5],
                 hash[6], hash[7]);
}

static void add_row(struct table *table, const struct sekisho_terminal *terminal)
{
    char added[MINUTE_TEXT_LEN], removed[MINUTE_TEXT_LEN], certificate[24];

    minute_format(terminal->added_us, added);
    minute_format(terminal->removed_us, removed);
    certificate_format(terminal->certificate, certificate);
    if (table->rows > TABLE_ENTRIES) {
        table_print(table, stdout);
        heading(table);
    }
    table_row(table, (const char *const[]){terminal->terminal, sekisho_terminal_kind_name(terminal->kind),
                                           terminal->place, added, removed, certificate});
}

static int print(const struct options *options, struct sekisho_list *list)
{
    struct sekisho_terminal terminal;
    struct sekisho_error error;
    struct table table;
    uint64_t shown = 0;
    bool more = true;
    enum sekisho_status status;

    if (!options->value[OPT_JSON])
        heading(&table);
    while ((status = sekisho_next_terminal(list, &terminal, &more, &error)) == SEKISHO_OK && more) {
        shown++;
        if (options->value[OPT_JSON])
            json_line(terminal_json(&terminal));
        else
            add_row(&table, &terminal);
    }
    if (!options->value[OPT_JSON])
        table_print(&table, stdout);
    if (status != SEKISHO_OK)
        return report_error(&error);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_LISTED, count_text(shown));
    return CLI_OK;
}

int cmd_terminal_list(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_list *list = NULL;
    struct sekisho_error error;

    int code = resume_session(options, &client, &session);
    if (code == CLI_OK && sekisho_list_terminals(session, &list, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK)
        code = print(options, list);
    sekisho_list_free(list);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
