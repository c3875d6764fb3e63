#include "driver/plots.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "driver/process.h"
#include "driver/svg.h"

#define WIDTH       1040.0
#define ROW         20.0
#define LABELS      540.0 /* width of the sides' titles */
#define TOP         40.0
#define PLOT_HEIGHT 460.0
#define PLOT_LEFT   70.0
#define PLOT_RIGHT  620.0
#define PLOT_BOTTOM 410.0
#define GRID        "#dddddd"
#define RANGE       "#555555"

static double at(const json_t *side, const char *group, const char *value)
{
    const json_t *object = json_object_get(side, group);
    return json_number_value(json_object_get(object, value));
}

static double latency(const json_t *side, const char *percentile)
{
    return at(json_object_get(side, "latency_us"), percentile, "median");
}

static const char *name_of(const json_t *side)
{
    return json_string_value(json_object_get(side, "side"));
}

static FILE *open_plot(const char *path)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        bench_fail("%s: %s", path, strerror(errno));
    }
    return out;
}

static int close_plot(FILE *out, const char *path)
{
    svg_end(out);
    return fclose(out) == 0 ? 1 : bench_fail("%s: %s", path, strerror(errno));
}

/* What an open loop reaches is what it was told to offer. */
static bool tells_throughput(const json_t *side)
{
    return json_object_get(side, "offered_per_s") == NULL;
}

static void draw_bars(FILE *out, const json_t *all, const struct axis *axis)
{
    size_t index, row = 0;
    json_t *side;
    json_array_foreach(all, index, side)
    {
        if (!tells_throughput(side)) {
            continue;
        }
        double y = TOP + (double)row++ * ROW;
        double low = axis_place(axis, at(side, "items_per_s", "low"));
        double high = axis_place(axis, at(side, "items_per_s", "high"));
        const char *name = name_of(side);
        bool peer = strstr(name, "cpp") != NULL || strncmp(name, "redis", 5) == 0 || strncmp(name, "pg", 2) == 0 ||
                    strncmp(name, "barbican", 8) == 0;
        svg_text(out, LABELS - 6, y + 13, ANCHOR_END, json_string_value(json_object_get(side, "title")));
        svg_bar(out, LABELS, y + 2, axis_place(axis, at(side, "items_per_s", "median")) - LABELS, ROW - 6,
                svg_colour(peer ? 1 : 0));
        svg_line(out, low, y + ROW / 2 - 1, high, y + ROW / 2 - 1, RANGE, 2, false);
    }
}

int plot_throughput(const json_t *results, const char *path)
{
    const json_t *all = json_object_get(results, "sides");
    double low = 0.0, high = 0.0;
    size_t index, rows = 0;
    json_t *side;
    json_array_foreach(all, index, side)
    {
        double rate = at(side, "items_per_s", "low");
        if (!tells_throughput(side)) {
            continue;
        }
        rows++;
        low = low == 0.0 || rate < low ? rate : low;
        high = at(side, "items_per_s", "high") > high ? at(side, "items_per_s", "high") : high;
    }
    if (low <= 0.0) {
        return 0;
    }
    FILE *out = open_plot(path);
    if (out == NULL) {
        return -1;
    }
    double bottom = TOP + (double)rows * ROW;
    struct axis axis = axis_for(low, high, LABELS, WIDTH - 30, true);
    svg_begin(out, WIDTH, bottom + 40,
              "Items a second (logarithmic): median, and range as a line. Orange: others' servers");
    for (unsigned n = 0; !isnan(axis_tick(&axis, n)); n++) {
        double tick = axis_tick(&axis, n);
        svg_line(out, axis_place(&axis, tick), TOP, axis_place(&axis, tick), bottom, GRID, 1, false);
        svg_number(out, axis_place(&axis, tick), bottom + 16, ANCHOR_MIDDLE, tick);
    }
    draw_bars(out, all, &axis);
    return close_plot(out, path);
}

static void draw_grid(FILE *out, const struct axis *y)
{
    for (unsigned n = 0; !isnan(axis_tick(y, n)); n++) {
        double tick = axis_tick(y, n);
        svg_line(out, PLOT_LEFT, axis_place(y, tick), PLOT_RIGHT, axis_place(y, tick), GRID, 1, false);
        svg_number(out, PLOT_LEFT - 6, axis_place(y, tick) + 4, ANCHOR_END, tick);
    }
}

static void draw_key(FILE *out, size_t row, const char *colour, bool dashed, const char *text)
{
    double y = TOP + 10 + (double)row * ROW;
    svg_line(out, PLOT_RIGHT + 14, y, PLOT_RIGHT + 38, y, colour, 2, dashed);
    svg_text(out, PLOT_RIGHT + 44, y + 4, ANCHOR_START, text);
}

#define PERCENTILES 4
static const char *const percentiles[PERCENTILES] = {"p50", "p90", "p99", "p999"};

/* Sides with a full distribution, one item a call and a fixed number of calls in flight. */
static bool shows_percentiles(const json_t *side)
{
    return json_integer_value(json_object_get(side, "items_per_call")) == 1 && latency(side, "p999") > 0.0 &&
           json_object_get(side, "offered_per_s") == NULL &&
           (strncmp(name_of(side), "ping-mtls", 9) == 0 || strncmp(name_of(side), "match-unary", 11) == 0 ||
            strncmp(name_of(side), "mixed", 5) == 0);
}

static void draw_percentiles(FILE *out, const json_t *side, size_t row, const struct axis *y)
{
    double step = (PLOT_RIGHT - PLOT_LEFT) / PERCENTILES;
    for (size_t i = 0; i < PERCENTILES; i++) {
        double x = PLOT_LEFT + ((double)i + 0.5) * step;
        double here = axis_place(y, latency(side, percentiles[i]));
        svg_dot(out, x, here, svg_colour(row));
        if (i + 1 < PERCENTILES) {
            svg_line(out, x, here, x + step, axis_place(y, latency(side, percentiles[i + 1])), svg_colour(row), 2,
                     row >= 7);
        }
    }
    draw_key(out, row, svg_colour(row), row >= 7, name_of(side));
}

int plot_percentiles(const json_t *results, const char *path)
{
    const json_t *all = json_object_get(results, "sides");
    double low = 0.0, high = 0.0;
    size_t index, row = 0;
    json_t *side;
    json_array_foreach(all, index, side)
    {
        if (shows_percentiles(side)) {
            low = low == 0.0 || latency(side, "p50") < low ? latency(side, "p50") : low;
            high = latency(side, "p999") > high ? latency(side, "p999") : high;
        }
    }
    if (low <= 0.0) {
        return 0;
    }
    FILE *out = open_plot(path);
    if (out == NULL) {
        return -1;
    }
    struct axis y = axis_for(low, high, PLOT_BOTTOM, TOP, true);
    svg_begin(out, WIDTH, PLOT_HEIGHT,
              "Latency by percentile, closed loop, microseconds (logarithmic), medians of the rounds");
    draw_grid(out, &y);
    for (size_t i = 0; i < PERCENTILES; i++) {
        svg_text(out, PLOT_LEFT + ((double)i + 0.5) * (PLOT_RIGHT - PLOT_LEFT) / PERCENTILES, PLOT_BOTTOM + 18,
                 ANCHOR_MIDDLE, percentiles[i]);
    }
    json_array_foreach(all, index, side)
    {
        if (shows_percentiles(side)) {
            draw_percentiles(out, side, row++, &y);
        }
    }
    return close_plot(out, path);
}

/* Open loops of one server: sides whose names differ in the percentage at the end only. They are listed by rate. */
static size_t stem(const char *name)
{
    const char *dash = strrchr(name, '-');
    return dash != NULL ? (size_t)(dash - name) : strlen(name);
}

static bool same_server(const json_t *a, const json_t *b)
{
    return b != NULL && stem(name_of(a)) == stem(name_of(b)) && strncmp(name_of(a), name_of(b), stem(name_of(a))) == 0;
}

static void draw_open_loops(FILE *out, const json_t *all, const struct axis *x, const struct axis *y)
{
    static const char *const shown[] = {"p50", "p99"};
    const json_t *before = NULL;
    size_t index, row = 0;
    json_t *side;
    json_array_foreach(all, index, side)
    {
        if (json_object_get(side, "offered_per_s") == NULL) {
            continue;
        }
        row += !same_server(side, before);
        for (size_t i = 0; i < 2; i++) {
            double right = axis_place(x, at(side, "offered_per_s", "median"));
            double height = axis_place(y, latency(side, shown[i]));
            svg_dot(out, right, height, svg_colour(row - 1));
            if (same_server(side, before)) {
                svg_line(out, axis_place(x, at(before, "offered_per_s", "median")),
                         axis_place(y, latency(before, shown[i])), right, height, svg_colour(row - 1), 2, i == 1);
                continue;
            }
            char text[96];
            snprintf(text, sizeof(text), "%.*s, %s", (int)stem(name_of(side)), name_of(side), shown[i]);
            draw_key(out, 2 * (row - 1) + i, svg_colour(row - 1), i == 1, text);
        }
        before = side;
    }
}

int plot_open_loop(const json_t *results, const char *path)
{
    const json_t *all = json_object_get(results, "sides");
    double low = 0.0, high = 0.0, rate = 0.0;
    size_t index;
    json_t *side;
    json_array_foreach(all, index, side)
    {
        if (json_object_get(side, "offered_per_s") != NULL) {
            low = low == 0.0 || latency(side, "p50") < low ? latency(side, "p50") : low;
            high = latency(side, "p99") > high ? latency(side, "p99") : high;
            rate = at(side, "offered_per_s", "median") > rate ? at(side, "offered_per_s", "median") : rate;
        }
    }
    if (low <= 0.0) {
        return 0;
    }
    FILE *out = open_plot(path);
    if (out == NULL) {
        return -1;
    }
    struct axis y = axis_for(low, high, PLOT_BOTTOM, TOP, true);
    struct axis x = axis_for(0, rate, PLOT_LEFT, PLOT_RIGHT, false);
    svg_begin(out, WIDTH, PLOT_HEIGHT,
              "Open loop: latency from the intended start, microseconds (logarithmic), against calls offered a second");
    draw_grid(out, &y);
    for (unsigned n = 0; !isnan(axis_tick(&x, n)); n++) {
        double tick = axis_tick(&x, n);
        svg_number(out, axis_place(&x, tick), PLOT_BOTTOM + 18, ANCHOR_MIDDLE, tick);
    }
    draw_open_loops(out, all, &x, &y);
    return close_plot(out, path);
}
