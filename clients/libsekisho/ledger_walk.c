/* The whole tree of a ledger: the root from its leaves, and the leaves from their entries. */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

struct walk {
    struct sekisho_client *client;
    const struct sekisho_checkpoint *head;
    struct sekisho_ledger_reader *reader;     /* NULL: without entries */
    const struct sekisho_ledger_entry *entry; /* the next one; NULL: no more */
    sekisho_ledger_visit *visit;
    void *user;
    struct sekisho_tree tree;
    struct ledger_leaves leaves;
};

static enum sekisho_status walk_leaf(struct walk *walk, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                     struct sekisho_error *error)
{
    uint64_t index = walk->tree.size;
    const struct sekisho_ledger_entry *entry = walk->entry && walk->entry->index == index ? walk->entry : NULL;
    enum sekisho_status status = SEKISHO_OK;

    if (entry && memcmp(entry->leaf_hash, leaf_hash, SEKISHO_HASH_LEN) != 0)
        return ledger_forged(error, "LEDGER_ENTRY_CHANGED", "an entry is not the one that its leaf was made of",
                             "台帳の記録が、登録された時の内容と異なります");
    if (!sekisho_tree_add(&walk->tree, leaf_hash))
        return error_crypto(error);
    if (walk->visit)
        status = walk->visit(walk->user, index, leaf_hash, entry, error);
    if (status == SEKISHO_OK && entry)
        status = sekisho_ledger_next(walk->reader, &walk->entry, error);
    return status;
}

static enum sekisho_status walk_leaves(struct walk *walk, struct sekisho_error *error)
{
    enum sekisho_status status = SEKISHO_OK;

    if (walk->reader)
        status = sekisho_ledger_next(walk->reader, &walk->entry, error);
    while (status == SEKISHO_OK && walk->tree.size < walk->head->size) {
        status = ledger_leaf_hashes(walk->client, walk->head, walk->tree.size, &walk->leaves, error);
        for (size_t i = 0; status == SEKISHO_OK && i < walk->leaves.count && walk->tree.size < walk->head->size; i++)
            status = walk_leaf(walk, walk->leaves.hash[i], error);
    }
    return status;
}

static enum sekisho_status check_root(const struct walk *walk, struct sekisho_error *error)
{
    uint8_t root[SEKISHO_HASH_LEN];

    if (!sekisho_tree_root(&walk->tree, root))
        return error_crypto(error);
    if (memcmp(root, walk->head->root, sizeof root) == 0)
        return SEKISHO_OK;
    return ledger_forged(error, "LEDGER_ROOT", "the leaves do not make the signed root of the ledger",
                         "台帳の全記録から計算した値が、署名された値と一致しません");
}

enum sekisho_status sekisho_ledger_walk(struct sekisho_client *client, struct sekisho_session *session,
                                        const struct sekisho_checkpoint *head, sekisho_ledger_visit *visit, void *user,
                                        struct sekisho_error *error)
{
    const struct sekisho_ledger_filter everything = {0};
    struct walk *walk = calloc(1, sizeof *walk);
    enum sekisho_status status = SEKISHO_OK;

    if (!walk)
        return error_memory(error);
    walk->client = client;
    walk->head = head;
    walk->visit = visit;
    walk->user = user;
    if (session)
        status = sekisho_ledger_read(session, &everything, head->size, &walk->reader, error);
    if (status == SEKISHO_OK)
        status = walk_leaves(walk, error);
    if (status == SEKISHO_OK)
        status = check_root(walk, error);
    sekisho_ledger_close(walk->reader);
    free(walk);
    return status;
}
