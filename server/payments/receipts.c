#include "server/payments/receipts.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

typedef Sekisho__V1__Receipt stored_receipt;

#define RECEIPT_SIZE_MAX 8192 /* a void reason has at most 1,000 characters */

struct stored_key {
    uint8_t application[REGISTER_ID_LEN];
    uint8_t number[4];
};
struct day_key {
    uint8_t day[4];
    struct stored_key receipt;
};
struct slip_key {
    uint8_t method;
    char slip[SLIP_MAX];
};
_Static_assert(sizeof(struct stored_key) == 20 && sizeof(struct day_key) == 24 && sizeof(struct slip_key) == 65,
               "as tables.def says");

static void put_u32(uint8_t out[4], uint32_t value)
{
    value = htobe32(value);
    memcpy(out, &value, 4);
}

static uint32_t get_u32(const uint8_t in[4])
{
    uint32_t value;

    memcpy(&value, in, 4);
    return be32toh(value);
}

static struct stored_key stored_key_of(const struct receipt_key *key)
{
    struct stored_key stored;

    memcpy(stored.application, key->application, REGISTER_ID_LEN);
    put_u32(stored.number, key->number);
    return stored;
}

static void key_of_stored(const struct stored_key *stored, struct receipt_key *key)
{
    memcpy(key->application, stored->application, REGISTER_ID_LEN);
    key->number = get_u32(stored->number);
}

static MDB_val slip_of(const stored_receipt *receipt, struct slip_key *key)
{
    size_t length = strlen(receipt->slip_number);

    key->method = (uint8_t)receipt->method;
    memcpy(key->slip, receipt->slip_number, length);
    return (MDB_val){.mv_size = 1 + length, .mv_data = key};
}

bool slip_valid(const char *slip)
{
    size_t length = strlen(slip);

    return length >= 1 && length <= SLIP_MAX && strspn(slip, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

int receipt_get(const struct reg *reg, MDB_txn *txn, const struct receipt_key *key, ProtobufCAllocator *allocator,
                stored_receipt **receipt)
{
    struct stored_key stored = stored_key_of(key);
    MDB_val name = {.mv_size = sizeof stored, .mv_data = &stored}, value;
    int rc = mdb_get(txn, reg->table[TABLE_receipt], &name, &value);

    if (rc != 0)
        return rc;
    *receipt = sekisho__v1__receipt__unpack(allocator, value.mv_size, value.mv_data);
    return *receipt ? 0 : MDB_CORRUPTED;
}

/* The last receipt of an application has the greatest number; *number is 0 when there is none. */
static int last_number(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN],
                       uint32_t *number)
{
    struct receipt_key key = {.number = 0};
    int rc;

    memcpy(key.application, application, REGISTER_ID_LEN);
    for (*number = 0; (rc = receipt_next(reg, txn, NULL, &key)) == 0; *number = key.number++)
        ;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int receipt_settling(const struct reg *reg, MDB_txn *txn, const uint8_t application[REGISTER_ID_LEN], int64_t *yen)
{
    struct receipt_key key = {.number = 0};
    int rc;

    memcpy(key.application, application, REGISTER_ID_LEN);
    for (; (rc = receipt_next(reg, txn, NULL, &key)) == 0; key.number++) {
        stored_receipt *receipt;
        rc = receipt_get(reg, txn, &key, NULL, &receipt);
        if (rc != 0)
            return rc;
        bool voided = receipt->voided;
        *yen = receipt->amount_yen;
        sekisho__v1__receipt__free_unpacked(receipt, NULL);
        if (!voided)
            return 0;
    }
    return rc;
}

static int put_receipt(const struct reg *reg, MDB_txn *txn, const struct stored_key *key, const stored_receipt *receipt,
                       unsigned flags)
{
    uint8_t packed[RECEIPT_SIZE_MAX];
    MDB_val name = {.mv_size = sizeof *key, .mv_data = (void *)(uintptr_t)key};

    if (sekisho__v1__receipt__get_packed_size(receipt) > sizeof packed)
        return EINVAL;
    MDB_val value = {.mv_size = sekisho__v1__receipt__pack(receipt, packed), .mv_data = packed};
    return mdb_put(txn, reg->table[TABLE_receipt], &name, &value, flags);
}

static uint32_t day_of(const Sekisho__V1__Date *date)
{
    return (uint32_t)(date->year * 10000 + date->month * 100 + date->day);
}

int receipt_add(const struct reg *reg, MDB_txn *txn, struct receipt_key *key, const stored_receipt *receipt)
{
    struct slip_key slip;
    struct day_key day;
    MDB_val slip_name = slip_of(receipt, &slip), day_name = {.mv_size = sizeof day, .mv_data = &day}, nothing = {0};
    int rc = last_number(reg, txn, key->application, &key->number);

    if (rc != 0)
        return rc;
    key->number++;
    day.receipt = stored_key_of(key);
    put_u32(day.day, day_of(receipt->received_on));
    MDB_val to = {.mv_size = sizeof day.receipt, .mv_data = &day.receipt};
    rc = mdb_put(txn, reg->table[TABLE_receipt_by_slip], &slip_name, &to, MDB_NOOVERWRITE);
    if (rc == 0)
        rc = put_receipt(reg, txn, &day.receipt, receipt, MDB_NOOVERWRITE);
    if (rc == 0)
        rc = mdb_put(txn, reg->table[TABLE_receipt_by_day], &day_name, &nothing, MDB_NOOVERWRITE);
    return rc;
}

int receipt_void(const struct reg *reg, MDB_txn *txn, const struct receipt_key *key, const stored_receipt *receipt)
{
    struct stored_key stored = stored_key_of(key);
    struct slip_key slip;
    MDB_val slip_name = slip_of(receipt, &slip);
    int rc = mdb_del(txn, reg->table[TABLE_receipt_by_slip], &slip_name, NULL);

    return rc != 0 ? rc : put_receipt(reg, txn, &stored, receipt, 0);
}

/* The first row at or after `from` in a table whose keys end in a stored_key. */
static int next_row(MDB_txn *txn, MDB_dbi table, const void *from, size_t size, MDB_val *found)
{
    MDB_cursor *cursor;
    MDB_val value;
    int rc = mdb_cursor_open(txn, table, &cursor);

    if (rc != 0)
        return rc;
    *found = (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)from};
    rc = mdb_cursor_get(cursor, found, &value, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    return rc == 0 && found->mv_size != size ? MDB_CORRUPTED : rc;
}

int receipt_next(const struct reg *reg, MDB_txn *txn, uint32_t *day, struct receipt_key *key)
{
    struct day_key from = {.receipt = stored_key_of(key)};
    MDB_val found;
    int rc;

    if (!day) {
        rc = next_row(txn, reg->table[TABLE_receipt], &from.receipt, sizeof from.receipt, &found);
        if (rc == 0 && memcmp(found.mv_data, key->application, REGISTER_ID_LEN) != 0)
            rc = MDB_NOTFOUND;
        if (rc == 0)
            key_of_stored(found.mv_data, key);
        return rc;
    }
    put_u32(from.day, *day);
    rc = next_row(txn, reg->table[TABLE_receipt_by_day], &from, sizeof from, &found);
    if (rc == 0) {
        const struct day_key *row = found.mv_data;
        *day = get_u32(row->day);
        key_of_stored(&row->receipt, key);
    }
    return rc;
}
