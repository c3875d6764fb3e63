/* account list and show, session list: pages are read as the table grows. */
#include <inttypes.h>
#include <stdio.h>

#include "account_json.h"
#include "account_options.h"
#include "ledger_job.h"
#include "table.h"

#define LIMIT_DEFAULT 1000
/* Rows of one table: its heading takes one. */
#define TABLE_ENTRIES (TABLE_ROWS_MAX - 1)

struct listing {
    const struct options *options;
    struct sekisho_client *client;
    struct sekisho_session *session;
    struct sekisho_list *list;
    struct table table;
    void (*heading)(struct table *table);
    uint64_t shown, limit;
};

static void accounts_heading(struct table *table)
{
    table_start(table, 8);
    table_row(table, (const char *const[]){text(TEXT_COLUMN_ACCOUNT), text(TEXT_COLUMN_ROLE), text(TEXT_COLUMN_STATE),
                                           text(TEXT_COLUMN_PERSON), text(TEXT_COLUMN_ORGANISATION),
                                           text(TEXT_COLUMN_LAST_DAY), text(TEXT_COLUMN_SECOND_FACTOR),
                                           text(TEXT_COLUMN_LAST_LOGIN)});
}

/* ID払出名簿 (F098) */
static void id_ledger_heading(struct table *table)
{
    table_start(table, 8);
    table_row(table,
              (const char *const[]){text(TEXT_COLUMN_ISSUE_NUMBER), text(TEXT_COLUMN_ACCOUNT), text(TEXT_COLUMN_ROLE),
                                    text(TEXT_COLUMN_PERSON), text(TEXT_COLUMN_ISSUED), text(TEXT_COLUMN_ISSUED_BY),
                                    text(TEXT_COLUMN_RETURNED), text(TEXT_COLUMN_INSPECTED)});
}

static void sessions_heading(struct table *table)
{
    table_start(table, 5);
    table_row(table,
              (const char *const[]){text(TEXT_COLUMN_ACCOUNT), text(TEXT_COLUMN_ROLE), text(TEXT_COLUMN_TERMINAL),
                                    text(TEXT_COLUMN_OPENED), text(TEXT_COLUMN_LAST_USED)});
}

static void add_row(struct listing *listing, const char *const *cells)
{
    if (listing->table.rows > TABLE_ENTRIES) {
        table_print(&listing->table, stdout);
        listing->heading(&listing->table);
    }
    table_row(&listing->table, cells);
}

static void add_account(struct listing *listing, const struct sekisho_account *account)
{
    char until[DATE_TEXT_LEN], login[MINUTE_TEXT_LEN];

    date_format(account->until, until);
    minute_format(account->last_login_us, login);
    add_row(listing, (const char *const[]){account->account, sekisho_role_name(account->role),
                                           sekisho_account_state_name(account->state), account->person,
                                           account->organisation, until, account->second_factor ? "TOTP" : "-", login});
}

static void add_id_line(struct listing *listing, const struct sekisho_account *account)
{
    char number[24] = "-", issued[MINUTE_TEXT_LEN], returned[MINUTE_TEXT_LEN], inspected[MINUTE_TEXT_LEN];

    if (account->issue_number > 0)
        snprintf(number, sizeof number, "%" PRIu64, account->issue_number);
    minute_format(account->issued_us, issued);
    minute_format(account->returned_us, returned);
    minute_format(account->inspected_us, inspected);
    add_row(listing,
            (const char *const[]){number, account->account, sekisho_role_name(account->role), account->person, issued,
                                  account->issued_by[0] ? account->issued_by : "-", returned, inspected});
}

static enum sekisho_status list_accounts(struct listing *listing, struct sekisho_error *error)
{
    struct sekisho_account account;
    bool more = true;

    while (listing->shown < listing->limit) {
        enum sekisho_status status = sekisho_next_account(listing->list, &account, &more, error);
        if (status != SEKISHO_OK || !more)
            return status;
        listing->shown++;
        if (listing->options->value[OPT_JSON])
            json_line(account_json(&account));
        else if (listing->options->value[OPT_FULL])
            add_id_line(listing, &account);
        else
            add_account(listing, &account);
    }
    return SEKISHO_OK;
}

static enum sekisho_status list_sessions(struct listing *listing, struct sekisho_error *error)
{
    struct sekisho_live_session row;
    char opened[MINUTE_TEXT_LEN], used[MINUTE_TEXT_LEN];
    bool more = true;

    while (listing->shown < listing->limit) {
        enum sekisho_status status = sekisho_next_session(listing->list, &row, &more, error);
        if (status != SEKISHO_OK || !more)
            return status;
        listing->shown++;
        minute_format(row.opened_us, opened);
        minute_format(row.last_used_us, used);
        if (listing->options->value[OPT_JSON])
            json_line(live_session_json(&row));
        else
            add_row(listing, (const char *const[]){row.account, sekisho_role_name(row.role),
                                                   row.terminal[0] ? row.terminal : "-", opened, used});
    }
    return SEKISHO_OK;
}

static int begin(struct listing *listing, const struct options *options)
{
    listing->options = options;
    if (options_number(options, OPT_LIMIT, 1, 1000000, LIMIT_DEFAULT, &listing->limit) < 0)
        return CLI_USAGE;
    return resume_session(options, &listing->client, &listing->session);
}

/* Prints the list to its end or its limit. */
static int print(struct listing *listing, enum sekisho_status (*rows)(struct listing *, struct sekisho_error *))
{
    struct sekisho_error error;
    bool json = listing->options->value[OPT_JSON] != NULL;

    if (!json)
        listing->heading(&listing->table);
    enum sekisho_status status = rows(listing, &error);
    if (!json)
        table_print(&listing->table, stdout);
    if (status != SEKISHO_OK)
        return report_error(&error);
    if (!listing->options->value[OPT_QUIET])
        SAY(stderr, listing->shown == listing->limit ? TEXT_LISTED_LIMIT : TEXT_LISTED, count_text(listing->shown));
    return CLI_OK;
}

static int finish(struct listing *listing, int code)
{
    sekisho_list_free(listing->list);
    sekisho_session_free(listing->session);
    sekisho_disconnect(listing->client);
    return code;
}

static int filter_of(const struct options *options, struct sekisho_account_filter *filter)
{
    filter->account = options->value[OPT_ACCOUNT];
    int code = role_option(options, &filter->role);
    return code == CLI_OK ? state_option(options, &filter->state) : code;
}

int cmd_account_list(const struct options *options)
{
    struct listing listing = {.heading = options->value[OPT_FULL] ? id_ledger_heading : accounts_heading};
    struct sekisho_account_filter filter = {0};
    struct sekisho_error error;

    int code = filter_of(options, &filter);
    if (code == CLI_OK)
        code = begin(&listing, options);
    if (code == CLI_OK && sekisho_list_accounts(listing.session, &filter, &listing.list, &error) != SEKISHO_OK)
        code = report_error(&error);
    return finish(&listing, code == CLI_OK ? print(&listing, list_accounts) : code);
}

int cmd_session_list(const struct options *options)
{
    struct listing listing = {.heading = sessions_heading};
    struct sekisho_error error;

    int code = begin(&listing, options);
    if (code == CLI_OK && sekisho_list_sessions(listing.session, &listing.list, &error) != SEKISHO_OK)
        code = report_error(&error);
    return finish(&listing, code == CLI_OK ? print(&listing, list_sessions) : code);
}

/* One's own account, or another by its id. */
static int find_account(struct listing *listing, struct sekisho_account *account)
{
    const struct sekisho_account_filter filter = {.account = listing->options->value[OPT_ACCOUNT]};
    struct sekisho_error error;
    bool more = false;

    if (!filter.account)
        return sekisho_own_account(listing->session, account, &error) == SEKISHO_OK ? CLI_OK : report_error(&error);
    if (sekisho_list_accounts(listing->session, &filter, &listing->list, &error) != SEKISHO_OK ||
        sekisho_next_account(listing->list, account, &more, &error) != SEKISHO_OK)
        return report_error(&error);
    if (!more)
        SAY(stderr, TEXT_NO_SUCH_ACCOUNT, filter.account);
    return more ? CLI_OK : CLI_SOME_REFUSED;
}

int cmd_account_show(const struct options *options)
{
    struct listing listing = {0};
    struct sekisho_account account;

    int code = begin(&listing, options);
    if (code == CLI_OK)
        code = find_account(&listing, &account);
    if (code == CLI_OK)
        account_show(options, &account);
    return finish(&listing, code);
}
