#include "auth/account_calls.h"

#include <string.h>

#include "auth/access_calls.h"
#include "auth/access_records.h"
#include "auth/account_text.h"
#include "auth/account_work.h"
#include "auth/duties.h"
#include "crypto/hash.h"

static account_handler *const handlers[] = {
    [ACCOUNT_CHANGE_PASSWORD] = own_change_password,
    [ACCOUNT_AGREE_TERMS] = own_agree_terms,
    [ACCOUNT_SHOW_OWN] = own_show,
    [ACCOUNT_ENROLL_OTP] = own_enroll_otp,
    [ACCOUNT_CONFIRM_OTP] = own_confirm_otp,
    [ACCOUNT_REQUEST] = life_request,
    [ACCOUNT_APPROVE] = life_approve,
    [ACCOUNT_ISSUE] = life_issue,
    [ACCOUNT_LOCK] = life_lock,
    [ACCOUNT_UNLOCK] = life_unlock,
    [ACCOUNT_SUSPEND] = life_suspend,
    [ACCOUNT_RESUME] = life_resume,
    [ACCOUNT_RETURN] = life_return,
    [ACCOUNT_RESET_PASSWORD] = life_reset_password,
    [ACCOUNT_INSPECT] = life_inspect,
    [ACCOUNT_LIST] = lists_accounts,
    [ACCOUNT_LIST_SESSIONS] = lists_sessions,
    [ACCOUNT_END_SESSION] = sessions_end_one,
    [TERMINAL_ADD] = terminals_add,
    [TERMINAL_REMOVE] = terminals_remove,
    [TERMINAL_LIST] = terminals_list,
    [ACCESS_LIST] = records_list,
    [ACCESS_REVIEW] = records_review,
};

static bool padded(const char *text, size_t length, size_t size)
{
    return length <= size && crypto_all_zero(text + length, size - length);
}

bool account_call_well_formed(const struct account_call_plain *call)
{
    return call->version == 1 && duty_known(call->operation) && call->zero == 0 && call->zero2 == 0 &&
           crypto_all_zero(call->zero3, sizeof call->zero3) &&
           padded(call->password, call->password_length, sizeof call->password) &&
           padded(call->new_password, call->new_password_length, sizeof call->new_password);
}

int records_list(struct account_work *work)
{
    enum account_result result;
    int rc = access_list(work->store, work->tenant, work->call, work->reply, &result);

    return rc == 0 ? work_result(work, result) : rc;
}

int records_review(struct account_work *work)
{
    enum account_result result;
    int rc = access_review(work->call, work->now_us, work->reply, &result);

    return rc == 0 ? work_result(work, result) : rc;
}

bool work_add_row(struct account_work *work, const void *row, size_t length)
{
    struct account_reply_plain *reply = work->reply;
    size_t most = sizeof reply->rows / length;

    if (work->call->count != 0 && work->call->count < most)
        most = work->call->count;
    if (reply->count >= most)
        return false;
    memcpy(reply->rows + reply->count * length, row, length);
    reply->row_length = (uint16_t)length;
    reply->count++;
    return true;
}

/* The session was opened for this account as it then was: what has changed since holds, too. */
static bool actor_may(const struct account_work *work)
{
    const struct stored_account *own = &work->own;
    bool in = own->state == ACCOUNT_ISSUED || own->state == ACCOUNT_ACTIVE;
    bool fresh = work->actor->fresh || own->state != ACCOUNT_ACTIVE || life_duties(own, work->rules) != 0;

    return in && own->role == work->actor->role && !life_contract_over(own, work->now_us) &&
           duty_permits(work->call->operation, work->actor->role, fresh);
}

static int decide(struct account_work *work)
{
    if (!actor_may(work))
        return work_result(work, ACCOUNT_NOT_PERMITTED);
    if (account_fields_check(work->call, &work->reply->field) != ACCOUNT_DONE)
        return work_result(work, ACCOUNT_BAD_FIELD);
    return handlers[work->call->operation](work);
}

/* Only what has the form of an id or a text gets into the records; a refused call may hold anything. */
static int record(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    const char *object = account_id_valid(call->account) ? call->account : call->terminal;
    struct access_entry entry = {
        .event = ACCESS_OPERATION,
        .role = work->actor->role,
        .operation = call->operation,
        .result = work->reply->result,
        .count = call->operation == ACCESS_REVIEW ? call->count : 0,
        .time_us = work->now_us,
        .from_us = call->from_us,
        .until_us = call->until_us,
        .object_role = work->object_role,
    };

    memcpy(entry.session, work->actor->id, SESSION_ID_LEN);
    memcpy(entry.account, work->actor->account, ACCOUNT_LEN);
    memcpy(entry.terminal, work->actor->terminal, TERMINAL_ID_LEN);
    memcpy(entry.certificate, work->actor->certificate, CERT_HASH_LEN);
    if (account_id_valid(object))
        memcpy(entry.object, object, ACCOUNT_LEN);
    int rc = access_append(work->store, work->tenant, &entry,
                           account_text_valid(call->note, sizeof call->note) ? call->note : NULL);
    work->reply->access_index = entry.index;
    return rc;
}

int account_call(struct account_store *store, struct sessions *sessions, const struct account_rules *rules,
                 const struct session_entry *actor, int64_t now_us, const struct account_call_plain *call,
                 struct account_reply_plain *reply)
{
    struct account_work work = {
        .store = store,
        .tenant = account_store_tenant(store, actor->tenant),
        .sessions = sessions,
        .rules = rules,
        .actor = actor,
        .now_us = now_us,
        .call = call,
        .reply = reply,
    };

    *reply = (struct account_reply_plain){.version = 1, .operation = call->operation};
    int rc = work.tenant ? account_get(store, work.tenant, actor->account, &work.own) : MDB_NOTFOUND;
    if (rc == MDB_NOTFOUND) /* a session's account is never deleted */
        rc = MDB_CORRUPTED;
    if (rc == 0)
        rc = decide(&work);
    if (rc == 0)
        rc = record(&work);
    crypto_wipe(&work, sizeof work);
    return rc;
}
