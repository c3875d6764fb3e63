/*
 * What the product is held to, each demand measured within this run: a quantity of one side over the same quantity of
 * another, or an amount of memory. A demand whose sides did not run is shown as not measured, never left out.
 */
#ifndef SEKISHO_BENCH_DEMANDS_H
#define SEKISHO_BENCH_DEMANDS_H

#include <jansson.h>

/*
 * Evaluates every demand: an array of objects
 *   title, above, below (names of sides), unit ("" for a ratio), asked (a number, or null: for information),
 *   at_least (bool), median, low, high, met (bool, or null), missing (the side that did not run, or null).
 */
json_t *demands_evaluate(const json_t *rounds);

#endif
