/* Entries and receipts as JSON: what `ledger show --json`, `ledger prove` and `--json` of the number commands write. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_job.h"

json_t *hex_json(const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * length + 1);

    if (!text)
        abort();
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * length] = '\0';
    json_t *value = json_string(text);
    free(text);
    return value;
}

bool hex_from_json(const json_t *value, uint8_t *out, size_t length)
{
    const char *text = json_string_value(value);

    if (!text || strlen(text) != 2 * length)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        if (strspn(digits, "0123456789abcdefABCDEF") != 2)
            return false;
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

static json_t *item_json(const struct sekisho_ledger_item *item)
{
    static const uint8_t none[SEKISHO_REFERENCE_LEN];
    bool touched = memcmp(item->reference, none, sizeof none) != 0;

    return json_pack("{s:o, s:s, s:s}", "reference",
                     touched ? hex_json(item->reference, sizeof item->reference) : json_null(), "outcome",
                     sekisho_outcome_name(item->outcome), "detail", sekisho_detail_name(item->detail));
}

static json_t *items_json(const struct sekisho_ledger_entry *entry)
{
    json_t *items = json_array();

    for (size_t i = 0; i < entry->count; i++) {
        struct sekisho_ledger_item item;
        sekisho_ledger_item(entry, i, &item);
        json_array_append_new(items, item_json(&item));
    }
    return items;
}

/* The items of a reference with their exact bytes, of all others the hashes. */
static json_t *items_of_json(const struct sekisho_ledger_entry *entry, const uint8_t *reference)
{
    json_t *items = json_array();

    for (size_t i = 0; i < entry->count; i++) {
        struct sekisho_ledger_item item;
        uint8_t hash[SEKISHO_HASH_LEN];
        sekisho_ledger_item(entry, i, &item);
        if (memcmp(item.reference, reference, sizeof item.reference) == 0) {
            json_t *shown = item_json(&item);
            json_object_set_new(shown, "data", hex_json(item.data, item.length));
            json_array_append_new(items, shown);
        } else if (sekisho_item_hash(&item, hash)) {
            json_array_append_new(items, json_pack("{s:o}", "hash", hex_json(hash, sizeof hash)));
        } else {
            abort();
        }
    }
    return items;
}

/* What both forms of an entry say. */
static json_t *head_json(const struct sekisho_ledger_entry *entry)
{
    char time[TIME_TEXT_LEN], name[64];

    time_format(entry->time_us, time);
    snprintf(name, sizeof name, "prefectures/%02u/ledgerEntries/%" PRIu64, entry->prefecture % 100, entry->index);
    return json_pack(
        "{s:s, s:I, s:s, s:s, s:i, s:o, s:s, s:s, s:{s:i, s:s, s:s}, s:b, s:o, s:i, s:o}", "name", name, "index",
        (json_int_t)entry->index, "time", time, "account", entry->account, "role", (int)entry->role, "session",
        hex_json(entry->session, sizeof entry->session), "operation", sekisho_operation_name(entry->operation),
        "purpose", sekisho_purpose_name(entry->purpose), "legal_basis", "code", (int)entry->legal_basis, "ja",
        sekisho_legal_basis_name(entry->legal_basis, true), "en", sekisho_legal_basis_name(entry->legal_basis, false),
        "permitted", (int)entry->permitted, "case", hex_json(entry->case_reference, sizeof entry->case_reference),
        "asked", (int)entry->asked, "leaf_hash", hex_json(entry->leaf_hash, sizeof entry->leaf_hash));
}

json_t *entry_json(const struct sekisho_ledger_entry *entry)
{
    json_t *object = head_json(entry);

    json_object_set_new(object, "items", items_json(entry));
    json_object_set_new(object, "data", hex_json(entry->data, entry->length));
    return object;
}

json_t *proven_json(const struct sekisho_ledger_entry *entry, const uint8_t *reference,
                    const struct sekisho_proof *proof)
{
    json_t *object = head_json(entry), *hashes = json_array();

    for (size_t i = 0; i < proof->count; i++)
        json_array_append_new(hashes, hex_json(proof->hash[i], sizeof proof->hash[i]));
    json_object_set_new(object, "head", hex_json(entry->data, entry->head_length));
    json_object_set_new(object, "items", items_of_json(entry, reference));
    json_object_set_new(object, "inclusion", hashes);
    return object;
}

json_t *receipt_json(const struct sekisho_receipt *receipt)
{
    char time[TIME_TEXT_LEN];

    time_format(receipt->recorded_us, time);
    return json_pack("{s:I, s:s, s:o, s:I, s:o, s:o}", "ledger_index", (json_int_t)receipt->ledger_index, "time", time,
                     "leaf_hash", hex_json(receipt->leaf_hash, sizeof receipt->leaf_hash), "tree_size",
                     (json_int_t)receipt->tree_size, "tree_root",
                     hex_json(receipt->tree_root, sizeof receipt->tree_root), "tree_signature",
                     hex_json(receipt->tree_signature, sizeof receipt->tree_signature));
}

bool receipt_from_json(const json_t *value, struct sekisho_receipt *receipt)
{
    const json_t *index = json_object_get(value, "ledger_index"), *size = json_object_get(value, "tree_size");

    memset(receipt, 0, sizeof *receipt);
    receipt->ledger_index = (uint64_t)json_integer_value(index);
    receipt->tree_size = (uint64_t)json_integer_value(size);
    return json_is_integer(index) && json_is_integer(size) &&
           hex_from_json(json_object_get(value, "leaf_hash"), receipt->leaf_hash, sizeof receipt->leaf_hash) &&
           hex_from_json(json_object_get(value, "tree_root"), receipt->tree_root, sizeof receipt->tree_root) &&
           hex_from_json(json_object_get(value, "tree_signature"), receipt->tree_signature,
                         sizeof receipt->tree_signature);
}

void json_line(json_t *object)
{
    if (!object)
        abort();
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}
