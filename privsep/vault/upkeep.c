#include "vault/upkeep.h"

#include <errno.h>

#include "sandbox/sandbox.h"
#include "vault/rotation.h"
#include "vault/session.h"
#include "wire/exit_codes.h"

/* How often a rotation that waits for a day to be over is looked at, and one whose slice the disk refused. */
#define LOOK_AGAIN_MS 10000
#define PLACE         6 /* of EVENT_STORE_FAILED */

int64_t upkeep_wait_ms(const struct upkeep *upkeep, struct store *store, int64_t now_ms)
{
    int64_t backup = backup_wait_ms(store, now_ms);
    bool waits;

    if (rotation_next(store, &waits))
        return upkeep->next_ms > now_ms ? upkeep->next_ms - now_ms : 0;
    return waits && (backup < 0 || backup > LOOK_AGAIN_MS) ? LOOK_AGAIN_MS : backup;
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

void upkeep_run(struct upkeep *upkeep, struct store *store)
{
    int64_t began_ms = session_clock_ms();
    bool waits;
    if (backup_expire(store, began_ms))
        child_event(EVENT_BACKUP_DROPPED, (uint32_t)store->backup.pieces, 0, 0, 0);
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
    if (rc == MDB_PANIC || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND)
        child_exit(EXIT_STORE, EVENT_STORE_FAILED, (uint32_t)rc, PLACE, 0);
    child_event(EVENT_STORE_FAILED, (uint32_t)rc, PLACE, tenant->id, 0);
    tenant->rotation_halted = rc == EACCES;
    upkeep->next_ms = began_ms + LOOK_AGAIN_MS;
}
