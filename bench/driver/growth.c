/* What grows with the register: the same sides over a tenth, all and ten times of --registrants. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "driver/plots.h"
#include "driver/process.h"
#include "driver/svg.h"

#define WIDTH  1040.0
#define HEIGHT 460.0
#define TOP    40.0
#define LEFT   70.0
#define RIGHT  620.0
#define BOTTOM 410.0
#define ROW    20.0
#define SIZES  3
#define GRID   "#dddddd"

static const char *const suffixes[SIZES] = {"-small", "", "-large"};

static const struct series {
    const char *side, *title;
    bool rate; /* a row's share of the time, not a call's latency */
} all_series[] = {
    {"register-get-1", "an entry, mTLS", false},
    {"register-name-1", "search by a name, mTLS", false},
    {"register-prefix-1", "search by its beginning, mTLS", false},
    {"look-get", "an entry, in process", false},
    {"look-name", "search by a name, in process", false},
    {"look-prefix", "search by its beginning, in process", false},
    {"register-import-500x2", "import, a row", true},
};
#define SERIES (sizeof(all_series) / sizeof(all_series[0]))

static double median(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(json_object_get(object, key), "median"));
}

/* Microseconds; 0: this side did not run. */
static double value_of(const json_t *results, const struct series *series, size_t size)
{
    char name[64];
    size_t index;
    json_t *side;
    snprintf(name, sizeof(name), "%s%s", series->side, suffixes[size]);
    json_array_foreach(json_object_get(results, "sides"), index, side)
    {
        if (strcmp(json_string_value(json_object_get(side, "side")), name) != 0) {
            continue;
        }
        double rate = median(side, "items_per_s");
        return series->rate && rate > 0.0 ? 1e6 / rate : median(json_object_get(side, "latency_us"), "p50");
    }
    return 0.0;
}

static double x_of(size_t size)
{
    return LEFT + ((double)size + 0.5) * (RIGHT - LEFT) / SIZES;
}

static void draw_frame(FILE *out, const struct axis *y, double registrants)
{
    for (unsigned n = 0; !isnan(axis_tick(y, n)); n++) {
        double tick = axis_tick(y, n);
        svg_line(out, LEFT, axis_place(y, tick), RIGHT, axis_place(y, tick), GRID, 1, false);
        svg_number(out, LEFT - 6, axis_place(y, tick) + 4, ANCHOR_END, tick);
    }
    for (size_t size = 0; size < SIZES; size++) {
        svg_number(out, x_of(size), BOTTOM + 18, ANCHOR_MIDDLE, registrants * pow(10, (double)size - 1));
    }
}

static void draw_series(FILE *out, const json_t *results, size_t row, const struct axis *y)
{
    double before = 0.0;
    for (size_t size = 0; size < SIZES; size++) {
        double value = value_of(results, &all_series[row], size);
        if (value > 0.0) {
            svg_dot(out, x_of(size), axis_place(y, value), svg_colour(row));
        }
        if (value > 0.0 && before > 0.0) {
            svg_line(out, x_of(size - 1), axis_place(y, before), x_of(size), axis_place(y, value), svg_colour(row), 2,
                     false);
        }
        before = value;
    }
    svg_line(out, RIGHT + 14, TOP + 10 + (double)row * ROW, RIGHT + 38, TOP + 10 + (double)row * ROW, svg_colour(row),
             2, false);
    svg_text(out, RIGHT + 44, TOP + 14 + (double)row * ROW, ANCHOR_START, all_series[row].title);
}

int plot_growth(const json_t *results, const char *path)
{
    double low = 0.0, high = 0.0;
    bool grows = false;
    for (size_t row = 0; row < SERIES; row++) {
        for (size_t size = 0; size < SIZES; size++) {
            double value = value_of(results, &all_series[row], size);
            low = value > 0.0 && (low == 0.0 || value < low) ? value : low;
            high = value > high ? value : high;
            grows = grows || (value > 0.0 && size != 1);
        }
    }
    if (!grows) {
        return 0;
    }
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        return bench_fail("%s: %s", path, strerror(errno));
    }
    struct axis y = axis_for(low, high, BOTTOM, TOP, true);
    svg_begin(out, WIDTH, HEIGHT, "The register as it grows: median microseconds (logarithmic) against registrants");
    draw_frame(out, &y, json_number_value(json_object_get(results, "registrants")));
    for (size_t row = 0; row < SERIES; row++) {
        draw_series(out, results, row, &y);
    }
    svg_end(out);
    return fclose(out) == 0 ? 1 : bench_fail("%s: %s", path, strerror(errno));
}
