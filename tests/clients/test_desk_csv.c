/* CSV files whose columns are fields: found by name or label, in the message or in its field, and what is refused. */
#include <string.h>
#include <unistd.h>

#include "desk/desk.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "support/fixture.h"

static int open_csv(void **state, const char *text, struct desk_csv **csv)
{
    const char *path = in_folder(state, "file.csv");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    *csv = NULL;
    return desk_csv_open(path, &sekisho__v1__import_row__descriptor, "registration", csv);
}

static void expect(struct desk_csv *csv, enum desk_csv_result wanted, const char *field)
{
    ProtobufCMessage *message;
    char fault[128];

    assert_int_equal(desk_csv_next(csv, 11, &message, fault), wanted);
    assert_string_equal(fault, field);
    assert_int_equal(message != NULL, wanted == DESK_CSV_ROW);
    sekisho_message_free(message);
}

static void test_columns_by_name_and_label(void **state)
{
    struct desk_csv *csv;
    ProtobufCMessage *message;
    char fault[128];

    assert_int_equal(
        open_csv(state, "登録番号,氏名,person.kana,registration.kind,遊び\n埼玉県-000001,髙橋 花子,,保育士,x\n", &csv),
        CLI_OK);
    assert_int_equal(desk_csv_next(csv, 11, &message, fault), DESK_CSV_ROW);
    const Sekisho__V1__ImportRow *row = (const Sekisho__V1__ImportRow *)message;
    assert_string_equal(row->registration_number, "埼玉県-000001");
    assert_string_equal(row->registration->person->name->text, "髙橋 花子");
    assert_string_equal(row->registration->person->kana, ""); /* an empty cell sets nothing */
    assert_int_equal(row->registration->kind, SEKISHO__V1__REGISTER_KIND__REGISTER_KIND_CHILDCARE_WORKER);
    sekisho_message_free(message);
    expect(csv, DESK_CSV_END, "");
    assert_int_equal(desk_csv_row(csv), 1);
    assert_true(desk_csv_share(csv) > 0.99);
    desk_csv_close(csv);
}

/* A fault is of its row; the rows after it go on. */
static void test_faults_by_row(void **state)
{
    struct desk_csv *csv;

    assert_int_equal(open_csv(state,
                              "登録番号,氏名,生年月日\n1,山田,1988-13-01\n2,123456789018,1988-04-01\n3,山田\n"
                              "4,\xf0\x28,1988-04-01\n5,山\"田,1988-04-01\n6,山田,昭和63年4月1日\n",
                              &csv),
                     CLI_OK);
    expect(csv, DESK_CSV_FAULT, "registration.person.birth_date");
    expect(csv, DESK_CSV_FAULT, "registration.person.name.text"); /* a number is not sent */
    expect(csv, DESK_CSV_FAULT, "");
    expect(csv, DESK_CSV_FAULT, "");
    expect(csv, DESK_CSV_FAULT, "");
    expect(csv, DESK_CSV_ROW, "");
    assert_int_equal(desk_csv_row(csv), 6);
    desk_csv_close(csv);
}

static void test_headers_refused(void **state)
{
    static const char *const bad[] = {
        "登録番号,個人番号\n",
        "registration_number,Number\n", /* numbers are not for the front */
        "氏名,person.name.text\n",      /* one field twice */
        "遊び,天気\n",                  /* nothing of it is known */
        "",
    };
    struct desk_csv *csv;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(open_csv(state, bad[i], &csv), CLI_USAGE);
        assert_null(csv);
    }
    assert_int_equal(desk_csv_open(in_folder(state, "missing"), &sekisho__v1__import_row__descriptor, "", &csv),
                     CLI_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_by_name_and_label),
        cmocka_unit_test(test_faults_by_row),
        cmocka_unit_test(test_headers_refused),
    };

    return cmocka_run_group_tests_name("desk_csv", tests, folder_make, folder_free);
}
