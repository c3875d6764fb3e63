#include <stdio.h>
#include <string.h>

#include "limits/store_bench.h"
#include "vault/ledger.h"

static struct ledger_item leaf_items[CALL_ITEMS_MAX];

struct person *store_bench_next(struct store_bench *bench)
{
    return &bench->people[people_pick(&bench->random, bench->people_count)];
}

static int failed(const char *what, int rc)
{
    fprintf(stderr, "bench-store: %s: %s\n", what, rc == 0 ? "a wrong answer" : mdb_strerror(rc));
    return -1;
}

static int match_one(struct store_bench *bench, struct op_context *context, struct ledger_item *leaf_item)
{
    const struct person *person = store_bench_next(bench);
    struct op_result result = {0};
    struct call_item item = {0};
    struct number_tags tags;
    memcpy(item.reference, person->reference, REFERENCE_LEN);
    memcpy(item.number, person->number, NUMBER_LEN);
    int rc = number_tags(context->tenant, item.number, &tags);
    context->tags = &tags;
    rc = rc == 0 ? op_match(context, &item, &result) : rc;
    if (rc != 0 || result.detail != DETAIL_MATCHED) {
        return failed("match", rc);
    }
    *leaf_item = (struct ledger_item){.outcome = OUTCOME_MATCHED, .detail = DETAIL_MATCHED};
    memcpy(leaf_item->reference, result.touched, REFERENCE_LEN);
    return 0;
}

int store_bench_context(struct store_bench *bench, struct budget *budget, struct op_context *context)
{
    *context = (struct op_context){.store = &bench->store, .tenant = bench->tenant, .budget = budget};
    return budget_open(budget, &bench->store, &bench->session, &bench->limits);
}

static int match_batch(struct store_bench *bench)
{
    struct op_context context;
    struct budget budget;
    int rc = store_bench_context(bench, &budget, &context);
    for (uint32_t i = 0; rc == 0 && i < bench->batch; i++) {
        if (match_one(bench, &context, &leaf_items[i]) != 0) {
            return -1;
        }
    }
    rc = rc == 0 ? budget_close(&budget) : rc;
    return rc == 0 ? 0 : failed("budget", rc);
}

static int append_leaf(struct store_bench *bench)
{
    struct ledger_entry entry = {
        .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .status = CALL_OK, .count = bench->batch};
    uint8_t leaf_hash[HASH_LEN];
    int rc = ledger_append(&bench->store, bench->tenant, &entry, leaf_items, bench->batch, leaf_hash);
    return rc == 0 ? 0 : failed("ledger", rc);
}

static int run_group(struct store_bench *bench, bool recorded)
{
    int rc = store_begin(&bench->store);
    if (rc != 0) {
        return failed("begin", rc);
    }
    for (uint32_t i = 0; i < bench->group; i++) {
        if (match_batch(bench) != 0 || (recorded && append_leaf(bench) != 0)) {
            store_abort(&bench->store);
            return -1;
        }
    }
    if (!recorded) {
        store_abort(&bench->store);
        return 0;
    }
    rc = store_commit(&bench->store);
    return rc == 0 ? 0 : failed("commit", rc);
}

static int run_groups(struct store_bench *bench, bool recorded, struct run_result *result)
{
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    while (before_ns - begin_ns < bench->duration_ns) {
        if (run_group(bench, recorded) != 0) {
            return -1;
        }
        uint64_t now_ns = clock_ns();
        histogram_record(bench->latency, now_ns - before_ns);
        result->calls += bench->group;
        before_ns = now_ns;
    }
    result->elapsed_ns = before_ns - begin_ns;
    return 0;
}

int store_loop_match(struct store_bench *bench, struct run_result *result)
{
    return run_groups(bench, false, result);
}

int store_loop_ledger(struct store_bench *bench, struct run_result *result)
{
    return run_groups(bench, true, result);
}
