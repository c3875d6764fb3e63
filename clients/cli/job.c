#include "job.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUSY_TRIES 20

enum batch_state { BATCH_FREE, BATCH_IN_FLIGHT, BATCH_ENDED };

struct batch {
    enum batch_state state;
    unsigned tries;
    size_t row_count, sent;
    struct job_row rows[JOB_BATCH];
    struct sekisho_item items[JOB_BATCH]; /* of the rows without a fault, in their order */
    struct sekisho_result results[JOB_BATCH];
    enum sekisho_status status;
    char reason[64]; /* unless SEKISHO_OK */
};

struct job {
    struct row_source *source;
    struct results *results;
    struct sekisho_pipeline *pipeline;
    struct sekisho_request request; /* operation, purpose, case */
    struct job_counts counts;
    struct progress progress;
    struct batch *ring;       /* JOB_DEPTH */
    uint64_t filled, written; /* batches so far; ring index is the remainder by JOB_DEPTH */
    bool input_ended, stopped;
    struct sekisho_error error; /* why it stopped */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The first interrupt lets what is in flight be answered and written; a second one ends the process. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void stop(struct job *job, const struct sekisho_error *error)
{
    if (!job->stopped)
        job->error = *error;
    job->stopped = true;
}

static void end_batch(struct job *job, struct batch *batch, enum sekisho_status status,
                      const struct sekisho_error *error)
{
    batch->state = BATCH_ENDED;
    batch->status = status;
    if (status == SEKISHO_OK)
        return;
    snprintf(batch->reason, sizeof batch->reason, "%s", error->reason[0] ? error->reason : "UNREACHABLE");
    stop(job, error);
}

static void submit(struct job *job, struct batch *batch)
{
    struct sekisho_error error;
    struct sekisho_request request = job->request;

    request.items = batch->items;
    request.count = batch->sent;
    enum sekisho_status status = sekisho_pipeline_submit(job->pipeline, &request, batch, &error);
    if (status == SEKISHO_OK)
        batch->state = BATCH_IN_FLIGHT;
    else
        end_batch(job, batch, status, &error);
}

/* Reads the next rows into a free batch and sends them. */
static void fill(struct job *job)
{
    struct batch *batch = &job->ring[job->filled % JOB_DEPTH];

    batch->row_count = batch->sent = 0;
    batch->tries = 0;
    batch->state = BATCH_ENDED;
    batch->status = SEKISHO_OK;
    while (batch->row_count < JOB_BATCH) {
        struct job_row *row = &batch->rows[batch->row_count];
        if (!row_source_next(job->source, row, &batch->items[batch->sent])) {
            job->input_ended = true;
            break;
        }
        batch->row_count++;
        batch->sent += row->fault == FAULT_NONE;
    }
    if (batch->sent > 0)
        submit(job, batch);
    job->filled++;
}

static void wait_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* The server asks to come back later; a batch with request ids may be sent again, and so may a question. */
static bool try_again(struct job *job, struct batch *batch, const struct sekisho_completion *done)
{
    bool busy = done->status == SEKISHO_ERROR_REFUSED && strcmp(done->error.reason, "BUSY") == 0;

    if (!busy || job->stopped || interrupted || batch->tries++ == BUSY_TRIES)
        return false;
    wait_ms(done->error.retry_ms >= 0 && done->error.retry_ms < 5000 ? done->error.retry_ms : 200);
    submit(job, batch);
    return true;
}

/* Waits for one call. */
static void take_completion(struct job *job)
{
    struct sekisho_completion done;

    if (!sekisho_pipeline_next(job->pipeline, &done))
        return;
    struct batch *batch = done.tag;
    if (done.status != SEKISHO_OK && try_again(job, batch, &done))
        return;
    if (done.status == SEKISHO_OK)
        memcpy(batch->results, done.results, done.count * sizeof done.results[0]);
    end_batch(job, batch, done.status, &done.error);
}

static void write_batch(struct job *job, struct batch *batch)
{
    size_t item = 0;

    for (size_t i = 0; i < batch->row_count; i++) {
        const struct job_row *row = &batch->rows[i];
        if (row->fault != FAULT_NONE)
            results_write(job->results, row, NULL, NULL, &job->counts);
        else if (batch->status == SEKISHO_OK)
            results_write(job->results, row, &batch->results[item++], NULL, &job->counts);
        else
            results_write(job->results, row, NULL, batch->reason, &job->counts);
    }
    sekisho_wipe(batch->items, sizeof batch->items);
    batch->state = BATCH_FREE;
}

static void run_batches(struct job *job)
{
    while (!job->input_ended || job->written < job->filled) {
        bool reading = !job->input_ended && !job->stopped && !interrupted;
        if (reading && job->filled - job->written < JOB_DEPTH) {
            fill(job);
            continue;
        }
        if (job->written == job->filled)
            break;
        struct batch *oldest = &job->ring[job->written % JOB_DEPTH];
        if (oldest->state == BATCH_ENDED) {
            write_batch(job, oldest);
            job->written++;
            progress_draw(&job->progress, &job->counts, row_source_share(job->source));
        } else {
            take_completion(job);
        }
    }
}

static int finish(struct job *job, const char *seed, bool quiet)
{
    const struct job_counts *counts = &job->counts;
    char seconds[32], rate[32];
    double took = progress_seconds(&job->progress);

    progress_clear(&job->progress);
    snprintf(seconds, sizeof seconds, "%.1f", took);
    snprintf(rate, sizeof rate, "%s", count_text((unsigned long long)((double)counts->rows / took)));
    if (!quiet)
        SAY(stderr, TEXT_SUMMARY, count_text(counts->rows), count_text(counts->good), count_text(counts->refused),
            count_text(counts->not_sent), seconds, rate);
    int code = job->stopped ? report_error(&job->error) : CLI_OK;
    /* Of use when the same run can go on later: not when the server said no. */
    if (seed && (interrupted || code == CLI_UNREACHABLE || code == CLI_SERVER))
        SAY(stderr, TEXT_RUN_AGAIN, seed);
    if (code != CLI_OK)
        return code;
    if (row_source_failed(job->source))
        return CLI_USAGE;
    if (counts->budget_spent)
        return CLI_BUDGET;
    return counts->refused + counts->not_sent > 0 || interrupted ? CLI_SOME_REFUSED : CLI_OK;
}

static int run_with_session(const struct options *options, const struct job_kind *kind, struct sekisho_session *session,
                            struct job *job, const char *seed)
{
    struct sekisho_error error;
    bool quiet = options->value[OPT_QUIET] != NULL;

    if (sekisho_pipeline_open(session, SEKISHO_PIPELINE_CALLS, JOB_DEPTH, &job->pipeline, &error) != SEKISHO_OK)
        return report_error(&error);
    int code = results_open(options, kind, &job->results);
    if (code == CLI_OK) {
        catch_interrupts();
        progress_start(&job->progress, !quiet);
        run_batches(job);
        code = finish(job, kind->request_id ? seed : NULL, quiet);
        if (results_close(job->results) < 0 && code < CLI_USAGE)
            code = CLI_USAGE;
    }
    sekisho_pipeline_close(job->pipeline);
    return code;
}

int job_run(const struct options *options, const struct job_kind *kind)
{
    struct job job = {.ring = calloc(JOB_DEPTH, sizeof(struct batch))};
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    uint8_t random[16];
    char random_seed[HEX16_LEN + 1];
    const char *seed = options->value[OPT_REQUEST_SEED] ? options->value[OPT_REQUEST_SEED] : random_seed;

    if (!job.ring)
        abort();
    sekisho_random(random, sizeof random);
    hex16_format(random, random_seed);
    int code = request_options(options, kind, &job.request);
    if (code == CLI_OK)
        code = row_source_open(options->value[OPT_INPUT], kind, seed, &job.source);
    if (code == CLI_OK)
        code = resume_session(options, &client, &session);
    if (code == CLI_OK)
        code = run_with_session(options, kind, session, &job, seed);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    row_source_close(job.source);
    sekisho_wipe(job.ring, JOB_DEPTH * sizeof *job.ring);
    free(job.ring);
    return code;
}
