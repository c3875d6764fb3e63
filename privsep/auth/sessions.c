#include "auth/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

int sessions_open(struct sessions *sessions, size_t capacity)
{
    sessions->entries = calloc(capacity, sizeof sessions->entries[0]);
    sessions->capacity = capacity;
    return sessions->entries ? 0 : -1;
}

void sessions_close(struct sessions *sessions)
{
    free(sessions->entries);
    *sessions = (struct sessions){0};
}

static struct session_entry *find_free(const struct sessions *sessions, uint64_t now_ms)
{
    for (size_t i = 0; i < sessions->capacity; i++)
        if (sessions->entries[i].expires_ms <= now_ms)
            return &sessions->entries[i];
    return NULL;
}

bool sessions_full(const struct sessions *sessions, uint64_t now_ms)
{
    return !find_free(sessions, now_ms);
}

bool sessions_add(struct sessions *sessions, uint64_t now_ms, uint64_t ttl_ms, uint16_t tenant,
                  const uint8_t id[SESSION_ID_LEN])
{
    struct session_entry *entry = find_free(sessions, now_ms);

    if (!entry)
        return false;
    *entry = (struct session_entry){.expires_ms = now_ms + ttl_ms, .tenant = tenant};
    memcpy(entry->id, id, SESSION_ID_LEN);
    return true;
}

bool sessions_remove(struct sessions *sessions, uint64_t now_ms, const uint8_t id[SESSION_ID_LEN], uint16_t *tenant)
{
    for (size_t i = 0; i < sessions->capacity; i++) {
        struct session_entry *entry = &sessions->entries[i];
        if (entry->expires_ms <= now_ms || !crypto_equal(entry->id, id, SESSION_ID_LEN))
            continue;
        *tenant = entry->tenant;
        *entry = (struct session_entry){0};
        return true;
    }
    return false;
}
