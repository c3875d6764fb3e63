/*
 * Taking remnants out of the store file, offline. LMDB writes changed pages elsewhere and leaves the old ones as they
 * were until it needs the room: sealed numbers, record keys' salts and former tenant keys that have been erased or
 * exchanged can stand there still, sealed under keys that the root key opens. The store is written anew with what is
 * in it now and nothing else.
 */
#ifndef SEKISHO_VAULT_COMPACT_H
#define SEKISHO_VAULT_COMPACT_H

/* Of a store that no vault has open; needs room for a second copy. A crash leaves the one or the other. 0, an errno or
 * an LMDB code. */
int store_compact(const char *folder);

#endif
