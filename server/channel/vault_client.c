#include "server/channel/vault_client.h"

#include <string.h>

#include "crypto/sealed.h"
#include "wire/ledger_entry.h"

const struct link_options vault_link_options = {
    .in_flight_max = 4096,
    .timeout_ms = 3000,
    .queue_bytes = 8u << 20,
    .batched = true,
    .ordered = true, /* it drains its channel, commits and answers group by group */
};

/* A reply of CALL_OK has the clear part and the sealed part of the same number of items, or of one item and a page of
 * the ledger. */
static bool parts_fit(const struct session_call_reply *head, size_t rest)
{
    const size_t least = sizeof(struct call_result_head), item = sizeof(struct call_result_item);

    if ((uint64_t)head->clear_length + head->sealed_length != rest)
        return false;
    if (head->status != CALL_OK)
        return rest == 0;
    if (head->clear_length <= least || (head->clear_length - least) % item != 0)
        return false;
    uint32_t count = (uint32_t)((head->clear_length - least) / item);
    return head->sealed_length == count * sizeof(struct call_detail_item) + SEAL_TAG_LEN ||
           (count == 1 && head->sealed_length == LEDGER_PAGE_LEN + SEAL_TAG_LEN);
}

static bool decode_call(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_call_done *done = (vault_call_done *)callback;
    struct session_call_reply head;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&head, reply->body, sizeof head);
    if (head.zero != 0 || head.zero2 != 0 || head.status >= CALL_STATUS_COUNT ||
        !parts_fit(&head, reply->body_length - sizeof head))
        return false;
    const struct vault_answer answer = {
        .status = (enum call_status)head.status,
        .clear = reply->body + sizeof head,
        .clear_length = head.clear_length,
        .sealed = reply->body + sizeof head + head.clear_length,
        .sealed_length = head.sealed_length,
    };
    done(user, &answer);
    return true;
}

enum link_sent vault_call(struct link *vault, const struct session_call *head, const uint8_t *sealed,
                          vault_call_done *done, void *user)
{
    const struct iovec parts[] = {
        {.iov_base = (void *)head, .iov_len = sizeof *head},
        {.iov_base = (void *)sealed, .iov_len = head->sealed_length},
    };
    return link_send(vault, &(struct link_request){.type = FRAME_SESSION_CALL,
                                                   .parts = parts,
                                                   .part_count = 2,
                                                   .decode = decode_call,
                                                   .callback = (void (*)(void))done,
                                                   .user = user});
}

static bool decode_key(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_key_done *done = (vault_key_done *)callback;
    struct citizen_key_reply key;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&key, reply->body, sizeof key);
    if (key.known > 1 || key.zero != 0 || key.zero2 != 0)
        return false;
    done(user, &key);
    return true;
}

enum link_sent vault_citizen_key(struct link *vault, uint16_t tenant, vault_key_done *done, void *user)
{
    struct citizen_key_request request = {.tenant = tenant};
    const struct iovec part = {.iov_base = &request, .iov_len = sizeof request};

    return link_send(vault, &(struct link_request){.type = FRAME_CITIZEN_KEY,
                                                   .parts = &part,
                                                   .part_count = 1,
                                                   .decode = decode_key,
                                                   .callback = (void (*)(void))done,
                                                   .user = user});
}

static bool decode_status(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_status_done *done = (vault_status_done *)callback;
    struct vault_status_reply status;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&status, reply->body, sizeof status);
    if (status.tenant_count > sizeof status.tenant / sizeof status.tenant[0])
        return false;
    for (uint32_t i = 0; i < status.tenant_count; i++)
        if (status.tenant[i].tenant < 1 || status.tenant[i].tenant > TENANTS_MAX ||
            status.tenant[i].rotation >= ROTATION_STATUS_COUNT)
            return false;
    done(user, &status);
    return true;
}

enum link_sent vault_status(struct link *vault, vault_status_done *done, void *user)
{
    return link_send(vault, &(struct link_request){.type = FRAME_VAULT_STATUS,
                                                   .decode = decode_status,
                                                   .callback = (void (*)(void))done,
                                                   .user = user});
}
