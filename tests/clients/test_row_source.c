/* From a CSV file to items: columns by header, a reason for each row that cannot be sent, stable request ids. */
#include <stdio.h>
#include <string.h>

#include "job.h"
#include "support/fixture.h"

static const struct job_kind enroll = {
    .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .number = true, .request_id = true};
static const struct job_kind match = {
    .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .number = true, .reference = true};

static struct row_source *open_text(void **state, const struct job_kind *kind, const char *text, int *code)
{
    struct row_source *source = NULL;
    const char *path = in_folder(state, "input.csv");
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
    *code = row_source_open(path, kind, "seed", &source);
    return source;
}

#define REFERENCE "00112233445566778899aabbccddeeff"

static void test_faults(void **state)
{
    static const enum row_fault faults[] = {FAULT_NONE,
                                            FAULT_NUMBER_TOO_SHORT,
                                            FAULT_NUMBER_FULL_WIDTH,
                                            FAULT_NUMBER_NOT_DIGITS,
                                            FAULT_NUMBER_EMPTY,
                                            FAULT_COLUMN_MISSING,
                                            FAULT_TOO_MANY_COLUMNS,
                                            FAULT_REFERENCE_MALFORMED,
                                            FAULT_BAD_QUOTE,
                                            FAULT_NONE};
    struct job_row row;
    struct sekisho_item item;
    int code;

    /* Columns in another order, one that is of no use, a Japanese name. */
    struct row_source *source = open_text(state, &match,
                                          "name,個人番号,REFERENCE\r\n"
                                          "a,123456789018," REFERENCE "\r\n"
                                          "b,12345678901," REFERENCE "\r\n"
                                          "c,12345678901\xef\xbc\x98," REFERENCE "\r\n"
                                          "d,12345678901X," REFERENCE "\r\n"
                                          "e,," REFERENCE "\r\n"
                                          "f,123456789018\r\n"
                                          "g,123456789018," REFERENCE ",x\r\n"
                                          "h,123456789018,abc\r\n"
                                          "i,\"1\"23," REFERENCE "\r\n"
                                          "j,023456789013," REFERENCE "\r\n",
                                          &code);
    assert_int_equal(code, CLI_OK);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_true(row_source_next(source, &row, &item));
        assert_int_equal(row.row, i + 1);
        if (row.fault != faults[i])
            fail_msg("row %zu: %s instead of %s", i + 1, fault_code(row.fault), fault_code(faults[i]));
        assert_true(faults[i] == FAULT_NONE || strlen(fault_explanation(row.fault)) > 0);
    }
    assert_memory_equal(item.number, "023456789013", SEKISHO_NUMBER_LEN);
    assert_int_equal(item.reference[1], 0x11);
    assert_false(row_source_next(source, &row, &item));
    assert_false(row_source_failed(source));
    assert_true(row_source_share(source) > 0.99);
    row_source_close(source);
}

static void test_headers(void **state)
{
    static const char *const bad[] = {"", "\n\n", "name\n1\n", "number,number\n1,2\n", "\"a\nb"};
    int code;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(open_text(state, &enroll, bad[i], &code));
        assert_int_equal(code, CLI_USAGE);
    }
    assert_null(open_text(state, &match, "number\n123456789018\n", &code)); /* no reference */
    assert_int_equal(code, CLI_USAGE);
}

/* F020: an interrupted import is run again; the ids of its rows are the same. */
static void test_request_ids(void **state)
{
    struct job_row row;
    struct sekisho_item first, second;
    uint8_t id[16], other[16];
    int code;

    struct row_source *source = open_text(
        state, &enroll, "number,request_id\n123456789018,\n123456789018," REFERENCE "\n123456789018,zz\n", &code);
    assert_int_equal(code, CLI_OK);
    assert_true(row_source_next(source, &row, &first));
    assert_true(row_source_next(source, &row, &second));
    derive_request_id("seed", SEKISHO_ENROLL, 1, id);
    assert_memory_equal(first.request_id, id, sizeof id);
    assert_int_equal(second.request_id[15], 0xff);
    assert_true(row_source_next(source, &row, &second));
    assert_int_equal(row.fault, FAULT_REQUEST_ID_MALFORMED);
    row_source_close(source);

    derive_request_id("seed", SEKISHO_ENROLL, 2, other);
    assert_memory_not_equal(id, other, sizeof id);
    derive_request_id("seed", SEKISHO_ERASE, 1, other);
    assert_memory_not_equal(id, other, sizeof id);
    derive_request_id("another", SEKISHO_ENROLL, 1, other);
    assert_memory_not_equal(id, other, sizeof id);
}

static int start(void **state)
{
    return client_start(NULL) == SEKISHO_OK ? folder_make(state) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_request_ids),
    };

    return cmocka_run_group_tests_name("row source", tests, start, folder_free);
}
