/* ROTATE_KEYS: the tenant's data comes under new keys, by and by (rotation.h). */
#include <errno.h>

#include "vault/operations.h"
#include "vault/rotation.h"

int op_rotate_keys(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_rotate *item = data;
    int rc = rotation_begin(context->store, context->tenant, item->levels);

    result->detail = rc == EBUSY ? DETAIL_ROTATING : DETAIL_DONE;
    return rc == EBUSY ? 0 : rc;
}
