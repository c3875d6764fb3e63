#include "audit.h"

#include "crypto/ledger_leaf.h"
#include "ledger/merkle.h"
#include "support/process.h"
#include "vault/budget.h"
#include "vault/case_row.h"
#include "vault/number_index.h"
#include "workload.h"

struct audit {
    struct store store;
    struct tenant *tenant;
    const struct history *history;
    size_t leaves;  /* of the history that the store has */
    size_t journal; /* leaves behind them */
    struct state state;
};

/* ---- ledger ---- */

static bool read_leaf(struct audit *audit, uint64_t index, uint8_t hash[HASH_LEN])
{
    MDB_val key = {sizeof index, &index}, value;

    if (mdb_get(audit->store.txn, audit->tenant->leaf, &key, &value) != 0 || value.mv_size != HASH_LEN)
        return false;
    memcpy(hash, value.mv_data, HASH_LEN);
    return true;
}

static bool entry_fits_leaf(struct audit *audit, uint64_t index, const uint8_t hash[HASH_LEN],
                            struct ledger_item *first)
{
    static struct ledger_item items[CALL_ITEMS_MAX];
    MDB_val key = {sizeof index, &index}, value;
    struct ledger_entry entry;
    uint8_t computed[HASH_LEN];

    if (mdb_get(audit->store.txn, audit->tenant->entry, &key, &value) != 0 || value.mv_size < sizeof entry)
        return false;
    memcpy(&entry, value.mv_data, sizeof entry);
    size_t count = (value.mv_size - sizeof entry) / sizeof items[0];
    memcpy(items, (const uint8_t *)value.mv_data + sizeof entry, count * sizeof items[0]);
    if (ledger_leaf_data(&entry, items, count, computed) != 0 || ledger_leaf_hash(computed, computed) != 0)
        return false;
    *first = items[0];
    return entry.count == count && memcmp(computed, hash, HASH_LEN) == 0;
}

/* An erasure that the journal had and the store had not: the person is erased from here on. */
static bool take_journal_leaf(struct audit *audit, const struct ledger_item *item)
{
    audit->journal++;
    for (uint32_t person = 0; person < PEOPLE_MAX; person++) {
        struct person *expected = &audit->state.person[person];
        if (expected->stage == STAGE_NONE || memcmp(expected->reference, item->reference, REFERENCE_LEN) != 0)
            continue;
        bool was_there = expected->stage != STAGE_ERASED;
        expected->stage = STAGE_ERASED;
        audit->state.subjects--;
        return was_there;
    }
    return false;
}

static bool erasure_was_asked(const struct audit *audit, const uint8_t reference[REFERENCE_LEN])
{
    for (size_t leaf = audit->leaves; leaf < audit->history->leaves; leaf++) {
        const struct asked *asked = &audit->history->asked[audit->history->by_leaf[leaf]];
        if ((asked->operation == OPERATION_ERASE || asked->operation == OPERATION_RELEASE) &&
            memcmp(audit->history->reference[asked->first], reference, REFERENCE_LEN) == 0)
            return true;
    }
    return false;
}

static const char *audit_ledger(struct audit *audit, size_t acknowledged)
{
    uint64_t size = audit->tenant->now.ledger.size;
    const struct history *history = audit->history;
    uint8_t hash[HASH_LEN], root[HASH_LEN];
    struct ledger_item item;

    for (uint64_t leaf = 0; leaf < size; leaf++) {
        if (!read_leaf(audit, leaf, hash) || !entry_fits_leaf(audit, leaf, hash, &item))
            return "a leaf is not the hash of its entry";
        bool known = audit->journal == 0 && leaf < history->leaves &&
                     memcmp(history->asked[history->by_leaf[leaf]].answer.leaf_hash, hash, HASH_LEN) == 0;
        if (known) {
            audit->leaves++;
            continue;
        }
        if (audit->journal == 0)
            history_state(history, audit->leaves, &audit->state);
        if (!erasure_was_asked(audit, item.reference) || !take_journal_leaf(audit, &item))
            return "a leaf that no call has made";
    }
    if (audit->journal == 0)
        history_state(history, audit->leaves, &audit->state);
    if (audit->leaves < acknowledged)
        return "an acknowledged leaf is not there";
    if (merkle_root(&audit->tenant->now.ledger, root) != 0 ||
        memcmp(root, audit->tenant->committed.checkpoint.root, HASH_LEN) != 0 ||
        audit->tenant->committed.checkpoint.size != size)
        return "the signed head is not the tree's";
    return NULL;
}

/* ---- people ---- */

static bool index_is(struct audit *audit, uint32_t person, bool replaced, enum index_kind kind)
{
    struct stored_index index;
    struct number_tags tags;
    char number[NUMBER_LEN];

    person_number(person, replaced, number);
    int rc = number_tags(audit->tenant, number, &tags);
    if (rc == 0)
        rc = index_get(&audit->store, audit->tenant, &tags, &index);
    if (kind == 0)
        return rc == MDB_NOTFOUND;
    return rc == 0 && index.kind == kind &&
           memcmp(index.reference, audit->state.person[person].reference, REFERENCE_LEN) == 0;
}

static bool record_is(struct audit *audit, uint32_t person, bool replaced)
{
    const uint8_t *reference = audit->state.person[person].reference;
    struct stored_record record;
    char number[NUMBER_LEN], expected[NUMBER_LEN];

    person_number(person, replaced, expected);
    return record_get(&audit->store, audit->tenant, reference, &record) == 0 && record.state == RECORD_ACTIVE &&
           record.provisional == audit->state.person[person].provisional && record.former_count == replaced &&
           record_open(audit->tenant, reference, &record, number) == 0 && memcmp(number, expected, NUMBER_LEN) == 0;
}

static bool record_is_erased(struct audit *audit, uint32_t person)
{
    static const uint8_t none[sizeof((struct stored_record *)0)->sealed];
    struct stored_record record;

    return record_get(&audit->store, audit->tenant, audit->state.person[person].reference, &record) == 0 &&
           record.state == RECORD_ERASED && memcmp(record.sealed, none, sizeof none) == 0;
}

/* Found by the request of the enrolment, whatever has become of it. */
static bool case_is(struct audit *audit, uint32_t person)
{
    const struct person *expected = &audit->state.person[person];
    uint8_t request_id[REQUEST_ID_LEN], reference[REFERENCE_LEN];
    struct stored_record record;

    person_request(person, request_id);
    int rc = case_get(&audit->store, audit->tenant, request_id, reference, &record);
    if (!expected->in_case)
        return rc == MDB_NOTFOUND;
    return rc == 0 && memcmp(reference, expected->reference, REFERENCE_LEN) == 0;
}

static bool person_is(struct audit *audit, uint32_t person)
{
    if (!case_is(audit, person))
        return false;
    switch (audit->state.person[person].stage) {
    case STAGE_NONE:
        return index_is(audit, person, false, 0) && index_is(audit, person, true, 0);
    case STAGE_ENROLLED:
        return index_is(audit, person, false, INDEX_CURRENT) && index_is(audit, person, true, 0) &&
               record_is(audit, person, false);
    case STAGE_REPLACED:
        return index_is(audit, person, false, INDEX_FORMER) && index_is(audit, person, true, INDEX_CURRENT) &&
               record_is(audit, person, true);
    case STAGE_ERASED:
        return index_is(audit, person, false, 0) && index_is(audit, person, true, 0) && record_is_erased(audit, person);
    }
    return false;
}

/* ---- budgets ---- */

/* What is spent shows as the limit from which on nothing more is allowed. */
static bool spent_is(struct audit *audit, struct guess_limits *limits, uint32_t *limit, uint32_t expected,
                     const uint8_t *reference)
{
    struct session session = {.tenant = audit->tenant, .account = "one"};
    struct budget budget;
    bool refused, allowed;

    *limit = expected;
    bool read = budget_open(&budget, &audit->store, &session, limits) == 0 &&
                budget_allows(&budget, reference, NULL, &refused) == 0;
    *limit = expected + 1;
    return read && budget_allows(&budget, reference, NULL, &allowed) == 0 && !refused && allowed;
}

static bool budgets_are(struct audit *audit)
{
    struct guess_limits limits = power_limits;

    if (!spent_is(audit, &limits, &limits.account_day, audit->state.account_misses, NULL))
        return false;
    limits = power_limits;
    if (!spent_is(audit, &limits, &limits.tenant_day, audit->state.account_misses, NULL))
        return false;
    for (uint32_t person = 0; person < audit->history->people; person++) {
        const struct person *expected = &audit->state.person[person];
        limits = power_limits;
        if (expected->stage != STAGE_NONE &&
            (!spent_is(audit, &limits, &limits.reference_life, expected->misses, expected->reference) ||
             !spent_is(audit, &limits, &limits.reference_day, expected->misses, expected->reference)))
            return false;
    }
    return true;
}

static const char *audit_open_store(struct audit *audit, size_t acknowledged)
{
    const char *wrong = audit_ledger(audit, acknowledged);

    if (wrong)
        return wrong;
    if (audit->tenant->now.subjects != audit->state.subjects)
        return "the number of people is not that of the ledger";
    for (uint32_t person = 0; person < audit->history->people; person++)
        if (!person_is(audit, person))
            return "a person is not as the ledger says";
    return budgets_are(audit) ? NULL : "a budget is not as the ledger says";
}

const char *audit(const char *folder, const struct history *history, size_t acknowledged)
{
    static struct audit state;
    const char *wrong = "the store does not open";

    state = (struct audit){.history = history};
    process_reset(2, 1000);
    if (store_open(&state.store, folder, POWER_MAP_BYTES, power_tenants, 2, power_root_key) == 0) {
        state.tenant = store_tenant(&state.store, TENANT_A);
        wrong = store_begin(&state.store) == 0 ? audit_open_store(&state, acknowledged) : "no transaction begins";
        store_close(&state.store);
    }
    process_free_secrets();
    return wrong;
}
