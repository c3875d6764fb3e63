/*
 * The front without its lane of bulk calls, for benches alone: batches go to the vault at once, and single calls wait
 * behind them. What the lane is worth is the difference. Linked before the front's own, in its place; into no product
 * binary.
 */
#include "server/channel/bulk.h"

bool bulk_init(struct bulk *bulk, struct link *vault)
{
    *bulk = (struct bulk){.vault = vault};
    return true;
}

void bulk_destroy(struct bulk *bulk)
{
    bulk->vault = NULL;
}

void bulk_make_way(struct bulk *bulk)
{
    (void)bulk;
}

enum link_sent bulk_call(struct bulk *bulk, const struct session_call *head, const uint8_t *sealed,
                         vault_call_done *done, void *user)
{
    return vault_call(bulk->vault, head, sealed, done, user);
}
