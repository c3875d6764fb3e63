/*
 * The answer comes through the front, which is assumed hostile: nothing of it is believed before the tag under the
 * reply key has been checked over the clear part, and the clear part agrees with the call.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

static enum sekisho_status forged(struct sekisho_error *error)
{
    return error_forged(error, "the answer was not made by the vault for this call",
                        "応答が、この呼び出しに対して金庫プロセス(vault)が作成したものではありません");
}

static bool lengths_fit(const struct sealed_call *call, const Sekisho__V1__SealedReply *reply)
{
    return reply && reply->sequence == call->sequence &&
           reply->results.len == sizeof(struct call_result_head) + call->count * sizeof(struct call_result_item) &&
           reply->sealed.len == sealed_details_size(call->operation, call->count) + SEAL_TAG_LEN;
}

static bool open_details(struct sekisho_session *session, const struct sealed_call *call,
                         const Sekisho__V1__SealedReply *reply, void *details)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];

    sealed_nonce(call->sequence, nonce);
    sealed_reply_aad(session->state->session, call->sequence, aad);
    pthread_mutex_lock(&session->lock);
    int opened = aead_open2(session->reply, nonce, aad, sizeof aad, reply->results.data, reply->results.len,
                            reply->sealed.data, reply->sealed.len, details);
    pthread_mutex_unlock(&session->lock);
    return opened == 0;
}

static bool head_fits(const struct sealed_call *call, const struct call_result_head *head)
{
    return head->version == 1 && head->operation == call->operation && head->purpose == call->purpose &&
           head->zero == 0 && head->count == call->count && head->zero2 == 0;
}

static bool take_result(const struct call_result_item *item, const struct call_detail_item *detail,
                        struct sekisho_result *result)
{
    if (item->outcome == OUTCOME_NONE || item->outcome >= OUTCOME_COUNT || detail->detail >= DETAIL_COUNT)
        return false;
    bool in_clear = item->outcome == OUTCOME_DONE || item->outcome == OUTCOME_FOUND;
    result->outcome = (enum sekisho_outcome)item->outcome;
    result->detail = (enum sekisho_detail)detail->detail;
    memcpy(result->reference, in_clear ? item->reference : detail->reference, sizeof result->reference);
    return true;
}

static bool take_results(const struct sealed_call *call, const uint8_t *clear, const struct call_detail_item *details,
                         struct sekisho_result *results)
{
    for (uint32_t i = 0; i < call->count; i++) {
        struct call_result_item item;
        memcpy(&item, clear + sizeof(struct call_result_head) + i * sizeof item, sizeof item);
        if (!take_result(&item, &details[i], &results[i]))
            return false;
    }
    return true;
}

static void take_receipt(const struct sealed_call *call, const struct call_result_head *head,
                         struct sekisho_receipt *receipt)
{
    *receipt = (struct sekisho_receipt){.sequence = call->sequence,
                                        .ledger_index = head->ledger_index,
                                        .recorded_us = head->recorded_at_us,
                                        .tree_size = head->checkpoint.size};
    memcpy(receipt->leaf_hash, head->leaf_hash, sizeof receipt->leaf_hash);
    memcpy(receipt->tree_root, head->checkpoint.root, sizeof receipt->tree_root);
    memcpy(receipt->tree_signature, head->checkpoint.signature, sizeof receipt->tree_signature);
}

enum sekisho_status session_open_reply(struct sekisho_session *session, const struct sealed_call *call,
                                       const Sekisho__V1__SealedReply *reply, struct sekisho_result *results,
                                       struct sekisho_receipt *receipt, struct sekisho_error *error)
{
    struct call_result_head head;

    if (!lengths_fit(call, reply))
        return forged(error);
    struct call_detail_item *details = malloc(call->count * sizeof *details);
    if (!details)
        return error_memory(error);
    memcpy(&head, reply->results.data, sizeof head);
    bool good = open_details(session, call, reply, details) && head_fits(call, &head) &&
                take_results(call, reply->results.data, details, results);
    free(details);
    if (!good) {
        memset(results, 0, call->count * sizeof *results);
        return forged(error);
    }
    if (receipt)
        take_receipt(call, &head, receipt);
    return SEKISHO_OK;
}

enum sekisho_status session_open_page(struct sekisho_session *session, const struct sealed_call *call,
                                      const Sekisho__V1__SealedReply *reply, uint8_t page[LEDGER_PAGE_LEN],
                                      struct sekisho_error *error)
{
    struct call_result_head head;

    if (!lengths_fit(call, reply))
        return forged(error);
    memcpy(&head, reply->results.data, sizeof head);
    return open_details(session, call, reply, page) && head_fits(call, &head) ? SEKISHO_OK : forged(error);
}
