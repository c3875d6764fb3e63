/* Messages by the names of their fields: set from what a person writes, shown as text and JSON. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "desk/fields.h"
#include "desk/resource.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/disposition_service.pb-c.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "sekisho_rpc.h"
#include "support/fixture.h"
#include "text.h"

static Sekisho__V1__Application *application;

static int make(void **state)
{
    (void)state;
    language_set("ja");
    application = (Sekisho__V1__Application *)message_new(&sekisho__v1__application__descriptor);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    sekisho_message_free(&application->base);
    return 0;
}

static enum set_result set(const char *key, const char *value)
{
    const char *path;

    return field_set_labelled(&application->base, key, value, 11, &path);
}

static void test_paths_and_labels(void **state)
{
    (void)state;
    assert_int_equal(set("person.name.text", "髙橋 花子"), SET_OK);
    assert_string_equal(application->person->name->text, "髙橋 花子");
    assert_int_equal(set("氏名", "渡邊 花子"), SET_OK);
    assert_string_equal(application->person->name->text, "渡邊 花子");
    assert_int_equal(set("person.name", "渡辺 花子"), SET_OK);
    assert_string_equal(application->person->name->text, "渡辺 花子");
    assert_int_equal(set("フリガナ", "ワタナベ ハナコ"), SET_OK);
    assert_int_equal(set("kana", "ワタナベ"), SET_OK);
    assert_string_equal(application->person->kana, "ワタナベ");
    assert_int_equal(set("電話番号", "x"), SET_NO_FIELD);
    assert_int_equal(set("person.name.text.more", "x"), SET_NO_FIELD);
    assert_int_equal(set("person", "x"), SET_BAD_VALUE);
}

static void test_enumerations_in_both_languages(void **state)
{
    static const char *const spellings[] = {"REWRITE", "rewrite", "書換え交付"};

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        application->kind = SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_UNSPECIFIED;
        assert_int_equal(set("kind", spellings[i]), SET_OK);
        assert_int_equal(application->kind, SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_REWRITE);
    }
    assert_int_equal(set("kind", "found-card"), SET_OK);
    assert_int_equal(set("性別", "女"), SET_OK);
    assert_int_equal(application->person->sex, SEKISHO__V1__SEX__SEX_FEMALE);
    assert_int_equal(set("kind", "UNSPECIFIED"), SET_BAD_VALUE);
    assert_int_equal(set("kind", "REWRIT"), SET_BAD_VALUE);
    assert_int_equal(set("kind", ""), SET_BAD_VALUE);
}

static void expect_date(const char *written, int year, int month, int day)
{
    assert_int_equal(set("生年月日", written), SET_OK);
    const Sekisho__V1__Date *date = application->person->birth_date;
    if (date->year != year || date->month != month || date->day != day)
        fail_msg("%s: %d-%d-%d", written, date->year, date->month, date->day);
}

static void test_dates(void **state)
{
    static const char *const bad[] = {"x", "88-04-01", "1988-13-01", "1988-02-30", "昭和", "昭和99年1月1日", "1867"};

    (void)state;
    expect_date("1988-04-01", 1988, 4, 1);
    expect_date("昭和63年4月1日", 1988, 4, 1);
    expect_date("S63.4.1", 1988, 4, 1);
    expect_date("平成元年1月8日", 1989, 1, 8);
    expect_date("令和99年11月23日", 2117, 11, 23); /* a deadline may lie ahead */
    expect_date("昭和63年4月", 1988, 4, 0);
    expect_date("1988-04", 1988, 4, 0);
    expect_date("1988", 1988, 0, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (set("生年月日", bad[i]) != SET_BAD_VALUE)
            fail_msg("taken for a date: '%s'", bad[i]);
}

static void test_prefecture_by_name(void **state)
{
    (void)state;
    assert_int_equal(set("本籍地都道府県", "埼玉県"), SET_OK);
    assert_string_equal(application->person->honseki_prefecture, "11");
    assert_int_equal(set("本籍地都道府県", "13"), SET_OK);
    assert_string_equal(application->person->honseki_prefecture, "13");
}

/* An individual number in any field is not sent: the front would see it. */
static void test_numbers_are_refused(void **state)
{
    (void)state;
    assert_int_equal(set("氏名", "123456789018"), SET_NUMBER);
    assert_int_equal(set("住所", "1234 5678 9018"), SET_NUMBER);
    assert_int_equal(set("備考でない", "123456789018"), SET_NUMBER);
    assert_null(application->person);
}

static void test_resource_names(void **state)
{
    char name[RESOURCE_MAX];

    (void)state;
    assert_int_equal(set("registration", "12"), SET_OK);
    assert_string_equal(application->registration, "prefectures/11/registrations/000012");
    assert_true(resource_complete("registration", "埼玉県-012345", 11, name));
    assert_string_equal(name, "prefectures/11/registrations/012345");
    assert_true(resource_complete("registration", "埼玉県−012345", 11, name));
    assert_string_equal(name, "prefectures/11/registrations/012345");
    assert_true(resource_complete("registration", "1234567", 11, name));
    assert_string_equal(name, "prefectures/11/registrations/1234567");
    assert_true(resource_complete("registration", "prefectures/12/registrations/000001", 11, name));
    assert_string_equal(name, "prefectures/12/registrations/000001");
    assert_true(resource_complete("application", "00112233445566778899AABBCCDDEEFF", 11, name));
    assert_string_equal(name, "prefectures/11/applications/00112233445566778899aabbccddeeff");
    assert_true(resource_complete("reason", "a reason", 11, name));
    assert_string_equal(name, "a reason");
    assert_false(resource_complete("registration", "12a", 11, name));
    assert_false(resource_complete("registration", "0", 11, name));
    assert_false(resource_complete("application", "0011", 11, name));
    assert_string_equal(resource_short("prefectures/11/enquiries/17"), "17");
    assert_string_equal(resource_short("prefectures/11/dispositions/ab/cardReturn"), "dispositions/ab/cardReturn");
    assert_string_equal(resource_short("prefectures/11"), "prefectures/11");
    assert_string_equal(resource_short("埼玉県-000001"), "埼玉県-000001");
}

static void test_repeated_fields(void **state)
{
    ProtobufCMessage *checks = message_new(&sekisho__v1__start_checks_request__descriptor);
    ProtobufCMessage *entry = message_new(&sekisho__v1__registration__descriptor);

    (void)state;
    assert_int_equal(field_set(checks, "sources", "resident-network,登録取消者データベース", 11), SET_OK);
    assert_int_equal(((Sekisho__V1__StartChecksRequest *)checks)->n_sources, 2);
    assert_int_equal(field_set(checks, "sources", "somebody", 11), SET_BAD_VALUE);
    assert_int_equal(
        field_set(entry, "annotations", "CORRECTION 2020-04-01 誤記, 届出による; SUSPENSION 2021-05-01 18条の19", 11),
        SET_OK);
    const Sekisho__V1__Registration *registration = (const Sekisho__V1__Registration *)entry;
    assert_int_equal(registration->n_annotations, 2);
    assert_string_equal(registration->annotations[0]->reason, "誤記, 届出による");
    assert_int_equal(registration->annotations[1]->effective_date->month, 5);
    assert_int_equal(field_set(entry, "annotations", "CORRECTION", 11), SET_BAD_VALUE);
    sekisho_message_free(checks);
    sekisho_message_free(entry);
}

static void test_shown_as_text(void **state)
{
    char *written = NULL;
    size_t length;
    FILE *stream = open_memstream(&written, &length);

    (void)state;
    set("kind", "NEW"), set("氏名", "髙橋 花子"), set("生年月日", "昭和63年4月1日"), set("card_attached", "はい");
    message_show(&application->base, stream);
    fclose(stream);
    /* Labels are padded to the widest, 登録証の添付: 12 columns. */
    assert_string_equal(written, "種別          新規登録\n"
                                 "氏名          髙橋 花子\n"
                                 "生年月日      1988-04-01\n"
                                 "登録証の添付  はい\n");
    free(written);
    language_set("en");
    written = field_text(&application->base, "kind");
    assert_string_equal(written, "new registration");
    free(written);
}

/* A server's text must not drive the terminal. */
static void test_control_characters(void **state)
{
    (void)state;
    set("氏名", "花子\033[2J\a");
    message_make_printable(&application->base);
    assert_string_equal(application->person->name->text, "花子[2J");
}

static void test_shown_as_json(void **state)
{
    (void)state;
    set("kind", "NEW"), set("氏名", "髙橋 花子"), set("生年月日", "1988-04");
    json_t *json = message_json(&application->base);
    assert_string_equal(json_string_value(json_object_get(json, "kind")), "NEW");
    assert_string_equal(json_string_value(json_object_get(json, "state")), "UNSPECIFIED");
    const json_t *person = json_object_get(json, "person");
    assert_string_equal(json_string_value(json_object_get(json_object_get(person, "name"), "text")), "髙橋 花子");
    assert_string_equal(json_string_value(json_object_get(person, "birth_date")), "1988-04");
    assert_true(json_is_null(json_object_get(json, "event_date")));
    assert_true(json_is_array(json_object_get(json, "attachments")));
    assert_true(json_is_false(json_object_get(json, "card_attached")));
    json_decref(json);
}

static void test_value_names(void **state)
{
    (void)state;
    assert_string_equal(value_short_name(&sekisho__v1__registration_state__descriptor, "REGISTRATION_STATE_ERASED"),
                        "ERASED");
    assert_string_equal(value_short_name(&sekisho__v1__annotation__kind__descriptor, "KIND_ERASURE"), "ERASURE");
    assert_string_equal(
        value_short_name(&sekisho__v1__disqualification_ground__descriptor, "DISQUALIFICATION_GROUND_DQ1"), "DQ1");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        CASE(test_paths_and_labels),
        CASE(test_enumerations_in_both_languages),
        CASE(test_dates),
        CASE(test_prefecture_by_name),
        CASE(test_numbers_are_refused),
        CASE(test_resource_names),
        CASE(test_repeated_fields),
        CASE(test_shown_as_text),
        CASE(test_control_characters),
        CASE(test_shown_as_json),
        CASE(test_value_names),
    };

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
