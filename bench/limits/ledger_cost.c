#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limits/store_bench.h"
#include "limits/unrecorded.h"

#define ROUNDS 7

static const struct {
    uint32_t batch, group;
    double asked;
    const char *name;
} shapes[] = {{1, 64, 0.7, "64 calls of 1 a commit"}, {256, 4, 0.9, "4 calls of 256 a commit"}};

/* Items a second of one run, in a process of its own: the secret arena is made once a process. Negative: it failed. */
static double run_once(struct store_bench *bench, const char *folder, bool without)
{
    double rate = -1;
    int ends[2];

    if (pipe(ends) != 0) {
        return -1;
    }
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct run_result result = {0};
        unrecorded = without;
        bool done = store_bench_open(bench, folder) == 0 && store_bench_remember(bench) == 0 &&
                    store_loop_call(bench, &result) == 0;
        if (done) {
            rate = (double)result.calls * bench->batch * 1e9 / (double)result.elapsed_ns;
            store_close(&bench->store);
        }
        _exit(write(ends[1], &rate, sizeof(rate)) == sizeof(rate) && done ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &rate, sizeof(rate)) != sizeof(rate)) {
        rate = -1;
    }
    close(ends[0]);
    if (child > 0) {
        waitpid(child, NULL, 0);
    }
    return rate;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof(values[0]), by_size);
    return values[ROUNDS / 2];
}

int store_ledger_cost(struct store_bench *bench, const char *folder)
{
    for (size_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++) {
        double with[ROUNDS], without[ROUNDS], ratio[ROUNDS];
        bench->batch = shapes[shape].batch;
        bench->group = shapes[shape].group;
        for (int round = 0; round < ROUNDS; round++) {
            without[round] = run_once(bench, folder, true);
            with[round] = run_once(bench, folder, false);
            if (with[round] <= 0 || without[round] <= 0) {
                return -1;
            }
            ratio[round] = with[round] / without[round];
        }
        printf("%s: %.0f items/s with the ledger, %.0f without: ratio %.2f (asked for of the whole: %.1f)\n",
               shapes[shape].name, median(with), median(without), median(ratio), shapes[shape].asked);
    }
    return 0;
}
