#include "server/channel/tree_client.h"

#include <string.h>

#define HASH_BYTES 32

struct tree_source tree_of_numbers(struct link *vault)
{
    return (struct tree_source){
        .link = vault, .head = FRAME_LEDGER_HEAD, .proof = FRAME_LEDGER_PROOF, .hashes = FRAME_LEDGER_HASHES};
}

struct tree_source tree_of_access(struct link *auth)
{
    return (struct tree_source){
        .link = auth, .head = FRAME_ACCESS_HEAD, .proof = FRAME_ACCESS_PROOF, .hashes = FRAME_ACCESS_HASHES};
}

static enum link_sent send(struct link *link, uint16_t type, const void *request, size_t length, link_decode *decode,
                           void (*callback)(void), void *user)
{
    const struct iovec part = {.iov_base = (void *)(uintptr_t)request, .iov_len = length};

    return link_send(
        link, &(struct link_request){
                  .type = type, .parts = &part, .part_count = 1, .decode = decode, .callback = callback, .user = user});
}

static bool decode_head(void (*callback)(void), void *user, const struct frame_view *reply)
{
    tree_head_done *done = (tree_head_done *)callback;
    struct ledger_head_reply head;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&head, reply->body, sizeof head);
    if (head.known > 1 || head.zero != 0 || head.zero2 != 0)
        return false;
    done(user, &head);
    return true;
}

enum link_sent tree_ask_head(const struct tree_source *tree, uint16_t tenant, tree_head_done *done, void *user)
{
    const struct ledger_head_request request = {.tenant = tenant};

    return send(tree->link, tree->head, &request, sizeof request, decode_head, (void (*)(void))done, user);
}

static bool decode_hashes(void (*callback)(void), void *user, const struct frame_view *reply)
{
    tree_hashes_done *done = (tree_hashes_done *)callback;
    struct ledger_hashes_reply head;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&head, reply->body, sizeof head);
    if (head.status > LEDGER_UNAVAILABLE || head.zero != 0 || (head.status != LEDGER_OK && head.count != 0) ||
        (uint64_t)head.count * HASH_BYTES != reply->body_length - sizeof head)
        return false;
    const struct tree_hashes answer = {
        .status = (enum ledger_status)head.status, .count = head.count, .hashes = reply->body + sizeof head};
    done(user, &answer);
    return true;
}

enum link_sent tree_ask_proof(const struct tree_source *tree, const struct ledger_proof_request *request,
                              tree_hashes_done *done, void *user)
{
    return send(tree->link, tree->proof, request, sizeof *request, decode_hashes, (void (*)(void))done, user);
}

enum link_sent tree_ask_hashes(const struct tree_source *tree, const struct ledger_hashes_request *request,
                               tree_hashes_done *done, void *user)
{
    return send(tree->link, tree->hashes, request, sizeof *request, decode_hashes, (void (*)(void))done, user);
}
