#include "keyed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* They guard synthetic numbers for the time of a bench. */
static const uint8_t hash_key[HASH_LEN] = "bench: keyed hash of the peers.";
static const uint8_t seal_key[AEAD_KEY_LEN] = "bench: seal key of the peers...";

static struct histogram latency;

int keyed_open(struct keyed *keyed, const char *table)
{
    *keyed = (struct keyed){.random = 0x9e3779b97f4a7c15u};
    if (crypto_init() != 0 || people_load(table, &keyed->people, &keyed->people_count) != 0) {
        perror("bench-peer: table");
        return -1;
    }
    keyed->hash = prf_new(hash_key);
    keyed->seal = aead_new(seal_key);
    if (keyed->hash == NULL || keyed->seal == NULL) {
        fputs("bench-peer: no keys\n", stderr);
        keyed_close(keyed);
        return -1;
    }
    return 0;
}

void keyed_close(struct keyed *keyed)
{
    free(keyed->people);
    prf_free(keyed->hash);
    aead_free(keyed->seal);
}

int keyed_hash(struct keyed *keyed, const struct person *person, uint8_t hash[KEYED_HASH_LEN])
{
    uint8_t whole[HASH_LEN];
    if (prf(keyed->hash, person->number, NUMBER_LEN, whole) != 0) {
        return -1;
    }
    memcpy(hash, whole, KEYED_HASH_LEN);
    return 0;
}

int keyed_value(struct keyed *keyed, const struct person *person, struct keyed_value *value)
{
    memcpy(value->reference, person->reference, REFERENCE_LEN);
    crypto_random(value->nonce, sizeof(value->nonce));
    return aead_seal(keyed->seal, value->nonce, value->reference, REFERENCE_LEN, person->number, NUMBER_LEN,
                     value->sealed);
}

bool keyed_answers(struct keyed *keyed, const struct person *person, const void *value, size_t length)
{
    const struct keyed_value *row = value;
    char number[NUMBER_LEN];
    if (value == NULL || length != sizeof(*row) || memcmp(row->reference, person->reference, REFERENCE_LEN) != 0) {
        return false;
    }
    return !keyed->opened || (aead_open(keyed->seal, row->nonce, row->reference, REFERENCE_LEN, row->sealed,
                                        sizeof(row->sealed), number) == 0 &&
                              crypto_equal(number, person->number, NUMBER_LEN));
}

const struct person *keyed_pick(struct keyed *keyed)
{
    return &keyed->people[people_pick(&keyed->random, keyed->people_count)];
}

static int repeat(struct keyed *keyed, const struct keyed_loop *loop, uint64_t duration_ns, uint64_t *elapsed_ns)
{
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    histogram_clear(&latency);
    while (before_ns - begin_ns < duration_ns) {
        if (loop->call(loop->context, keyed, loop->batch) != 0) {
            return -1;
        }
        uint64_t now_ns = clock_ns();
        histogram_record(&latency, now_ns - before_ns);
        before_ns = now_ns;
    }
    *elapsed_ns = before_ns - begin_ns;
    return 0;
}

int keyed_run(struct keyed *keyed, const struct keyed_loop *loop)
{
    struct run_result result = {.load = loop->name,
                                .in_flight = 1,
                                .items_per_call = loop->batch,
                                .latency = &latency,
                                .watched = loop->server,
                                .watched_count = 1};
    if (repeat(keyed, loop, loop->duration_ns / 4, &result.elapsed_ns) != 0) {
        return -1;
    }
    watched_begin(loop->server, 1);
    uint64_t cpu_ns = cpu_of_self_ns();
    if (repeat(keyed, loop, loop->duration_ns, &result.elapsed_ns) != 0) {
        return -1;
    }
    result.client_cpu_ns = cpu_of_self_ns() - cpu_ns;
    result.calls = latency.count;
    if (watched_end(loop->server, 1) != 0) {
        fputs("bench-peer: the server has ended\n", stderr);
        return -1;
    }
    return report_write(&result, stdout);
}
