#include "driver/svg.h"

#include <math.h>

#define LINEAR_TICKS 5

static const char *const anchors[] = {"start", "middle", "end"};
/* Okabe and Ito's palette, which the colour-blind can tell apart. */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};

struct axis axis_for(double low, double high, double from, double to, bool logarithmic)
{
    struct axis axis = {.from = from, .to = to, .logarithmic = logarithmic};
    if (logarithmic) {
        axis.low = pow(10, floor(log10(low > 0.0 ? low : 1.0)));
        axis.high = pow(10, ceil(log10(high > axis.low ? high : axis.low * 10)));
        return axis;
    }
    double step = pow(10, floor(log10(high > 0.0 ? high : 1.0)));
    axis.high = ceil((high > 0.0 ? high : 1.0) / step) * step;
    return axis;
}

double axis_place(const struct axis *axis, double value)
{
    double share = axis->logarithmic ? log10(value / axis->low) / log10(axis->high / axis->low)
                                     : (value - axis->low) / (axis->high - axis->low);
    return axis->from + share * (axis->to - axis->from);
}

double axis_tick(const struct axis *axis, unsigned n)
{
    double value = axis->logarithmic ? axis->low * pow(10, n) : axis->high / LINEAR_TICKS * n;
    return value <= axis->high * 1.001 ? value : NAN;
}

void svg_begin(FILE *out, double width, double height, const char *title)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"%.0f\" height=\"%.0f\" fill=\"white\"/>\n",
            width, height, width, height, width, height);
    svg_text(out, 12, 20, ANCHOR_START, title);
}

void svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour, double width, bool dashed)
{
    fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"%s/>\n", x1,
            y1, x2, y2, colour, width, dashed ? " stroke-dasharray=\"4 3\"" : "");
}

void svg_bar(FILE *out, double x, double y, double width, double height, const char *colour)
{
    fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height,
            colour);
}

void svg_dot(FILE *out, double x, double y, const char *colour)
{
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", x, y, colour);
}

void svg_text(FILE *out, double x, double y, enum anchor anchor, const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchors[anchor]);
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
    fputs("</text>\n", out);
}

void svg_number(FILE *out, double x, double y, enum anchor anchor, double value)
{
    char text[32];
    if (value >= 1e6) {
        snprintf(text, sizeof(text), "%gM", value / 1e6);
    } else if (value >= 1e3) {
        snprintf(text, sizeof(text), "%gk", value / 1e3);
    } else {
        snprintf(text, sizeof(text), "%g", value);
    }
    svg_text(out, x, y, anchor, text);
}

const char *svg_colour(size_t n)
{
    return colours[n % (sizeof(colours) / sizeof(colours[0]))];
}
