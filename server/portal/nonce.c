#include "server/portal/nonce.h"

#include <errno.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"

typedef Sekisho__Stored__StoredNonce stored_nonce;

int nonce_make(const struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t application[REGISTER_ID_LEN],
               uint8_t nonce[NONCE_LEN], int64_t *expire_us)
{
    stored_nonce stored = SEKISHO__STORED__STORED_NONCE__INIT;

    crypto_random(nonce, NONCE_LEN);
    stored.application = (ProtobufCBinaryData){REGISTER_ID_LEN, (uint8_t *)(uintptr_t)application};
    stored.expire_us = *expire_us = now_us + NONCE_LIFE_US;
    return record_add(txn, reg->table[TABLE_nonce], nonce, NONCE_LEN, &stored.base, MDB_NOOVERWRITE);
}

int nonce_drop(const struct reg *reg, MDB_txn *txn, const uint8_t nonce[NONCE_LEN])
{
    MDB_val key = {NONCE_LEN, (void *)(uintptr_t)nonce};
    int rc = mdb_del(txn, reg->table[TABLE_nonce], &key, NULL);

    return rc == MDB_NOTFOUND ? 0 : rc;
}

int nonce_take(const struct reg *reg, MDB_txn *txn, int64_t now_us, const uint8_t nonce[NONCE_LEN],
               const uint8_t application[REGISTER_ID_LEN])
{
    ProtobufCMessage *message;
    int rc = record_get(txn, reg->table[TABLE_nonce], nonce, NONCE_LEN, &sekisho__stored__stored_nonce__descriptor,
                        NULL, &message);

    if (rc != 0)
        return rc;
    stored_nonce *stored = (stored_nonce *)message;
    bool ours = stored->application.len == REGISTER_ID_LEN &&
                crypto_equal(stored->application.data, application, REGISTER_ID_LEN);
    bool late = stored->expire_us < now_us;
    sekisho__stored__stored_nonce__free_unpacked(stored, NULL);
    if (!ours)
        return MDB_NOTFOUND;
    return late ? ETIME : nonce_drop(reg, txn, nonce);
}
