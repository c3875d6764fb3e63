#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "table.h"

static void print_json(const struct sekisho_system_status *status)
{
    json_t *prefectures = json_array();

    for (size_t i = 0; i < status->prefecture_count; i++)
        json_array_append_new(prefectures, json_pack("{s:s, s:I, s:I}", "name", status->prefectures[i].name, "subjects",
                                                     (json_int_t)status->prefectures[i].subjects, "ledger_leaves",
                                                     (json_int_t)status->prefectures[i].ledger_leaves));
    json_t *object = json_pack("{s:s, s:I, s:I, s:i, s:b, s:i, s:o}", "version", status->version, "start_us",
                               (json_int_t)status->start_us, "uptime_ms", (json_int_t)status->uptime_ms, "restarts",
                               (int)status->restarts, "vault_available", (int)status->vault_available, "sessions",
                               (int)status->sessions, "prefectures", prefectures);
    if (!object)
        abort();
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_table(const struct sekisho_system_status *status)
{
    struct table table;
    char started[32];
    time_t seconds = (time_t)(status->start_us / 1000000);
    struct tm local;

    strftime(started, sizeof started, "%Y-%m-%d %H:%M:%S %z", localtime_r(&seconds, &local));
    SAY(stdout, TEXT_STATUS_HEAD, status->version, started, count_text((unsigned long long)status->uptime_ms / 1000),
        count_text(status->restarts));
    SAY(stdout, status->vault_available ? TEXT_STATUS_VAULT : TEXT_STATUS_NO_VAULT, count_text(status->sessions));
    table_start(&table, 3);
    table_row(&table, (const char *const[]){text(TEXT_COLUMN_PREFECTURE), text(TEXT_COLUMN_SUBJECTS),
                                            text(TEXT_COLUMN_LEAVES)});
    for (size_t i = 0; i < status->prefecture_count; i++)
        table_row(&table,
                  (const char *const[]){status->prefectures[i].name, count_text(status->prefectures[i].subjects),
                                        count_text(status->prefectures[i].ledger_leaves)});
    if (status->prefecture_count > 0)
        table_print(&table, stdout);
}

int cmd_status(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_system_status *status = NULL;
    struct sekisho_error error;

    int code = connect_to_server(options, &client);
    if (code == CLI_OK && sekisho_get_status(client, &status, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK) {
        (options->value[OPT_JSON] ? print_json : print_table)(status);
        if (options->value[OPT_CHECK] && !status->vault_available)
            code = CLI_SOME_REFUSED;
    }
    sekisho_system_status_free(status);
    sekisho_disconnect(client);
    return code;
}
