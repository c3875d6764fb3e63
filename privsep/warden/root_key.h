/*
 * The keeper's part in opening a wrapped root key. It makes the memory that takes the key, runs an unsealing process
 * (unseal/unseal.h) before any set exists, and keeps that memory as a descriptor, so that a set that is started again
 * needs no person. It never maps or reads it: the key is in no memory image of the warden.
 *
 * The memory is secret memory (memfd_secret(2): in RAM only, out of the kernel's own reach) or, where the kernel has
 * none, a memory file sealed against change, which a system with swap may write to it.
 */
#ifndef SEKISHO_WARDEN_ROOT_KEY_H
#define SEKISHO_WARDEN_ROOT_KEY_H

#include "warden/config.h"

/* Where the keeper has the descriptor, and where each set's warden finds it. Open for the sources that unseal only. */
#define ROOT_KEY_FD 3

/* For a source that unseals: runs the unsealing process and leaves ROOT_KEY_FD open. No descriptor above 2 is open
 * before. Returns 0, or an exit code after logging why. */
int root_key_unseal(const struct warden_config *config);

#endif
