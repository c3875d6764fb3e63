#include "vault/session.h"

#include <string.h>
#include <time.h>

#include "crypto/hash.h"
#include "crypto/secret.h"

int64_t session_clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint32_t bucket_count(uint32_t capacity)
{
    uint32_t count = 16;

    while (count < capacity * 4)
        count *= 2;
    return count;
}

size_t session_table_bytes(uint32_t capacity)
{
    return capacity * sizeof(struct session) + bucket_count(capacity) * sizeof(uint16_t) + 64;
}

int session_table_init(struct session_table *table, uint32_t capacity)
{
    uint32_t buckets = bucket_count(capacity);

    if (capacity == 0 || capacity > UINT16_MAX - 1)
        return -1;
    *table = (struct session_table){.capacity = capacity, .bucket_mask = buckets - 1};
    table->slot = secret_alloc(capacity * sizeof *table->slot);
    table->bucket = secret_alloc(buckets * sizeof *table->bucket);
    return table->slot && table->bucket ? 0 : -1;
}

/* Ids are random, so their first bytes are a hash already. */
static uint32_t first_bucket(const struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    uint32_t hash;

    memcpy(&hash, id, sizeof hash);
    return hash & table->bucket_mask;
}

static void link_slot(struct session_table *table, uint32_t slot)
{
    uint32_t at = first_bucket(table, table->slot[slot].id);

    while (table->bucket[at])
        at = (at + 1) & table->bucket_mask;
    table->bucket[at] = (uint16_t)(slot + 1);
}

/* Ends are rare and the table is small: rebuilding keeps open addressing free of tombstones. */
static void relink_all(struct session_table *table)
{
    memset(table->bucket, 0, ((size_t)table->bucket_mask + 1) * sizeof *table->bucket);
    for (uint32_t slot = 0; slot < table->capacity; slot++)
        if (table->slot[slot].open)
            link_slot(table, slot);
}

static void end_session(struct session_table *table, struct session *session)
{
    aead_free(session->call_key);
    aead_free(session->reply_key);
    crypto_wipe(session, sizeof *session);
    table->used--;
}

static void end_expired(struct session_table *table, int64_t now_ms)
{
    for (uint32_t slot = 0; slot < table->capacity; slot++)
        if (table->slot[slot].open && table->slot[slot].expires_ms <= now_ms)
            end_session(table, &table->slot[slot]);
    relink_all(table);
}

static struct session *free_slot(struct session_table *table)
{
    for (uint32_t slot = 0; slot < table->capacity; slot++)
        if (!table->slot[slot].open)
            return &table->slot[slot];
    return NULL;
}

struct session *session_find(struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    for (uint32_t at = first_bucket(table, id); table->bucket[at]; at = (at + 1) & table->bucket_mask) {
        struct session *session = &table->slot[table->bucket[at] - 1];
        if (memcmp(session->id, id, SESSION_ID_LEN) == 0)
            return session;
    }
    return NULL;
}

bool session_open(struct session_table *table, struct store *store, const struct session_open *open, int64_t now_ms)
{
    struct tenant *tenant = store_tenant(store, open->tenant);

    if (!tenant || session_find(table, open->session))
        return false;
    if (table->used == table->capacity)
        end_expired(table, now_ms);
    struct session *session = free_slot(table);
    if (!session)
        return false;
    *session = (struct session){
        .open = true,
        .tenant = tenant,
        .role = open->role,
        .expires_ms = now_ms + open->ttl_ms,
        .call_key = aead_new(open->call_key),
        .reply_key = aead_new(open->reply_key),
    };
    memcpy(session->id, open->session, SESSION_ID_LEN);
    memcpy(session->account, open->account, ACCOUNT_LEN);
    memcpy(session->permit, open->permit, sizeof session->permit);
    table->used++;
    if (!session->call_key || !session->reply_key) {
        end_session(table, session);
        return false;
    }
    link_slot(table, (uint32_t)(session - table->slot));
    return true;
}

bool session_close(struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    struct session *session = session_find(table, id);

    if (!session)
        return false;
    end_session(table, session);
    relink_all(table);
    return true;
}
