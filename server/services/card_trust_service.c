/* CardTrustService: revocation lists that come while the server runs. */
#include <errno.h>
#include <string.h>

#include "sekisho/v1/card_trust_service.pb-c.h"
#include "server/portal/revocation.h"
#include "server/portal/submission.h"
#include "server/services/application_open.h"
#include "server/services/methods.h"
#include "server/services/register_page.h"
#include "server/services/resource_name.h"

#define PART_MAX    98304u
#define DECIDED_MAX 200 /* applications in one call: the writer does nothing else meanwhile */

static struct card_trust *trust_of(struct register_call *call, const char *parent)
{
    const struct front *front = rpc_call_context(call->rpc);
    uint16_t tenant;

    if (!prefecture_name_parse(parent, &tenant) || tenant != call->reg->tenant) {
        (void)register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", "must be prefectures/{01..47}");
        return NULL;
    }
    if (!front->card)
        (void)register_fail(call, REGISTER_NO_CARD_TRUST, NULL, NULL);
    return front->card;
}

static Sekisho__V1__RevocationList *show(struct register_call *call, const struct card_crl_info *info)
{
    Sekisho__V1__RevocationList *list =
        REGISTER_NEW(call, Sekisho__V1__RevocationList, SEKISHO__V1__REVOCATION_LIST__INIT);
    uint8_t *key_id = register_new(call, CARD_KEY_ID_LEN, info->authority);

    if (!list || !key_id) {
        (void)register_fail(call, REGISTER_FULL, NULL, NULL);
        return NULL;
    }
    list->authority_key_id = (ProtobufCBinaryData){CARD_KEY_ID_LEN, key_id};
    list->authentication = info->auth;
    list->partial = info->partial;
    list->this_update_time_us = info->this_update_us;
    list->next_update_time_us = info->next_update_us;
    list->revoked_count = (int32_t)info->revoked;
    return list;
}

/* ---- a newer list ---- */

static const char *refusal(enum card_crl_result result)
{
    switch (result) {
    case CARD_CRL_MALFORMED:
        return "not a revocation list in DER, of a kind that can be used";
    case CARD_CRL_FOREIGN:
        return "not of a configured authority, or not signed by it";
    case CARD_CRL_OLDER:
        return "older than the present one";
    case CARD_CRL_EARLY:
        return "of the future";
    default:
        return "too many lists";
    }
}

static bool take(struct register_call *call, struct card_trust *trust, struct card_crl_info *info)
{
    MDB_val list;
    int rc = revocation_parts(call->reg, call->txn, &list);

    if (rc != 0)
        return register_fail_store(call, rc);
    enum card_crl_result result = card_trust_crl(trust, list.mv_data, list.mv_size, call->now_us, true, info);
    if (result != CARD_CRL_TAKEN)
        return register_fail(call, REGISTER_CRL_REFUSED, "data", refusal(result));
    uint8_t *copy = register_new(call, list.mv_size, list.mv_data); /* the page goes with the parts */
    if (!copy)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    list.mv_data = copy;
    rc = revocation_drop_parts(call->reg, call->txn);
    if (rc == 0)
        rc = revocation_keep(call->reg, call->txn, info, &list);
    return rc == 0 || register_fail_store(call, rc);
}

/* Nobody's account: that they are decided follows from the list. */
static bool decide(struct register_call *call, const struct card_trust *trust,
                   Sekisho__V1__UpdateRevocationListResponse *response)
{
    struct opened opened;
    uint32_t decided, left;

    application_begin(call, &opened);
    opened.context.actor = NULL;
    if (!application_settle(&opened, submission_retry_all(&opened.context, trust, DECIDED_MAX, &decided, &left)))
        return false;
    response->decided_count = (int32_t)decided;
    response->pending_count = (int32_t)left;
    return true;
}

static const ProtobufCMessage *update(struct register_call *call)
{
    const Sekisho__V1__UpdateRevocationListRequest *request = (const void *)call->request;
    Sekisho__V1__UpdateRevocationListResponse *response = REGISTER_NEW(
        call, Sekisho__V1__UpdateRevocationListResponse, SEKISHO__V1__UPDATE_REVOCATION_LIST_RESPONSE__INIT);
    struct card_trust *trust = trust_of(call, request->parent);
    struct card_crl_info info = {0};

    if (!trust)
        return NULL;
    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (request->data.len == 0 || request->data.len > PART_MAX)
        return register_fail(call, REGISTER_BAD_FIELD, "data", "must have 1 to 98,304 bytes");
    int rc =
        revocation_add_part(call->reg, call->txn, (uint64_t)request->offset, request->data.data, request->data.len);
    if (rc == EINVAL)
        return register_fail(call, REGISTER_BAD_OFFSET, "offset", NULL);
    if (rc != 0)
        return register_fail_store(call, rc);
    response->received_bytes = request->offset + (int64_t)request->data.len;
    if (!request->last)
        return &response->base;
    if (!take(call, trust, &info) || !decide(call, trust, response))
        return NULL;
    response->list = show(call, &info);
    return response->list ? &response->base : NULL;
}

/* ---- what there is ---- */

static const ProtobufCMessage *list(struct register_call *call)
{
    const Sekisho__V1__ListRevocationListsRequest *request = (const void *)call->request;
    Sekisho__V1__ListRevocationListsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListRevocationListsResponse, SEKISHO__V1__LIST_REVOCATION_LISTS_RESPONSE__INIT);
    const struct card_trust *trust = trust_of(call, request->parent);
    struct register_page page;
    struct card_crl_info info = {0};
    uint32_t index = 0;

    if (!trust || !register_page(call, &page))
        return NULL;
    if (response)
        response->lists = register_alloc(call, page.rows * sizeof(Sekisho__V1__RevocationList *));
    if (!response || !response->lists)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (page.key_length == sizeof index)
        memcpy(&index, page.key, sizeof index);
    while (response->n_lists < page.rows && card_trust_crl_info(trust, index, &info)) {
        response->lists[response->n_lists] = show(call, &info);
        if (!response->lists[response->n_lists++])
            return NULL;
        index++;
    }
    response->trial = card_trust_is_trial(trust);
    if (!card_trust_crl_info(trust, index, &info))
        return &response->base;
    response->next_page_token = register_page_token(call, &page, &index, sizeof index);
    return response->next_page_token ? &response->base : register_fail(call, REGISTER_FULL, NULL, NULL);
}

static void on_update(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_write(call, request, update);
}

static void on_list(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}

const struct rpc_method card_trust_methods[] = {
    {METHOD_ROW(CardTrustService, UpdateRevocationList), .kind = RPC_UNARY, .on_message = on_update},
    {METHOD_ROW(CardTrustService, ListRevocationLists), .kind = RPC_UNARY, .on_message = on_list},
};
const size_t card_trust_method_count = sizeof card_trust_methods / sizeof card_trust_methods[0];
