#include "server/lists/paper_card.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/register/checks.h"
#include "server/register/entry.h"
#include "server/register/record.h"

#define STATE(name) SEKISHO__V1__PAPER_CARD_STATE__PAPER_CARD_STATE_##name

#define ETAG_SIZE    24
#define COLLECTION   "/paperCards/"
#define ISSUE_DIGITS 9

typedef Sekisho__V1__PaperCard paper_card;

struct card_key {
    uint32_t serial, issue;
};
struct card_state_key {
    uint8_t state;
    int64_t time_us;
    struct card_key card;
} __attribute__((packed));

/* Domain 8.4. Bit n: may become state n. */
#define TO(name) (1u << STATE(name))
static const uint16_t next_states[] = {
    [STATE(TO_CREATE)] = TO(PRINTED),
    [STATE(PRINTED)] = TO(PRINTED) | TO(INSPECTED),
    [STATE(INSPECTED)] = TO(DISPATCHED) | TO(DELIVERED),
    [STATE(DISPATCHED)] = TO(DELIVERED) | TO(RETURNED_UNDELIVERED) | TO(LOST_REPORTED),
    [STATE(DELIVERED)] = TO(RETURNED_BY_HOLDER) | TO(LOST_REPORTED),
    [STATE(RETURNED_UNDELIVERED)] = TO(RESENT),
    [STATE(RESENT)] = TO(DELIVERED) | TO(RETURNED_UNDELIVERED) | TO(LOST_REPORTED),
    [STATE(RETURNED_BY_HOLDER)] = 0,
    [STATE(LOST_REPORTED)] = TO(FOUND) | TO(RETURNED_BY_HOLDER),
    [STATE(FOUND)] = TO(RETURNED_BY_HOLDER),
};

bool paper_card_possible(Sekisho__V1__PaperCardState from, Sekisho__V1__PaperCardState to)
{
    return (size_t)from < sizeof next_states / sizeof next_states[0] && (unsigned)to < 16 &&
           (next_states[from] >> to & 1) != 0;
}

void paper_card_name_format(uint16_t tenant, uint32_t serial, uint32_t issue, char name[PAPER_CARD_NAME_SIZE])
{
    snprintf(name, PAPER_CARD_NAME_SIZE, "prefectures/%02u/registrations/%06" PRIu32 COLLECTION "%" PRIu32,
             tenant % 100u, serial, issue);
}

bool paper_card_name_parse(const char *name, uint16_t *tenant, uint32_t *serial, uint32_t *issue)
{
    const char *rest;

    if (!entry_name_parse(name, tenant, serial, &rest) || strncmp(rest, COLLECTION, sizeof COLLECTION - 1) != 0)
        return false;
    rest += sizeof COLLECTION - 1;
    size_t digits = strspn(rest, "0123456789");
    if (digits == 0 || digits > ISSUE_DIGITS || rest[0] == '0' || rest[digits] != '\0')
        return false;
    *issue = (uint32_t)strtoul(rest, NULL, 10);
    return true;
}

static struct card_key key_of(uint32_t serial, uint32_t issue)
{
    return (struct card_key){.serial = htobe32(serial), .issue = htobe32(issue)};
}

static struct card_state_key state_key_of(const paper_card *card, uint32_t serial, uint32_t issue)
{
    return (struct card_state_key){.state = (uint8_t)card->state,
                                   .time_us = (int64_t)htobe64((uint64_t)card->update_time_us),
                                   .card = key_of(serial, issue)};
}

static int put(struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t issue, const paper_card *card)
{
    struct card_key key = key_of(serial, issue);
    struct card_state_key state = state_key_of(card, serial, issue);
    MDB_val by_state = {sizeof state, &state}, nothing = {0, NULL};
    int rc = record_put(txn, reg->table[TABLE_paper_card], &key, sizeof key, &card->base);

    return rc != 0 ? rc : mdb_put(txn, reg->table[TABLE_paper_card_by_state], &by_state, &nothing, 0);
}

/* Takes the card out of the work list of the state in which it is. */
static int leave_state(struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t issue, const paper_card *card)
{
    struct card_state_key state = state_key_of(card, serial, issue);
    MDB_val by_state = {sizeof state, &state};

    return mdb_del(txn, reg->table[TABLE_paper_card_by_state], &by_state, NULL);
}

static int read_card(const struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t issue, ProtobufCAllocator *arena,
                     paper_card **card)
{
    struct card_key key = key_of(serial, issue);

    return record_get(txn, reg->table[TABLE_paper_card], &key, sizeof key, &sekisho__v1__paper_card__descriptor, arena,
                      (ProtobufCMessage **)card);
}

/* Name and etag are not stored. */
static int derive(const struct reg *reg, uint32_t serial, uint32_t issue, paper_card *card, ProtobufCAllocator *arena)
{
    card->name = arena->alloc(arena->allocator_data, PAPER_CARD_NAME_SIZE);
    card->etag = arena->alloc(arena->allocator_data, ETAG_SIZE);
    if (!card->name || !card->etag)
        return ENOMEM;
    paper_card_name_format(reg->tenant, serial, issue, card->name);
    snprintf(card->etag, ETAG_SIZE, "W/\"%zu%s\"", card->n_events, card->voided ? "v" : "");
    return 0;
}

int paper_card_get(const struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t issue, ProtobufCAllocator *arena,
                   paper_card **card)
{
    int rc = read_card(reg, txn, serial, issue, arena, card);

    return rc != 0 ? rc : derive(reg, serial, issue, *card, arena);
}

/* Number of the last issue, 0: none. */
static int last_issue(struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t *issue)
{
    struct card_key key = key_of(serial, UINT32_MAX), found;
    MDB_val at = {sizeof key, &key}, value;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, reg->table[TABLE_paper_card], &cursor);

    *issue = 0;
    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
    rc = mdb_cursor_get(cursor, &at, &value, rc == 0 ? MDB_PREV : MDB_LAST);
    if (rc == 0 && at.mv_size == sizeof found) {
        memcpy(&found, at.mv_data, sizeof found);
        if (be32toh(found.serial) == serial)
            *issue = be32toh(found.issue);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* Heap memory: the writer's jobs that void cards have no arena. */
static int set_voided(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial, uint32_t issue, bool voided)
{
    paper_card *card;
    int rc = read_card(reg, txn, serial, issue, NULL, &card);

    if (rc != 0)
        return rc;
    if (card->voided != voided) {
        rc = leave_state(reg, txn, serial, issue, card);
        card->voided = voided;
        card->update_time_us = now_us;
        if (rc == 0)
            rc = put(reg, txn, serial, issue, card);
    }
    sekisho__v1__paper_card__free_unpacked(card, NULL);
    return rc;
}

int paper_card_void(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial)
{
    uint32_t last;
    int rc = last_issue(reg, txn, serial, &last);

    for (uint32_t issue = 1; rc == 0 && issue <= last; issue++)
        rc = set_voided(reg, txn, now_us, serial, issue, true);
    return rc;
}

int paper_card_restore(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial)
{
    uint32_t last;
    int rc = last_issue(reg, txn, serial, &last);

    return rc != 0 || last == 0 ? rc : set_voided(reg, txn, now_us, serial, last, false);
}

int paper_card_create(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial,
                      Sekisho__V1__PaperCardReason reason, const char *application)
{
    Sekisho__V1__PaperCardEvent event = SEKISHO__V1__PAPER_CARD_EVENT__INIT, *events = &event;
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;
    paper_card card = SEKISHO__V1__PAPER_CARD__INIT;
    int32_t today = date_today(now_us);
    uint32_t last;
    int rc = paper_card_void(reg, txn, now_us, serial);

    if (rc == 0)
        rc = last_issue(reg, txn, serial, &last);
    if (rc != 0)
        return rc;
    date.year = today / 10000;
    date.month = today / 100 % 100;
    date.day = today % 100;
    event.state = card.state = STATE(TO_CREATE);
    event.date = &date;
    event.record_time_us = card.update_time_us = now_us;
    card.reason = reason;
    card.application = (char *)(uintptr_t)application;
    card.events = &events;
    card.n_events = 1;
    return put(reg, txn, serial, last + 1, &card);
}

int paper_card_record(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial, uint32_t issue, paper_card *card,
                      Sekisho__V1__PaperCardEvent *event, ProtobufCAllocator *arena)
{
    Sekisho__V1__PaperCardEvent **events = arena->alloc(arena->allocator_data, (card->n_events + 1) * sizeof(void *));
    int rc = events ? leave_state(reg, txn, serial, issue, card) : ENOMEM;

    if (rc != 0)
        return rc;
    if (card->n_events > 0)
        memcpy(events, card->events, card->n_events * sizeof(void *));
    events[card->n_events++] = event;
    card->events = events;
    card->state = event->state;
    card->update_time_us = event->record_time_us = now_us;
    if (event->tracking_number[0] != '\0')
        card->tracking_number = event->tracking_number;
    card->name = card->etag = (char *)(uintptr_t)protobuf_c_empty_string;
    rc = put(reg, txn, serial, issue, card);
    return rc != 0 ? rc : derive(reg, serial, issue, card, arena);
}
