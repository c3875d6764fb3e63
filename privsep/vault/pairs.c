#include "vault/pairs.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "crypto/hash.h"

#define CAPACITY_MIN 4096u
/* Slots behind the last place, for what others push past it. At four fifths full a pair is pushed by k places with
 * about e^(-0.46 k). One more slot is always empty and ends every search. */
#define SPARE     128u
#define GIVE_BACK (1u << 20) /* bytes of the old table that are given back in one piece; whole pages */

_Static_assert(sizeof(struct pairs_slot) == 12, "slots lie side by side");

static size_t mapped_bytes; /* of all tables: the limit that they share is the process's (RLIMIT_AS) */

/* ---- one slot ---- */

static bool is_empty(const struct pairs_slot *slot)
{
    return (slot->place | slot->mark[0] | slot->mark[1]) == 0;
}

static uint32_t tag_word(const uint8_t tag[PAIRS_TAG_LEN], unsigned i)
{
    const uint8_t *byte = tag + 4 * i;

    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

/* Multilinear hashing, the upper half of a sum modulo 2^64: strongly universal for random keys (Dietzfelbinger 1996).
 */
static uint32_t reference_hash(const uint64_t key[REFERENCE_LEN / 4 + 1], const uint8_t reference[REFERENCE_LEN])
{
    uint32_t words[REFERENCE_LEN / 4];
    uint64_t sum = key[REFERENCE_LEN / 4];

    memcpy(words, reference, sizeof words);
    for (size_t i = 0; i < REFERENCE_LEN / 4; i++)
        sum += key[i] * words[i];
    return (uint32_t)(sum >> 32);
}

static struct pairs_slot slot_of(const struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN],
                                 const uint8_t reference[REFERENCE_LEN])
{
    return (struct pairs_slot){tag_word(tag, 0),
                               {tag_word(tag, 1) ^ reference_hash(pairs->key[0], reference),
                                tag_word(tag, 2) ^ reference_hash(pairs->key[1], reference)}};
}

/* ---- the table ---- */

static size_t slot_count(uint32_t capacity)
{
    return (size_t)capacity + SPARE + 1;
}

static struct pairs_slot *map_slots(uint32_t capacity)
{
    size_t bytes = slot_count(capacity) * sizeof(struct pairs_slot);

    if (bytes > PAIRS_BYTES_MAX - mapped_bytes)
        return NULL;
    void *slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED)
        return NULL;
    mapped_bytes += bytes;
    return slots;
}

static struct pairs_slot *home(const struct pairs *pairs, uint32_t place)
{
    return pairs->slots + ((uint64_t)place * pairs->capacity >> 32);
}

/* The first slot that is empty or of this place or a later one. */
static struct pairs_slot *seek(const struct pairs *pairs, uint32_t place)
{
    struct pairs_slot *at = home(pairs, place);

    while (!is_empty(at) && at->place < place)
        at++;
    return at;
}

/* False when it would push the last ones past the end. */
static bool insert(struct pairs *pairs, const struct pairs_slot *slot)
{
    const struct pairs_slot *end = pairs->slots + slot_count(pairs->capacity) - 1;
    struct pairs_slot *at = seek(pairs, slot->place), *gap = at;

    while (!is_empty(gap))
        gap++;
    if (gap == end)
        return false;
    memmove(at + 1, at, (size_t)(gap - at) * sizeof *at);
    *at = *slot;
    pairs->used++;
    return true;
}

/* Moves back by one what stands behind its home only because of the one that goes. */
static void take_out(struct pairs *pairs, struct pairs_slot *at)
{
    struct pairs_slot *next = at + 1;

    while (!is_empty(next) && home(pairs, next->place) < next)
        next++;
    memmove(at, at + 1, (size_t)(next - at - 1) * sizeof *at);
    next[-1] = (struct pairs_slot){0};
    pairs->used--;
}

/* All of the place: whichever reference the tag's row had, and now and then (one in 2^32 / pairs) another tag's pair,
 * which LMDB answers from then on. */
static void take_out_place(struct pairs *pairs, uint32_t place)
{
    struct pairs_slot *at = seek(pairs, place);

    while (!is_empty(at) && at->place == place)
        take_out(pairs, at);
}

/* A larger table by an eighth, so that the two are never much more memory than one. */
static bool grow(struct pairs *pairs)
{
    struct pairs larger = *pairs;
    size_t count = slot_count(pairs->capacity), bytes = count * sizeof(struct pairs_slot), given_back = 0;

    if (pairs->capacity > UINT32_MAX - pairs->capacity / 8)
        return false;
    larger.capacity += pairs->capacity / 8;
    larger.used = 0;
    larger.slots = map_slots(larger.capacity);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_empty(&pairs->slots[i]))
            (void)insert(&larger, &pairs->slots[i]);
        if ((i + 1) * sizeof(struct pairs_slot) - given_back >= GIVE_BACK) {
            (void)munmap((uint8_t *)pairs->slots + given_back, GIVE_BACK);
            given_back += GIVE_BACK;
        }
    }
    if (given_back < bytes)
        (void)munmap((uint8_t *)pairs->slots + given_back, bytes - given_back);
    mapped_bytes -= bytes;
    *pairs = larger;
    return true;
}

static void add(struct pairs *pairs, const struct pairs_slot *slot)
{
    bool full = (uint64_t)pairs->used * 5 >= (uint64_t)pairs->capacity * 4;

    if (pairs->slots && !is_empty(slot) && (!full || grow(pairs)))
        (void)insert(pairs, slot);
}

void pairs_open(struct pairs *pairs, uint64_t rows)
{
    uint64_t slots = rows + rows / 3;

    *pairs = (struct pairs){.capacity = slots < CAPACITY_MIN ? CAPACITY_MIN : (uint32_t)slots};
    crypto_random(pairs->key, sizeof pairs->key);
    if (slots < PAIRS_BYTES_MAX / sizeof(struct pairs_slot))
        pairs->slots = map_slots(pairs->capacity);
}

void pairs_close(struct pairs *pairs)
{
    size_t bytes = slot_count(pairs->capacity) * sizeof(struct pairs_slot);

    if (pairs->slots) {
        (void)munmap(pairs->slots, bytes);
        mapped_bytes -= bytes;
    }
    *pairs = (struct pairs){0};
}

void pairs_fill(struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN], const uint8_t reference[REFERENCE_LEN])
{
    struct pairs_slot slot = slot_of(pairs, tag, reference);

    add(pairs, &slot);
}

bool pairs_contain(const struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN], const uint8_t reference[REFERENCE_LEN])
{
    struct pairs_slot asked = slot_of(pairs, tag, reference);

    if (!pairs->slots || is_empty(&asked))
        return false;
    for (const struct pairs_slot *at = seek(pairs, asked.place); at->place == asked.place && !is_empty(at); at++)
        if (at->mark[0] == asked.mark[0] && at->mark[1] == asked.mark[1])
            return true;
    return false;
}

void pairs_prefetch(const struct pairs *pairs, const uint8_t tag[PAIRS_TAG_LEN])
{
    if (pairs->slots)
        __builtin_prefetch(home(pairs, tag_word(tag, 0)));
}

/* ---- with the transaction ---- */

static void note(struct pairs_changes *changes, const struct pairs_change *change)
{
    if (changes->count == PAIRS_CHANGES_MAX) {
        changes->count = 0;
        changes->too_many = true;
    }
    if (!changes->too_many)
        changes->change[changes->count++] = *change;
}

void pairs_remove(struct pairs *pairs, struct pairs_changes *changes, const uint8_t tag[PAIRS_TAG_LEN])
{
    const struct pairs_change change = {.pairs = pairs, .slot.place = tag_word(tag, 0)};

    if (!pairs->slots)
        return;
    take_out_place(pairs, change.slot.place);
    if (changes->count > 0)
        note(changes, &change);
}

void pairs_put(struct pairs *pairs, struct pairs_changes *changes, const uint8_t tag[PAIRS_TAG_LEN],
               const uint8_t reference[REFERENCE_LEN])
{
    const struct pairs_change change = {.pairs = pairs, .slot = slot_of(pairs, tag, reference), .added = true};

    if (!pairs->slots)
        return;
    take_out_place(pairs, change.slot.place);
    note(changes, &change);
}

void pairs_settle(struct pairs_changes *changes, bool committed)
{
    for (uint32_t i = 0; committed && i < changes->count; i++) {
        const struct pairs_change *change = &changes->change[i];
        take_out_place(change->pairs, change->slot.place);
        if (change->added)
            add(change->pairs, &change->slot);
    }
    changes->count = 0;
    changes->too_many = false;
}
