#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "table.h"

/* Names for JSON and texts for a person; an unknown one is of a newer server. */
static const struct {
    const char *name;
    enum text text;
} rotations[] = {
    [SEKISHO_ROTATION_NONE] = {"none", TEXT_ROTATION_NONE},
    [SEKISHO_ROTATION_RUNNING] = {"running", TEXT_ROTATION_RUNNING},
    [SEKISHO_ROTATION_WAITING] = {"waiting", TEXT_ROTATION_WAITING},
    [SEKISHO_ROTATION_HALTED] = {"halted", TEXT_ROTATION_HALTED},
};

static size_t rotation_of(const struct sekisho_prefecture_status *prefecture)
{
    return (size_t)prefecture->rotation < sizeof rotations / sizeof rotations[0] ? prefecture->rotation
                                                                                 : SEKISHO_ROTATION_RUNNING;
}

static json_t *prefecture_json(const struct sekisho_prefecture_status *prefecture)
{
    return json_pack("{s:s, s:I, s:I, s:i, s:i, s:s, s:I, s:I}", "name", prefecture->name, "subjects",
                     (json_int_t)prefecture->subjects, "ledger_leaves", (json_int_t)prefecture->ledger_leaves,
                     "record_key_version", (int)prefecture->record_key_version, "index_key_version",
                     (int)prefecture->index_key_version, "rotation", rotations[rotation_of(prefecture)].name,
                     "rotated_rows", (json_int_t)prefecture->rotated_rows, "rotating_rows",
                     (json_int_t)prefecture->rotating_rows);
}

static void print_json(const struct sekisho_system_status *status)
{
    json_t *prefectures = json_array();

    for (size_t i = 0; i < status->prefecture_count; i++)
        json_array_append_new(prefectures, prefecture_json(&status->prefectures[i]));
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

static void table_prefecture(struct table *table, const struct sekisho_prefecture_status *prefecture)
{
    char keys[32], *rotation = NULL;
    size_t length;
    FILE *stream = open_memstream(&rotation, &length);

    if (!stream)
        abort();
    say(stream, rotations[rotation_of(prefecture)].text,
        (const char *const[]){count_text(prefecture->rotated_rows), count_text(prefecture->rotating_rows), NULL});
    fclose(stream);
    rotation[strcspn(rotation, "\n")] = '\0';
    snprintf(keys, sizeof keys, "%u / %u", prefecture->record_key_version, prefecture->index_key_version);
    table_row(table, (const char *const[]){prefecture->name, count_text(prefecture->subjects),
                                           count_text(prefecture->ledger_leaves), keys, rotation});
    free(rotation);
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
    table_start(&table, 5);
    table_row(&table,
              (const char *const[]){text(TEXT_COLUMN_PREFECTURE), text(TEXT_COLUMN_SUBJECTS), text(TEXT_COLUMN_LEAVES),
                                    text(TEXT_COLUMN_KEYS), text(TEXT_COLUMN_ROTATION)});
    for (size_t i = 0; i < status->prefecture_count; i++)
        table_prefecture(&table, &status->prefectures[i]);
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
