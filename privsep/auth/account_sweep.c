#include "auth/account_sweep.h"

#include <string.h>

#include "auth/access_records.h"
#include "auth/life.h"
#include "crypto/hash.h"

#define DAY_US (86400 * INT64_C(1000000))

static bool dormant(const struct stored_account *account, const struct account_rules *rules, int64_t now_us)
{
    return now_us - account->dormant_from_us > rules->dormant_days * DAY_US;
}

/* The state that the account is due for, and the event that says why; 0: none. */
static uint16_t due_state(const struct stored_account *account, const struct account_rules *rules, int64_t now_us,
                          uint16_t *event)
{
    uint16_t next = life_next(LIFE_CONTRACT_ENDED, account->state);

    *event = ACCESS_CONTRACT_ENDED;
    if (next != 0 && life_contract_over(account, now_us))
        return next;
    next = life_next(LIFE_DORMANT, account->state);
    *event = ACCESS_DORMANT;
    return next != 0 && dormant(account, rules, now_us) ? next : 0;
}

int account_expire(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                   const char id[ACCOUNT_LEN], struct stored_account *account, int64_t now_us, bool *due)
{
    struct access_entry entry = {.role = account->role, .time_us = now_us};
    uint16_t next = due_state(account, rules, now_us, &entry.event);

    *due = next != 0;
    if (!*due)
        return 0;
    account->state = next;
    memcpy(entry.account, id, ACCOUNT_LEN);
    int rc = account_put(store, tenant, id, account);
    return rc == 0 ? access_append(store, tenant, &entry, NULL) : rc;
}

int account_sweep(struct account_store *store, struct account_tenant *tenant, const struct account_rules *rules,
                  struct sessions *sessions, int64_t now_us)
{
    struct stored_account account;
    char id[ACCOUNT_LEN] = {0};
    bool due;
    int rc;

    while ((rc = account_next(store, tenant, id, &account)) == 0) {
        rc = account_expire(store, tenant, rules, id, &account, now_us, &due);
        if (rc != 0)
            break;
        if (due)
            sessions_end_account(sessions, tenant->id, id, ACCESS_SESSION_TERMINATED);
    }
    crypto_wipe(&account, sizeof account);
    return rc == MDB_NOTFOUND ? 0 : rc;
}
