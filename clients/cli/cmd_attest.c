#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "table.h"

#define CELL_LEN 64

static void hex_head(const uint8_t hash[32], char out[17])
{
    for (int i = 0; i < 8; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* One fact a line: what the process said of itself, and what the warden reads now. */
static void decimal_fact(struct table *table, enum text name, uint64_t said, uint64_t seen)
{
    char said_text[CELL_LEN], seen_text[CELL_LEN];

    snprintf(said_text, sizeof said_text, "%" PRIu64, said);
    snprintf(seen_text, sizeof seen_text, "%" PRIu64, seen);
    table_row(table, (const char *const[]){text(name), said_text, seen_text});
}

static void mask_fact(struct table *table, enum text name, uint64_t said, uint64_t seen)
{
    char said_text[CELL_LEN], seen_text[CELL_LEN];

    snprintf(said_text, sizeof said_text, "0x%" PRIx64, said);
    snprintf(seen_text, sizeof seen_text, "0x%" PRIx64, seen);
    table_row(table, (const char *const[]){text(name), said_text, seen_text});
}

/* What only the process can say. */
static void said_fact(struct table *table, enum text name, const char *said)
{
    table_row(table, (const char *const[]){text(name), said, ""});
}

static void add_reported_facts(struct table *table, const struct sekisho_process *process)
{
    char hash[17], said[3 * CELL_LEN];

    hex_head(process->filter_sha256, hash);
    snprintf(said, sizeof said, "%" PRIu32 ", %s...", process->filter_rows, hash);
    said_fact(table, TEXT_FACT_FILTER, said);
    hex_head(process->frame_rules_sha256, hash);
    snprintf(said, sizeof said, "%s...", hash);
    said_fact(table, TEXT_FACT_FRAMES, said);
    snprintf(said, sizeof said, "ABI %" PRIu32 ", fs 0x%" PRIx64 ", net 0x%" PRIx64 ", scope 0x%" PRIx64,
             process->landlock_abi, process->landlock_fs, process->landlock_net, process->landlock_scope);
    said_fact(table, TEXT_FACT_LANDLOCK, said);
    said_fact(table, TEXT_FACT_DESCRIPTORS, count_text(process->open_descriptors));
    said_fact(table, TEXT_FACT_DUMPABLE, count_text(process->dumpable));
    said_fact(table, TEXT_FACT_MDWE, count_text(process->memory_deny_write_execute));
}

static void add_facts(struct table *table, const struct sekisho_process *process)
{
    const struct sekisho_process_view *said = &process->reported, *seen = &process->observed;

    decimal_fact(table, TEXT_FACT_UID, said->uid, seen->uid);
    decimal_fact(table, TEXT_FACT_GID, said->gid, seen->gid);
    decimal_fact(table, TEXT_FACT_GROUPS, said->supplementary_groups, seen->supplementary_groups);
    decimal_fact(table, TEXT_FACT_THREADS, said->threads, seen->threads);
    decimal_fact(table, TEXT_FACT_NO_NEW_PRIVS, said->no_new_privs, seen->no_new_privs);
    decimal_fact(table, TEXT_FACT_SECCOMP, said->seccomp_mode, seen->seccomp_mode);
    decimal_fact(table, TEXT_FACT_FILTERS, said->seccomp_filters, seen->seccomp_filters);
    mask_fact(table, TEXT_FACT_EFFECTIVE, said->effective_capabilities, seen->effective_capabilities);
    mask_fact(table, TEXT_FACT_PERMITTED, said->permitted_capabilities, seen->permitted_capabilities);
    mask_fact(table, TEXT_FACT_INHERITABLE, said->inheritable_capabilities, seen->inheritable_capabilities);
    mask_fact(table, TEXT_FACT_BOUNDING, said->bounding_capabilities, seen->bounding_capabilities);
    mask_fact(table, TEXT_FACT_AMBIENT, said->ambient_capabilities, seen->ambient_capabilities);
    decimal_fact(table, TEXT_FACT_LOCKED, said->locked_kib, seen->locked_kib);
    add_reported_facts(table, process);
}

static void print_process(const struct sekisho_process *process)
{
    struct table table;
    char pid[16];

    snprintf(pid, sizeof pid, "%" PRIu32, process->pid);
    putchar('\n');
    SAY(stdout, process->agrees ? TEXT_PROCESS_AGREES : TEXT_PROCESS_DISAGREES, process->name, pid);
    if (process->sanitized)
        SAY(stdout, TEXT_PROCESS_SANITIZED);
    table_start(&table, 3);
    table_row(&table,
              (const char *const[]){text(TEXT_COLUMN_FACT), text(TEXT_COLUMN_REPORTED), text(TEXT_COLUMN_OBSERVED)});
    add_facts(&table, process);
    table_print(&table, stdout);
    fputs(text(TEXT_STEPS), stdout);
    for (size_t i = 0; i < process->step_count; i++)
        printf("%s%s", i > 0 ? " > " : " ", process->steps[i]);
    putchar('\n');
}

static json_t *view_json(const struct sekisho_process_view *view)
{
    const struct {
        const char *name;
        uint64_t value;
    } facts[] = {
        {"uid", view->uid},
        {"gid", view->gid},
        {"supplementary_groups", view->supplementary_groups},
        {"threads", view->threads},
        {"no_new_privs", view->no_new_privs},
        {"seccomp_mode", view->seccomp_mode},
        {"seccomp_filters", view->seccomp_filters},
        {"effective_capabilities", view->effective_capabilities},
        {"permitted_capabilities", view->permitted_capabilities},
        {"inheritable_capabilities", view->inheritable_capabilities},
        {"bounding_capabilities", view->bounding_capabilities},
        {"ambient_capabilities", view->ambient_capabilities},
        {"locked_kib", view->locked_kib},
    };
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        json_object_set_new(object, facts[i].name, json_integer((json_int_t)facts[i].value));
    return object;
}

static void print_json(const struct sekisho_attestation *attestation)
{
    json_t *processes = json_array();

    for (size_t i = 0; i < attestation->process_count; i++) {
        const struct sekisho_process *process = &attestation->processes[i];
        json_array_append_new(
            processes, json_pack("{s:s, s:I, s:b, s:b, s:I, s:o, s:o}", "process", process->name, "pid",
                                 (json_int_t)process->pid, "agrees", (int)process->agrees, "sanitized",
                                 (int)process->sanitized, "filter_rows", (json_int_t)process->filter_rows, "reported",
                                 view_json(&process->reported), "observed", view_json(&process->observed)));
    }
    json_t *object = json_pack("{s:b, s:b, s:o}", "good", (int)attestation->good, "user_namespace",
                               (int)attestation->user_namespace, "processes", processes);
    if (!object)
        abort();
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_text(const struct sekisho_attestation *attestation)
{
    SAY(stdout, attestation->good ? TEXT_ATTESTATION_GOOD : TEXT_ATTESTATION_BAD);
    if (attestation->user_namespace)
        SAY(stdout, TEXT_ATTESTATION_USER_NAMESPACE);
    for (size_t i = 0; i < attestation->process_count; i++)
        print_process(&attestation->processes[i]);
}

int cmd_attest(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_attestation *attestation = NULL;
    struct sekisho_error error;

    int code = connect_to_server(options, &client);
    if (code == CLI_OK && sekisho_get_attestation(client, &attestation, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK) {
        (options->value[OPT_JSON] ? print_json : print_text)(attestation);
        if (options->value[OPT_CHECK] && !attestation->good)
            code = CLI_SOME_REFUSED;
    }
    sekisho_attestation_free(attestation);
    sekisho_disconnect(client);
    return code;
}
