/* Shared by the functions that do account calls (calls_*.c); of no use elsewhere. */
#ifndef SEKISHO_AUTH_ACCOUNT_WORK_H
#define SEKISHO_AUTH_ACCOUNT_WORK_H

#include "auth/account_calls.h"
#include "auth/account_fields.h"
#include "auth/life.h"

/* Rows that a list looks at in one call, so that logins do not wait for it. */
#define SCAN_ROWS 2048

struct account_work {
    struct account_store *store;
    struct account_tenant *tenant;
    struct sessions *sessions;
    const struct account_rules *rules;
    const struct session_entry *actor;
    int64_t now_us;
    const struct account_call_plain *call;
    struct account_reply_plain *reply;
    struct stored_account own;     /* of the actor */
    struct stored_account subject; /* acted on */
    uint16_t object_role;          /* for the leaf: of the account acted on */
};

/* Writes reply->result and all that goes with it. 0, or a code as account_call's. */
typedef int account_handler(struct account_work *work);

account_handler own_change_password, own_agree_terms, own_show, own_enroll_otp, own_confirm_otp;
account_handler life_request, life_approve, life_issue, life_lock, life_unlock, life_suspend, life_resume, life_return,
    life_reset_password, life_inspect;
account_handler lists_accounts, lists_sessions, sessions_end_one;
account_handler terminals_add, terminals_remove, terminals_list;
account_handler records_list, records_review;

static inline int work_result(struct account_work *work, enum account_result result)
{
    work->reply->result = (uint16_t)result;
    return 0;
}

static inline int work_bad_field(struct account_work *work, uint16_t field)
{
    work->reply->field = field;
    return work_result(work, ACCOUNT_BAD_FIELD);
}

/* Puts a row behind those that the reply has. False when there is no more room, or as many as were asked for. */
bool work_add_row(struct account_work *work, const void *row, size_t length);

void account_row_fill(struct account_row *row, const char id[ACCOUNT_LEN], const struct stored_account *account);

#endif
