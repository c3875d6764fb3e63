/* UNLOCK: gives the guess budget of a reference or an account back, by another account than the one that spent it. */
#include <string.h>

#include "vault/operations.h"

static int unlock_reference(struct op_context *context, const uint8_t reference[REFERENCE_LEN],
                            struct op_result *result)
{
    char spender[ACCOUNT_LEN];
    int rc = budget_find_reference(context->budget, reference, spender);

    memcpy(result->touched, reference, REFERENCE_LEN);
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_NOT_LOCKED;
        return 0;
    }
    if (rc != 0)
        return rc;
    if (memcmp(spender, context->budget->session->account, ACCOUNT_LEN) == 0) {
        result->detail = DETAIL_OWN_ACCOUNT;
        return 0;
    }
    result->detail = DETAIL_DONE;
    return budget_clear_reference(context->budget, reference);
}

static int unlock_account(struct op_context *context, const char account[ACCOUNT_LEN], struct op_result *result)
{
    if (memcmp(account, context->budget->session->account, ACCOUNT_LEN) == 0) {
        result->detail = DETAIL_OWN_ACCOUNT;
        return 0;
    }
    int rc = budget_find_account(context->budget, account);
    if (rc == MDB_NOTFOUND) {
        result->detail = DETAIL_NOT_LOCKED;
        return 0;
    }
    result->detail = DETAIL_DONE;
    return rc == 0 ? budget_clear_account(context->budget, account) : rc;
}

int op_unlock(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_unlock *item = data;

    return item->account[0] ? unlock_account(context, item->account, result)
                            : unlock_reference(context, item->reference, result);
}
