#include "driver/notes.h"

#include "driver/table.h"

#define BUSY_MAX 0.1

static void add_busy(json_t *notes, double busy)
{
    if (busy > BUSY_MAX) {
        json_array_insert_new(notes, 0,
                              json_sprintf("NOT AN IDLE MACHINE: others used %.0f %% of its CPUs when the bench began; "
                                           "do not quote these figures.",
                                           busy * 100));
    }
}

static void add_registrants(json_t *notes, const struct options *options)
{
    char text[32];
    number_text((double)options->registrants, text);
    json_array_append_new(notes, json_sprintf("Registers hold %s synthetic registrants, the smaller ones a tenth, the "
                                              "larger ones ten times as many.",
                                              text));
}

static void add_people(json_t *notes, const struct options *options)
{
    char people[32], large[32];
    number_text((double)options->people, people);
    number_text((double)options->large, large);
    json_array_append_new(
        notes, json_sprintf(options->large != 0 ? "Stores hold %s synthetic people, the larger ones %s. Every process "
                                                  "gets a copy of its own; it is read into memory before each run."
                                                : "Stores hold %s synthetic people. Every process gets a copy of its "
                                                  "own; it is read into memory before each run.",
                            people, large));
}

void notes_add(json_t *notes, const struct bench *bench, double busy)
{
    static const char *const constant[] = {
        "Rounds run every side once, in changing order, never two loads at a time unless a side says beside what it is "
        "measured. Nothing is pinned to a CPU but what "
        "the product pins itself. Clients and servers share the machine's cores, so rates of empty calls are bounded "
        "by the client.",
        "Closed loop: one client thread, one connection, a fixed number of calls in flight, retries off. Open loop: "
        "calls start at a fixed rate whatever the answers do, and latency counts from the moment a call was due.",
        "All sides of a comparison use the same transport; our runtime serves TCP only with mTLS, so the peers do, "
        "too. "
        "h2load has no client certificates, so it is given unix sockets.",
        "Unary Match calls are sealed before the run, streamed batches while it runs. The clear part of every answer "
        "is checked; the sealed part of every batch and of every 64th single answer is opened. All calls match. Every "
        "call has a ledger leaf on stable storage before its answer, but of the sides that say no ledger.",
        "A read of the register is answered when the record of the reading is on stable storage, so its latency is a "
        "commit's and more. An import run takes over a twentieth of the register's registrants, at least 20,000, with "
        "two requests in flight; as many rows of the same kind go into bare LMDB, on a register of the same size.",
        "An enrolment run enrols a twentieth of the store's people, at least 20,000; as many rows go into bare LMDB, "
        "on a store "
        "of the same size.",
    };
    add_busy(notes, busy);
    json_array_append_new(notes, json_sprintf("Each run lasts %g s after a warm-up, beside streams at least %d s.",
                                              bench->options.seconds, BESIDE_SECONDS));
    add_people(notes, &bench->options);
    add_registrants(notes, &bench->options);
    for (size_t i = 0; i < sizeof(constant) / sizeof(constant[0]); i++) {
        json_array_append_new(notes, json_string(constant[i]));
    }
}

void notes_print(const json_t *results, FILE *out)
{
    size_t index;
    json_t *text;
    json_array_foreach(json_object_get(results, "notes"), index, text)
    {
        fprintf(out, "%s\n", json_string_value(text));
    }
    json_array_foreach(json_object_get(results, "failed"), index, text)
    {
        fprintf(out, "FAILED: %s\n", json_string_value(text));
    }
}

json_t *notes_command(const struct options *options)
{
    return json_sprintf("scripts/bench %s%s --rounds %u --seconds %g%s", options->full ? "--full" : "--quick",
                        options->peers ? " --peers" : "", options->rounds, options->seconds,
                        options->chosen ? " --only ..." : "");
}
