#include "driver/series.h"

#include <stdbool.h>
#include <string.h>

static const json_t *value_at(const json_t *object, const char *path)
{
    while (object != NULL) {
        size_t length = strcspn(path, ".");
        object = json_object_getn(object, path, length);
        if (path[length] == '\0') {
            return object;
        }
        path += length + 1;
    }
    return NULL;
}

struct series series_of(const json_t *rounds, const char *side, const char *path)
{
    struct series series = {.count = 0};
    size_t number;
    json_t *round;
    bool missed = false;
    json_array_foreach(rounds, number, round)
    {
        const json_t *result = json_object_get(round, side);
        const json_t *value = result != NULL ? value_at(result, path) : NULL;
        if (json_is_number(value) && !missed && series.count < ROUNDS_MAX) {
            series.value[series.count++] = json_number_value(value);
        } else {
            missed = true;
        }
    }
    /* Once is the first round only; anything between is a side that has failed, which has no figures. */
    if (missed && series.count > 1) {
        series.count = 0;
    }
    return series;
}

int series_spread(const json_t *rounds, const char *side, const char *path, struct spread *spread)
{
    struct series series = series_of(rounds, side, path);
    return spread_of(series.value, series.count, spread);
}
