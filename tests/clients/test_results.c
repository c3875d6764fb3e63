/* Result rows: CSV and JSON, counts, and never a number. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "job.h"
#include "support/fixture.h"

static const struct job_kind enroll = {
    .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .number = true, .request_id = true};

static void write_three(const struct options *options, struct job_counts *counts)
{
    struct results *results = NULL;
    struct sekisho_result done = {.outcome = SEKISHO_OUTCOME_DONE, .detail = SEKISHO_DETAIL_DONE, .reference = {0xab}};
    struct sekisho_result spent = {.outcome = SEKISHO_OUTCOME_REFUSED, .detail = SEKISHO_DETAIL_BUDGET_SPENT};

    assert_int_equal(results_open(options, &enroll, &results), CLI_OK);
    results_write(results, &(struct job_row){.row = 1}, &done, NULL, counts);
    results_write(results, &(struct job_row){.row = 2, .fault = FAULT_TOO_MANY_COLUMNS}, NULL, NULL, counts);
    results_write(results, &(struct job_row){.row = 3}, NULL, "VAULT_UNAVAILABLE", counts);
    results_write(results, &(struct job_row){.row = 4}, &spent, NULL, counts);
    assert_int_equal(results_close(results), 0);
}

static void read_back(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void test_csv(void **state)
{
    const char *path = in_folder(state, "result.csv");
    struct options options = {.value = {[OPT_OUTPUT] = path}};
    struct job_counts counts = {0};
    struct results *results = NULL;
    struct stat facts;
    char text[2048];

    write_three(&options, &counts);
    read_back(path, text, sizeof text);
    assert_non_null(strstr(text, "row,outcome,reference,reason,explanation\r\n"));
    assert_non_null(strstr(text, "1,DONE,ab000000000000000000000000000000,DONE,\r\n"));
    assert_non_null(strstr(text, "2,NOT_SENT,,TOO_MANY_COLUMNS,"));
    assert_non_null(strstr(text, "3,NOT_ANSWERED,,VAULT_UNAVAILABLE,\r\n"));
    assert_int_equal(counts.rows, 4);
    assert_int_equal(counts.good, 1);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.not_sent, 2);
    assert_true(counts.budget_spent);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    /* A result is never overwritten. */
    assert_int_equal(results_open(&options, &enroll, &results), CLI_USAGE);
}

static void test_json(void **state)
{
    const char *path = in_folder(state, "result.json");
    struct options options = {.value = {[OPT_OUTPUT] = path, [OPT_JSON] = ""}};
    struct job_counts counts = {0};
    char text[2048];
    size_t rows = 0;

    write_three(&options, &counts);
    read_back(path, text, sizeof text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        json_t *object = json_loads(line, 0, NULL);
        assert_non_null(object);
        assert_int_equal(json_integer_value(json_object_get(object, "row")), ++rows);
        assert_non_null(json_string_value(json_object_get(object, "outcome")));
        json_decref(object);
    }
    assert_int_equal(rows, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_csv), cmocka_unit_test(test_json)};

    return cmocka_run_group_tests_name("results", tests, folder_make, folder_free);
}
