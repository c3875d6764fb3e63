#include "driver/demands.h"

#include <stdbool.h>
#include <string.h>

#include "driver/series.h"

#define BELOW_MAX 3
#define RATE      "items_per_s"
#define P50       "latency_us.p50"
#define P99       "latency_us.p99"

enum kind {
    RATIO,  /* quantity of `above` / that of the best of `below` */
    ADDED,  /* (p50 of above - p50 of below[0]) / (3 x p50 of below[1] + p50 of below[2]) */
    AMOUNT, /* quantity of `above` */
};

struct demand {
    const char *title, *quantity, *above, *unit, *below[BELOW_MAX];
    double asked; /* 0: for information */
    enum kind kind;
    bool at_least; /* else at most */
};

#define CPP(load) load "-cpp-async1", load "-cpp-async2", load "-cpp-callback"
#define AT_LEAST(asked, title, kind, quantity, above, unit, ...)                                                       \
    {title, quantity, above, unit, {__VA_ARGS__}, asked, kind, true},
#define AT_MOST(asked, title, kind, quantity, above, unit, ...)                                                        \
    {title, quantity, above, unit, {__VA_ARGS__}, asked, kind, false},
#define SHOWN(title, kind, quantity, above, unit, ...) {title, quantity, above, unit, {__VA_ARGS__}, 0, kind, true},

static const struct demand demands[] = {
#include "driver/demands.def"
};

/* The side a user would have chosen: the one with the highest median rate, not the luckiest of each round. */
static const char *best_of(const json_t *rounds, const char *const below[BELOW_MAX])
{
    const char *best = NULL;
    double best_rate = 0.0;
    for (size_t i = 0; i < BELOW_MAX && below[i] != NULL; i++) {
        struct spread rate;
        if (series_spread(rounds, below[i], RATE, &rate) == 0 && rate.median > best_rate) {
            best = below[i];
            best_rate = rate.median;
        }
    }
    return best;
}

static int ratio(const json_t *rounds, const struct demand *demand, const char *best, struct spread *value)
{
    struct series above = series_of(rounds, demand->above, demand->quantity);
    struct series below = series_of(rounds, best, demand->quantity);
    return above.count == below.count ? spread_of_ratios(above.value, below.value, above.count, value) : -1;
}

static int added(const json_t *rounds, const struct demand *demand, struct spread *value)
{
    struct series whole = series_of(rounds, demand->above, demand->quantity);
    struct series empty = series_of(rounds, demand->below[0], demand->quantity);
    struct series trip = series_of(rounds, demand->below[1], demand->quantity);
    struct series commit = series_of(rounds, demand->below[2], demand->quantity);
    if (whole.count != empty.count || whole.count != trip.count || whole.count != commit.count) {
        return -1;
    }
    for (size_t i = 0; i < whole.count; i++) {
        whole.value[i] -= empty.value[i];
        commit.value[i] += 3 * trip.value[i];
    }
    return spread_of_ratios(whole.value, commit.value, whole.count, value);
}

/* The first side that the demand needs and that did not run, or NULL. */
static const char *missing_side(const json_t *rounds, const struct demand *demand, const char *best)
{
    if (series_of(rounds, demand->above, demand->quantity).count == 0) {
        return demand->above;
    }
    if (demand->kind == RATIO) {
        return best != NULL && series_of(rounds, best, demand->quantity).count != 0 ? NULL : demand->below[0];
    }
    for (size_t i = 0; demand->kind == ADDED && i < BELOW_MAX; i++) {
        if (series_of(rounds, demand->below[i], demand->quantity).count == 0) {
            return demand->below[i];
        }
    }
    return NULL;
}

static json_t *verdict(const struct demand *demand, double median)
{
    if (demand->asked <= 0.0) {
        return json_null();
    }
    return json_boolean(demand->at_least ? median >= demand->asked : median <= demand->asked);
}

static json_t *evaluate(const json_t *rounds, const struct demand *demand)
{
    struct spread value = {0};
    const char *best = demand->kind == RATIO ? best_of(rounds, demand->below) : demand->below[0];
    const char *missing = missing_side(rounds, demand, best);
    int result = -1;
    if (missing == NULL) {
        result = demand->kind == RATIO   ? ratio(rounds, demand, best, &value)
                 : demand->kind == ADDED ? added(rounds, demand, &value)
                                         : series_spread(rounds, demand->above, demand->quantity, &value);
    }
    json_t *object = json_pack("{s:s, s:s, s:s?, s:s, s:b, s:s?}", "title", demand->title, "above", demand->above,
                               "below", best, "unit", demand->unit, "at_least", demand->at_least, "missing",
                               result == 0       ? NULL
                               : missing != NULL ? missing
                                                 : demand->above);
    json_object_set_new(object, "asked", demand->asked > 0.0 ? json_real(demand->asked) : json_null());
    json_object_set_new(object, "met", result == 0 ? verdict(demand, value.median) : json_null());
    if (result == 0) {
        json_object_set_new(object, "median", json_real(value.median));
        json_object_set_new(object, "low", json_real(value.low));
        json_object_set_new(object, "high", json_real(value.high));
    }
    return object;
}

json_t *demands_evaluate(const json_t *rounds)
{
    json_t *evaluated = json_array();
    for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++) {
        json_array_append_new(evaluated, evaluate(rounds, &demands[i]));
    }
    return evaluated;
}
