/*
 * Revocation lists in a register's table `meta`, so that a restart knows what came while running. A list that a
 * transaction failed to keep may be in the trust all the same: it is a newer one under the authority's signature.
 */
#ifndef SEKISHO_PORTAL_REVOCATION_H
#define SEKISHO_PORTAL_REVOCATION_H

#include "server/card/card.h"
#include "server/register/register.h"

#define REVOCATION_LIST_MAX ((size_t)8 << 20)

/* The parts of a list that is being brought: one at a time in a prefecture. *data is LMDB's; none: length 0. */
int revocation_parts(const struct reg *reg, MDB_txn *txn, MDB_val *parts);
/* Adds a part behind the first `offset` bytes, or begins anew with 0. EINVAL: that many are not there, or it would be
 * too much. */
int revocation_add_part(const struct reg *reg, MDB_txn *txn, uint64_t offset, const void *data, size_t length);
int revocation_drop_parts(const struct reg *reg, MDB_txn *txn);

/* Keeps a list that the trust has taken, under info->id. */
int revocation_keep(const struct reg *reg, MDB_txn *txn, const struct card_crl_info *info, const MDB_val *list);
/* Gives the trust all lists that were kept. Those of authorities that are not configured any more are passed over. */
int revocation_load(struct reg *reg, struct card_trust *trust, int64_t now_us);

#endif
