/* The two tables of a bench, out of its JSON. */
#include <string.h>

#include "driver/results.h"
#include "driver/table.h"

#define NOT_MEASURED "not measured"

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void asked_text(const json_t *demand, char text[CELL_SIZE])
{
    const json_t *asked = json_object_get(demand, "asked");
    if (!json_is_number(asked)) {
        snprintf(text, CELL_SIZE, "information");
        return;
    }
    const char *unit = json_string_value(json_object_get(demand, "unit"));
    const char *sign = json_is_true(json_object_get(demand, "at_least")) ? ">=" : "<=";
    snprintf(text, CELL_SIZE, unit[0] != '\0' ? "%s %.0f %s" : "%s %.2f%s", sign, json_number_value(asked), unit);
}

static void add_demand(struct table *table, const json_t *demand)
{
    char asked[CELL_SIZE], median[CELL_SIZE] = NOT_MEASURED, range[CELL_SIZE] = "", sides_text[CELL_SIZE];
    const json_t *met = json_object_get(demand, "met");
    const char *unit = json_string_value(json_object_get(demand, "unit"));
    const char *below = json_string_value(json_object_get(demand, "below"));
    const char *missing = json_string_value(json_object_get(demand, "missing"));
    asked_text(demand, asked);
    if (missing == NULL) {
        snprintf(median, sizeof(median), unit[0] != '\0' ? "%.0f %s" : "%.2f%s", number_at(demand, "median"), unit);
        snprintf(range, sizeof(range), unit[0] != '\0' ? "%.0f-%.0f" : "%.2f-%.2f", number_at(demand, "low"),
                 number_at(demand, "high"));
    }
    if (missing != NULL) {
        snprintf(sides_text, sizeof(sides_text), "%s did not run", missing);
    } else {
        snprintf(sides_text, sizeof(sides_text), "%s%s%s", json_string_value(json_object_get(demand, "above")),
                 below != NULL ? " / " : "", below != NULL ? below : "");
    }
    table_add(table, (const char *[TABLE_COLUMNS]){
                         json_string_value(json_object_get(demand, "title")), asked, median, range,
                         json_is_boolean(met) ? json_is_true(met) ? "met" : "MISSED" : "", sides_text});
}

void demands_table(const json_t *results, bool markdown, FILE *out)
{
    struct table table = {0};
    size_t index;
    json_t *demand;
    table_add(&table, (const char *[TABLE_COLUMNS]){"demand", "asked for", "measured", "range", "", "sides"});
    json_array_foreach(json_object_get(results, "demands"), index, demand)
    {
        /* What is asked for is shown measured or not; what is for information only when it was. */
        if (json_is_number(json_object_get(demand, "asked")) || json_is_null(json_object_get(demand, "missing"))) {
            add_demand(&table, demand);
        }
    }
    table_print(&table, markdown, out);
    table_free(&table);
}

static void median_text(const json_t *spread, char text[32])
{
    text[0] = '\0';
    if (json_is_object(spread)) {
        number_text(number_at(spread, "median"), text);
    }
}

/* "front 15.3, vault 8.2" */
static void processes_text(json_t *values, int decimals, char text[CELL_SIZE])
{
    const char *process;
    json_t *value;
    size_t used = 0;
    text[0] = '\0';
    json_object_foreach(values, process, value)
    {
        char one[64];
        int length =
            snprintf(one, sizeof(one), "%s%s %.*f", used == 0 ? "" : ", ", process, decimals, json_number_value(value));
        if (length > 0 && used + (size_t)length < CELL_SIZE) {
            memcpy(text + used, one, (size_t)length + 1);
            used += (size_t)length;
        }
    }
}

static void add_side(struct table *table, const json_t *side, bool markdown)
{
    char rate[32], low[32], high[32], range[80], p50[32], p99[32], cpu[CELL_SIZE], memory[CELL_SIZE];
    char title[CELL_SIZE];
    const json_t *items = json_object_get(side, "items_per_s");
    const json_t *latency = json_object_get(side, "latency_us");
    const json_t *middle = json_object_get(latency, "p50");
    median_text(items, rate);
    number_text(number_at(items, "low"), low);
    number_text(number_at(items, "high"), high);
    snprintf(range, sizeof(range), "%s-%s", low, high);
    median_text(json_is_object(middle) ? middle : json_object_get(latency, "mean"), p50);
    median_text(json_object_get(latency, "p99"), p99);
    processes_text(json_object_get(side, "cpu_us_per_call"), 1, cpu);
    processes_text(json_object_get(side, "peak_mib"), 0, memory);
    snprintf(title, sizeof(title), markdown ? "%s (`%s`)" : "%s: %s",
             json_string_value(json_object_get(side, markdown ? "title" : "side")),
             json_string_value(json_object_get(side, markdown ? "side" : "title")));
    if (!json_is_object(middle) && p50[0] != '\0') {
        strncat(p50, " mean", sizeof(p50) - strlen(p50) - 1);
    }
    table_add(table, (const char *[TABLE_COLUMNS]){title, rate, range, p50, p99, cpu, memory});
}

void sides_table(const json_t *results, bool markdown, FILE *out)
{
    struct table table = {0};
    size_t index;
    json_t *side;
    table_add(&table, (const char *[TABLE_COLUMNS]){"side", "items/s", "range", "p50 us", "p99 us", "CPU us per call",
                                                    "peak MiB"});
    json_array_foreach(json_object_get(results, "sides"), index, side)
    {
        add_side(&table, side, markdown);
    }
    table_print(&table, markdown, out);
    table_free(&table);
}
