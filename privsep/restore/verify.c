#include "restore/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ledger_leaf.h"
#include "ledger/checkpoint.h"
#include "vault/case_row.h"
#include "vault/ledger.h"
#include "vault/number_index.h"
#include "vault/record.h"
#include "vault/store.h"

struct verifying {
    struct store store;
    struct tenant *tenant;              /* that is looked at */
    const struct backup_tenant *served; /* what the backup says of it; NULL: it was not served */
    uint64_t nodes;                     /* of the ledger's tree */
    struct restore_report *report;
};

/* 0: good; a code of LMDB or errno: the check fails, or the disk does. */
typedef int check(struct verifying *verifying);

static int each_row(MDB_txn *txn, MDB_dbi dbi, int (*look)(void *context, const MDB_val *key, const MDB_val *value),
                    void *context)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, dbi, &cursor);

    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0 && (rc = look(context, &key, &value)) == 0)
        continue;
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int count_rows(const struct verifying *verifying, MDB_dbi dbi, uint64_t *rows)
{
    MDB_stat stat;
    int rc = mdb_stat(verifying->store.txn, dbi, &stat);

    *rows = stat.ms_entries;
    return rc;
}

/* ---- keys ---- */

static int check_keys(struct verifying *verifying)
{
    const uint8_t *key = verifying->tenant->keys->ledger_public;

    return verifying->served && memcmp(key, verifying->served->ledger_key, ED25519_KEY_LEN) != 0 ? EBADMSG : 0;
}

/* ---- ledger ---- */

static int same_hash(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    struct verifying *verifying = context;
    struct tree_rows rows = ledger_rows(verifying->store.txn, verifying->tenant);
    const struct merkle_store stored = tree_rows_store(&rows);
    uint8_t there[HASH_LEN];
    int rc = stored.get(stored.context, level, index, there);

    verifying->nodes += level > 0;
    return rc == 0 && memcmp(there, hash, HASH_LEN) != 0 ? EBADMSG : rc;
}

/* The leaf hash of what can be read of it; the stored one when its readable part has expired (vault/retention.h). */
static int entry_hash(struct verifying *verifying, uint64_t index, uint8_t hash[HASH_LEN])
{
    struct tree_rows rows = ledger_rows(verifying->store.txn, verifying->tenant);
    const struct merkle_store stored = tree_rows_store(&rows);
    MDB_val key = {sizeof index, &index}, value;
    struct ledger_entry entry;
    uint8_t leaf_data[HASH_LEN];
    int rc = mdb_get(verifying->store.txn, verifying->tenant->entry, &key, &value);

    if (index < verifying->tenant->now.expired)
        return rc == MDB_NOTFOUND ? stored.get(stored.context, 0, index, hash) : rc == 0 ? EBADMSG : rc;
    if (rc != 0)
        return rc;
    if (value.mv_size < sizeof entry || (value.mv_size - sizeof entry) % sizeof(struct ledger_item) != 0)
        return EBADMSG;
    memcpy(&entry, value.mv_data, sizeof entry);
    size_t items = (value.mv_size - sizeof entry) / sizeof(struct ledger_item);
    return entry.index == index &&
                   ledger_leaf_data(value.mv_data, (const uint8_t *)value.mv_data + sizeof entry, items, leaf_data) ==
                       0 &&
                   ledger_leaf_hash(leaf_data, hash) == 0
               ? 0
               : EBADMSG;
}

/* Grows the tree again from its entries, and compares each leaf and each node with the stored one. */
static int check_ledger(struct verifying *verifying)
{
    const struct merkle *stored = &verifying->tenant->now.ledger;
    const struct merkle_store comparing = {.put = same_hash, .context = verifying};
    struct merkle tree = {0};
    uint8_t hash[HASH_LEN], root[HASH_LEN];
    uint64_t nodes = 0, leaves = 0;
    int rc = count_rows(verifying, verifying->tenant->node, &nodes);

    if (rc == 0)
        rc = count_rows(verifying, verifying->tenant->leaf, &leaves);
    verifying->nodes = 0;
    for (uint64_t index = 0; index < stored->size && rc == 0; index++) {
        rc = entry_hash(verifying, index, hash);
        if (rc == 0)
            rc = merkle_append(&tree, &comparing, hash);
    }
    if (rc == 0 && (nodes != verifying->nodes || leaves != stored->size))
        rc = EBADMSG;
    if (rc == 0)
        rc = merkle_root(&tree, root) == 0 && merkle_root(stored, hash) == 0 && memcmp(root, hash, HASH_LEN) == 0
                 ? 0
                 : EBADMSG;
    return rc;
}

static int check_head(struct verifying *verifying)
{
    const struct tenant *tenant = verifying->tenant;
    const struct ledger_checkpoint *head = verifying->served ? &verifying->served->checkpoint : NULL;
    uint8_t root[HASH_LEN];

    if (!head)
        return 0;
    return head->size == tenant->now.ledger.size && merkle_root(&tenant->now.ledger, root) == 0 &&
                   memcmp(root, head->root, HASH_LEN) == 0 &&
                   checkpoint_verify(tenant->keys->ledger_public, LEDGER_OF_NUMBERS, tenant->id, head)
               ? 0
               : EBADMSG;
}

/* ---- records ---- */

static int look_at_number(struct verifying *verifying, const uint8_t reference[REFERENCE_LEN],
                          const struct stored_record *record, enum index_kind kind)
{
    struct number_tags tags;
    struct stored_index index;
    char number[NUMBER_LEN];
    int rc = record_open(verifying->tenant, reference, record, number);

    if (rc == 0)
        rc = number_tags(verifying->tenant, number, &tags);
    if (rc == 0)
        rc = index_get(&verifying->store, verifying->tenant, &tags, &index);
    crypto_wipe(number, sizeof number);
    crypto_wipe(&tags, sizeof tags);
    return rc == 0 && (memcmp(index.reference, reference, REFERENCE_LEN) != 0 || index.kind != kind) ? EBADMSG : rc;
}

struct numbers {
    struct verifying *verifying;
    uint64_t current, former;
    int64_t provisional; /* records without a row of a case */
};

static int look_at_record(void *context, const MDB_val *key, const MDB_val *value)
{
    struct numbers *numbers = context;
    struct verifying *verifying = numbers->verifying;
    struct stored_record record;

    (void)value;
    if (key->mv_size != REFERENCE_LEN)
        return EBADMSG;
    int rc = record_get(&verifying->store, verifying->tenant, key->mv_data, &record);
    if (rc != 0 || record.state == RECORD_ERASED)
        return rc;
    numbers->current++;
    numbers->provisional += record.provisional;
    return look_at_number(verifying, key->mv_data, &record, INDEX_CURRENT);
}

static int look_at_former(void *context, const MDB_val *key, const MDB_val *value)
{
    struct numbers *numbers = context;
    struct stored_record record;

    if (key->mv_size < REFERENCE_LEN || value->mv_size != sizeof record)
        return EBADMSG;
    memcpy(&record, value->mv_data, sizeof record);
    numbers->former++;
    return look_at_number(numbers->verifying, key->mv_data, &record, INDEX_FORMER);
}

/* Each row of a case leads to a record that its request has made. */
static int look_at_case(void *context, const MDB_val *key, const MDB_val *value)
{
    struct numbers *numbers = context;
    struct verifying *verifying = numbers->verifying;
    uint8_t reference[REFERENCE_LEN];
    struct stored_record record;

    (void)value;
    if (key->mv_size != REQUEST_ID_LEN)
        return EBADMSG;
    int rc = case_get(&verifying->store, verifying->tenant, key->mv_data, reference, &record);
    if (rc != 0)
        return rc;
    numbers->provisional -= record.state == RECORD_ACTIVE && record.provisional;
    return memcmp(record.enroll_request, key->mv_data, REQUEST_ID_LEN) != 0 ? EBADMSG : 0;
}

/* Each number has its row, and there are no other rows. */
static int check_records(struct verifying *verifying)
{
    struct numbers numbers = {.verifying = verifying};
    struct tenant *tenant = verifying->tenant;
    uint64_t rows = 0;
    int rc = each_row(verifying->store.txn, tenant->record, look_at_record, &numbers);

    if (rc == 0)
        rc = each_row(verifying->store.txn, tenant->former, look_at_former, &numbers);
    if (rc == 0)
        rc = each_row(verifying->store.txn, tenant->cases, look_at_case, &numbers);
    if (rc == 0)
        rc = count_rows(verifying, tenant->index, &rows);
    return rc == 0 && (rows != numbers.current + numbers.former || tenant->now.subjects != numbers.current ||
                       numbers.provisional != 0)
               ? EBADMSG
               : rc;
}

static int check_counts(struct verifying *verifying)
{
    const struct tenant_state *now = &verifying->tenant->now;
    const struct backup_tenant *served = verifying->served;

    return !served || (now->subjects == served->subjects && now->erased == served->erased) ? 0 : EBADMSG;
}

static enum restore_status verify_tenant(struct verifying *verifying)
{
    static check *const checks[RESTORE_CHECK_COUNT] = {
        [RESTORE_CHECK_KEYS] = check_keys,     [RESTORE_CHECK_LEDGER] = check_ledger,
        [RESTORE_CHECK_HEAD] = check_head,     [RESTORE_CHECK_RECORDS] = check_records,
        [RESTORE_CHECK_COUNTS] = check_counts,
    };
    struct restore_report *report = verifying->report;

    for (int what = 0; what < RESTORE_CHECK_COUNT; what++) {
        if (!checks[what] || (report->code = checks[what](verifying)) == 0)
            continue;
        report->tenant = verifying->tenant->id;
        report->what = (enum restore_check)what;
        return RESTORE_INCONSISTENT;
    }
    return RESTORE_DONE;
}

static const struct backup_tenant *find_served(const struct restore_report *report, uint16_t tenant)
{
    for (size_t i = 0; i < report->tenant_count; i++)
        if (report->tenants[i].tenant == tenant)
            return &report->tenants[i];
    return NULL;
}

static char keys_name[] = "keys"; /* of the row in a tenant's meta database */

/* The tenants that have keys in the store, ascending: opening one without would make it new keys. */
static int list_tenants(const char *folder, uint64_t map_bytes, uint16_t tenants[TENANTS_MAX], size_t *count)
{
    MDB_env *env;
    MDB_txn *txn = NULL;
    int rc = mdb_env_create(&env);

    if (rc != 0)
        return rc;
    mdb_env_set_mapsize(env, map_bytes);
    mdb_env_set_maxdbs(env, DATABASES_MAX);
    rc = mdb_env_open(env, folder, MDB_NOLOCK | MDB_NOTLS | MDB_RDONLY, 0600);
    if (rc == 0)
        rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    *count = 0;
    for (uint16_t tenant = 1; tenant <= TENANTS_MAX && rc == 0; tenant++) {
        char name[16];
        MDB_val key = {sizeof keys_name - 1, keys_name}, value;
        MDB_dbi meta;
        snprintf(name, sizeof name, "%02u.meta", tenant);
        rc = mdb_dbi_open(txn, name, 0, &meta);
        if (rc == 0)
            rc = mdb_get(txn, meta, &key, &value);
        if (rc == 0)
            tenants[(*count)++] = tenant;
        if (rc == MDB_NOTFOUND)
            rc = 0;
    }
    if (txn)
        mdb_txn_abort(txn);
    mdb_env_close(env);
    return rc;
}

/* A tenant that the backup counts but that has no keys in it. */
static bool keys_are_missing(struct restore_report *report, const uint16_t *tenants, size_t count)
{
    for (size_t i = 0; i < report->tenant_count; i++) {
        bool found = false;
        for (size_t j = 0; j < count; j++)
            found = found || tenants[j] == report->tenants[i].tenant;
        if (found)
            continue;
        report->what = RESTORE_CHECK_KEYS;
        report->tenant = report->tenants[i].tenant;
        return true;
    }
    return false;
}

static enum restore_status verify_tenants(struct verifying *verifying, const uint8_t ledger_key[ED25519_KEY_LEN])
{
    struct restore_report *report = verifying->report;
    const struct tenant *signer = store_tenant(&verifying->store, report->head.tenant);
    enum restore_status status = RESTORE_DONE;

    if (!signer || memcmp(signer->keys->ledger_public, ledger_key, ED25519_KEY_LEN) != 0)
        return RESTORE_NOT_SIGNED;
    for (size_t i = 0; i < verifying->store.tenant_count && status == RESTORE_DONE; i++) {
        verifying->tenant = &verifying->store.tenant[i];
        verifying->served = find_served(report, verifying->tenant->id);
        status = verify_tenant(verifying);
    }
    return status;
}

enum restore_status verify_store(const char *folder, uint64_t map_bytes, const uint8_t root_key[32],
                                 const uint8_t ledger_key[ED25519_KEY_LEN], struct restore_report *report)
{
    struct verifying *verifying = calloc(1, sizeof *verifying);
    uint16_t tenants[TENANTS_MAX];
    size_t count;

    if (!verifying)
        return RESTORE_DISK;
    verifying->report = report;
    report->code = list_tenants(folder, map_bytes, tenants, &count);
    enum restore_status status = RESTORE_DONE;
    if (report->code != 0)
        status = RESTORE_DISK;
    else if (count == 0 || keys_are_missing(report, tenants, count))
        status = RESTORE_INCONSISTENT;
    if (status == RESTORE_DONE) {
        report->code = store_open_tenants(&verifying->store, folder, map_bytes, tenants, count, root_key);
        if (report->code == EACCES)
            status = RESTORE_OTHER_ROOT_KEY;
        else
            status = report->code == 0 ? verify_tenants(verifying, ledger_key) : RESTORE_INCONSISTENT;
        store_close(&verifying->store); /* in a transaction that ends with nothing changed */
    }
    free(verifying);
    return status;
}
