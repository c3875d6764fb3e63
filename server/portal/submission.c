#include "server/portal/submission.h"

#include <string.h>

#include "server/applications/correction.h"
#include "server/register/person_check.h"

#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

static const uint8_t *given(ProtobufCBinaryData data)
{
    return data.len > 0 ? data.data : NULL;
}

void submission_signature(const stored_application *application, const uint8_t *ocsp, size_t ocsp_length,
                          struct card_signature *signature)
{
    bool raw = application->certificate.len > 0;

    *signature = (struct card_signature){
        .content = application->signing_text.data,
        .content_length = application->signing_text.len,
        .ocsp = ocsp_length > 0 ? ocsp : NULL,
        .ocsp_length = ocsp_length,
    };
    if (raw) {
        signature->raw_signature = given(application->signature);
        signature->raw_signature_length = application->signature.len;
        signature->certificate = application->certificate.data;
        signature->certificate_length = application->certificate.len;
    } else {
        signature->cms = given(application->signature);
        signature->cms_length = application->signature.len;
    }
}

static const char *name_text(const Sekisho__V1__Name *name)
{
    return name && name->text[0] ? name->text : NULL;
}

static struct identity identity_of(const Sekisho__V1__Person *person)
{
    return (struct identity){
        .name = name_text(person->name),
        .kana = person->kana,
        .former_surname = name_text(person->former_surname),
        .common_name = name_text(person->common_name),
        .roman_name = name_text(person->roman_name),
        .address = person->address,
        .birth = date_of_number(message_date_number(person->birth_date)),
        .sex = (uint8_t)person->sex,
    };
}

static void *keep(const struct application_context *context, const void *bytes, size_t length)
{
    void *memory = context->arena->alloc(context->arena->allocator_data, length);

    return memory ? memcpy(memory, bytes, length) : NULL;
}

/* A row for the certificate among the comparisons; a former one is replaced. */
static bool record_match(const struct application_context *context, stored_application *application,
                         const struct identity_match *match)
{
    Sekisho__Stored__MatchResult row = SEKISHO__STORED__MATCH_RESULT__INIT;

    row.with = (char *)(uintptr_t) "certificate";
    row.level = match->level;
    row.name = match->name;
    row.birth = match->birth;
    row.sex = match->sex;
    row.address = match->address;
    row.needs_person = match->needs_person;
    row.fold_table_version = match->fold_table_version;
    row.time_us = context->now_us;
    Sekisho__Stored__MatchResult *kept = keep(context, &row, sizeof row);
    size_t place = 0;
    while (place < application->n_matches && strcmp(application->matches[place]->with, row.with) != 0)
        place++;
    Sekisho__Stored__MatchResult **rows = context->arena->alloc(
        context->arena->allocator_data, (application->n_matches + 1) * sizeof(Sekisho__Stored__MatchResult *));
    if (!kept || !rows)
        return false;
    if (application->n_matches > 0)
        memcpy(rows, application->matches, application->n_matches * sizeof(Sekisho__Stored__MatchResult *));
    rows[place] = kept;
    if (place == application->n_matches)
        application->n_matches++;
    application->matches = rows;
    return true;
}

static bool record(const struct application_context *context, stored_application *application,
                   const struct card_evidence *evidence, enum card_code code)
{
    struct card_evidence *kept = keep(context, evidence, sizeof *evidence);

    if (!kept)
        return false;
    application->application->signature_code = (char *)(uintptr_t)card_code_name(code);
    application->certificate_sha256 = (ProtobufCBinaryData){CARD_HASH_LEN, kept->certificate_sha256};
    application->serial_sha256 = (ProtobufCBinaryData){CARD_HASH_LEN, kept->serial_sha256};
    application->issuer_key_id = (ProtobufCBinaryData){CARD_KEY_ID_LEN, kept->issuer_key_id};
    application->status_checked_us = kept->checked_at_us;
    application->status_this_update_us = kept->this_update_us;
    application->status_next_update_us = kept->next_update_us;
    return record_match(context, application, &kept->match);
}

/* A bad signature does not end an application that has been received: its correction is a draft again. */
static enum application_result decide_correction(struct application_context *context, stored_application *draft,
                                                 enum card_code code)
{
    if (code == CARD_GOOD)
        return correction_take(context);
    draft->application->state = code == CARD_STATUS_UNKNOWN ? STATE(SIGNATURE_PENDING) : STATE(DRAFT);
    return application_update(context, draft);
}

enum application_result submission_decide(struct application_context *context, const struct card_trust *trust,
                                          const struct card_submission *submission, stored_application *application)
{
    struct identity applicant = identity_of(application->application->person);
    struct card_evidence evidence;
    enum card_code code = card_check(trust, submission, &applicant, application->application->receive_time_us,
                                     context->now_us, &evidence);

    if (!record(context, application, &evidence, code)) {
        context->rc = MDB_MAP_FULL;
        return APPLICATION_STORE;
    }
    if (context->corrected)
        return decide_correction(context, application, code);
    if (code == CARD_GOOD)
        return application_event(context, application, APPLICATION_SIGNATURE_GOOD, NULL);
    if (code != CARD_STATUS_UNKNOWN)
        return application_event(context, application, APPLICATION_SIGNATURE_BAD, card_code_name(code));
    if (application->application->state == STATE(SIGNATURE_PENDING))
        return application_update(context, application);
    return application_event(context, application, APPLICATION_SIGNATURE_UNKNOWN, card_code_name(code));
}

/* ---- all that wait ---- */

static enum application_result retry(struct application_context *context, const struct card_trust *trust,
                                     const uint8_t id[REGISTER_ID_LEN], uint32_t *decided)
{
    struct card_signature signature;
    struct card_submission *submission;
    stored_application *application = application_get(context, id);

    if (!application)
        return APPLICATION_STORE;
    stored_application *whole = application;
    if (correction_is_pending(whole))
        application = correction_open(context, whole);
    submission_signature(application, NULL, 0, &signature);
    if (card_parse(&signature, &submission) != CARD_GOOD) {
        context->rc = MDB_CORRUPTED; /* it was good when it came in */
        return APPLICATION_STORE;
    }
    enum application_result result = submission_decide(context, trust, submission, application);
    card_submission_free(submission);
    (void)correction_close(context, whole);
    *decided += whole->application->state != STATE(SIGNATURE_PENDING) && !correction_is_pending(whole);
    return result;
}

#define ID_OFFSET (1 + 8) /* in a key of application_by_state */

struct waiting {
    uint8_t (*ids)[REGISTER_ID_LEN];
    uint32_t max, count;
    uint32_t left; /* of all, beyond max too */
};

/* Applications in this state that wait for a certificate's status, the oldest change first. An LMDB code. */
static int add_waiting(const struct application_context *context, uint8_t state, struct waiting *waiting)
{
    MDB_val key = {1, &state}, value;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(context->txn, context->reg->table[TABLE_application_by_state], &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && key.mv_size == ID_OFFSET + REGISTER_ID_LEN && *(const uint8_t *)key.mv_data == state) {
        bool waits = state == STATE(SIGNATURE_PENDING) ||
                     (value.mv_size == 1 && *(const uint8_t *)value.mv_data == CORRECTION_IS_PENDING);
        if (waits && waiting->count < waiting->max)
            memcpy(waiting->ids[waiting->count++], (const uint8_t *)key.mv_data + ID_OFFSET, REGISTER_ID_LEN);
        waiting->left += waits;
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum application_result submission_retry_all(struct application_context *context, const struct card_trust *trust,
                                             uint32_t max, uint32_t *decided, uint32_t *left)
{
    struct waiting waiting = {
        .ids = context->arena->alloc(context->arena->allocator_data, (size_t)max * REGISTER_ID_LEN), .max = max};
    enum application_result result = APPLICATION_OK;

    *decided = *left = 0;
    context->rc = waiting.ids ? add_waiting(context, STATE(SIGNATURE_PENDING), &waiting) : MDB_MAP_FULL;
    if (context->rc == 0)
        context->rc = add_waiting(context, STATE(CORRECTION_WAIT), &waiting);
    if (context->rc != 0)
        return APPLICATION_STORE;
    for (uint32_t i = 0; i < waiting.count && result == APPLICATION_OK; i++)
        result = retry(context, trust, waiting.ids[i], decided);
    *left = waiting.left - *decided;
    return result;
}
