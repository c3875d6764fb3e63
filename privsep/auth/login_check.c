#include "auth/login_check.h"

#include <errno.h>
#include <string.h>

#include "auth/access_records.h"
#include "auth/account_sweep.h"
#include "auth/account_text.h"
#include "auth/life.h"
#include "auth/otp.h"
#include "crypto/hash.h"

/* Of one login. */
struct check {
    struct account_store *store;
    struct account_tenant *tenant;
    const struct account_rules *rules;
    const struct login_attempt *attempt;
    struct login_grant *grant;
    struct stored_account account;
    bool exists, at_terminal;
};

static void fill_entry(struct access_entry *entry, const struct login_attempt *attempt,
                       const struct stored_account *account)
{
    *entry = (struct access_entry){.time_us = attempt->now_us};
    memcpy(entry->certificate, attempt->certificate, CERT_HASH_LEN);
    if (account) {
        entry->role = account->role;
        memcpy(entry->account, attempt->plain->account, ACCOUNT_LEN);
    }
}

/* An id that is none by its form may be a password in the wrong place: it is not kept. */
int login_record_refusal(struct account_store *store, struct account_tenant *tenant,
                         const struct login_attempt *attempt, const struct stored_account *account,
                         enum login_refusal refusal)
{
    struct access_entry entry;
    int rc;

    fill_entry(&entry, attempt, account);
    entry.event = ACCESS_LOGIN_FAILED;
    entry.result = (uint16_t)refusal;
    if (account_id_valid(attempt->plain->account))
        memcpy(entry.object, attempt->plain->account, ACCOUNT_LEN);
    rc = terminal_of(store, tenant, attempt->certificate, entry.terminal);
    return rc == 0 || rc == MDB_NOTFOUND ? access_append(store, tenant, &entry, NULL) : rc;
}

static int record_login(struct check *check)
{
    struct access_entry entry;

    fill_entry(&entry, check->attempt, &check->account);
    entry.event = ACCESS_LOGIN;
    memcpy(entry.session, check->attempt->session, SESSION_ID_LEN);
    memcpy(entry.terminal, check->grant->terminal, TERMINAL_ID_LEN);
    return access_append(check->store, check->tenant, &entry, NULL);
}

int login_charge(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                 const char id[ACCOUNT_LEN], struct stored_account *account, int64_t now_us, bool *closed)
{
    struct access_entry entry = {.event = ACCESS_LOCKED, .role = account->role, .time_us = now_us};
    uint16_t next = life_next(LIFE_LOCK, account->state);

    *closed = lockout_charge(account, rules, now_us) && next != 0;
    if (*closed)
        account->state = next;
    int rc = account_put(store, tenant, id, account);
    if (rc != 0 || !*closed)
        return rc;
    memcpy(entry.account, id, ACCOUNT_LEN);
    return access_append(store, tenant, &entry, NULL);
}

/* Account and terminal; a missing one is no error here. */
static int load(struct check *check)
{
    const struct login_plain *plain = check->attempt->plain;
    int rc = MDB_NOTFOUND;

    if (account_id_valid(plain->account))
        rc = account_get(check->store, check->tenant, plain->account, &check->account);
    check->exists = rc == 0;
    if (rc == 0 || rc == MDB_NOTFOUND)
        rc = terminal_of(check->store, check->tenant, check->attempt->certificate, check->grant->terminal);
    check->at_terminal = rc == 0;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static enum login_refusal refusal_of_state(uint16_t state)
{
    static const uint8_t refusals[ACCOUNT_STATE_END] = {
        [ACCOUNT_REQUESTED] = LOGIN_REFUSAL_NOT_ISSUED, [ACCOUNT_APPROVED] = LOGIN_REFUSAL_NOT_ISSUED,
        [ACCOUNT_LOCKED] = LOGIN_REFUSAL_LOCKED,        [ACCOUNT_SUSPENDED] = LOGIN_REFUSAL_SUSPENDED,
        [ACCOUNT_RETURNED] = LOGIN_REFUSAL_RETURNED,
    };
    return (enum login_refusal)refusals[state];
}

/* What speaks against a login whatever its password: nothing of it is charged, or anybody could lock anybody out. */
static enum login_refusal refusal_before(struct check *check)
{
    if (!check->exists)
        return LOGIN_REFUSAL_ACCOUNT;
    if (!check->at_terminal)
        return LOGIN_REFUSAL_TERMINAL;
    enum login_refusal refusal = refusal_of_state(check->account.state);
    if (refusal == LOGIN_REFUSAL_NONE && lockout_delayed(&check->account, check->attempt->now_us))
        refusal = LOGIN_REFUSAL_DELAYED;
    return refusal;
}

/* The same work for all: against a hash that no password has when there is no account, or none that has a password. */
static bool verify(const struct check *check)
{
    const struct login_plain *plain = check->attempt->plain;
    struct password_hash nobody;

    crypto_random(&nobody, sizeof nobody);
    bool has_password = check->exists && check->account.password_set_us != 0;
    bool right =
        password_verify(plain->password, plain->password_length, has_password ? &check->account.hash : &nobody);
    return right && has_password;
}

/* An account without a second factor takes no code: a client that sends one believes in something that is not there. */
static bool second_factor(struct check *check)
{
    const char *code = check->attempt->plain->otp;
    uint8_t secret[OTP_SECRET_LEN];

    if (check->account.otp_state != OTP_IN_USE)
        return crypto_all_zero(code, sizeof check->attempt->plain->otp);
    if (otp_open(check->store, check->tenant->id, check->attempt->plain->account, check->account.otp_secret, secret) !=
        0)
        return false;
    bool right = otp_accept(secret, code, check->attempt->now_us, &check->account.otp_last_step);
    crypto_wipe(secret, sizeof secret);
    return right;
}

static enum login_refusal refusal_of_password(struct check *check, bool right)
{
    if (!right)
        return LOGIN_REFUSAL_PASSWORD;
    if (life_temporary_over(&check->account, check->attempt->now_us))
        return LOGIN_REFUSAL_TEMPORARY;
    return second_factor(check) ? LOGIN_REFUSAL_NONE : LOGIN_REFUSAL_OTP;
}

static int refuse(struct check *check, enum login_refusal refusal)
{
    const struct login_attempt *attempt = check->attempt;
    bool closed = false;
    int rc = 0;

    if (refusal == LOGIN_REFUSAL_PASSWORD || refusal == LOGIN_REFUSAL_OTP)
        rc = login_charge(check->store, check->tenant, check->rules, attempt->plain->account, &check->account,
                          attempt->now_us, &closed);
    else if (refusal == LOGIN_REFUSAL_DELAYED) /* what lockout_settle has changed */
        rc = account_put(check->store, check->tenant, attempt->plain->account, &check->account);
    check->grant->closed |= closed;
    if (rc != 0)
        return rc;
    return login_record_refusal(check->store, check->tenant, attempt, check->exists ? &check->account : NULL, refusal);
}

static int grant_login(struct check *check)
{
    struct stored_account *account = &check->account;
    struct login_grant *grant = check->grant;

    const struct iovec person[] = {{account->person, sizeof account->person},
                                   {account->organisation, sizeof account->organisation}};

    if (sha256_parts(person, sizeof person / sizeof person[0], grant->person) != 0)
        return EIO;
    lockout_clear(account);
    account->last_login_us = account->dormant_from_us = check->attempt->now_us;
    grant->granted = true;
    grant->role = account->role;
    grant->flags = life_duties(account, check->rules);
    int rc = account_put(check->store, check->tenant, check->attempt->plain->account, account);
    return rc == 0 ? record_login(check) : rc;
}

static int decide(struct check *check)
{
    int64_t now_us = check->attempt->now_us;
    int rc = load(check);

    if (rc == 0 && check->exists)
        rc = account_expire(check->store, check->tenant, check->rules, check->attempt->plain->account, &check->account,
                            now_us, &check->grant->closed);
    if (rc != 0)
        return rc;
    if (check->exists)
        lockout_settle(&check->account, check->rules, now_us);
    enum login_refusal refusal = refusal_before(check);
    bool right = verify(check);
    if (refusal == LOGIN_REFUSAL_NONE)
        refusal = refusal_of_password(check, right);
    return refusal == LOGIN_REFUSAL_NONE ? grant_login(check) : refuse(check, refusal);
}

int login_check(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                const struct login_attempt *attempt, struct login_grant *grant)
{
    struct check check = {.store = store, .tenant = tenant, .rules = rules, .attempt = attempt, .grant = grant};

    *grant = (struct login_grant){0};
    memcpy(grant->account, attempt->plain->account, ACCOUNT_LEN);
    int rc = decide(&check);
    if (!grant->granted)
        memset(grant->terminal, 0, sizeof grant->terminal);
    crypto_wipe(&check, sizeof check);
    return rc;
}
