#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "limits/register_bench.h"

#define BYTES_PER_REGISTRANT 4096u /* room, with what copy-on-write leaves behind */
#define ROOM                 (2ull << 30)
#define COMMIT               10000u /* registrants a commit, while a register is made */

int register_bench_fail(const char *what, int rc)
{
    fprintf(stderr, "bench-register: %s: %s\n", what, rc == 0 ? "a wrong answer" : mdb_strerror(rc));
    return -1;
}

int register_bench_open(struct register_bench *bench, const char *folder, uint32_t registrants)
{
    char error[256];
    bench->registrants = registrants;
    bench->allocator = call_arena_allocator(&bench->arena);
    if (reg_open(folder, BENCH_PREFECTURE, registrants * (size_t)BYTES_PER_REGISTRANT + ROOM, &bench->reg, error) !=
        0) {
        fprintf(stderr, "bench-register: %s\n", error);
        return -1;
    }
    return 0;
}

static int take_over(struct register_bench *bench, MDB_txn *txn, uint32_t serial)
{
    static Sekisho__V1__Date since = SEKISHO__V1__DATE__INIT;
    struct registrant registrant;
    Sekisho__Stored__StoredEntry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    struct entry_decision by = {
        .account = "bench",
        .decision = "",
        .kind = SEKISHO__V1__ANNOTATION__KIND__KIND_TAKEN_OVER,
        .reason = "",
        .valid_from = &since,
    };
    registrant_make(serial, &registrant);
    since = registrant.registered;
    if (bench->without_references) {
        registrant.registration.number_reference = (ProtobufCBinaryData){0};
    }
    entry.registration = &registrant.registration;
    int rc = entry_take_over(&bench->reg, txn, reg_now_us(), &by, &bench->allocator, &entry, serial);
    call_arena_free(&bench->arena);
    return rc;
}

int register_bench_take_over(struct register_bench *bench, MDB_txn *txn, uint32_t first, uint32_t count)
{
    int rc = 0;
    for (uint32_t i = 0; i < count && rc == 0; i++) {
        rc = take_over(bench, txn, first + i);
    }
    return rc;
}

static int make_some(struct register_bench *bench, uint32_t first, uint32_t count)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(bench->reg.env, NULL, 0, &txn);
    if (rc != 0) {
        return rc;
    }
    rc = register_bench_take_over(bench, txn, first, count);
    if (rc == 0) {
        return mdb_txn_commit(txn);
    }
    mdb_txn_abort(txn);
    return rc;
}

int register_make(struct register_bench *bench, const char *folder)
{
    if (mkdir(folder, 0700) != 0) {
        perror("bench-register: folder");
        return -1;
    }
    if (register_bench_open(bench, folder, bench->registrants) != 0) {
        return -1;
    }
    /* Made once and copied: durable at the end is enough. */
    int rc = mdb_env_set_flags(bench->reg.env, MDB_NOSYNC, 1);
    for (uint32_t done = 0; rc == 0 && done < bench->registrants; done += COMMIT) {
        uint32_t left = bench->registrants - done;
        rc = make_some(bench, done + 1, left < COMMIT ? left : COMMIT);
    }
    rc = rc == 0 ? mdb_env_sync(bench->reg.env, 1) : rc;
    reg_close(&bench->reg);
    return rc == 0 ? 0 : register_bench_fail("make", rc);
}
