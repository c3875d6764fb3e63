#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/hash.h"

/* A page for one session's keys: out of swap where the limit of locked memory permits, and never in a core file. */
static struct session_state *state_alloc(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    (void)mlock(memory, page);
    (void)madvise(memory, page, MADV_DONTDUMP);
    return memory;
}

static void state_free(struct session_state *state)
{
    if (state) {
        crypto_wipe(state, sizeof *state);
        munmap(state, (size_t)sysconf(_SC_PAGESIZE));
    }
}

enum sekisho_status session_new(struct sekisho_client *client, struct session_state *state,
                                struct sekisho_session **session, struct sekisho_error *error)
{
    struct sekisho_session *made = calloc(1, sizeof *made);
    enum sekisho_status status = SEKISHO_OK;

    if (made) {
        pthread_mutex_init(&made->lock, NULL);
        pthread_mutex_init(&made->account_lock, NULL);
        made->client = client;
        made->owner = getpid();
        made->file = -1;
        made->next = state->sequence;
        made->reserved = UINT64_MAX;
        made->state = state_alloc();
    }
    if (!made || !made->state) {
        status = error_memory(error);
    } else {
        *made->state = *state;
        made->call = aead_new(state->call_key);
        made->reply = aead_new(state->reply_key);
        made->account_call = aead_new(state->account_key);
        made->account_reply = aead_new(state->account_reply_key);
        if (!made->call || !made->reply || !made->account_call || !made->account_reply)
            status = error_crypto(error);
    }
    crypto_wipe(state, sizeof *state);
    if (status != SEKISHO_OK)
        sekisho_session_free(made);
    else
        *session = made;
    return status;
}

void sekisho_session_free(struct sekisho_session *session)
{
    if (!session)
        return;
    session_file_close(session);
    aead_free(session->call);
    aead_free(session->reply);
    aead_free(session->account_call);
    aead_free(session->account_reply);
    state_free(session->state);
    pthread_mutex_destroy(&session->lock);
    pthread_mutex_destroy(&session->account_lock);
    free(session);
}

void session_name(const struct session_state *state, char name[SESSION_NAME_LEN])
{
    int used = snprintf(name, SESSION_NAME_LEN, "prefectures/%02u/sessions/", state->tenant);

    for (size_t i = 0; i < SESSION_ID_LEN; i++)
        used += snprintf(name + used, SESSION_NAME_LEN - (size_t)used, "%02x", state->session[i]);
}

void sekisho_session_info(const struct sekisho_session *session, struct sekisho_session_info *info)
{
    const struct session_state *state = session->state;

    memset(info, 0, sizeof *info);
    session_name(state, info->name);
    copy_printable(info->account, sizeof info->account, state->account, strnlen(state->account, ACCOUNT_LEN));
    info->prefecture = state->tenant;
    info->role = state->role;
    info->must = state->flags;
    info->expires_us = state->expires_us;
    memcpy(info->permit, state->permit, sizeof info->permit);
    for (size_t i = 0; i < sizeof state->login_key_hash; i++)
        snprintf(info->login_key_fingerprint + 2 * i, 3, "%02x", state->login_key_hash[i]);
}

enum sekisho_status session_take_sequence(struct sekisho_session *session, uint64_t *sequence,
                                          struct sekisho_error *error)
{
    if (session->owner != getpid())
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "FORKED", "a session cannot be used in a forked child",
                         "fork後の子プロセスではセッションを使用できません");
    if (session->next >= session->reserved) {
        enum sekisho_status status = session_file_reserve(session, error);
        if (status != SEKISHO_OK)
            return status;
    }
    *sequence = session->next++;
    return SEKISHO_OK;
}
