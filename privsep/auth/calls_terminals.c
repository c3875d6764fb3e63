/* Account calls about the terminals that may log in (F097, INV-14). */
#include <string.h>

#include "auth/account_work.h"

int terminals_add(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    struct stored_terminal terminal;
    char bound[TERMINAL_ID_LEN];

    int rc = terminal_get(work->store, work->tenant, call->terminal, &terminal);
    if (rc == MDB_NOTFOUND)
        rc = terminal_of(work->store, work->tenant, call->digest, bound);
    if (rc == 0) /* one that was removed keeps its id: the records name it */
        return work_result(work, ACCOUNT_EXISTS);
    if (rc != MDB_NOTFOUND)
        return rc;
    terminal = (struct stored_terminal){.version = 1, .kind = call->kind, .added_us = work->now_us};
    memcpy(terminal.added_by, work->actor->account, ACCOUNT_LEN);
    memcpy(terminal.certificate, call->digest, CERT_HASH_LEN);
    memcpy(terminal.place, call->note, sizeof terminal.place);
    work_result(work, ACCOUNT_DONE);
    return terminal_put(work->store, work->tenant, call->terminal, &terminal);
}

int terminals_remove(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    struct stored_terminal terminal;

    int rc = terminal_get(work->store, work->tenant, call->terminal, &terminal);
    if (rc == MDB_NOTFOUND)
        return work_result(work, ACCOUNT_UNKNOWN);
    if (rc != 0)
        return rc;
    /* The terminal that this comes from stays: the last one cannot be removed, and somebody can always come in. */
    if (terminal.removed_us != 0 || memcmp(call->terminal, work->actor->terminal, TERMINAL_ID_LEN) == 0)
        return work_result(work, ACCOUNT_WRONG_STATE);
    terminal.removed_us = work->now_us;
    sessions_end_terminal(work->sessions, work->tenant->id, call->terminal, ACCESS_SESSION_TERMINATED);
    work_result(work, ACCOUNT_DONE);
    return terminal_put(work->store, work->tenant, call->terminal, &terminal);
}

static void fill_row(struct terminal_row *row, const char id[TERMINAL_ID_LEN], const struct stored_terminal *terminal)
{
    *row = (struct terminal_row){
        .kind = terminal->kind,
        .removed = terminal->removed_us != 0,
        .added_us = terminal->added_us,
        .removed_us = terminal->removed_us,
    };
    memcpy(row->terminal, id, TERMINAL_ID_LEN);
    memcpy(row->added_by, terminal->added_by, ACCOUNT_LEN);
    memcpy(row->certificate, terminal->certificate, CERT_HASH_LEN);
    memcpy(row->place, terminal->place, sizeof row->place);
}

int terminals_list(struct account_work *work)
{
    const char *one = work->call->terminal;
    char id[TERMINAL_ID_LEN], last[TERMINAL_ID_LEN];
    struct stored_terminal terminal;
    struct terminal_row row;
    int rc;

    work_result(work, ACCOUNT_DONE);
    memcpy(id, work->call->next, sizeof id);
    for (;;) {
        memcpy(last, id, sizeof last);
        rc = terminal_next(work->store, work->tenant, id, &terminal);
        if (rc != 0)
            return rc == MDB_NOTFOUND ? 0 : rc;
        if (one[0] != '\0' && memcmp(one, id, TERMINAL_ID_LEN) != 0)
            continue;
        fill_row(&row, id, &terminal);
        if (work_add_row(work, &row, sizeof row))
            continue;
        memcpy(work->reply->next, last, sizeof last);
        return 0;
    }
}
