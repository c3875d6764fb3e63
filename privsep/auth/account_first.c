#include "auth/account_first.h"

#include <string.h>

#include "auth/access_records.h"
#include "auth/account_text.h"
#include "auth/life.h"
#include "auth/password_rules.h"

static bool fields_fit(const struct first_administrator *administrator)
{
    return life_administers(administrator->role) && account_id_valid(administrator->account) &&
           account_id_valid(administrator->terminal) && administrator->person[0] != '\0' &&
           account_text_valid(administrator->person, sizeof administrator->person) &&
           account_text_valid(administrator->organisation, sizeof administrator->organisation);
}

static bool can_log_in(const struct stored_account *account, int64_t now_us)
{
    return (account->state == ACCOUNT_ACTIVE || account->state == ACCOUNT_ISSUED) &&
           !life_temporary_over(account, now_us);
}

static int find_former(struct account_store *store, const struct account_tenant *tenant,
                       const struct first_administrator *administrator, int64_t now_us, enum first_result *result)
{
    struct stored_account account;
    char id[ACCOUNT_LEN] = {0};
    int rc;

    while ((rc = account_next(store, tenant, id, &account)) == 0) {
        if (account.role == administrator->role && can_log_in(&account, now_us))
            *result = FIRST_NOT_FIRST;
        else if (memcmp(id, administrator->account, ACCOUNT_LEN) == 0)
            *result = FIRST_EXISTS;
        else
            continue;
        break;
    }
    crypto_wipe(&account, sizeof account);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* *is_bound: the terminal is there with this certificate already. */
static int find_terminal(struct account_store *store, const struct account_tenant *tenant,
                         const struct first_administrator *administrator, bool *is_bound, enum first_result *result)
{
    struct stored_terminal terminal;
    char bound[TERMINAL_ID_LEN];
    int rc = terminal_of(store, tenant, administrator->certificate, bound);

    *is_bound = rc == 0;
    if (rc == 0 && memcmp(bound, administrator->terminal, TERMINAL_ID_LEN) != 0)
        *result = FIRST_TERMINAL;
    if (rc != MDB_NOTFOUND)
        return rc;
    rc = terminal_get(store, tenant, administrator->terminal, &terminal);
    if (rc == 0)
        *result = FIRST_TERMINAL;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int put_terminal(struct account_store *store, const struct account_tenant *tenant,
                        const struct first_administrator *administrator, int64_t now_us)
{
    struct stored_terminal terminal = {.version = 1, .kind = TERMINAL_OPERATION, .added_us = now_us};

    memcpy(terminal.certificate, administrator->certificate, CERT_HASH_LEN);
    return terminal_put(store, tenant, administrator->terminal, &terminal);
}

static int put_account(struct account_store *store, const struct account_tenant *tenant,
                       const struct first_administrator *administrator, int64_t now_us)
{
    struct stored_account account = {
        .version = 1,
        .role = administrator->role,
        .kind = ACCOUNT_ADMINISTRATOR,
        .state = ACCOUNT_ISSUED,
        .requested_us = now_us,
        .approved_us = now_us,
        .issued_us = now_us,
        .dormant_from_us = now_us,
    };

    memcpy(account.person, administrator->person, sizeof account.person);
    memcpy(account.organisation, administrator->organisation, sizeof account.organisation);
    int rc = account_ledger_line(store, tenant, &account.issue_number);
    if (rc == 0)
        rc = password_set(&account, administrator->password, administrator->password_length, true, now_us);
    if (rc == 0)
        rc = account_put(store, tenant, administrator->account, &account);
    crypto_wipe(&account, sizeof account);
    return rc;
}

static int record(struct account_store *store, struct account_tenant *tenant,
                  const struct first_administrator *administrator, int64_t now_us)
{
    struct access_entry entry = {
        .event = ACCESS_FIRST_ADMINISTRATOR, .time_us = now_us, .object_role = administrator->role};

    memcpy(entry.account, administrator->account, ACCOUNT_LEN);
    memcpy(entry.object, administrator->account, ACCOUNT_LEN);
    memcpy(entry.terminal, administrator->terminal, TERMINAL_ID_LEN);
    memcpy(entry.certificate, administrator->certificate, CERT_HASH_LEN);
    return access_append(store, tenant, &entry, NULL);
}

int account_first(struct account_store *store, struct account_tenant *tenant,
                  const struct first_administrator *administrator, uint32_t password_min_chars, int64_t now_us,
                  enum first_result *result)
{
    bool is_bound = false;
    int rc = 0;

    *result = FIRST_DONE;
    if (!fields_fit(administrator))
        *result = FIRST_BAD_FIELD;
    else if (password_fault(administrator->password, administrator->password_length, administrator->account,
                            password_min_chars) != PASSWORD_FINE)
        *result = FIRST_WEAK_PASSWORD;
    if (*result == FIRST_DONE)
        rc = find_former(store, tenant, administrator, now_us, result);
    if (rc == 0 && *result == FIRST_DONE)
        rc = find_terminal(store, tenant, administrator, &is_bound, result);
    if (rc != 0 || *result != FIRST_DONE)
        return rc;
    rc = is_bound ? 0 : put_terminal(store, tenant, administrator, now_us);
    if (rc == 0)
        rc = put_account(store, tenant, administrator, now_us);
    return rc == 0 ? record(store, tenant, administrator, now_us) : rc;
}
