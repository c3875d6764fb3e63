/* A register in a folder of its own, for tests. */
#ifndef SEKISHO_TESTS_REGISTER_FOLDER_H
#define SEKISHO_TESTS_REGISTER_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/register/register.h"

#define FOLDER_MAP_BYTES ((size_t)256 << 20)

struct register_folder {
    char path[64];
    struct reg reg;
};

/* Prefecture 11, opened, the writer started. */
void register_folder_make(struct register_folder *folder);
/* Closes and opens again, as a restart does. */
void register_folder_reopen(struct register_folder *folder);
/* Closes and removes it. */
void register_folder_remove(struct register_folder *folder);

/* Runs a job and waits for its end: run's code or the commit's. */
int register_folder_write(struct register_folder *folder, int (*run)(void *context, MDB_txn *txn, int64_t now_us),
                          void *context);
/* The same as a plain job. */
int register_folder_write_plain(struct register_folder *folder, int (*run)(void *context, MDB_txn *txn, int64_t now_us),
                                void *context);

#endif
