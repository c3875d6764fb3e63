/* BACKUP: allows the store to be read out once, sealed to the offline key (backup.h). */
#include <errno.h>
#include <string.h>

#include "vault/operations.h"

int op_backup(struct op_context *context, const void *data, struct op_result *result)
{
    int rc = backup_begin(context->store, context->tenant, context->now_us);

    (void)data;
    /* What is read out is what LMDB commits with this group, not what only the redo log has. */
    context->store->more_than_leaves = true;
    result->detail = rc == ENOKEY ? DETAIL_NO_BACKUP_KEY : rc == EBUSY ? DETAIL_BACKUP_RUNNING : DETAIL_DONE;
    if (rc == 0)
        memcpy(result->reference, context->store->backup.head.id, REFERENCE_LEN);
    return rc == ENOKEY || rc == EBUSY ? 0 : rc;
}
