#include "erasure_receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "cli.h"
#include "ledger_job.h"

#define ITEM_AT sizeof(struct ledger_entry)

/* ---- writing ---- */

static void put_hex(FILE *out, const char *name, const uint8_t *bytes, size_t length)
{
    fprintf(out, "%s ", name);
    for (size_t i = 0; i < length; i++)
        fprintf(out, "%02x", bytes[i]);
    fputc('\n', out);
}

/* Entry and item as of a call of one item. */
static bool decode(const struct erasure_receipt *receipt, struct sekisho_ledger_entry *entry,
                   struct sekisho_ledger_item *item)
{
    if (!sekisho_ledger_decode(receipt->data, sizeof receipt->data, entry))
        return false;
    sekisho_ledger_item(entry, 0, item);
    return true;
}

static void put_words(FILE *out, const struct erasure_receipt *receipt)
{
    struct sekisho_ledger_entry entry = {0};
    struct sekisho_ledger_item item = {0};
    char time[TIME_TEXT_LEN];

    if (!decode(receipt, &entry, &item))
        return;
    time_format(entry.time_us, time);
    fprintf(out, "sekisho erasure receipt 1\nprefecture %02u\n", entry.prefecture);
    put_hex(out, "reference", item.reference, sizeof item.reference);
    fprintf(out, "time %s\noperation %s\npurpose %s\naccount %s\nindex %" PRIu64 "\n", time,
            sekisho_operation_name(entry.operation), sekisho_purpose_name(entry.purpose), entry.account, entry.index);
}

char *erasure_receipt_text(const struct erasure_receipt *receipt)
{
    char note[SEKISHO_NOTE_MAX], vkey[SEKISHO_VKEY_MAX], *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out || !sekisho_checkpoint_note(&receipt->head, note) || !sekisho_checkpoint_vkey(&receipt->head, vkey))
        abort();
    put_words(out, receipt);
    put_hex(out, "entry", receipt->data, ITEM_AT);
    for (size_t i = 0; i < receipt->item_count; i++)
        if (i == receipt->item_at)
            put_hex(out, "item", receipt->data + ITEM_AT, sizeof receipt->data - ITEM_AT);
        else
            put_hex(out, "other", receipt->hash[i], SEKISHO_HASH_LEN);
    for (size_t i = 0; i < receipt->proof.count; i++)
        put_hex(out, "proof", receipt->proof.hash[i], SEKISHO_HASH_LEN);
    fprintf(out, "vkey %s\n\n%s", vkey, note);
    if (fclose(out) != 0)
        abort();
    return text;
}

bool erasure_receipt_make(const struct sekisho_ledger_entry *entry, size_t at, const struct sekisho_proof *proof,
                          const struct sekisho_checkpoint *head, struct erasure_receipt *receipt)
{
    struct sekisho_ledger_item item;

    receipt->head = *head;
    receipt->proof = *proof;
    receipt->item_count = entry->count;
    receipt->item_at = at;
    memcpy(receipt->data, entry->data, ITEM_AT);
    for (size_t i = 0; i < entry->count; i++) {
        sekisho_ledger_item(entry, i, &item);
        if (!sekisho_item_hash(&item, receipt->hash[i]))
            return false;
        if (i == at)
            memcpy(receipt->data + ITEM_AT, item.data, item.length);
    }
    return true;
}

/* ---- reading: what is not as it was written shows when it is written again ---- */

/* The words after "name ", or NULL. */
static const char *after(const char *line, const char *name)
{
    size_t length = strlen(name);

    return strncmp(line, name, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static void take_hex(const char *text, uint8_t *out, size_t length)
{
    for (size_t i = 0; i < length && text[2 * i] > ' ' && text[2 * i + 1] > ' '; i++) {
        const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

/* Bytes `skip` to `skip` + length of a base64 text. */
static void take_base64(const char *text, size_t skip, uint8_t *out, size_t length)
{
    uint8_t decoded[128] = {0}; /* white space in the text leaves its end unwritten */
    size_t given = strcspn(text, "\n");

    if (given % 4 == 0 && given / 4 * 3 <= sizeof decoded && given / 4 * 3 >= skip + length &&
        EVP_DecodeBlock(decoded, (const unsigned char *)text, (int)given) > 0)
        memcpy(out, decoded + skip, length);
}

static void take_line(const char *line, struct erasure_receipt *receipt)
{
    const char *entry = after(line, "entry"), *item = after(line, "item"), *other = after(line, "other"),
               *proof = after(line, "proof"), *vkey = after(line, "vkey");
    const char *key = vkey ? strchr(vkey, '+') : NULL;

    if (entry)
        take_hex(entry, receipt->data, ITEM_AT);
    if (item && receipt->item_count < CALL_ITEMS_MAX) {
        const struct sekisho_ledger_item taken = {.data = receipt->data + ITEM_AT,
                                                  .length = sizeof receipt->data - ITEM_AT};
        take_hex(item, receipt->data + ITEM_AT, taken.length);
        receipt->item_at = receipt->item_count++;
        (void)sekisho_item_hash(&taken, receipt->hash[receipt->item_at]);
    }
    if (other && receipt->item_count < CALL_ITEMS_MAX)
        take_hex(other, receipt->hash[receipt->item_count++], SEKISHO_HASH_LEN);
    if (proof && receipt->proof.count < SEKISHO_PROOF_MAX)
        take_hex(proof, receipt->proof.hash[receipt->proof.count++], SEKISHO_HASH_LEN);
    /* "<origin>+<key id, 8 digits>+<base64 of type and key>" */
    if (key && strnlen(key, 10) == 10)
        take_base64(key + 10, 1, receipt->head.public_key, sizeof receipt->head.public_key);
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end ? end + 1 : line + strlen(line);
}

static void take_note(const char *origin, struct sekisho_checkpoint *head)
{
    const char *size = next_line(origin), *root = next_line(size), *empty = next_line(root), *sign = next_line(empty);
    const char *signature = strchr(sign, ' ');

    head->prefecture = strncmp(origin, "sekisho/prefectures/", 20) == 0 ? (unsigned)strtoul(origin + 20, NULL, 10) : 0;
    head->size = strtoull(size, NULL, 10);
    take_base64(root, 0, head->root, sizeof head->root);
    signature = signature ? strchr(signature + 1, ' ') : NULL;
    if (signature)
        take_base64(signature + 1, 4, head->signature, sizeof head->signature);
}

/* The first line in which two texts differ; 0: none. */
static unsigned different_line(const char *a, const char *b)
{
    unsigned line = 1;

    for (; *a && *a == *b; a++, b++)
        line += *a == '\n';
    return *a == *b ? 0 : line;
}

static enum receipt_fault check_proof(const struct erasure_receipt *receipt)
{
    struct sekisho_ledger_entry entry;
    struct sekisho_ledger_item item;
    uint8_t leaf[SEKISHO_HASH_LEN];

    if (!decode(receipt, &entry, &item) || entry.operation != SEKISHO_ERASE || !entry.permitted ||
        item.detail != SEKISHO_DETAIL_DONE)
        return RECEIPT_NOT_ERASURE;
    if (entry.prefecture != receipt->head.prefecture || entry.asked != receipt->item_count ||
        !sekisho_leaf_hash_of_items(receipt->data, ITEM_AT, receipt->hash, receipt->item_count, leaf) ||
        !sekisho_verify_inclusion(entry.index, receipt->head.size, leaf, &receipt->proof, receipt->head.root))
        return RECEIPT_LEAF;
    return sekisho_verify_checkpoint(&receipt->head) ? RECEIPT_GOOD : RECEIPT_SIGNATURE;
}

enum receipt_fault erasure_receipt_check(const char *text, struct erasure_receipt *receipt, unsigned *line)
{
    const char *at = text;

    memset(receipt, 0, sizeof *receipt);
    receipt->item_at = CALL_ITEMS_MAX;
    for (; *at && *at != '\n'; at = next_line(at))
        take_line(at, receipt);
    if (*at)
        take_note(at + 1, &receipt->head);
    char *again = erasure_receipt_text(receipt);
    *line = different_line(text, again);
    free(again);
    return *line ? RECEIPT_LINE : check_proof(receipt);
}
