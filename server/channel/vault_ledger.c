#include "server/channel/vault_ledger.h"

#include <string.h>

#define HASH_BYTES 32

static enum link_sent send(struct link *vault, uint16_t type, const void *request, size_t length, link_decode *decode,
                           void (*callback)(void), void *user)
{
    const struct iovec part = {.iov_base = (void *)(uintptr_t)request, .iov_len = length};

    return link_send(
        vault,
        &(struct link_request){
            .type = type, .parts = &part, .part_count = 1, .decode = decode, .callback = callback, .user = user});
}

static bool decode_head(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_head_done *done = (vault_head_done *)callback;
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

enum link_sent vault_ledger_head(struct link *vault, uint16_t tenant, vault_head_done *done, void *user)
{
    const struct ledger_head_request request = {.tenant = tenant};

    return send(vault, FRAME_LEDGER_HEAD, &request, sizeof request, decode_head, (void (*)(void))done, user);
}

static bool decode_hashes(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_hashes_done *done = (vault_hashes_done *)callback;
    struct ledger_hashes_reply head;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&head, reply->body, sizeof head);
    if (head.status > LEDGER_UNAVAILABLE || head.zero != 0 || (head.status != LEDGER_OK && head.count != 0) ||
        (uint64_t)head.count * HASH_BYTES != reply->body_length - sizeof head)
        return false;
    const struct vault_hashes answer = {
        .status = (enum ledger_status)head.status, .count = head.count, .hashes = reply->body + sizeof head};
    done(user, &answer);
    return true;
}

enum link_sent vault_ledger_proof(struct link *vault, const struct ledger_proof_request *request,
                                  vault_hashes_done *done, void *user)
{
    return send(vault, FRAME_LEDGER_PROOF, request, sizeof *request, decode_hashes, (void (*)(void))done, user);
}

enum link_sent vault_ledger_hashes(struct link *vault, const struct ledger_hashes_request *request,
                                   vault_hashes_done *done, void *user)
{
    return send(vault, FRAME_LEDGER_HASHES, request, sizeof *request, decode_hashes, (void (*)(void))done, user);
}
