/* One account, all of it: what `account show` prints, and `--json` of the list. */
#include <inttypes.h>

#include "account_json.h"
#include "account_options.h"
#include "ledger_job.h"
#include "table.h"

static void fact(struct table *table, enum text name, const char *value)
{
    table_row(table, (const char *const[]){text(name), value[0] != '\0' ? value : "-"});
}

/* When a step was done, and by whom. */
static void step(struct table *table, enum text name, int64_t us, const char *by)
{
    char when[MINUTE_TEXT_LEN], both[MINUTE_TEXT_LEN + SEKISHO_ACCOUNT_MAX + 4];

    minute_format(us, when);
    snprintf(both, sizeof both, "%s%s%s%s", when, by[0] ? " (" : "", by, by[0] ? ")" : "");
    fact(table, name, both);
}

static void show_table(const struct sekisho_account *account)
{
    struct table table;
    char number[24], until[DATE_TEXT_LEN], terms[16] = "";

    snprintf(number, sizeof number, "%" PRIu64, account->issue_number);
    if (account->terms_version > 0)
        snprintf(terms, sizeof terms, "%u", account->terms_version);
    date_format(account->until, until);
    table_start(&table, 2);
    table_row(&table, (const char *const[]){text(TEXT_COLUMN_ACCOUNT), account->account});
    fact(&table, TEXT_COLUMN_ROLE, sekisho_role_name(account->role));
    fact(&table, TEXT_COLUMN_KIND, sekisho_account_kind_name(account->kind));
    fact(&table, TEXT_COLUMN_STATE, sekisho_account_state_name(account->state));
    fact(&table, TEXT_COLUMN_PERSON, account->person);
    fact(&table, TEXT_COLUMN_ORGANISATION, account->organisation);
    fact(&table, TEXT_COLUMN_ACCOUNT_PURPOSE, account->purpose);
    fact(&table, TEXT_COLUMN_LAST_DAY, until);
    fact(&table, TEXT_COLUMN_ISSUE_NUMBER, account->issue_number > 0 ? number : "");
    step(&table, TEXT_COLUMN_REQUESTED, account->requested_us, account->requested_by);
    step(&table, TEXT_COLUMN_APPROVED, account->approved_us, account->approved_by);
    step(&table, TEXT_COLUMN_ISSUED, account->issued_us, account->issued_by);
    step(&table, TEXT_COLUMN_RETURNED, account->returned_us, "");
    step(&table, TEXT_COLUMN_INSPECTED, account->inspected_us, account->inspected_by);
    fact(&table, TEXT_COLUMN_INSPECTION, account->inspection);
    fact(&table, TEXT_COLUMN_TERMS, terms);
    fact(&table, TEXT_COLUMN_SECOND_FACTOR, account->second_factor ? "TOTP" : "");
    step(&table, TEXT_COLUMN_LAST_LOGIN, account->last_login_us, "");
    step(&table, TEXT_COLUMN_DELAYED_UNTIL, account->locked_until_us, "");
    table_print(&table, stdout);
}

void account_show(const struct options *options, const struct sekisho_account *account)
{
    if (options->value[OPT_JSON])
        json_line(account_json(account));
    else
        show_table(account);
}
