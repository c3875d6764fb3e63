/*
 * What the clients of Redis and PostgreSQL store, and how they ask "is this person's number X?": under a keyed hash of
 * the number, which only the client can make, lies the person's reference and the number sealed with AES-256-GCM. The
 * answer is yes when the row of X's hash has this person's reference; `opened` clients open the number and compare it,
 * too, as someone does who does not trust the row.
 */
#ifndef SEKISHO_BENCH_KEYED_H
#define SEKISHO_BENCH_KEYED_H

#include <stdbool.h>

#include "core/people.h"
#include "core/report.h"
#include "crypto/aead.h"
#include "crypto/hash.h"

#define KEYED_HASH_LEN  16
#define KEYED_BATCH_MAX 4096

struct keyed_value {
    uint8_t reference[REFERENCE_LEN];
    uint8_t nonce[AEAD_NONCE_LEN];
    uint8_t sealed[NUMBER_LEN + AEAD_TAG_LEN];
};
_Static_assert(sizeof(struct keyed_value) == 56, "keyed_value layout");

struct keyed {
    struct prf *hash;
    struct aead *seal;
    struct person *people;
    uint64_t people_count, random;
    bool opened;
};

/* Keys and people. 0, or -1 with a line on standard error; keyed_close it. */
int keyed_open(struct keyed *keyed, const char *table);
void keyed_close(struct keyed *keyed);

int keyed_hash(struct keyed *keyed, const struct person *person, uint8_t hash[KEYED_HASH_LEN]);
int keyed_value(struct keyed *keyed, const struct person *person, struct keyed_value *value);
/* Whether the row found for a person's number says that it is this person's. */
bool keyed_answers(struct keyed *keyed, const struct person *person, const void *value, size_t length);
const struct person *keyed_pick(struct keyed *keyed);

/* A peer's closed loop of one call at a time: call(context, keyed, batch) is 0, or -1 with a line. Warms up for a
 * quarter of the time, then measures and writes the report; `server` is charged. 0, or -1 with a line. */
struct keyed_loop {
    const char *name;
    unsigned batch;
    uint64_t duration_ns;
    struct watched *server;
    int (*call)(void *context, struct keyed *keyed, unsigned batch);
    void *context;
};
int keyed_run(struct keyed *keyed, const struct keyed_loop *loop);

#endif
