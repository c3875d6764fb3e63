#include "vault/upkeep.h"

#include <errno.h>
#include <time.h>

#include "sandbox/sandbox.h"
#include "vault/retention.h"
#include "vault/rotation.h"
#include "vault/session.h"
#include "wire/exit_codes.h"

/* How often a rotation that waits for a day to be over is looked at, and one whose slice the disk refused. */
#define LOOK_AGAIN_MS 10000
#define PLACE         6 /* of EVENT_STORE_FAILED */
/* How often the ledger is looked at for entries whose time is over, and the pause between two slices of them. */
#define RETENTION_LOOK_MS  3600000
#define RETENTION_PAUSE_MS 50
#define RETENTION_PLACE    8
#define REDO_PLACE         10

/* The shorter wait; a negative one has no end. */
static int64_t sooner(int64_t a, int64_t b)
{
    return b < 0 || (a >= 0 && a < b) ? a : b;
}

static int64_t left_ms(int64_t at_ms, int64_t now_ms)
{
    return at_ms > now_ms ? at_ms - now_ms : 0;
}

int64_t upkeep_wait_ms(const struct upkeep *upkeep, struct store *store, int64_t now_ms)
{
    int64_t wait = sooner(backup_wait_ms(store, now_ms), redo_wait_ms(&store->redo, now_ms));
    bool waits;

    if (upkeep->retention_days > 0)
        wait = sooner(wait, left_ms(upkeep->retention_ms, now_ms));
    if (rotation_next(store, &waits))
        return sooner(wait, left_ms(upkeep->next_ms, now_ms));
    return waits ? sooner(wait, LOOK_AGAIN_MS) : wait;
}

/* Erases of one tenant what is due; *more when its slice was full. */
static int expire_tenant(struct store *store, struct tenant *tenant, int64_t before_us, bool *more)
{
    uint32_t erased = 0;
    int rc = store_begin(store);

    if (rc == 0)
        rc = retention_slice(store, tenant, before_us, &erased);
    if (rc != 0 || erased == 0) {
        store_abort(store);
        return rc;
    }
    *more = *more || erased == RETENTION_SLICE;
    rc = store_commit(store);
    if (rc == 0) /* what has expired may still be read there */
        rc = redo_wipe(&store->redo);
    if (rc == 0 && erased < RETENTION_SLICE) /* the last one of many */
        child_event(EVENT_LEDGER_EXPIRED, tenant->id, (uint32_t)tenant->committed.expired, 0, 0);
    return rc;
}

static void expire(struct upkeep *upkeep, struct store *store, int64_t now_ms)
{
    const int64_t day_us = 86400 * (int64_t)1000000;
    struct timespec now;
    bool more = false;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    int64_t before_us = (int64_t)now.tv_sec * 1000000 - upkeep->retention_days * day_us;
    for (size_t i = 0; i < store->tenant_count && rc == 0; i++)
        rc = expire_tenant(store, &store->tenant[i], before_us, &more);
    upkeep->retention_ms = now_ms + (more ? RETENTION_PAUSE_MS : RETENTION_LOOK_MS);
    if (store_damaged(rc))
        child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)rc, RETENTION_PLACE, 0);
    if (rc != 0)
        child_event(EVENT_STORE_FAILED, (uint32_t)rc, RETENTION_PLACE, 0, 0);
}

static int run_slice(struct store *store, struct tenant *tenant)
{
    int rc = store_begin(store);

    if (rc == 0)
        rc = rotation_slice(store, tenant);
    if (rc == 0)
        return store_commit(store);
    store_abort(store);
    return rc;
}

static void commit_redone(struct store *store, int64_t now_ms)
{
    int rc = redo_wait_ms(&store->redo, now_ms) == 0 ? store_flush(store, now_ms) : 0;

    if (store_damaged(rc))
        child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)rc, REDO_PLACE, 0);
    if (rc != 0)
        child_event(EVENT_STORE_FAILED, (uint32_t)rc, REDO_PLACE, 0, 0);
}

void upkeep_run(struct upkeep *upkeep, struct store *store)
{
    int64_t began_ms = session_clock_ms();
    bool waits;

    commit_redone(store, began_ms);
    if (backup_expire(store, began_ms))
        child_event(EVENT_BACKUP_DROPPED, (uint32_t)store->backup.pieces, 0, 0, 0);
    if (upkeep->retention_days > 0 && began_ms >= upkeep->retention_ms)
        expire(upkeep, store, began_ms);
    struct tenant *tenant = began_ms < upkeep->next_ms ? NULL : rotation_next(store, &waits);

    if (!tenant)
        return;
    int rc = run_slice(store, tenant);
    int64_t took_ms = session_clock_ms() - began_ms;
    upkeep->next_ms = began_ms + UPKEEP_SHARE * (took_ms > 0 ? took_ms : 1);
    if (rc == 0) {
        if (tenant->committed.rotation.phase == ROTATION_NONE)
            child_event(EVENT_KEYS_ROTATED, tenant->id, tenant->keys->data.record_id, tenant->keys->data.index_id, 0);
        return;
    }
    if (store_damaged(rc))
        child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)rc, PLACE, 0);
    child_event(EVENT_STORE_FAILED, (uint32_t)rc, PLACE, tenant->id, 0);
    tenant->rotation_halted = rc == EACCES;
    upkeep->next_ms = began_ms + LOOK_AGAIN_MS;
}
