/* The whole tree of a ledger: the root from its leaves, and the leaves from what can be read of them. */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "sekisho_access.h"

/* What can be read of a leaf; entry NULL: there is no more. */
struct walk_entry {
    const void *entry; /* of the ledger's own type */
    uint64_t index;
    const uint8_t *leaf_hash;
};

/* The two ledgers, in what they differ. */
struct walk_source {
    enum sekisho_status (*next)(void *reader, struct walk_entry *entry, struct sekisho_error *error);
    void *reader; /* NULL: leaves alone */
    enum sekisho_status (*visit)(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                 const void *entry, struct sekisho_error *error);
    void *user;
};

struct walk {
    struct sekisho_client *client;
    const struct sekisho_checkpoint *head;
    const struct walk_source *source;
    struct walk_entry entry; /* the next one */
    struct sekisho_tree tree;
    struct ledger_leaves leaves;
};

static enum sekisho_status next_entry(struct walk *walk, struct sekisho_error *error)
{
    walk->entry = (struct walk_entry){0};
    return walk->source->reader ? walk->source->next(walk->source->reader, &walk->entry, error) : SEKISHO_OK;
}

static enum sekisho_status walk_leaf(struct walk *walk, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                     struct sekisho_error *error)
{
    uint64_t index = walk->tree.size;
    bool known = walk->entry.entry && walk->entry.index == index;
    enum sekisho_status status;

    if (known && memcmp(walk->entry.leaf_hash, leaf_hash, SEKISHO_HASH_LEN) != 0)
        return ledger_forged(error, "LEDGER_ENTRY_CHANGED", "an entry is not the one that its leaf was made of",
                             "台帳の記録が、登録された時の内容と異なります");
    if (!sekisho_tree_add(&walk->tree, leaf_hash))
        return error_crypto(error);
    status = walk->source->visit(walk->source->user, index, leaf_hash, known ? walk->entry.entry : NULL, error);
    if (status == SEKISHO_OK && known)
        status = next_entry(walk, error);
    return status;
}

static enum sekisho_status walk_leaves(struct walk *walk, struct sekisho_error *error)
{
    enum sekisho_status status = next_entry(walk, error);

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

static enum sekisho_status walk_tree(struct sekisho_client *client, const struct sekisho_checkpoint *head,
                                     const struct walk_source *source, struct sekisho_error *error)
{
    struct walk *walk = calloc(1, sizeof *walk);

    if (!walk)
        return error_memory(error);
    walk->client = client;
    walk->head = head;
    walk->source = source;
    enum sekisho_status status = walk_leaves(walk, error);
    if (status == SEKISHO_OK)
        status = check_root(walk, error);
    free(walk);
    return status;
}

/* ---- the ledger of number use ---- */

struct ledger_visitor {
    sekisho_ledger_visit *visit;
    void *user;
};

static enum sekisho_status visit_entry(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                       const void *entry, struct sekisho_error *error)
{
    const struct ledger_visitor *visitor = user;

    return visitor->visit ? visitor->visit(visitor->user, index, leaf_hash, entry, error) : SEKISHO_OK;
}

static enum sekisho_status next_ledger_entry(void *reader, struct walk_entry *out, struct sekisho_error *error)
{
    const struct sekisho_ledger_entry *entry;
    enum sekisho_status status = sekisho_ledger_next(reader, &entry, error);

    if (status == SEKISHO_OK && entry)
        *out = (struct walk_entry){.entry = entry, .index = entry->index, .leaf_hash = entry->leaf_hash};
    return status;
}

enum sekisho_status sekisho_ledger_walk(struct sekisho_client *client, struct sekisho_session *session,
                                        const struct sekisho_checkpoint *head, sekisho_ledger_visit *visit, void *user,
                                        struct sekisho_error *error)
{
    const struct sekisho_ledger_filter everything = {0};
    struct ledger_visitor visitor = {.visit = visit, .user = user};
    struct sekisho_ledger_reader *reader = NULL;
    enum sekisho_status status =
        session ? sekisho_ledger_read(session, &everything, head->size, &reader, error) : SEKISHO_OK;
    const struct walk_source source = {
        .next = next_ledger_entry, .reader = reader, .visit = visit_entry, .user = &visitor};

    if (status == SEKISHO_OK)
        status = walk_tree(client, head, &source, error);
    sekisho_ledger_close(reader);
    return status;
}

/* ---- the access records ---- */

struct access_visitor {
    sekisho_access_visit *visit;
    void *user;
};

static enum sekisho_status visit_record(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                        const void *record, struct sekisho_error *error)
{
    const struct access_visitor *visitor = user;

    return visitor->visit ? visitor->visit(visitor->user, index, leaf_hash, record, error) : SEKISHO_OK;
}

static enum sekisho_status next_access_record(void *reader, struct walk_entry *out, struct sekisho_error *error)
{
    const struct sekisho_access_record *record;
    enum sekisho_status status = sekisho_access_next(reader, &record, error);

    if (status == SEKISHO_OK && record)
        *out = (struct walk_entry){.entry = record, .index = record->index, .leaf_hash = record->leaf_hash};
    return status;
}

enum sekisho_status sekisho_access_walk(struct sekisho_client *client, struct sekisho_session *session,
                                        const struct sekisho_checkpoint *head, sekisho_access_visit *visit, void *user,
                                        struct sekisho_error *error)
{
    const struct sekisho_access_filter everything = {0};
    struct access_visitor visitor = {.visit = visit, .user = user};
    struct sekisho_access_reader *reader = NULL;
    enum sekisho_status status =
        session ? sekisho_access_read(session, &everything, head->size, &reader, error) : SEKISHO_OK;
    const struct walk_source source = {
        .next = next_access_record, .reader = reader, .visit = visit_record, .user = &visitor};

    if (status == SEKISHO_OK)
        status = walk_tree(client, head, &source, error);
    sekisho_access_close(reader);
    return status;
}
