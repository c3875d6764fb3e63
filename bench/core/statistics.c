#include "core/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

int spread_of(const double *values, size_t count, struct spread *spread)
{
    double sorted[ROUNDS_MAX];
    if (count == 0 || count > ROUNDS_MAX) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i])) {
            return -1;
        }
    }
    memcpy(sorted, values, count * sizeof(*values));
    qsort(sorted, count, sizeof(*sorted), compare);
    size_t middle = count / 2;
    spread->median = count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    spread->low = sorted[0];
    spread->high = sorted[count - 1];
    return 0;
}

int spread_of_ratios(const double *above, const double *below, size_t count, struct spread *spread)
{
    double ratios[ROUNDS_MAX];
    if (count > ROUNDS_MAX) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(below[i]) || below[i] <= 0.0) {
            return -1;
        }
        ratios[i] = above[i] / below[i];
    }
    return spread_of(ratios, count, spread);
}

void round_order(size_t round, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t place = round % 2 == 0 ? i : count - 1 - i;
        order[place] = (i + round / 2) % count;
    }
}
