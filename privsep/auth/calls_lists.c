/* Account calls that show accounts and sessions, and end sessions (F095, F098). */
#include <string.h>

#include "auth/account_work.h"
#include "auth/otp.h"

void account_row_fill(struct account_row *row, const char id[ACCOUNT_LEN], const struct stored_account *account)
{
    *row = (struct account_row){
        .role = account->role,
        .kind = account->kind,
        .state = account->state,
        .otp = account->otp_state == OTP_IN_USE,
        .until = account->until,
        .terms_version = account->terms_version,
        .issue_number = account->issue_number,
        .requested_us = account->requested_us,
        .approved_us = account->approved_us,
        .issued_us = account->issued_us,
        .returned_us = account->returned_us,
        .inspected_us = account->inspected_us,
        .last_login_us = account->last_login_us,
        .locked_until_us = account->locked_until_us,
    };
    memcpy(row->account, id, ACCOUNT_LEN);
    memcpy(row->requested_by, account->requested_by, ACCOUNT_LEN);
    memcpy(row->approved_by, account->approved_by, ACCOUNT_LEN);
    memcpy(row->issued_by, account->issued_by, ACCOUNT_LEN);
    memcpy(row->inspected_by, account->inspected_by, ACCOUNT_LEN);
    memcpy(row->person, account->person, sizeof row->person);
    memcpy(row->organisation, account->organisation, sizeof row->organisation);
    memcpy(row->purpose, account->purpose, sizeof row->purpose);
    memcpy(row->inspection, account->inspection, sizeof row->inspection);
}

static bool any_account(const struct account_call_plain *call)
{
    return call->account[0] == '\0';
}

static bool wanted(const struct account_call_plain *call, const char id[ACCOUNT_LEN],
                   const struct stored_account *account)
{
    return (any_account(call) || memcmp(call->account, id, ACCOUNT_LEN) == 0) &&
           (call->role == 0 || call->role == account->role) && (call->state == 0 || call->state == account->state);
}

static int show_one(struct account_work *work)
{
    struct account_row row;
    int rc = account_get(work->store, work->tenant, work->call->account, &work->subject);

    if (rc != 0)
        return rc == MDB_NOTFOUND ? 0 : rc;
    if (wanted(work->call, work->call->account, &work->subject)) {
        account_row_fill(&row, work->call->account, &work->subject);
        work_add_row(work, &row, sizeof row);
    }
    return 0;
}

/* Where a page ends with more rows to come: behind the last row that was looked at. */
static int show_page(struct account_work *work)
{
    char id[ACCOUNT_LEN], last[ACCOUNT_LEN];
    struct account_row row;
    int rc = 0;

    memcpy(id, work->call->next, sizeof id);
    for (unsigned seen = 0;; seen++) {
        memcpy(last, id, sizeof last);
        rc = account_next(work->store, work->tenant, id, &work->subject);
        if (rc != 0)
            return rc == MDB_NOTFOUND ? 0 : rc;
        if (seen == SCAN_ROWS)
            break;
        if (!wanted(work->call, id, &work->subject))
            continue;
        account_row_fill(&row, id, &work->subject);
        if (!work_add_row(work, &row, sizeof row))
            break;
    }
    memcpy(work->reply->next, last, sizeof last);
    return 0;
}

int lists_accounts(struct account_work *work)
{
    work_result(work, ACCOUNT_DONE);
    return any_account(work->call) ? show_page(work) : show_one(work);
}

static bool listed(const struct account_work *work, const struct session_entry *entry)
{
    return entry->state == SESSION_OPEN && entry->tenant == work->tenant->id &&
           (any_account(work->call) || memcmp(work->call->account, entry->account, ACCOUNT_LEN) == 0);
}

/* The listed session of the account that comes next after `after`; NULL at the end. An account has one at most. */
static const struct session_entry *session_after(const struct account_work *work, const char after[ACCOUNT_LEN])
{
    const struct session_entry *best = NULL;

    for (size_t i = 0; i < work->sessions->count; i++) {
        const struct session_entry *entry = &work->sessions->entries[i];
        if (listed(work, entry) && memcmp(entry->account, after, ACCOUNT_LEN) > 0 &&
            (!best || memcmp(entry->account, best->account, ACCOUNT_LEN) < 0))
            best = entry;
    }
    return best;
}

static void fill_session(struct live_session_row *row, const struct session_entry *entry)
{
    *row = (struct live_session_row){
        .role = entry->role, .opened_us = entry->opened_us, .last_used_us = entry->last_used_us};
    memcpy(row->account, entry->account, ACCOUNT_LEN);
    memcpy(row->terminal, entry->terminal, TERMINAL_ID_LEN);
}

int lists_sessions(struct account_work *work)
{
    const struct session_entry *entry;
    struct live_session_row row;
    char last[ACCOUNT_LEN];

    work_result(work, ACCOUNT_DONE);
    memcpy(last, work->call->next, sizeof last);
    while ((entry = session_after(work, last)) != NULL) {
        fill_session(&row, entry);
        if (!work_add_row(work, &row, sizeof row)) {
            memcpy(work->reply->next, last, sizeof last);
            return 0;
        }
        memcpy(last, entry->account, sizeof last);
    }
    return 0;
}

int sessions_end_one(struct account_work *work)
{
    static const char first[ACCOUNT_LEN];
    const struct session_entry *entry = session_after(work, first);

    if (!entry)
        return work_result(work, ACCOUNT_UNKNOWN);
    work->object_role = entry->role;
    sessions_end_account(work->sessions, work->tenant->id, work->call->account, ACCESS_SESSION_TERMINATED);
    return work_result(work, ACCOUNT_DONE);
}
