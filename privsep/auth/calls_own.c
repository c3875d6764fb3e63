/* Account calls about one's own account. */
#include <errno.h>
#include <string.h>

#include "auth/account_work.h"
#include "auth/login_check.h"
#include "auth/otp.h"
#include "auth/password_rules.h"
#include "crypto/hash.h"

static int put_own(struct account_work *work)
{
    return account_put(work->store, work->tenant, work->actor->account, &work->own);
}

/* Whoever sits down at another's open session must not guess the password faster than at a login. */
static int check_password(struct account_work *work, bool *right)
{
    const struct account_call_plain *call = work->call;
    bool closed = false;

    lockout_settle(&work->own, work->rules, work->now_us);
    *right = !lockout_delayed(&work->own, work->now_us) &&
             password_verify(call->password, call->password_length, &work->own.hash);
    if (*right)
        return 0;
    work_result(work, ACCOUNT_WRONG_PASSWORD);
    if (lockout_delayed(&work->own, work->now_us))
        return put_own(work);
    int rc =
        login_charge(work->store, work->tenant, work->rules, work->actor->account, &work->own, work->now_us, &closed);
    if (closed)
        sessions_end_account(work->sessions, work->tenant->id, work->actor->account, ACCESS_SESSION_TERMINATED);
    return rc;
}

static int find_fault(struct account_work *work, enum password_fault *fault)
{
    const struct account_call_plain *call = work->call;
    bool used = false;

    *fault = password_fault(call->new_password, call->new_password_length, work->actor->account,
                            work->rules->password_min_chars);
    if (*fault != PASSWORD_FINE)
        return 0;
    int rc = password_was_used(&work->own, call->new_password, call->new_password_length, work->rules->password_history,
                               &used);
    if (used)
        *fault = PASSWORD_USED;
    return rc;
}

int own_change_password(struct account_work *work)
{
    const struct account_call_plain *call = work->call;
    enum password_fault fault = PASSWORD_FINE;
    bool right;

    int rc = check_password(work, &right);
    if (rc != 0 || !right)
        return rc;
    rc = find_fault(work, &fault);
    if (rc != 0)
        return rc;
    if (fault != PASSWORD_FINE) {
        work->reply->field = (uint16_t)fault;
        return work_result(work, ACCOUNT_WEAK_PASSWORD);
    }
    rc = password_set(&work->own, call->new_password, call->new_password_length, false, work->now_us);
    if (rc != 0)
        return rc;
    lockout_clear(&work->own);
    life_activate(&work->own, work->rules);
    work_result(work, ACCOUNT_DONE);
    return put_own(work);
}

int own_agree_terms(struct account_work *work)
{
    const struct account_rules *rules = work->rules;

    if (rules->terms_version == 0 || work->call->terms_version != rules->terms_version ||
        memcmp(work->call->digest, rules->terms_digest, sizeof rules->terms_digest) != 0)
        return work_result(work, ACCOUNT_WRONG_TERMS);
    work->own.terms_version = rules->terms_version;
    life_activate(&work->own, rules);
    work_result(work, ACCOUNT_DONE);
    return put_own(work);
}

int own_show(struct account_work *work)
{
    struct account_row row;

    account_row_fill(&row, work->actor->account, &work->own);
    work_add_row(work, &row, sizeof row);
    return work_result(work, ACCOUNT_DONE);
}

/* A second factor in use goes with a new temporary password only: whoever has lost it goes to an administrator. */
int own_enroll_otp(struct account_work *work)
{
    bool right;

    if (work->own.otp_state == OTP_IN_USE)
        return work_result(work, ACCOUNT_WRONG_STATE);
    int rc = check_password(work, &right);
    if (rc != 0 || !right)
        return rc;
    crypto_random(work->reply->otp_secret, OTP_SECRET_LEN);
    if (otp_seal(work->store, work->tenant->id, work->actor->account, work->reply->otp_secret, work->own.otp_secret) !=
        0)
        return EACCES;
    work->own.otp_state = OTP_ENROLLED;
    work->own.otp_last_step = 0;
    work_result(work, ACCOUNT_DONE);
    return put_own(work);
}

int own_confirm_otp(struct account_work *work)
{
    uint8_t secret[OTP_SECRET_LEN];

    if (work->own.otp_state != OTP_ENROLLED)
        return work_result(work, ACCOUNT_WRONG_STATE);
    if (otp_open(work->store, work->tenant->id, work->actor->account, work->own.otp_secret, secret) != 0)
        return EACCES;
    bool right = otp_accept(secret, work->call->otp, work->now_us, &work->own.otp_last_step);
    crypto_wipe(secret, sizeof secret);
    if (!right)
        return work_result(work, ACCOUNT_WRONG_OTP);
    work->own.otp_state = OTP_IN_USE;
    work_result(work, ACCOUNT_DONE);
    return put_own(work);
}
