/* Account calls that move an account along its life (F090-F094, F098, INV-14, INV-20). */
#include <string.h>

#include "auth/account_text.h"
#include "auth/account_work.h"
#include "auth/lockout.h"
#include "auth/otp.h"
#include "auth/password_rules.h"
#include "crypto/hash.h"

static int put_subject(struct account_work *work)
{
    work_result(work, ACCOUNT_DONE);
    return account_put(work->store, work->tenant, work->call->account, &work->subject);
}

/* With DONE in reply->result the account is there. */
static int load_subject(struct account_work *work)
{
    int rc = account_get(work->store, work->tenant, work->call->account, &work->subject);

    if (rc == MDB_NOTFOUND)
        return work_result(work, ACCOUNT_UNKNOWN);
    if (rc != 0)
        return rc;
    work->object_role = work->subject.role;
    return work_result(work, ACCOUNT_DONE);
}

static bool loaded(const struct account_work *work)
{
    return work->reply->result == ACCOUNT_DONE;
}

static bool same_person(const struct stored_account *a, const struct stored_account *b)
{
    return memcmp(a->person, b->person, sizeof a->person) == 0 &&
           memcmp(a->organisation, b->organisation, sizeof a->organisation) == 0;
}

/* Whoever gives an administrator's account its power, or a password, could use it: OWN alone (F090). To ask for one
 * gives none. */
static bool may_empower(const struct account_work *work, uint16_t role)
{
    return work->actor->role == ROLE_OWN || !life_administers(role);
}

/* The former step's account, if it is there still, belongs to another person than the actor's. */
static int by_another(struct account_work *work, const char former[ACCOUNT_LEN], bool *another)
{
    struct stored_account account;

    *another = false;
    if (memcmp(former, work->actor->account, ACCOUNT_LEN) == 0)
        return 0;
    int rc = account_get(work->store, work->tenant, former, &account);
    *another = rc == MDB_NOTFOUND || (rc == 0 && !same_person(&account, &work->own));
    crypto_wipe(&account, sizeof account);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static bool step(struct account_work *work, enum life_event event)
{
    uint16_t next = life_next(event, work->subject.state);

    if (next == 0) {
        work_result(work, ACCOUNT_WRONG_STATE);
        return false;
    }
    work->subject.state = next;
    return true;
}

/* Loads the account and takes it a step that gives power back: by a role that may, and not by its own holder. */
static int step_up(struct account_work *work, enum life_event event)
{
    int rc = load_subject(work);

    if (rc != 0 || !loaded(work))
        return rc;
    if (!may_empower(work, work->subject.role))
        return work_result(work, ACCOUNT_NOT_PERMITTED);
    if (same_person(&work->subject, &work->own))
        return work_result(work, ACCOUNT_SAME_PERSON);
    step(work, event);
    return 0;
}

/* Loads the account, takes it a step that takes power away, and ends its sessions. */
static int step_down(struct account_work *work, enum life_event event)
{
    int rc = load_subject(work);

    if (rc != 0 || !loaded(work) || !step(work, event))
        return rc;
    sessions_end_account(work->sessions, work->tenant->id, work->call->account, ACCESS_SESSION_TERMINATED);
    return 0;
}

/* Whether another account of this person and role lives (F091, F094, F102). */
static int find_twin(struct account_work *work, bool *found)
{
    struct stored_account other;
    char id[ACCOUNT_LEN] = {0};
    int rc = 0;

    *found = false;
    while (!*found && (rc = account_next(work->store, work->tenant, id, &other)) == 0)
        *found =
            other.role == work->subject.role && other.state != ACCOUNT_RETURNED && same_person(&other, &work->subject);
    crypto_wipe(&other, sizeof other);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static void fill_request(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    struct stored_account *account = &work->subject;

    *account = (struct stored_account){
        .version = 1,
        .role = call->role,
        .kind = call->kind,
        .state = life_next(LIFE_REQUEST, 0),
        .until = call->until,
        .requested_us = work->now_us,
    };
    memcpy(account->requested_by, work->actor->account, ACCOUNT_LEN);
    memcpy(account->person, call->person, sizeof account->person);
    memcpy(account->organisation, call->organisation, sizeof account->organisation);
    memcpy(account->purpose, call->note, sizeof account->purpose);
}

int life_request(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    bool twin;

    work->object_role = call->role;
    if (!life_kind_fits(call->kind, call->role))
        return work_bad_field(work, CALL_FIELD(kind));
    if (call->until == 0 ? life_kind_ends(call->kind) : call->until < date_in_japan(work->now_us))
        return work_bad_field(work, CALL_FIELD(until));
    int rc = account_get(work->store, work->tenant, call->account, &work->subject);
    if (rc == 0) /* ids are never given out again (F098) */
        return work_result(work, ACCOUNT_EXISTS);
    if (rc != MDB_NOTFOUND)
        return rc;
    fill_request(work);
    rc = find_twin(work, &twin);
    if (rc != 0)
        return rc;
    return twin ? work_result(work, ACCOUNT_EXISTS) : put_subject(work);
}

int life_approve(struct account_work *work)
{
    bool another = false;
    int rc = step_up(work, LIFE_APPROVE);

    if (rc != 0 || !loaded(work))
        return rc;
    rc = by_another(work, work->subject.requested_by, &another);
    if (rc != 0)
        return rc;
    if (!another)
        return work_result(work, ACCOUNT_SAME_PERSON);
    work->subject.approved_us = work->now_us;
    memcpy(work->subject.approved_by, work->actor->account, ACCOUNT_LEN);
    return put_subject(work);
}

/* A temporary password for whoever hands it over (F098); the account is to be used from now on. */
static int give_temporary(struct account_work *work)
{
    struct account_reply_plain *reply = work->reply;

    password_temporary(reply->temporary);
    reply->temporary_length = TEMPORARY_LEN;
    work->subject.dormant_from_us = work->now_us;
    return password_set(&work->subject, reply->temporary, TEMPORARY_LEN, true, work->now_us);
}

int life_issue(struct account_work *work)
{
    int rc = load_subject(work);

    if (rc != 0 || !loaded(work))
        return rc;
    if (!may_empower(work, work->subject.role))
        return work_result(work, ACCOUNT_NOT_PERMITTED);
    if (!step(work, LIFE_ISSUE))
        return 0;
    if (life_contract_over(&work->subject, work->now_us))
        return work_result(work, ACCOUNT_WRONG_STATE);
    rc = account_ledger_line(work->store, work->tenant, &work->subject.issue_number);
    if (rc == 0)
        rc = give_temporary(work);
    if (rc != 0)
        return rc;
    work->subject.issued_us = work->now_us;
    memcpy(work->subject.issued_by, work->actor->account, ACCOUNT_LEN);
    return put_subject(work);
}

int life_reset_password(struct account_work *work)
{
    int rc = step_up(work, LIFE_RESET);

    if (rc != 0 || !loaded(work))
        return rc;
    rc = give_temporary(work);
    if (rc != 0)
        return rc;
    work->subject.otp_state = OTP_NONE;
    work->subject.otp_last_step = 0;
    crypto_wipe(work->subject.otp_secret, sizeof work->subject.otp_secret);
    lockout_clear(&work->subject);
    sessions_end_account(work->sessions, work->tenant->id, work->call->account, ACCESS_SESSION_TERMINATED);
    return put_subject(work);
}

int life_lock(struct account_work *work)
{
    int rc = step_down(work, LIFE_LOCK);

    return rc == 0 && loaded(work) ? put_subject(work) : rc;
}

int life_suspend(struct account_work *work)
{
    int rc = step_down(work, LIFE_SUSPEND);

    return rc == 0 && loaded(work) ? put_subject(work) : rc;
}

/* What only its holder's logins needed is forgotten; the line of the ledger stays. */
int life_return(struct account_work *work)
{
    struct stored_account *account = &work->subject;
    int rc = step_down(work, LIFE_RETURN);

    if (rc != 0 || !loaded(work))
        return rc;
    account->returned_us = work->now_us;
    account->former_count = 0;
    account->otp_state = OTP_NONE;
    crypto_wipe(account->otp_secret, sizeof account->otp_secret);
    crypto_wipe(&account->hash, sizeof account->hash);
    crypto_wipe(account->former, sizeof account->former);
    return put_subject(work);
}

static int back_in_use(struct account_work *work)
{
    lockout_clear(&work->subject);
    work->subject.dormant_from_us = work->now_us;
    life_activate(&work->subject, work->rules);
    return put_subject(work);
}

/* Of an account that is not LOCKED yet it ends the delay that bad logins have brought. */
int life_unlock(struct account_work *work)
{
    int rc = step_up(work, LIFE_UNLOCK);

    if (rc != 0)
        return rc;
    bool delayed = life_next(LIFE_LOCK, work->subject.state) != 0 && lockout_delayed(&work->subject, work->now_us);
    if (work->reply->result == ACCOUNT_WRONG_STATE && delayed) {
        lockout_clear(&work->subject);
        return put_subject(work);
    }
    return loaded(work) ? back_in_use(work) : 0;
}

int life_resume(struct account_work *work)
{
    uint32_t until = work->call->until;
    int rc = step_up(work, LIFE_RESUME);

    if (rc != 0 || !loaded(work))
        return rc;
    if (until != 0)
        work->subject.until = until;
    if (life_contract_over(&work->subject, work->now_us))
        return work_bad_field(work, CALL_FIELD(until));
    return back_in_use(work);
}

int life_inspect(struct account_work *work)
{
    int rc = load_subject(work);

    if (rc != 0 || !loaded(work))
        return rc;
    if (work->subject.issue_number == 0)
        return work_result(work, ACCOUNT_WRONG_STATE);
    work->subject.inspected_us = work->now_us;
    memcpy(work->subject.inspected_by, work->actor->account, ACCOUNT_LEN);
    memcpy(work->subject.inspection, work->call->note, sizeof work->subject.inspection);
    return put_subject(work);
}
