/* The plots of a bench. Each gives 1 when it was written, 0 when there is nothing to plot, -1 with a line. */
#ifndef SEKISHO_BENCH_PLOTS_H
#define SEKISHO_BENCH_PLOTS_H

#include <jansson.h>

int plot_throughput(const json_t *results, const char *path);  /* items a second of every side */
int plot_percentiles(const json_t *results, const char *path); /* latency of unary sides, by percentile */
int plot_open_loop(const json_t *results, const char *path);   /* latency against the rate offered */
int plot_growth(const json_t *results, const char *path);      /* growth.c: the register at three sizes */

#endif
