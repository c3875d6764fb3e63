#include "server/lists/list.h"

#include <endian.h>
#include <string.h>
#include <time.h>

#include "server/lists/paper_card_list.h"

#define LIST(name)    SEKISHO__V1__LIST_KIND__LIST_KIND_##name
#define STATE(name)   SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define JAPAN_SECONDS (9 * 3600)

struct reader {
    const struct list_source *source;
    const struct list_query *query;
    list_row *row;
    ProtobufCMessage **rows;
    size_t count;
};

bool list_in_period(const struct list_query *query, int32_t day)
{
    return day >= query->from && (query->to == 0 || day <= query->to);
}

static int take(void *user, MDB_val key, MDB_val value)
{
    struct reader *reader = user;
    ProtobufCMessage *row = NULL;
    int rc = reader->row(reader->source, reader->query, key, value, &row);

    if (rc != WALK_TAKE)
        return rc;
    if (!row)
        return WALK_SKIP;
    reader->rows[reader->count++] = row;
    return WALK_TAKE;
}

/* The first moment of a day in Japan, as the key of application_by_time begins. */
static uint64_t key_of_day(int32_t day)
{
    struct tm midnight = {
        .tm_year = day / 10000 - 1900, .tm_mon = day / 100 % 100 - 1, .tm_mday = day % 100, .tm_sec = -JAPAN_SECONDS};
    int64_t seconds = timegm(&midnight);

    return htobe64(seconds > 0 ? (uint64_t)seconds * 1000000 : 0);
}

int list_card_row(const struct list_source *source, const struct list_query *query, MDB_val key, MDB_val value,
                  ProtobufCMessage **row)
{
    const struct paper_card_filter filter = {.from = query->from, .to = query->to};
    Sekisho__V1__PaperCard *card;

    (void)value;
    int rc = paper_card_row(source->reg, source->txn, &filter, key, source->arena, &card);
    *row = rc == 0 && card ? &card->base : NULL;
    return rc;
}

int list_read(const struct list_source *source, const struct list_query *query, uint32_t rows_max,
              struct walk_place *place, ProtobufCMessage **rows, size_t *count, bool *more)
{
    const uint8_t erased = STATE(ERASED), cancelled = STATE(CANCELLED);
    struct reader reader = {.source = source, .query = query, .rows = rows};
    struct walk walk = {.txn = source->txn, .rows_max = rows_max, .row = take, .user = &reader};
    enum register_table table = TABLE_entry_by_state;
    uint64_t since = key_of_day(query->from);

    switch (query->kind) {
    case LIST(REGISTER):
        table = TABLE_entry;
        reader.row = list_register_row;
        break;
    case LIST(LOST_QUALIFICATIONS):
    case LIST(CANCELLED_REGISTRATIONS):
        walk.duplicates = true;
        walk.prefix = query->kind == LIST(LOST_QUALIFICATIONS) ? &erased : &cancelled;
        walk.prefix_length = 1;
        reader.row = query->kind == LIST(LOST_QUALIFICATIONS) ? list_lost_row : list_cancelled_row;
        break;
    case LIST(PAPER_CARDS):
        table = TABLE_paper_card;
        reader.row = list_card_row;
        break;
    default: /* by the time of reception */
        table = TABLE_application_by_time;
        walk.from = query->from != 0 ? &since : NULL;
        walk.from_length = sizeof since;
        reader.row = list_applicant_row;
    }
    walk.table = source->reg->table[table];
    int rc = walk_rows(&walk, place, more);
    *count = reader.count;
    return rc;
}
