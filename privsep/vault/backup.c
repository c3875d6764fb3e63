#include "vault/backup.h"

#include <errno.h>
#include <string.h>

#include "crypto/secret.h"
#include "vault/session.h"
#include "vault/store.h"
#include "wire/ledger_entry.h"

_Static_assert(sizeof(struct backup_row) + sizeof(uint64_t) + sizeof(struct ledger_entry) +
                       CALL_ITEMS_MAX * sizeof(struct ledger_item) <=
                   BACKUP_PLAIN_MAX,
               "the largest row of a store fits a chunk");

int backup_open(struct store *store)
{
    struct backup *backup = &store->backup;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &backup->txn);

    if (rc == 0)
        mdb_txn_reset(backup->txn);
    return rc;
}

void backup_close(struct store *store)
{
    backup_drop(store);
    if (store->backup.txn)
        mdb_txn_abort(store->backup.txn);
    store->backup.txn = NULL;
}

int backup_set_key(struct store *store, const uint8_t public_key[HPKE_KEY_LEN])
{
    struct backup *backup = &store->backup;
    uint8_t encapsulated[HPKE_KEY_LEN];

    backup->seal = secret_alloc(sizeof *backup->seal);
    if (!backup->seal)
        return ENOMEM;
    memcpy(backup->public_key, public_key, sizeof backup->public_key);
    backup->configured = hpke_setup_sender(public_key, NULL, 0, NULL, 0, encapsulated, backup->seal) == 0;
    crypto_wipe(backup->seal, sizeof *backup->seal);
    return backup->configured ? 0 : EINVAL;
}

int backup_begin(struct store *store, const struct tenant *tenant, int64_t now_us)
{
    struct backup *backup = &store->backup;
    struct backup_head *head = &backup->head;
    uint8_t info[BACKUP_INFO_LEN];

    if (!backup->configured)
        return ENOKEY;
    if (backup->running)
        return EBUSY;
    *head = (struct backup_head){
        .magic = BACKUP_MAGIC, .version = BACKUP_VERSION, .tenant = tenant->id, .taken_at_us = now_us};
    crypto_random(head->id, sizeof head->id);
    if (sha256(backup->public_key, sizeof backup->public_key, head->recipient) != 0)
        return EACCES;
    backup_info(head, info);
    if (hpke_setup_sender(backup->public_key, info, sizeof info, NULL, 0, head->encapsulated, backup->seal) != 0 ||
        backup_hash_head(head, backup->hash) != 0)
        return EACCES;
    backup->running = true;
    backup->began_ms = backup->read_ms = session_clock_ms();
    backup->pieces = backup->database = backup->tenants = 0;
    return 0;
}

bool backup_drop(struct store *store)
{
    struct backup *backup = &store->backup;
    bool running = backup->running;

    if (backup->cursor)
        mdb_cursor_close(backup->cursor);
    backup->cursor = NULL;
    if (backup->snapshot)
        mdb_txn_reset(backup->txn);
    backup->snapshot = backup->running = false;
    if (backup->seal)
        crypto_wipe(backup->seal, sizeof *backup->seal);
    return running;
}

int64_t backup_wait_ms(const struct store *store, int64_t now_ms)
{
    const struct backup *backup = &store->backup;

    if (!backup->running)
        return -1;
    int64_t idle = backup->read_ms + BACKUP_IDLE_MS - now_ms, life = backup->began_ms + BACKUP_LIFE_MS - now_ms;
    int64_t wait = idle < life ? idle : life;
    return wait > 0 ? wait : 0;
}

bool backup_expire(struct store *store, int64_t now_ms)
{
    return backup_wait_ms(store, now_ms) == 0 && backup_drop(store);
}

/* ---- what is in a chunk ---- */

struct plain {
    uint8_t *bytes; /* BACKUP_PLAIN_MAX */
    size_t used;
};

/* False: it does not fit behind what is there. */
static bool put_row(struct plain *plain, enum backup_row_kind kind, const MDB_val *key, const MDB_val *value)
{
    const struct backup_row row = {
        .kind = (uint16_t)kind, .key_length = (uint16_t)key->mv_size, .value_length = (uint32_t)value->mv_size};
    uint8_t *at = plain->bytes + plain->used;

    if (sizeof row + key->mv_size + value->mv_size > BACKUP_PLAIN_MAX - plain->used)
        return false;
    memcpy(at, &row, sizeof row);
    memcpy(at + sizeof row, key->mv_data, key->mv_size);
    memcpy(at + sizeof row + key->mv_size, value->mv_data, value->mv_size);
    plain->used += sizeof row + key->mv_size + value->mv_size;
    return true;
}

/* EAGAIN, here and below: the chunk is full. */
static int begin_database(struct backup *backup, const struct store_database *database, struct plain *plain)
{
    struct backup_database described = {.flags = database->flags};
    MDB_val name = {strlen(database->name), (void *)(uintptr_t)database->name}, value = {sizeof described, &described};
    MDB_stat stat;
    int rc = mdb_stat(backup->txn, database->dbi, &stat);

    described.entries = stat.ms_entries;
    if (rc == 0 && !put_row(plain, BACKUP_DATABASE, &name, &value))
        return EAGAIN;
    backup->next = MDB_FIRST;
    return rc == 0 ? mdb_cursor_open(backup->txn, database->dbi, &backup->cursor) : rc;
}

static int put_entries(struct backup *backup, struct plain *plain)
{
    MDB_val key, value;
    int rc;

    while ((rc = mdb_cursor_get(backup->cursor, &key, &value, backup->next)) == 0) {
        backup->next = MDB_NEXT;
        /* A row that no chunk could ever take is none that this vault wrote. */
        if (key.mv_size + value.mv_size > BACKUP_PLAIN_MAX - sizeof(struct backup_row))
            return MDB_CORRUPTED;
        if (!put_row(plain, BACKUP_ENTRY, &key, &value)) {
            backup->next = MDB_GET_CURRENT;
            return EAGAIN;
        }
    }
    if (rc != MDB_NOTFOUND)
        return rc;
    mdb_cursor_close(backup->cursor);
    backup->cursor = NULL;
    return 0;
}

static int put_databases(struct store *store, struct plain *plain)
{
    struct backup *backup = &store->backup;
    int rc = 0;

    for (; backup->database < store->database_count && rc == 0; backup->database += rc == 0) {
        if (!backup->cursor)
            rc = begin_database(backup, &store->database[backup->database], plain);
        if (rc == 0)
            rc = put_entries(backup, plain);
    }
    return rc;
}

static int put_tenants(struct store *store, struct plain *plain)
{
    struct backup *backup = &store->backup;

    for (; backup->tenants < store->tenant_count; backup->tenants++) {
        struct backup_tenant *tenant = &backup->tenant[backup->tenants];
        MDB_val no_key = {0, tenant}, value = {sizeof *tenant, tenant};
        if (!put_row(plain, BACKUP_TENANT, &no_key, &value))
            return EAGAIN;
    }
    return 0;
}

/* ---- pieces ---- */

void backup_committed(struct store *store)
{
    struct backup *backup = &store->backup;

    if (!backup->running || backup->snapshot)
        return;
    backup->snapshot = mdb_txn_renew(backup->txn) == 0;
    if (!backup->snapshot) {
        backup_drop(store);
        return;
    }
    for (size_t i = 0; i < store->tenant_count; i++) {
        const struct tenant *tenant = &store->tenant[i];
        struct backup_tenant *row = &backup->tenant[i];
        *row = (struct backup_tenant){.tenant = tenant->id,
                                      .subjects = tenant->committed.subjects,
                                      .erased = tenant->committed.erased,
                                      .checkpoint = tenant->committed.checkpoint};
        memcpy(row->ledger_key, tenant->keys->ledger_public, sizeof row->ledger_key);
    }
}

static int write_end(struct store *store, uint8_t *out)
{
    const struct tenant *tenant = store_tenant(store, store->backup.head.tenant);
    struct backup_end end = {.magic = BACKUP_END_MAGIC};

    memcpy(end.hash, store->backup.hash, sizeof end.hash);
    memcpy(end.ledger_key, tenant->keys->ledger_public, sizeof end.ledger_key);
    if (backup_sign(tenant->keys->ledger, &end) != 0)
        return EACCES;
    memcpy(out, &end, sizeof end);
    return 0;
}

/* Fills the chunk, seals it in its place. */
static int write_chunk(struct store *store, uint8_t *out, struct backup_read_reply *reply)
{
    struct backup *backup = &store->backup;
    struct backup_chunk chunk = {0};
    struct plain plain = {.bytes = out + sizeof chunk};
    int rc = put_databases(store, &plain);

    if (rc == 0)
        rc = put_tenants(store, &plain);
    if (rc != 0 && rc != EAGAIN)
        return rc;
    reply->last = rc == 0;
    chunk = (struct backup_chunk){.length = (uint32_t)(plain.used + HPKE_TAG_LEN), .last = reply->last};
    if (hpke_seal(backup->seal, &chunk, sizeof chunk, plain.bytes, plain.used, plain.bytes) != 0 ||
        backup_hash_chunk(&chunk, plain.bytes, backup->hash) != 0)
        return EACCES;
    memcpy(out, &chunk, sizeof chunk);
    reply->length = (uint32_t)sizeof chunk + chunk.length;
    if (!reply->last)
        return 0;
    reply->length += (uint32_t)sizeof(struct backup_end);
    return write_end(store, out + sizeof chunk + chunk.length);
}

static int write_piece(struct store *store, uint8_t *out, struct backup_read_reply *reply)
{
    struct backup *backup = &store->backup;

    backup->read_ms = session_clock_ms();
    if (backup->pieces++ > 0)
        return write_chunk(store, out, reply);
    memcpy(out, &backup->head, sizeof backup->head);
    reply->length = sizeof backup->head;
    return 0;
}

int backup_read(struct store *store, const uint8_t *body, uint8_t *out, size_t *length)
{
    const struct backup *backup = &store->backup;
    struct backup_read_request request;
    struct backup_read_reply reply = {.status = BACKUP_GONE};
    int rc = 0;

    memcpy(&request, body, sizeof request);
    if (backup->running && memcmp(request.id, backup->head.id, sizeof request.id) == 0) {
        bool in_turn = request.piece == backup->pieces;
        rc = in_turn ? write_piece(store, out + sizeof reply, &reply) : 0;
        if (in_turn && rc == 0)
            reply.status = BACKUP_OK;
        else
            reply = (struct backup_read_reply){.status = BACKUP_GONE};
        if (reply.status != BACKUP_OK || reply.last)
            backup_drop(store);
    }
    memcpy(out, &reply, sizeof reply);
    *length = sizeof reply + reply.length;
    return rc;
}
