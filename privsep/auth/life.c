#include "auth/life.h"

#include "auth/account_text.h"
#include "auth/otp.h"

#define DAY_US    (86400 * INT64_C(1000000))
#define AT(state) (1u << ACCOUNT_##state)
#define NOWHERE   1u /* state 0 */
#define OPENED    (AT(ISSUED) | AT(ACTIVE))
#define LIVING    (AT(REQUESTED) | AT(APPROVED) | OPENED | AT(LOCKED) | AT(SUSPENDED))

/* Back in use is ISSUED, and ACTIVE at once if nothing is left to be done: terms may have changed in between. */
static const struct way {
    uint16_t from, to;
} ways[LIFE_EVENT_END] = {
    [LIFE_REQUEST] = {NOWHERE, ACCOUNT_REQUESTED},
    [LIFE_APPROVE] = {AT(REQUESTED), ACCOUNT_APPROVED},
    [LIFE_ISSUE] = {AT(APPROVED), ACCOUNT_ISSUED},
    [LIFE_ACTIVATE] = {AT(ISSUED), ACCOUNT_ACTIVE},
    [LIFE_LOCK] = {OPENED, ACCOUNT_LOCKED},
    [LIFE_UNLOCK] = {AT(LOCKED), ACCOUNT_ISSUED},
    [LIFE_SUSPEND] = {OPENED | AT(LOCKED), ACCOUNT_SUSPENDED},
    [LIFE_RESUME] = {AT(SUSPENDED), ACCOUNT_ISSUED},
    [LIFE_RESET] = {OPENED, ACCOUNT_ISSUED},
    [LIFE_RETURN] = {LIVING, ACCOUNT_RETURNED},
    [LIFE_DORMANT] = {OPENED, ACCOUNT_SUSPENDED},
    [LIFE_CONTRACT_ENDED] = {OPENED | AT(LOCKED), ACCOUNT_SUSPENDED},
};

#define R(code)        (1u << ROLE_##code)
#define ADMINISTRATORS (R(OWN) | R(ADM))
#define MACHINES       (R(SYS) | R(TPV))
#define CONTRACTORS    (R(REC) | R(CSH) | R(CRT) | R(CEN) | R(OPS)) /* do not decide, do not administer */
#define OFFICERS       (CONTRACTORS | R(REV) | R(APR) | R(JUK) | R(NWO) | R(PRV) | R(AUD))

/* HLD, the holder, comes through the portal and has no account. */
static const uint32_t kind_roles[ACCOUNT_KIND_END] = {
    [ACCOUNT_OFFICER] = OFFICERS,
    [ACCOUNT_ADMINISTRATOR] = ADMINISTRATORS,
    [ACCOUNT_CONTRACTOR] = CONTRACTORS,
    [ACCOUNT_MACHINE] = MACHINES,
};

uint16_t life_next(enum life_event event, uint16_t from)
{
    return from < ACCOUNT_STATE_END && (ways[event].from >> from & 1) ? ways[event].to : 0;
}

bool life_kind_fits(uint16_t kind, uint16_t role)
{
    return kind < ACCOUNT_KIND_END && role < ROLE_COUNT && (kind_roles[kind] >> role & 1);
}

bool life_kind_ends(uint16_t kind)
{
    return kind == ACCOUNT_CONTRACTOR;
}

bool life_administers(uint16_t role)
{
    return role < ROLE_COUNT && (ADMINISTRATORS >> role & 1);
}

uint16_t life_duties(const struct stored_account *account, const struct account_rules *rules)
{
    uint16_t duties = account->must_change ? WELCOME_CHANGE_PASSWORD : 0;

    if (account->terms_version != rules->terms_version && rules->terms_version != 0)
        duties |= WELCOME_AGREE_TERMS;
    if ((rules->otp_roles >> account->role & 1) && account->otp_state != OTP_IN_USE)
        duties |= WELCOME_ENROLL_OTP;
    return duties;
}

void life_activate(struct stored_account *account, const struct account_rules *rules)
{
    uint16_t next = life_next(LIFE_ACTIVATE, account->state);

    if (next != 0 && !(life_duties(account, rules) & (WELCOME_CHANGE_PASSWORD | WELCOME_AGREE_TERMS)))
        account->state = next;
}

bool life_contract_over(const struct stored_account *account, int64_t now_us)
{
    return account->until != 0 && date_in_japan(now_us) > account->until;
}

bool life_temporary_over(const struct stored_account *account, int64_t now_us)
{
    return account->must_change && now_us - account->password_set_us > TEMPORARY_DAYS * DAY_US;
}
