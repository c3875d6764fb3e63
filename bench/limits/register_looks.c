#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/people.h"
#include "limits/register_bench.h"
#include "server/register/entry_search.h"

#define PAGE_ROWS 50 /* when a call does not say */

static uint32_t pick(struct register_bench *bench)
{
    return 1 + (uint32_t)people_pick(&bench->random, bench->registrants);
}

/* As an answer is packed: into the call's memory. */
static int pack(struct register_bench *bench, const Sekisho__V1__Registration *registration)
{
    size_t length = sekisho__v1__registration__get_packed_size(registration);
    uint8_t *packed = call_arena_alloc(&bench->arena, length);
    return packed != NULL && sekisho__v1__registration__pack(registration, packed) == length ? 0 : ENOMEM;
}

static int get(struct register_bench *bench, MDB_txn *txn, uint32_t serial)
{
    stored_entry *entry;
    int rc = entry_get(&bench->reg, txn, serial, &bench->allocator, &entry);
    return rc == 0 ? pack(bench, entry->registration) : rc;
}

int register_look_get(struct register_bench *bench)
{
    int rc;
    MDB_txn *txn = reg_read_begin(&bench->reg, &rc);
    if (txn == NULL) {
        return register_bench_fail("get", rc);
    }
    rc = get(bench, txn, pick(bench));
    reg_read_end(&bench->reg, txn);
    call_arena_free(&bench->arena);
    return rc == 0 ? 0 : register_bench_fail("get", rc);
}

int register_look_reference(struct register_bench *bench)
{
    struct registrant registrant;
    uint32_t wanted = pick(bench), found = 0;
    int rc;
    registrant_make(wanted, &registrant);
    MDB_txn *txn = reg_read_begin(&bench->reg, &rc);
    if (txn == NULL) {
        return register_bench_fail("reference", rc);
    }
    rc = entry_of_reference(&bench->reg, txn, registrant.reference, &found);
    rc = rc == 0 ? get(bench, txn, found) : rc;
    reg_read_end(&bench->reg, txn);
    call_arena_free(&bench->arena);
    return rc == 0 && found == wanted ? 0 : register_bench_fail("reference", rc);
}

/* The first page, as an answer is packed. The registrant asked for is on it, or the page is full. */
static int search(struct register_bench *bench, const struct entry_search *wanted, uint32_t serial)
{
    static stored_entry *found[PAGE_ROWS];
    struct search_position position = {0};
    size_t count = 0;
    int rc;
    MDB_txn *txn = reg_read_begin(&bench->reg, &rc);
    if (txn == NULL) {
        return register_bench_fail("search", rc);
    }
    rc = search_page(&bench->reg, txn, wanted, &position, &bench->allocator, PAGE_ROWS, found, &count);
    bool there = count == PAGE_ROWS;
    for (size_t i = 0; i < count && rc == 0; i++) {
        there = there || (uint32_t)strtoul(strrchr(found[i]->registration->name, '/') + 1, NULL, 10) == serial;
        rc = pack(bench, found[i]->registration);
    }
    reg_read_end(&bench->reg, txn);
    call_arena_free(&bench->arena);
    return rc == 0 && there ? 0 : register_bench_fail("search", rc);
}

int register_look_number(struct register_bench *bench)
{
    struct entry_search wanted = {0};
    char number[48];
    uint32_t serial = pick(bench);
    snprintf(number, sizeof(number), "埼玉県-%06u", (unsigned)serial);
    return search_by_number(&wanted, BENCH_PREFECTURE, number) ? search(bench, &wanted, serial)
                                                               : register_bench_fail("number", 0);
}

static int search_name(struct register_bench *bench, bool whole)
{
    struct entry_search wanted = {0};
    struct registrant registrant;
    uint32_t serial = pick(bench);
    registrant_make(serial, &registrant);
    return search_by_name(&wanted, whole ? registrant.text : registrant.family, !whole)
               ? search(bench, &wanted, serial)
               : register_bench_fail("name", 0);
}

int register_look_name(struct register_bench *bench)
{
    return search_name(bench, true);
}

int register_look_prefix(struct register_bench *bench)
{
    return search_name(bench, false);
}
