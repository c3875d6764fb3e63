/*
 * Records of the access records, in pages that auth sealed for this session: the front sees neither question nor
 * answer. They are believed as far as the caller has them proven to be in the tree.
 */
#include <stdlib.h>
#include <string.h>

#include "account_fields.h"
#include "crypto/hash.h"
#include "crypto/ledger_leaf.h"
#include "sekisho_access.h"

#define METHOD(name)     "/sekisho.v1.AccessRecordService/" name
#define TAKE(out, field) copy_printable(out, sizeof(out), field, strnlen(field, sizeof(field)))

_Static_assert(sizeof(((struct sekisho_access_record *)0)->data) == sizeof(struct access_entry), "length of a leaf");
_Static_assert(SEKISHO_REASON_MAX == TEXT_NOTE_LEN, "length of a note");

struct sekisho_access_reader {
    struct sekisho_session *session;
    struct sekisho_access_filter filter;
    struct sekisho_list *list;
    uint64_t size, least; /* indices that may follow: least <= index < size */
    struct sekisho_access_record record;
};

static bool note_fits(const struct access_entry *entry, const char *note, size_t length)
{
    uint8_t hash[HASH_LEN] = {0};

    if (length > TEXT_NOTE_LEN || (length > 0 && sha256(note, length, hash) != 0))
        return false;
    return memcmp(hash, entry->note_hash, sizeof hash) == 0;
}

static bool hash_leaf(const uint8_t *data, uint8_t leaf_hash[HASH_LEN])
{
    uint8_t leaf_data[HASH_LEN];

    return sha256(data, sizeof(struct access_entry), leaf_data) == 0 && ledger_leaf_hash(leaf_data, leaf_hash) == 0;
}

bool sekisho_access_decode(const uint8_t data[264], const char *note, size_t note_length,
                           struct sekisho_access_record *out)
{
    struct access_entry entry;

    memcpy(&entry, data, sizeof entry);
    if (entry.version != 1 || !note_fits(&entry, note, note_length))
        return false;
    *out = (struct sekisho_access_record){
        .index = entry.index,
        .time_us = entry.time_us,
        .prefecture = entry.tenant,
        .event = (enum sekisho_access_event)entry.event,
        .operation = entry.operation,
        .result = entry.result,
        .role = entry.role,
        .object_role = entry.object_role,
        .start_us = entry.from_us,
        .end_us = entry.until_us,
        .findings = entry.count,
    };
    TAKE(out->account, entry.account);
    TAKE(out->terminal, entry.terminal);
    TAKE(out->object, entry.object);
    copy_printable(out->note, sizeof out->note, note_length > 0 ? note : "", note_length);
    memcpy(out->session, entry.session, sizeof out->session);
    memcpy(out->certificate, entry.certificate, sizeof out->certificate);
    memcpy(out->data, data, sizeof out->data);
    return hash_leaf(data, out->leaf_hash);
}

bool sekisho_access_matches(const struct sekisho_access_filter *filter, const struct sekisho_access_record *record)
{
    return (!filter->account || strcmp(filter->account, record->account) == 0 ||
            strcmp(filter->account, record->object) == 0) &&
           (!filter->terminal || strcmp(filter->terminal, record->terminal) == 0) &&
           (filter->event == 0 || filter->event == record->event) &&
           (filter->role == 0 || filter->role == record->role) &&
           (filter->start_us == 0 || record->time_us >= filter->start_us) &&
           (filter->end_us == 0 || record->time_us < filter->end_us);
}

static enum sekisho_status fill_call(const struct sekisho_access_filter *filter, struct account_call_plain *call,
                                     struct sekisho_error *error)
{
    enum sekisho_status status = SEKISHO_OK;

    *call = (struct account_call_plain){.operation = ACCESS_LIST,
                                        .role = (uint16_t)filter->role,
                                        .state = (uint16_t)filter->event,
                                        .from_us = filter->start_us,
                                        .until_us = filter->end_us};
    if (filter->account)
        status = put_id(call->account, filter->account, "account", error);
    if (status == SEKISHO_OK && filter->terminal)
        status = put_id(call->terminal, filter->terminal, "terminal", error);
    return status;
}

enum sekisho_status sekisho_access_read(struct sekisho_session *session, const struct sekisho_access_filter *filter,
                                        uint64_t size, struct sekisho_access_reader **reader,
                                        struct sekisho_error *error)
{
    struct account_call_plain call;
    enum sekisho_status status = fill_call(filter, &call, error);
    struct sekisho_access_reader *made = status == SEKISHO_OK ? calloc(1, sizeof *made) : NULL;

    if (status == SEKISHO_OK && !made)
        status = error_memory(error);
    if (made) {
        made->session = session;
        made->filter = *filter;
        made->size = size;
        status = list_begin(session, METHOD("ListAccessRecords"), sizeof(struct access_row), &call, &made->list, error);
    }
    if (status == SEKISHO_OK)
        *reader = made;
    else
        free(made);
    return status;
}

/* Records come once each, in order, of the prefecture and as asked for. */
static bool take_row(struct sekisho_access_reader *reader, const struct access_row *row)
{
    struct sekisho_access_record *record = &reader->record;

    if (!sekisho_access_decode((const uint8_t *)&row->entry, row->note, strnlen(row->note, sizeof row->note), record) ||
        record->index < reader->least || record->prefecture != reader->session->state->tenant ||
        !sekisho_access_matches(&reader->filter, record))
        return false;
    reader->least = record->index + 1;
    return true;
}

enum sekisho_status sekisho_access_next(struct sekisho_access_reader *reader,
                                        const struct sekisho_access_record **record, struct sekisho_error *error)
{
    struct access_row row;
    bool more = false;
    enum sekisho_status status = SEKISHO_OK;

    *record = NULL;
    /* What was recorded after the head that the caller knows is not looked at: reading makes records itself. */
    if (reader->least < reader->size)
        status = list_next(reader->list, &row, sizeof row, &more, error);
    if (status != SEKISHO_OK || !more)
        return status;
    if (!take_row(reader, &row))
        return error_forged(error, "the answer is not a list of the access records",
                            "応答がアクセス記録の一覧ではありません");
    if (reader->record.index < reader->size)
        *record = &reader->record;
    return SEKISHO_OK;
}

void sekisho_access_close(struct sekisho_access_reader *reader)
{
    if (reader)
        sekisho_list_free(reader->list);
    free(reader);
}

enum sekisho_status sekisho_review_logins(struct sekisho_session *session, const struct sekisho_login_review *review,
                                          uint64_t *index, struct sekisho_error *error)
{
    struct account_call_plain call = {
        .operation = ACCESS_REVIEW, .from_us = review->start_us, .until_us = review->end_us, .count = review->findings};
    struct account_reply_plain reply;
    enum sekisho_status status = put_text(call.note, sizeof call.note, review->note, "note", error);

    if (status == SEKISHO_OK)
        status = account_exchange(session, METHOD("ReviewLogins"), &call, &reply, error);
    if (status == SEKISHO_OK)
        *index = reply.access_index;
    return status;
}
