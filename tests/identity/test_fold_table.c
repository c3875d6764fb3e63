/* The table of shapes is consistent, and its version belongs to its contents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"

static const struct row {
    uint32_t variant, base;
} rows[] = {
#define FOLD(variant, base) {variant, base},
#include "server/identity/fold.def"
#undef FOLD
};
#define ROWS (sizeof rows / sizeof rows[0])

static void test_F085_each_row_folds_in_one_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(i == 0 || rows[i].variant > rows[i - 1].variant);
        assert_int_equal(fold_shape(rows[i].variant), rows[i].base);
        assert_int_equal(fold_shape(rows[i].base), rows[i].base);
    }
    assert_int_equal(fold_shape('A'), 'A');
}

/* A variant that NFKC maps would never be asked for. */
static void test_no_row_is_idle(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct code_points points;
        char text[8];

        assert_true(code_points_text(&rows[i].variant, 1, text, sizeof text));
        assert_true(code_points_of(text, NULL, 1, &points));
        assert_int_equal(points.count, 1);
        assert_int_equal(points.at[0], rows[i].base);
    }
}

/* Keys are stored with the table's version. Whoever changes the table gives it a new version, and both their sums here.
 */
static void test_F085_version_belongs_to_table(void **state)
{
    (void)state;
    uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a over the pairs, whatever their order in the file */
    uint64_t total = 0;

    for (size_t i = 0; i < ROWS; i++) {
        uint64_t row = (sum ^ rows[i].variant) * UINT64_C(0x100000001b3);
        total += (row ^ rows[i].base) * UINT64_C(0x100000001b3);
    }
    assert_int_equal(FOLD_TABLE_VERSION, 1);
    assert_int_equal(total, UINT64_C(0x666f2c0caa304dcb));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F085_each_row_folds_in_one_step),
        cmocka_unit_test(test_no_row_is_idle),
        cmocka_unit_test(test_F085_version_belongs_to_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
