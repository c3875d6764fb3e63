/* ENROLL_CITIZEN and MATCH_CITIZEN: a number that a citizen's client sealed to the vault, carried here by the portal. A
 * blob serves one request: one enrolment, or the comparisons of one case. */
#include <errno.h>
#include <string.h>

#include "vault/number_index.h"
#include "vault/operations.h"
#include "vault/record.h"

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

/* What is known of the application's blob: 0, MDB_NOTFOUND or an LMDB code. */
static int used_blob(struct op_context *context, const struct call_item_citizen *item, struct stored_blob *blob)
{
    MDB_val key = {APPLICATION_NONCE_LEN, (void *)item->application_nonce}, value;
    int rc = mdb_get(context->store->txn, context->tenant->blob, &key, &value);

    if (rc != 0)
        return rc;
    if (value.mv_size != sizeof *blob)
        return MDB_CORRUPTED;
    memcpy(blob, value.mv_data, sizeof *blob);
    return 0;
}

static int note_blob(struct op_context *context, const struct call_item_citizen *item, struct stored_blob *blob)
{
    MDB_val key = {APPLICATION_NONCE_LEN, (void *)item->application_nonce}, value = {sizeof *blob, blob};

    return store_put(context->store, context->tenant->blob, &key, &value, MDB_NOOVERWRITE);
}

/* The application's blob has been opened before: by this very request, or not. */
static int answer_used(struct op_context *context, const struct stored_blob *used, const struct call_item_citizen *item,
                       const uint8_t hash[HASH_LEN], struct op_result *result)
{
    struct stored_record record;

    memcpy(result->touched, used->reference, REFERENCE_LEN);
    if (!crypto_equal(used->request_id, item->request_id, REQUEST_ID_LEN) ||
        !crypto_equal(used->blob_hash, hash, HASH_LEN)) {
        result->detail = DETAIL_BLOB_USED;
        return 0;
    }
    result->detail = used->detail == DETAIL_NONE ? DETAIL_BLOB_USED : (enum detail)used->detail;
    if (used->detail != DETAIL_DONE && used->detail != DETAIL_REPEATED)
        return 0;
    int rc = record_get(context->store, context->tenant, used->reference, &record);
    if (rc != 0)
        return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
    if (record.state == RECORD_ERASED) {
        result->detail = DETAIL_ERASED;
        return 0;
    }
    result->detail = DETAIL_REPEATED;
    memcpy(result->reference, used->reference, REFERENCE_LEN);
    return 0;
}

int op_enroll_citizen(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_citizen *item = data;
    struct stored_blob blob = {0};
    uint8_t hash[HASH_LEN];
    char number[NUMBER_LEN];

    if (sha256(item->blob, sizeof item->blob, hash) != 0)
        return EACCES;
    int rc = used_blob(context, item, &blob);
    if (rc == 0)
        return answer_used(context, &blob, item, hash, result);
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
    return note_blob(context, item, &blob);
}

/* Compared anew each time, and charged: what was the reference's number may not be any more. */
static int match_blob(struct op_context *context, const struct call_item_citizen *item, struct op_result *result)
{
    struct number_tags tags;
    char number[NUMBER_LEN];

    if (open_blob(context, item, number) != 0) {
        result->detail = DETAIL_BLOB_INVALID;
        return 0;
    }
    int rc = number_tags(context->tenant, number, &tags);
    if (rc == 0)
        rc = compare_number(context, item->reference, number, &tags, result);
    crypto_wipe(number, sizeof number);
    crypto_wipe(&tags, sizeof tags);
    return rc;
}

/* In another case the blob would prove who somebody else was, earlier. */
int op_match_citizen(struct op_context *context, const void *data, struct op_result *result)
{
    const struct call_item_citizen *item = data;
    struct stored_blob blob = {0};
    uint8_t hash[HASH_LEN];

    if (sha256(item->blob, sizeof item->blob, hash) != 0)
        return EACCES;
    int rc = used_blob(context, item, &blob);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return rc;
    bool first = rc == MDB_NOTFOUND;
    if (!first && (!crypto_equal(blob.request_id, context->case_ref, REQUEST_ID_LEN) ||
                   !crypto_equal(blob.blob_hash, hash, HASH_LEN))) {
        result->detail = DETAIL_BLOB_USED;
        return 0;
    }
    rc = match_blob(context, item, result);
    if (rc != 0 || !first || result->detail == DETAIL_BLOB_INVALID)
        return rc;
    memcpy(blob.request_id, context->case_ref, REQUEST_ID_LEN);
    memcpy(blob.blob_hash, hash, HASH_LEN);
    return note_blob(context, item, &blob);
}
