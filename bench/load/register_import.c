#include "load/register_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/registrants.h"
#include "load/session.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "sekisho_rpc.h"

#define DEPTH 2 /* one batch is checked and written while the next is on its way */

struct import {
    struct sekisho_stream *stream;
    char name[80];
    uint32_t first, count, batch, sent, answered;
    struct registrant *registrants; /* of one batch */
    Sekisho__V1__ImportRow *rows, **row_pointers;
    char (*numbers)[32];
    uint64_t started_ns[DEPTH];
    struct histogram latency;
};

static int complain(const char *what, const struct sekisho_error *error)
{
    bench_session_complain(what, error);
    return -1;
}

static int send_batch(struct import *import)
{
    Sekisho__V1__ImportRegistrationsRequest request = SEKISHO__V1__IMPORT_REGISTRATIONS_REQUEST__INIT;
    struct sekisho_error error;
    for (uint32_t i = 0; i < import->batch; i++) {
        uint32_t row = import->sent * import->batch + i;
        registrant_make(import->first + row, &import->registrants[i]);
        sekisho__v1__import_row__init(&import->rows[i]);
        snprintf(import->numbers[i], sizeof(import->numbers[i]), "埼玉県-%06u", (unsigned)(import->first + row));
        import->rows[i].row = row + 1;
        import->rows[i].registration_number = import->numbers[i];
        import->rows[i].registration = &import->registrants[i].registration;
        import->registrants[i].registration.number_reference = (ProtobufCBinaryData){0};
        import->row_pointers[i] = &import->rows[i];
    }
    request.name = import->name;
    request.rows = import->row_pointers;
    request.n_rows = import->batch;
    import->started_ns[import->sent++ % DEPTH] = clock_ns();
    return sekisho_stream_send(import->stream, &request.base, &error) == SEKISHO_OK ? 0 : complain("import", &error);
}

static int take_answer(struct import *import)
{
    ProtobufCMessage *message;
    struct sekisho_error error;
    if (sekisho_stream_receive(import->stream, &message, &error) != SEKISHO_OK || message == NULL) {
        return complain("import", &error);
    }
    const Sekisho__V1__ImportRegistrationsResponse *answer = (const void *)message;
    histogram_record(&import->latency, clock_ns() - import->started_ns[import->answered++ % DEPTH]);
    bool right = answer->refused == 0 && answer->imported == (int64_t)import->answered * import->batch;
    if (!right) {
        fprintf(stderr, "bench-load: import: a row was refused: %s %s\n",
                answer->n_faults > 0 ? answer->faults[0]->field : "",
                answer->n_faults > 0 ? answer->faults[0]->reason : "");
    }
    sekisho_message_free(message);
    return right ? 0 : -1;
}

static int import_all(struct import *import)
{
    uint32_t batches = import->count / import->batch;
    int result = 0;
    while (result == 0 && import->answered < batches) {
        result = import->sent < batches && import->sent < import->answered + DEPTH ? send_batch(import)
                                                                                   : take_answer(import);
    }
    return result;
}

static int measure(const struct options *options, struct import *import)
{
    struct run_result result = {.load = "register-import",
                                .in_flight = DEPTH,
                                .items_per_call = import->batch,
                                .latency = &import->latency,
                                .watched = options->plan.watched,
                                .watched_count = options->plan.watched_count};
    watched_begin(options->plan.watched, options->plan.watched_count);
    uint64_t cpu_ns = cpu_of_self_ns();
    uint64_t begin_ns = clock_ns();
    if (import_all(import) != 0) {
        return -1;
    }
    result.elapsed_ns = clock_ns() - begin_ns;
    result.client_cpu_ns = cpu_of_self_ns() - cpu_ns;
    result.calls = import->answered;
    return watched_end(options->plan.watched, options->plan.watched_count) == 0 ? report_write(&result, stdout) : -1;
}

static int with_stream(const struct options *options, struct import *import, struct bench_session *session)
{
    struct sekisho_error error;
    uint8_t id[16];
    size_t length = (size_t)snprintf(import->name, sizeof(import->name), "prefectures/11/imports/");
    sekisho_random(id, sizeof(id));
    for (size_t i = 0; i < sizeof(id); i++) {
        length += (size_t)snprintf(import->name + length, sizeof(import->name) - length, "%02x", id[i]);
    }
    if (sekisho_stream_open(session->session, &sekisho__v1__register_service__descriptor, "ImportRegistrations",
                            &import->stream, &error) != SEKISHO_OK) {
        return complain("import", &error);
    }
    int result = measure(options, import);
    sekisho_stream_close(import->stream);
    return result;
}

int register_import_run(const struct options *options)
{
    static struct import import;
    struct bench_session session;
    import.first = (uint32_t)options->first;
    import.count = (uint32_t)options->count;
    import.batch = options->batch;
    import.registrants = calloc(options->batch, sizeof(*import.registrants));
    import.rows = calloc(options->batch, sizeof(*import.rows));
    import.row_pointers = calloc(options->batch, sizeof(*import.row_pointers));
    import.numbers = calloc(options->batch, sizeof(*import.numbers));
    int result = -1;
    if (import.registrants != NULL && import.rows != NULL && import.row_pointers != NULL && import.numbers != NULL &&
        bench_session_open(options, options->account, &session) == 0) {
        result = with_stream(options, &import, &session);
        result = bench_session_close(&session) == 0 ? result : -1;
    }
    free(import.registrants);
    free(import.rows);
    free(import.row_pointers);
    free(import.numbers);
    return result;
}
