#include "vault/budget.h"

#include <string.h>

enum kind { KIND_REFERENCE = 1, KIND_CANDIDATE, KIND_ACCOUNT, KIND_TENANT };

#define ID_MAX ACCOUNT_LEN

const uint8_t budget_nobody[REFERENCE_LEN];

struct row_key {
    uint8_t bytes[1 + ID_MAX];
    size_t length;
};

static struct row_key row_key(enum kind kind, const void *id, size_t length)
{
    struct row_key key = {.bytes = {(uint8_t)kind}, .length = 1 + length};

    if (length)
        memcpy(key.bytes + 1, id, length);
    return key;
}

static struct row_key reference_key(const uint8_t reference[REFERENCE_LEN])
{
    return row_key(KIND_REFERENCE, reference, REFERENCE_LEN);
}

static struct row_key account_key(const char account[ACCOUNT_LEN])
{
    return row_key(KIND_ACCOUNT, account, ACCOUNT_LEN);
}

static struct row_key candidate_key(const struct number_tags *number, enum key_age age)
{
    return row_key(KIND_CANDIDATE, number->under[age].candidate, NUMBER_TAG_LEN);
}

/* A row that is not there is a budget of which nothing is spent. The day of a row that is there may be over. */
static int load(const struct budget *budget, const struct row_key *name, struct stored_budget *row)
{
    MDB_val key = {name->length, (void *)name->bytes}, value;
    int rc = mdb_get(budget->store->txn, budget->session->tenant->budget, &key, &value);

    *row = (struct stored_budget){.day_began_ms = budget->now_ms};
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc != 0)
        return rc;
    if (value.mv_size != sizeof *row)
        return MDB_CORRUPTED;
    memcpy(row, value.mv_data, sizeof *row);
    if (budget->now_ms - row->day_began_ms >= BUDGET_DAY_MS) {
        row->day_spent = 0;
        row->day_began_ms = budget->now_ms;
    }
    return 0;
}

/* During a rotation a candidate's row is under one of two keys (rotation.h). */
static int load_candidate(const struct budget *budget, const struct number_tags *number, struct stored_budget *row)
{
    struct row_key current = candidate_key(number, KEY_CURRENT), former = candidate_key(number, KEY_FORMER);
    struct stored_budget old;
    int rc = load(budget, &current, row);

    if (rc != 0 || !number->former)
        return rc;
    rc = load(budget, &former, &old);
    if (rc == 0 && old.day_spent > row->day_spent)
        *row = old;
    return rc;
}

static int save(const struct budget *budget, const struct row_key *name, const struct stored_budget *row)
{
    MDB_val key = {name->length, (void *)name->bytes}, value = {sizeof *row, (void *)row};

    return store_put(budget->store, budget->session->tenant->budget, &key, &value, 0);
}

static int clear(const struct budget *budget, const struct row_key *name)
{
    MDB_val key = {name->length, (void *)name->bytes};

    return store_del(budget->store, budget->session->tenant->budget, &key);
}

static void spend(const struct budget *budget, struct stored_budget *row)
{
    row->day_spent += row->day_spent < UINT32_MAX;
    row->life_spent += row->life_spent < UINT32_MAX;
    memcpy(row->last_account, budget->session->account, ACCOUNT_LEN);
}

int budget_open(struct budget *budget, struct store *store, struct session *session, const struct guess_limits *limits)
{
    *budget = (struct budget){.store = store, .session = session, .limits = limits, .now_ms = store_clock_ms(store)};
    struct row_key account = account_key(session->account), tenant = row_key(KIND_TENANT, NULL, 0);
    int rc = load(budget, &account, &budget->account);

    return rc == 0 ? load(budget, &tenant, &budget->tenant) : rc;
}

int budget_allows(struct budget *budget, const uint8_t *reference, const struct number_tags *number, bool *allowed)
{
    const struct guess_limits *limits = budget->limits;
    struct stored_budget row;
    struct row_key key;
    int rc = 0;

    *allowed = budget->session->misses < limits->session && budget->account.day_spent < limits->account_day &&
               budget->tenant.day_spent < limits->tenant_day;
    if (reference) {
        key = reference_key(reference);
        rc = load(budget, &key, &row);
        *allowed =
            *allowed && rc == 0 && row.day_spent < limits->reference_day && row.life_spent < limits->reference_life;
    }
    if (rc == 0 && number) {
        rc = load_candidate(budget, number, &row);
        *allowed = *allowed && rc == 0 && row.day_spent < limits->candidate_day;
    }
    return rc;
}

static int charge_row(const struct budget *budget, const struct row_key *key, bool miss)
{
    struct stored_budget row;
    int rc = load(budget, key, &row);

    if (miss)
        spend(budget, &row);
    return rc == 0 ? save(budget, key, &row) : rc;
}

/* Candidates whose day is over are of no use any more. Each new one looks at the row after a random place, so that the
 * table stays as large as a few days' misses however long the vault lives. */
static int sweep_candidates(const struct budget *budget)
{
    uint8_t place[NUMBER_TAG_LEN];
    struct stored_budget row;
    MDB_cursor *cursor;

    crypto_random(place, sizeof place);
    struct row_key from = row_key(KIND_CANDIDATE, place, sizeof place);
    MDB_val key = {from.length, from.bytes}, value;
    int rc = mdb_cursor_open(budget->store->txn, budget->session->tenant->budget, &cursor);
    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (rc == 0 && *(const uint8_t *)key.mv_data == KIND_CANDIDATE && value.mv_size == sizeof row) {
        memcpy(&row, value.mv_data, sizeof row);
        if (budget->now_ms - row.day_began_ms >= BUDGET_DAY_MS)
            rc = store_cursor_del(budget->store, cursor);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int charge_candidate(const struct budget *budget, const struct number_tags *number, bool miss)
{
    struct row_key current = candidate_key(number, KEY_CURRENT), former = candidate_key(number, KEY_FORMER);
    struct stored_budget row;
    int rc = load_candidate(budget, number, &row);

    if (rc == 0) {
        if (miss)
            spend(budget, &row);
        rc = save(budget, &current, &row);
    }
    if (rc == 0 && number->former) {
        rc = clear(budget, &former);
        rc = rc == MDB_NOTFOUND ? 0 : rc;
    }
    return rc == 0 ? sweep_candidates(budget) : rc;
}

/* Without a miss the same rows are written as they are. */
static int charge(struct budget *budget, const uint8_t *reference, const struct number_tags *number, bool miss)
{
    struct row_key key;
    int rc = 0;

    if (reference) {
        key = reference_key(reference);
        rc = charge_row(budget, &key, miss);
    }
    budget->charged = true;
    return rc == 0 && number ? charge_candidate(budget, number, miss) : rc;
}

int budget_charge(struct budget *budget, const uint8_t *reference, const struct number_tags *number)
{
    budget->session->misses += budget->session->misses < UINT32_MAX;
    spend(budget, &budget->account);
    spend(budget, &budget->tenant);
    return charge(budget, reference, number, true);
}

int budget_charge_replacement(struct budget *budget, const uint8_t reference[REFERENCE_LEN])
{
    struct row_key key = reference_key(reference);

    return charge_row(budget, &key, true);
}

int budget_pretend(struct budget *budget, const uint8_t *reference, const struct number_tags *number)
{
    return charge(budget, reference, number, false);
}

int budget_close(struct budget *budget)
{
    struct row_key account = account_key(budget->session->account), tenant = row_key(KIND_TENANT, NULL, 0);

    if (!budget->charged)
        return 0;
    int rc = save(budget, &account, &budget->account);
    return rc == 0 ? save(budget, &tenant, &budget->tenant) : rc;
}

static int find(const struct budget *budget, const struct row_key *name, struct stored_budget *row)
{
    int rc = load(budget, name, row);

    return rc == 0 && row->day_spent == 0 && row->life_spent == 0 ? MDB_NOTFOUND : rc;
}

int budget_find_reference(struct budget *budget, const uint8_t reference[REFERENCE_LEN], char spender[ACCOUNT_LEN])
{
    struct row_key key = reference_key(reference);
    struct stored_budget row;
    int rc = find(budget, &key, &row);

    memcpy(spender, row.last_account, ACCOUNT_LEN);
    return rc;
}

int budget_find_account(struct budget *budget, const char account[ACCOUNT_LEN])
{
    struct row_key key = account_key(account);
    struct stored_budget row;

    return find(budget, &key, &row);
}

int budget_clear_reference(struct budget *budget, const uint8_t reference[REFERENCE_LEN])
{
    struct row_key key = reference_key(reference);

    return clear(budget, &key);
}

int budget_clear_account(struct budget *budget, const char account[ACCOUNT_LEN])
{
    struct row_key key = account_key(account);

    return clear(budget, &key);
}
