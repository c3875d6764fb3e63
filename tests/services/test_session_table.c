#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/services/session_table.h"

#define NOW   1000u
#define LATER 100000u

static struct session_row row_of(uint32_t number, uint64_t expires_ms)
{
    struct session_row row = {.tenant = 11, .role = 3, .expires_ms = expires_ms};

    /* The same first bytes for all: they meet in one bucket. */
    memcpy(row.id + 12, &number, sizeof number);
    memset(row.certificate, (int)number, sizeof row.certificate);
    return row;
}

static void found_until_removed(void **state)
{
    struct session_table *table = session_table_new(8);
    struct session_row row, found;

    (void)state;
    for (uint32_t i = 0; i < 8; i++) {
        row = row_of(i, NOW + 100);
        assert_true(session_table_add(table, &row, NOW));
    }
    row = row_of(8, NOW + 100);
    assert_int_equal(session_table_find(table, row.id, NOW, &found), SESSION_UNKNOWN);
    for (uint32_t i = 0; i < 8; i++) {
        row = row_of(i, NOW + 100);
        assert_int_equal(session_table_find(table, row.id, NOW, &found), SESSION_OPEN);
        assert_memory_equal(&found, &row, sizeof row);
        if (i % 2)
            session_table_remove(table, row.id);
    }
    for (uint32_t i = 0; i < 8; i++) {
        row = row_of(i, 0);
        assert_int_equal(session_table_find(table, row.id, NOW, &found), i % 2 ? SESSION_UNKNOWN : SESSION_OPEN);
    }
    session_table_remove(table, row.id); /* once more: nothing happens */
    session_table_free(table);
}

static void full_of_open_sessions_refuses_and_expired_ones_give_way(void **state)
{
    struct session_table *table = session_table_new(3);
    struct session_row row, found;

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        row = row_of(i, NOW + 100 + i);
        assert_true(session_table_add(table, &row, NOW));
    }
    row = row_of(3, NOW + 500);
    assert_false(session_table_add(table, &row, NOW + 99));
    row = row_of(0, 0);
    assert_int_equal(session_table_find(table, row.id, NOW + 100, &found), SESSION_EXPIRED);
    row = row_of(3, NOW + 500);
    assert_true(session_table_add(table, &row, NOW + 100));
    row = row_of(0, 0);
    assert_int_equal(session_table_find(table, row.id, NOW + 100, &found), SESSION_UNKNOWN);
    row = row_of(2, 0);
    assert_int_equal(session_table_find(table, row.id, NOW + 100, &found), SESSION_OPEN);
    session_table_free(table);
}

static void refusals_are_counted_by_the_minute(void **state)
{
    struct session_table *table = session_table_new(2);
    struct session_row one = row_of(1, LATER + 1000000), other = row_of(2, LATER + 1000000);

    (void)state;
    assert_false(session_table_refusal(table, one.id, LATER));
    assert_true(session_table_add(table, &one, LATER));
    assert_true(session_table_add(table, &other, LATER));
    for (int i = 0; i < SESSION_REFUSALS_MAX; i++)
        assert_true(session_table_refusal(table, one.id, LATER));
    assert_false(session_table_refusal(table, one.id, LATER));
    assert_true(session_table_refusal(table, other.id, LATER));
    assert_false(session_table_refusal(table, one.id, LATER + 59000));
    assert_true(session_table_refusal(table, one.id, LATER + 60000));
    session_table_free(table);
}

static void use_is_told_every_ten_seconds(void **state)
{
    struct session_table *table = session_table_new(2);
    struct session_row one = row_of(1, LATER + 1000000), other = row_of(2, LATER + 1000000);

    (void)state;
    assert_false(session_table_worked(table, one.id, LATER));
    assert_true(session_table_add(table, &one, LATER));
    assert_true(session_table_add(table, &other, LATER));
    assert_false(session_table_worked(table, one.id, LATER + SESSION_USED_MS - 1)); /* the login was just now */
    assert_true(session_table_worked(table, one.id, LATER + SESSION_USED_MS));
    assert_false(session_table_worked(table, one.id, LATER + 2 * SESSION_USED_MS - 1));
    assert_true(session_table_worked(table, other.id, LATER + 2 * SESSION_USED_MS - 1));
    assert_true(session_table_worked(table, one.id, LATER + 2 * SESSION_USED_MS));
    session_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(use_is_told_every_ten_seconds),
        cmocka_unit_test(refusals_are_counted_by_the_minute),
        cmocka_unit_test(found_until_removed),
        cmocka_unit_test(full_of_open_sessions_refuses_and_expired_ones_give_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
