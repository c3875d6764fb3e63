/* The result: a row for each row of the input, never with the number. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job.h"

struct results {
    FILE *stream;
    bool json, echo_reference;
    const char *path;
};

int results_open(const struct options *options, const struct job_kind *kind, struct results **results)
{
    const char *path = options->value[OPT_OUTPUT];
    struct results *made = calloc(1, sizeof *made);

    if (!made)
        abort();
    made->json = options->value[OPT_JSON] != NULL;
    made->echo_reference = kind->reference;
    made->path = path;
    if (!path) {
        made->stream = stdout;
    } else {
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        made->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    }
    if (!made->stream) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path, strerror(errno));
        free(made);
        return CLI_USAGE;
    }
    if (!made->json)
        fputs("row,outcome,reference,reason,explanation\r\n", made->stream);
    *results = made;
    return CLI_OK;
}

int results_close(struct results *results)
{
    int failed = ferror(results->stream) || fflush(results->stream) != 0;

    if (results->path)
        failed |= fsync(fileno(results->stream)) != 0 || fclose(results->stream) != 0;
    if (failed)
        SAY(stderr, TEXT_FILE_UNWRITABLE, results->path ? results->path : "-", strerror(errno));
    free(results);
    return failed ? -1 : 0;
}

static void write_csv(FILE *stream, uint64_t row, const char *outcome, const char *reference, const char *reason,
                      const char *explanation)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRIu64, row);
    csv_write_row(stream, (const char *const[]){number, outcome, reference, reason, explanation}, 5);
}

static void write_json(FILE *stream, uint64_t row, const char *outcome, const char *reference, const char *reason,
                       const char *explanation)
{
    json_t *object = json_pack("{s:I, s:s, s:s}", "row", (json_int_t)row, "outcome", outcome, "reason", reason);

    if (!object)
        abort();
    if (*reference)
        json_object_set_new(object, "reference", json_string(reference));
    if (*explanation)
        json_object_set_new(object, "explanation", json_string(explanation));
    json_dumpf(object, stream, JSON_COMPACT);
    fputc('\n', stream);
    json_decref(object);
}

bool outcome_good(enum sekisho_outcome outcome)
{
    return outcome == SEKISHO_OUTCOME_DONE || outcome == SEKISHO_OUTCOME_MATCHED || outcome == SEKISHO_OUTCOME_FOUND;
}

static void count(struct job_counts *counts, const struct sekisho_result *result)
{
    counts->rows++;
    if (!result)
        counts->not_sent++;
    else if (outcome_good(result->outcome))
        counts->good++;
    else
        counts->refused++;
    if (result && result->detail == SEKISHO_DETAIL_BUDGET_SPENT)
        counts->budget_spent = true;
}

void results_write(struct results *results, const struct job_row *row, const struct sekisho_result *result,
                   const char *reason, struct job_counts *counts)
{
    static const uint8_t none[SEKISHO_REFERENCE_LEN];
    const uint8_t *reference = results->echo_reference ? row->reference : result ? result->reference : none;
    char hex[HEX16_LEN + 1] = "";
    const char *outcome, *explanation = "";

    if (memcmp(reference, none, sizeof none) != 0)
        hex16_format(reference, hex);
    if (result) {
        outcome = sekisho_outcome_name(result->outcome);
        reason = sekisho_detail_name(result->detail);
        explanation = detail_explanation(result->detail);
    } else if (reason) {
        outcome = "NOT_ANSWERED";
    } else {
        outcome = "NOT_SENT";
        reason = fault_code(row->fault);
        explanation = fault_explanation(row->fault);
    }
    (results->json ? write_json : write_csv)(results->stream, row->row, outcome, hex, reason, explanation);
    count(counts, result);
}
