/*
 * A job: one operation over the rows of a CSV file. Rows are read, checked for form, sent in batches of several calls
 * in flight, and answered by one result row each, in the order of the input.
 */
#ifndef SEKISHO_CLI_JOB_H
#define SEKISHO_CLI_JOB_H

#include "cli.h"
#include "csv.h"

#define JOB_BATCH 256 /* rows of one call: one ledger leaf */
#define JOB_DEPTH 8   /* calls in flight */

/* What a command asks of its rows. */
struct job_kind {
    enum sekisho_operation operation;
    enum sekisho_purpose purpose; /* unless --purpose says another */
    bool number, reference, request_id;
};

/* Why a row was not sent (rows.def: code and explanation). */
enum row_fault {
#define ROW_FAULT(id, explanation) FAULT_##id,
#include "rows.def"
#undef ROW_FAULT
    FAULT_COUNT
};

struct job_row {
    uint64_t row; /* 1: the first after the header */
    enum row_fault fault;
    uint8_t reference[SEKISHO_REFERENCE_LEN]; /* of the input, when the kind has one */
};

/* ---- row_source.c ---- */

struct row_source;

/* Opens the input and reads its header. CLI_OK, or CLI_USAGE after a message. `seed` lives as long as the source. */
int row_source_open(const char *path, const struct job_kind *kind, const char *seed, struct row_source **source);
void row_source_close(struct row_source *source);
/* The next row and, unless it has a fault, its item. False at the end, or when the input cannot be read (after a
 * message; then row_source_failed). */
bool row_source_next(struct row_source *source, struct job_row *row, struct sekisho_item *item);
bool row_source_failed(const struct row_source *source);
/* Share of the input read, 0..1; negative when the size is not known. */
double row_source_share(const struct row_source *source);

/* ---- results.c ---- */

struct job_counts {
    uint64_t rows, good, refused, not_sent; /* rows = the sum of the others */
    bool budget_spent;
};

struct results;

/* Standard output or a new file of mode 0600. CLI_OK, or CLI_USAGE after a message. */
int results_open(const struct options *options, const struct job_kind *kind, struct results **results);
/* 0, or -1 after a message when something could not be written. */
int results_close(struct results *results);
/* One row: `result` is NULL when it was not sent or not answered; then `reason` says why (NULL: the row's fault). */
void results_write(struct results *results, const struct job_row *row, const struct sekisho_result *result,
                   const char *reason, struct job_counts *counts);

/* ---- progress.c ---- */

struct progress {
    bool shown;
    double started, drawn; /* seconds, monotonic */
};

void progress_start(struct progress *progress, bool wanted);
/* Draws at most ten times a second. share: 0..1, negative when not known. */
void progress_draw(struct progress *progress, const struct job_counts *counts, double share);
void progress_draw_bytes(struct progress *progress, uint64_t bytes, double share);
void progress_clear(struct progress *progress);
double progress_seconds(const struct progress *progress);

/* ---- job.c ---- */

/* Runs the whole job; an exit code. */
int job_run(const struct options *options, const struct job_kind *kind);

/* ---- single.c ---- */

/* One item: reference from --reference, number from the terminal. */
int single_run(const struct options *options, const struct job_kind *kind);
/* A number as secret_read takes it; its form is checked. CLI_OK, or CLI_USAGE after a message. The caller wipes. */
int number_read(const char *path, char number[SEKISHO_NUMBER_LEN]);

/* ---- cmd_receipt.c ---- */

/* Receipts of the erasures of a command (--receipts, --reader-session): what is known before it. CLI_OK or an exit code
 * after a message. */
struct receipts {
    uint64_t first; /* leaf from which on they are */
    struct sekisho_session_info eraser;
};
int receipts_begin(const struct options *options, struct receipts *receipts);
int receipts_finish(const struct options *options, const struct receipts *receipts);

/* ---- shared ---- */

/* Purpose of a name as --purpose takes it; CLI_OK or CLI_USAGE after a message. */
int purpose_of(const char *name, enum sekisho_purpose *purpose);
/* Purpose and case of the options. CLI_OK, or CLI_USAGE after a message. */
int request_options(const struct options *options, const struct job_kind *kind, struct sekisho_request *request);
/* Explanation of a detail for a person. */
const char *detail_explanation(enum sekisho_detail detail);
const char *fault_code(enum row_fault fault);
const char *fault_explanation(enum row_fault fault);
/* Whether an outcome is what the caller hoped for. */
bool outcome_good(enum sekisho_outcome outcome);
/* The id of a row: the same seed, operation and row give the same id. */
void derive_request_id(const char *seed, enum sekisho_operation operation, uint64_t row, uint8_t id[16]);

#endif
