/*
 * Makes a store with people in it, without a set around it: the rows are those that the vault's ENROLL writes, made by
 * the vault's own functions, but for the ledger's. In the order of their keys within each transaction, so that a
 * transaction touches each page once: a store of ten million takes minutes, not hours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits/store_bench.h"
#include "vault/compact.h"
#include "vault/number_index.h"
#include "vault/record.h"

#define MAKE_PER_COMMIT 500000

struct entry {
    struct number_tag key; /* the row's name, or as much of it as there is */
    uint64_t person;
};

static int compare(const void *a, const void *b)
{
    return memcmp(&((const struct entry *)a)->key, &((const struct entry *)b)->key, sizeof(struct number_tag));
}

static int put_record(struct store_bench *bench, const struct person *person)
{
    struct stored_record record = {.version = 1, .state = RECORD_ACTIVE, .created_at_us = 1, .changed_at_us = 1};
    crypto_random(record.enroll_request, REQUEST_ID_LEN);
    int rc = record_seal(bench->tenant, person->reference, person->number, &record);
    return rc == 0 ? record_put(&bench->store, bench->tenant, person->reference, &record) : rc;
}

static int put_records(struct store_bench *bench, struct entry *order, uint64_t from, uint64_t count)
{
    int rc = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct person *person = &bench->people[from + i];
        crypto_random(person->reference, REFERENCE_LEN);
        order[i] = (struct entry){.person = from + i};
        memcpy(order[i].key.index, person->reference, REFERENCE_LEN);
    }
    qsort(order, count, sizeof(*order), compare);
    for (uint64_t i = 0; i < count && rc == 0; i++) {
        rc = put_record(bench, &bench->people[order[i].person]);
    }
    return rc;
}

static int put_index_rows(struct store_bench *bench, struct entry *order, uint64_t from, uint64_t count)
{
    int rc = 0;
    for (uint64_t i = 0; i < count && rc == 0; i++) {
        struct number_tags tags;
        rc = number_tags(bench->tenant, bench->people[from + i].number, &tags);
        order[i] = (struct entry){.key = tags.under[KEY_CURRENT], .person = from + i};
    }
    qsort(order, count, sizeof(*order), compare);
    for (uint64_t i = 0; i < count && rc == 0; i++) {
        const struct person *person = &bench->people[order[i].person];
        const struct number_tags tags = {.under[KEY_CURRENT] = order[i].key};
        rc = index_put(&bench->store, bench->tenant, &tags, person->reference, INDEX_CURRENT);
    }
    return rc;
}

static int put_people(struct store_bench *bench, struct entry *order, uint64_t from, uint64_t count)
{
    int rc = store_begin(&bench->store);
    rc = rc == 0 ? put_records(bench, order, from, count) : rc;
    rc = rc == 0 ? put_index_rows(bench, order, from, count) : rc;
    bench->tenant->now.subjects += count;
    rc = rc == 0 ? store_commit(&bench->store) : rc;
    if (rc != 0) {
        fprintf(stderr, "bench-store: make: %s\n", mdb_strerror(rc));
    }
    return rc == 0 ? 0 : -1;
}

static int write_root_key(const char *folder)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/root.key", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    bool written = fd >= 0 && write(fd, store_bench_root_key, sizeof(store_bench_root_key)) ==
                                  (ssize_t)sizeof(store_bench_root_key);
    return fd >= 0 && close(fd) == 0 && written ? 0 : -1;
}

static int fill(struct store_bench *bench)
{
    struct entry *order = calloc(MAKE_PER_COMMIT, sizeof(*order));
    int result = order != NULL ? 0 : -1;
    for (uint64_t from = 0; result == 0 && from < bench->people_count; from += MAKE_PER_COMMIT) {
        uint64_t left = bench->people_count - from;
        result = put_people(bench, order, from, left < MAKE_PER_COMMIT ? left : MAKE_PER_COMMIT);
    }
    free(order);
    return result;
}

int store_make(struct store_bench *bench, const char *folder)
{
    char table[1024];
    snprintf(table, sizeof(table), "%s/people.table", folder);
    bench->people = people_make(bench->people_count);
    if (bench->people == NULL || mkdir(folder, 0700) != 0 || write_root_key(folder) != 0) {
        perror("bench-store: make");
        return -1;
    }
    if (store_bench_open(bench, folder) != 0) {
        return -1;
    }
    int result = fill(bench);
    store_close(&bench->store);
    /* Making it has left as many free pages as used ones, which every copy and every look into memory would carry. */
    if (result == 0 && store_compact(folder) != 0) {
        fputs("bench-store: make: cannot compact\n", stderr);
        result = -1;
    }
    if (result == 0 && people_save(table, bench->people, bench->people_count) != 0) {
        perror("bench-store: table");
        result = -1;
    }
    return result;
}
