#include "server/services/session_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NONE      UINT32_MAX
#define MINUTE_MS 60000

struct entry {
    struct session_row row;
    uint64_t worked_ms; /* when auth was last told of use */
    uint64_t refusals_since_ms;
    uint32_t refusals; /* within the minute that began then */
    uint32_t next;     /* in its bucket or in the free list */
};

struct session_table {
    pthread_mutex_t lock;
    size_t capacity, bucket_mask;
    uint32_t free;
    uint32_t *buckets; /* first entry of each, NONE when empty */
    struct entry *entries;
};

struct session_table *session_table_new(size_t capacity)
{
    struct session_table *table = calloc(1, sizeof *table);
    size_t buckets = 1;

    if (!table)
        return NULL;
    while (buckets < capacity)
        buckets *= 2;
    table->buckets = malloc(buckets * sizeof table->buckets[0]);
    table->entries = calloc(capacity, sizeof table->entries[0]);
    if (!table->buckets || !table->entries || pthread_mutex_init(&table->lock, NULL) != 0) {
        free(table->buckets);
        free(table->entries);
        free(table);
        return NULL;
    }
    table->capacity = capacity;
    table->bucket_mask = buckets - 1;
    memset(table->buckets, 0xff, buckets * sizeof table->buckets[0]);
    for (size_t i = 0; i < capacity; i++)
        table->entries[i].next = i + 1 < capacity ? (uint32_t)i + 1 : NONE;
    return table;
}

void session_table_free(struct session_table *table)
{
    if (!table)
        return;
    pthread_mutex_destroy(&table->lock);
    free(table->buckets);
    free(table->entries);
    free(table);
}

/* Ids are random and made by auth: their first bytes are hash enough. */
static uint32_t *bucket_of(const struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    uint64_t first;

    memcpy(&first, id, sizeof first);
    return &table->buckets[first & table->bucket_mask];
}

/* The link that names the entry of an id; names NONE when there is no such entry. */
static uint32_t *find_link(const struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    uint32_t *link = bucket_of(table, id);

    while (*link != NONE && memcmp(table->entries[*link].row.id, id, SESSION_ID_LEN) != 0)
        link = &table->entries[*link].next;
    return link;
}

static void unlink_entry(struct session_table *table, uint32_t *link)
{
    uint32_t at = *link;

    *link = table->entries[at].next;
    table->entries[at] = (struct entry){.next = table->free};
    table->free = at;
}

static void drop_expired(struct session_table *table, uint64_t now_ms)
{
    for (size_t bucket = 0; bucket <= table->bucket_mask; bucket++) {
        uint32_t *link = &table->buckets[bucket];
        while (*link != NONE) {
            if (table->entries[*link].row.expires_ms <= now_ms)
                unlink_entry(table, link);
            else
                link = &table->entries[*link].next;
        }
    }
}

bool session_table_add(struct session_table *table, const struct session_row *row, uint64_t now_ms)
{
    pthread_mutex_lock(&table->lock);
    if (table->free == NONE)
        drop_expired(table, now_ms);
    uint32_t at = table->free;
    if (at != NONE) {
        uint32_t *bucket = bucket_of(table, row->id);
        table->free = table->entries[at].next;
        table->entries[at] = (struct entry){.row = *row, .worked_ms = now_ms, .next = *bucket};
        *bucket = at;
    }
    pthread_mutex_unlock(&table->lock);
    return at != NONE;
}

enum session_found session_table_find(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms,
                                      struct session_row *row)
{
    enum session_found found = SESSION_UNKNOWN;

    pthread_mutex_lock(&table->lock);
    uint32_t at = *find_link(table, id);
    if (at != NONE) {
        *row = table->entries[at].row;
        found = row->expires_ms > now_ms ? SESSION_OPEN : SESSION_EXPIRED;
    }
    pthread_mutex_unlock(&table->lock);
    return found;
}

bool session_table_refusal(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms)
{
    bool few = false;

    pthread_mutex_lock(&table->lock);
    uint32_t at = *find_link(table, id);
    if (at != NONE) {
        struct entry *entry = &table->entries[at];
        if (now_ms - entry->refusals_since_ms >= MINUTE_MS) {
            entry->refusals_since_ms = now_ms;
            entry->refusals = 0;
        }
        few = entry->refusals < SESSION_REFUSALS_MAX;
        entry->refusals += few;
    }
    pthread_mutex_unlock(&table->lock);
    return few;
}

bool session_table_worked(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms)
{
    bool due = false;

    pthread_mutex_lock(&table->lock);
    uint32_t at = *find_link(table, id);
    if (at != NONE) {
        struct entry *entry = &table->entries[at];
        due = now_ms - entry->worked_ms >= SESSION_USED_MS;
        if (due)
            entry->worked_ms = now_ms;
    }
    pthread_mutex_unlock(&table->lock);
    return due;
}

void session_table_remove(struct session_table *table, const uint8_t id[SESSION_ID_LEN])
{
    pthread_mutex_lock(&table->lock);
    uint32_t *link = find_link(table, id);
    if (*link != NONE)
        unlink_entry(table, link);
    pthread_mutex_unlock(&table->lock);
}
