/* Just as much SVG as the plots of a bench need: a white page, lines, bars, text, axes. */
#ifndef SEKISHO_BENCH_SVG_H
#define SEKISHO_BENCH_SVG_H

#include <stdbool.h>
#include <stdio.h>

/* An axis: values low..high onto the coordinates from..to. */
struct axis {
    double low, high, from, to;
    bool logarithmic; /* low and high are powers of ten then */
};

/* An axis that holds the values; a logarithmic one reaches to the next powers of ten, a linear one begins at 0. */
struct axis axis_for(double low, double high, double from, double to, bool logarithmic);
double axis_place(const struct axis *axis, double value);
/* The nth tick, from 0; NAN when there are no more. */
double axis_tick(const struct axis *axis, unsigned n);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

void svg_begin(FILE *out, double width, double height, const char *title);
void svg_end(FILE *out);
void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour, double width, bool dashed);
void svg_bar(FILE *out, double x, double y, double width, double height, const char *colour);
void svg_dot(FILE *out, double x, double y, const char *colour);
/* `text` is escaped. */
void svg_text(FILE *out, double x, double y, enum anchor anchor, const char *text);
/* A tick's value, as 10k or 1M. */
void svg_number(FILE *out, double x, double y, enum anchor anchor, double value);

/* The colour of the nth series. */
const char *svg_colour(size_t n);

#endif
