#include "auth/sessions.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/secret.h"

size_t sessions_bytes(size_t capacity)
{
    return capacity * sizeof(struct session_entry) + 16;
}

int sessions_open(struct sessions *sessions, size_t capacity)
{
    *sessions =
        (struct sessions){.entries = secret_alloc(capacity * sizeof sessions->entries[0]), .capacity = capacity};
    return sessions->entries ? 0 : -1;
}

struct session_entry *sessions_add(struct sessions *sessions, const uint8_t id[SESSION_ID_LEN])
{
    if (sessions->count == sessions->capacity)
        return NULL;
    struct session_entry *entry = &sessions->entries[sessions->count++];
    *entry = (struct session_entry){0};
    memcpy(entry->id, id, SESSION_ID_LEN);
    return entry;
}

struct session_entry *sessions_find(const struct sessions *sessions, const uint8_t id[SESSION_ID_LEN])
{
    for (size_t i = 0; i < sessions->count; i++)
        if (crypto_equal(sessions->entries[i].id, id, SESSION_ID_LEN))
            return &sessions->entries[i];
    return NULL;
}

void sessions_remove(struct sessions *sessions, struct session_entry *entry)
{
    struct session_entry *last = &sessions->entries[--sessions->count];

    *entry = *last;
    crypto_wipe(last, sizeof *last);
}

void session_end(struct session_entry *entry, uint16_t event)
{
    if (entry->state != SESSION_ENDED && entry->event == 0)
        entry->event = event;
}

void sessions_end_account(struct sessions *sessions, uint16_t tenant, const char account[ACCOUNT_LEN], uint16_t event)
{
    for (size_t i = 0; i < sessions->count; i++) {
        struct session_entry *entry = &sessions->entries[i];
        if (entry->tenant == tenant && memcmp(entry->account, account, ACCOUNT_LEN) == 0)
            session_end(entry, event);
    }
}

void sessions_end_terminal(struct sessions *sessions, uint16_t tenant, const char terminal[TERMINAL_ID_LEN],
                           uint16_t event)
{
    for (size_t i = 0; i < sessions->count; i++) {
        struct session_entry *entry = &sessions->entries[i];
        if (entry->tenant == tenant && memcmp(entry->terminal, terminal, TERMINAL_ID_LEN) == 0)
            session_end(entry, event);
    }
}
