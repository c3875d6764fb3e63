/* ENROLL_CITIZEN: a number that a citizen's client sealed to the vault, carried here by the portal. One use. */
#include <errno.h>
#include <string.h>

#include "vault/operations.h"

static int open_blob(const struct op_context *context, const struct call_item_citizen *item, char number[NUMBER_LEN])
{
    struct hpke_context hpke;
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];

    sealed_citizen_info(context->tenant->id, info);
    sealed_citizen_aad(item->application_nonce, item->portal, aad);
    int rc = hpke_setup_recipient(context->tenant->keys->citizen_private, item->blob, info, sizeof info, &hpke);
    if (rc == 0)
        rc = hpke_open(&hpke, aad, sizeof aad, item->blob + X25519_LEN, CITIZEN_BLOB_LEN - X25519_LEN, number);
    crypto_wipe(&hpke, sizeof hpke);
    return rc;
}

/* The application's blob has been opened before: by this very request, or not. */
static void answer_used(const struct stored_blob *used, const struct call_item_citizen *item,
                        const uint8_t hash[HASH_LEN], struct op_result *result)
{
    memcpy(result->touched, used->reference, REFERENCE_LEN);
    if (!crypto_equal(used->request_id, item->request_id, REQUEST_ID_LEN) ||
        !crypto_equal(used->blob_hash, hash, HASH_LEN)) {
        result->detail = DETAIL_BLOB_USED;
        return;
    }
    result->detail = used->detail == DETAIL_DONE ? DETAIL_REPEATED : (enum detail)used->detail;
    memcpy(result->reference, used->reference, REFERENCE_LEN);
}

int op_enroll_citizen(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_citizen *item = data;
    struct stored_blob blob = {0};
    MDB_val key = {APPLICATION_NONCE_LEN, (void *)(uintptr_t)item->application_nonce}, value;
    uint8_t hash[HASH_LEN];
    char number[NUMBER_LEN];

    if (sha256(item->blob, sizeof item->blob, hash) != 0)
        return EACCES;
    int rc = mdb_get(context->store->txn, context->tenant->blob, &key, &value);
    if (rc == 0) {
        if (value.mv_size != sizeof blob)
            return MDB_CORRUPTED;
        memcpy(&blob, value.mv_data, sizeof blob);
        answer_used(&blob, item, hash, result);
        return 0;
    }
    if (rc != MDB_NOTFOUND)
        return rc;
    if (open_blob(context, item, number) != 0) {
        result->detail = DETAIL_BLOB_INVALID;
        return 0;
    }
    rc = enroll_number(context, number, item->request_id, result);
    crypto_wipe(number, sizeof number);
    if (rc != 0)
        return rc;
    memcpy(blob.request_id, item->request_id, REQUEST_ID_LEN);
    memcpy(blob.blob_hash, hash, HASH_LEN);
    memcpy(blob.reference, result->reference, REFERENCE_LEN);
    blob.detail = (uint16_t)result->detail;
    value = (MDB_val){sizeof blob, &blob};
    return store_put(context->store, context->tenant->blob, &key, &value, MDB_NOOVERWRITE);
}
