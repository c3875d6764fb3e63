/* What follows a disposition: the person is told, the card comes back, the national database is told (F008). */
#include "disposition_desk.h"

static void test_F008_the_person_is_told_once_after_the_approval(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__RecordNoticeRequest request = SEKISHO__V1__RECORD_NOTICE_REQUEST__INIT;
    Sekisho__V1__ListDispositionsRequest list = SEKISHO__V1__LIST_DISPOSITIONS_REQUEST__INIT;
    Sekisho__V1__Notice notice = SEKISHO__V1__NOTICE__INIT;
    Sekisho__V1__Date before = date_of(date_after(today(), -1)), day = date_of(today());
    Sekisho__V1__ApproveDispositionResponse *approved = decide(fixture, cancellation());

    list.parent = PREFECTURE;
    list.notice_missing = true;
    Sekisho__V1__ListDispositionsResponse *missing = (void *)CALL(fixture, "ListDispositions", list, list_dispositions);
    assert_int_equal(missing->n_dispositions, 1);
    sekisho__v1__list_dispositions_response__free_unpacked(missing, NULL);
    request.name = approved->disposition->name;
    request.etag = approved->disposition->etag;
    request.notice = &notice;
    notice.reference = TEXT("簡易書留 123-45-67890-1");
    notice.date = &before;
    REFUSED(fixture, "RecordNotice", request, "BAD_FIELD");
    notice.date = &day;
    Sekisho__V1__RecordNoticeResponse *noticed = (void *)CALL(fixture, "RecordNotice", request, record_notice);
    assert_non_null(noticed);
    assert_string_equal(noticed->disposition->notice->recorded_by, "approver");
    request.etag = noticed->disposition->etag;
    REFUSED(fixture, "RecordNotice", request, "WRONG_STATE");
    sekisho__v1__record_notice_response__free_unpacked(noticed, NULL);
    missing = (void *)CALL(fixture, "ListDispositions", list, list_dispositions);
    assert_int_equal(missing->n_dispositions, 0);
    sekisho__v1__list_dispositions_response__free_unpacked(missing, NULL);
    done(approved);
}

static Sekisho__V1__ListCardReturnsResponse *returns(struct register_fixture *fixture, int state, size_t count)
{
    Sekisho__V1__ListCardReturnsRequest request = SEKISHO__V1__LIST_CARD_RETURNS_REQUEST__INIT;

    request.parent = PREFECTURE;
    request.state = state;
    register_fixture_caller(fixture, ROLE_CRT, "certificates");
    Sekisho__V1__ListCardReturnsResponse *list = (void *)CALL(fixture, "ListCardReturns", request, list_card_returns);
    assert_non_null(list);
    assert_int_equal(list->n_card_returns, count);
    return list;
}

static Sekisho__V1__RecordCardReturnResponse *record(struct register_fixture *fixture, const char *etag,
                                                     const char *name, int state, Sekisho__V1__Date *date,
                                                     const char *refusal)
{
    Sekisho__V1__RecordCardReturnRequest request = SEKISHO__V1__RECORD_CARD_RETURN_REQUEST__INIT;

    request.name = TEXT(name);
    request.etag = TEXT(etag);
    request.state = state;
    request.date = date;
    register_fixture_caller(fixture, ROLE_REC, "reception");
    if (!refusal)
        return (void *)CALL(fixture, "RecordCardReturn", request, record_card_return);
    REFUSED(fixture, "RecordCardReturn", request, refusal);
    return NULL;
}

static void test_F008_the_card_is_due_reminded_and_returned(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__Date day = date_of(today());

    done(decide(fixture, cancellation()));
    Sekisho__V1__ListCardReturnsResponse *due = returns(fixture, CARD(DUE), 1);
    char *name = due->card_returns[0]->name;
    assert_int_equal(date_value(due->card_returns[0]->target_date), date_after(today(), 14));
    record(fixture, due->card_returns[0]->etag, name, CARD(REMINDED), NULL, "BAD_FIELD");
    record(fixture, due->card_returns[0]->etag, name, CARD(UNRECOVERABLE), &day, "BAD_FIELD"); /* no reason */
    Sekisho__V1__RecordCardReturnResponse *reminded =
        record(fixture, due->card_returns[0]->etag, name, CARD(REMINDED), &day, NULL);
    assert_non_null(reminded);
    assert_int_equal(reminded->card_return->n_reminders, 1);
    record(fixture, due->card_returns[0]->etag, name, CARD(RETURNED), &day, "CHANGED_MEANWHILE");
    Sekisho__V1__RecordCardReturnResponse *returned =
        record(fixture, reminded->card_return->etag, name, CARD(RETURNED), &day, NULL);
    assert_non_null(returned);
    record(fixture, returned->card_return->etag, name, CARD(REMINDED), &day, "WRONG_STATE");
    sekisho__v1__list_card_returns_response__free_unpacked(returns(fixture, CARD(DUE), 0), NULL);
    sekisho__v1__list_card_returns_response__free_unpacked(returns(fixture, CARD(RETURNED), 1), NULL);
    sekisho__v1__record_card_return_response__free_unpacked(returned, NULL);
    sekisho__v1__record_card_return_response__free_unpacked(reminded, NULL);
    sekisho__v1__list_card_returns_response__free_unpacked(due, NULL);
}

static void test_F008_the_national_database_is_told_of_violence_against_children_without_a_number(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__ListNationalRecordsRequest list = SEKISHO__V1__LIST_NATIONAL_RECORDS_REQUEST__INIT;
    Sekisho__V1__RecordNationalRecordSentRequest sent = SEKISHO__V1__RECORD_NATIONAL_RECORD_SENT_REQUEST__INIT;
    disposition proposed = cancellation();

    proposed.ground = GROUND(CX3);
    proposed.sexual_violence = true;
    proposed.sexual_violence_facts = TEXT("事実の概要");
    proposed.present_name = TEXT("熊谷　花子");
    done(decide(fixture, proposed));
    list.parent = PREFECTURE;
    Sekisho__V1__ListNationalRecordsResponse *queue =
        (void *)CALL(fixture, "ListNationalRecords", list, list_national_records);
    assert_int_equal(queue->n_national_records, 1);
    const Sekisho__V1__NationalRecord *record = queue->national_records[0];
    assert_string_equal(record->person_name, "熊谷　花子");
    assert_string_equal(record->person_name_at_cancellation, "埼玉　花子");
    assert_string_equal(record->prefecture, "埼玉県");
    assert_int_equal(record->ground, GROUND(CX3));
    assert_int_equal(date_value(record->cancellation_date), today());
    assert_null(
        protobuf_c_message_descriptor_get_field_by_name(&sekisho__v1__national_record__descriptor, "number_reference"));
    sent.name = record->name;
    sent.sent_reference = TEXT("DB-2026-0001");
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    Sekisho__V1__RecordNationalRecordSentResponse *told =
        (void *)CALL(fixture, "RecordNationalRecordSent", sent, record_national_record_sent);
    assert_non_null(told);
    assert_true(told->national_record->sent_time_us > 0);
    sekisho__v1__record_national_record_sent_response__free_unpacked(told, NULL);
    REFUSED(fixture, "RecordNationalRecordSent", sent, "WRONG_STATE");
    sekisho__v1__list_national_records_response__free_unpacked(queue, NULL);
    queue = (void *)CALL(fixture, "ListNationalRecords", list, list_national_records);
    assert_int_equal(queue->n_national_records, 0);
    sekisho__v1__list_national_records_response__free_unpacked(queue, NULL);
}

static void test_F008_other_cancellations_are_not_told_to_the_national_database(void **state)
{
    struct register_fixture *fixture = *state;
    Sekisho__V1__ListNationalRecordsRequest list = SEKISHO__V1__LIST_NATIONAL_RECORDS_REQUEST__INIT;

    done(decide(fixture, cancellation()));
    list.parent = PREFECTURE;
    Sekisho__V1__ListNationalRecordsResponse *queue =
        (void *)CALL(fixture, "ListNationalRecords", list, list_national_records);
    assert_int_equal(queue->n_national_records, 0);
    sekisho__v1__list_national_records_response__free_unpacked(queue, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, disposition_desk_set_up, register_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F008_the_person_is_told_once_after_the_approval),
        TEST(test_F008_the_card_is_due_reminded_and_returned),
        TEST(test_F008_the_national_database_is_told_of_violence_against_children_without_a_number),
        TEST(test_F008_other_cancellations_are_not_told_to_the_national_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
