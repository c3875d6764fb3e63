/*
 * record rights: who could use numbers in a period, and from which terminals. Every record is read and compared with
 * its leaf, and the signed root is computed again: nothing that would change the answer has been left out.
 */
#include <stdio.h>
#include <string.h>

#include "account_options.h"
#include "ledger_job.h"
#include "record_rights.h"
#include "table.h"

#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)
#define DAY_US        (86400 * (int64_t)1000000)

struct reading {
    struct rights rights;
    uint64_t leaves, records;
};

static enum sekisho_status on_leaf(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                   const struct sekisho_access_record *record, struct sekisho_error *error)
{
    struct reading *reading = user;

    (void)index, (void)leaf_hash, (void)error;
    reading->leaves++;
    reading->records += record != NULL;
    if (record)
        rights_take(&reading->rights, record);
    return SEKISHO_OK;
}

/* A day from --from on when --until is not given. */
static int period_of(const struct options *options, struct rights *rights)
{
    if (!option_needed(options, OPT_FROM, "--from"))
        return CLI_USAGE;
    int code = time_option(options, OPT_FROM, "--from", &rights->start_us);
    rights->end_us = rights->start_us + DAY_US;
    if (code == CLI_OK)
        code = time_option(options, OPT_UNTIL, "--until", &rights->end_us);
    if (code == CLI_OK && rights->end_us <= rights->start_us) {
        SAY(stderr, TEXT_BAD_PERIOD);
        code = CLI_USAGE;
    }
    return code;
}

/* Terminals that the account logged in from, as "counter-1, counter-2"; "-" for none. */
static void places_of(const struct rights *rights, const char *account, char *out, size_t size)
{
    size_t used = 0;

    snprintf(out, size, "-");
    for (size_t i = 0; i < rights->place_count && used < size; i++) {
        const struct login_place *place = &rights->places[i];
        if (strcmp(place->account, account) == 0)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", place->terminal);
    }
}

/* ---- as a table ---- */

static void start_accounts(struct table *table)
{
    table_start(table, 4);
    table_row(table, (const char *const[]){text(TEXT_COLUMN_ACCOUNT), text(TEXT_COLUMN_ROLE),
                                           text(TEXT_COLUMN_UNTIL_NOW), text(TEXT_COLUMN_LOGINS)});
}

static uint64_t print_accounts(const struct rights *rights)
{
    struct table table = {0};
    uint64_t count = 0;
    char places[256];

    start_accounts(&table);
    for (size_t i = 0; i < rights->account_count; i++) {
        const struct account_right *account = &rights->accounts[i];
        if (!account->could)
            continue;
        if (table.rows > TABLE_ENTRIES) {
            table_print(&table, stdout);
            start_accounts(&table);
        }
        count++;
        places_of(rights, account->account, places, sizeof places);
        table_row(&table, (const char *const[]){
                              account->account, sekisho_role_name(account->role),
                              text(right_now(rights, account) ? TEXT_RIGHTS_STILL : TEXT_RIGHTS_NO_MORE), places});
    }
    table_print(&table, stdout);
    return count;
}

static void print_terminals(const struct rights *rights)
{
    for (size_t i = 0; i < rights->terminal_count; i++)
        if (rights->terminals[i].could)
            printf("  %s\n", rights->terminals[i].terminal);
}

static void print(const struct options *options, const struct rights *rights)
{
    char start[TIME_TEXT_LEN], end[TIME_TEXT_LEN];

    SAY(stdout, TEXT_RIGHTS_ACCOUNTS);
    if (print_accounts(rights) == 0)
        SAY(stdout, TEXT_RIGHTS_NONE);
    SAY(stdout, TEXT_RIGHTS_TERMINALS);
    print_terminals(rights);
    time_format(rights->start_us, start);
    time_format(rights->end_us, end);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_RIGHTS_WHO_DID, start, end);
}

/* ---- as JSON ---- */

static json_t *places_json(const struct rights *rights, const char *account)
{
    json_t *places = json_array();

    for (size_t i = 0; i < rights->place_count; i++)
        if (strcmp(rights->places[i].account, account) == 0)
            json_array_append_new(places, json_string(rights->places[i].terminal));
    return places;
}

static void print_json(const struct rights *rights)
{
    for (size_t i = 0; i < rights->account_count; i++) {
        const struct account_right *account = &rights->accounts[i];
        if (account->could)
            json_line(json_pack("{s:s, s:s, s:b, s:I, s:o}", "account", account->account, "role",
                                sekisho_role_name(account->role), "at_the_end", (int)right_now(rights, account),
                                "logins", (json_int_t)account->logins, "logged_in_from",
                                places_json(rights, account->account)));
    }
    for (size_t i = 0; i < rights->terminal_count; i++)
        if (rights->terminals[i].could)
            json_line(json_pack("{s:s, s:b}", "terminal", rights->terminals[i].terminal, "at_the_end",
                                (int)rights->terminals[i].listed));
}

int cmd_record_rights(const struct options *options)
{
    struct reading reading = {0};
    struct ledger_job job = {0};
    struct sekisho_error error;
    int code = period_of(options, &reading.rights);

    if (code == CLI_OK)
        code = ledger_begin(options, SEKISHO_LEDGER_ACCESS, true, &job);
    if (code == CLI_OK &&
        sekisho_access_walk(job.client, job.session, &job.head, on_leaf, &reading, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_RECORD_ALL, count_text(reading.leaves), count_text(reading.records));
    if (code == CLI_OK) {
        rights_finish(&reading.rights);
        if (options->value[OPT_JSON])
            print_json(&reading.rights);
        else
            print(options, &reading.rights);
    }
    rights_free(&reading.rights);
    ledger_end(&job);
    return code;
}
