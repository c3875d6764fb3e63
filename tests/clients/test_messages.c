/* Every message in both languages, with the same places for arguments; names of every value. */
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "support/fixture.h"

static unsigned places(const char *message)
{
    unsigned found = 0;

    for (const char *at = strchr(message, '{'); at; at = strchr(at + 1, '{'))
        if (at[1] >= '0' && at[1] <= '9' && at[2] == '}')
            found |= 1u << (at[1] - '0');
    return found;
}

static bool has_japanese(const char *message)
{
    for (; *message; message++)
        if ((unsigned char)*message >= 0xe3)
            return true;
    return false;
}

static void test_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < TEXT_COUNT; i++) {
        const char *en = text_in((enum text)i, LANGUAGE_EN), *ja = text_in((enum text)i, LANGUAGE_JA);
        if (i == TEXT_FAULT_NONE || i == TEXT_ERROR)
            continue; /* no words */
        if (!en || !ja || !*en || !has_japanese(ja) || has_japanese(en))
            fail_msg("message %d is not in both languages: \"%s\"", i, en ? en : "");
        if (places(en) != places(ja))
            fail_msg("message %d has other places in Japanese: \"%s\"", i, en);
    }
}

static void test_locale(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "ja_JP.UTF-8", 1);
    language_from_locale();
    assert_int_equal(language(), LANGUAGE_JA);
    setenv("LC_MESSAGES", "en_US.UTF-8", 1);
    language_from_locale();
    assert_int_equal(language(), LANGUAGE_EN);
    setenv("LC_ALL", "ja", 1);
    language_from_locale();
    assert_int_equal(language(), LANGUAGE_JA);
    assert_int_equal(language_set("fr"), -1);
    assert_int_equal(language_set("en"), 0);
}

static void test_places(void **state)
{
    char *written = NULL;
    size_t length;
    FILE *stream = open_memstream(&written, &length);

    (void)state;
    language_set("en");
    SAY(stream, TEXT_ERROR_FIELD, "a.b", "{0} is not taken again");
    fclose(stream);
    assert_string_equal(written, "  field a.b: {0} is not taken again\n");
    free(written);
    assert_string_equal(count_text(1234567), "1,234,567");
    assert_string_equal(count_text(0), "0");
    assert_string_equal(count_text(100), "100");
}

static void test_names(void **state)
{
    (void)state;
    for (int i = SEKISHO_ENROLL; i <= SEKISHO_ENROLL_CITIZEN; i++)
        assert_string_not_equal(sekisho_operation_name((enum sekisho_operation)i), "UNKNOWN");
    for (int i = OUTCOME_DONE; i < OUTCOME_COUNT; i++)
        assert_string_not_equal(sekisho_outcome_name((enum sekisho_outcome)i), "UNKNOWN");
    for (int i = DETAIL_NONE; i < DETAIL_COUNT; i++) {
        assert_string_not_equal(sekisho_detail_name((enum sekisho_detail)i), "UNKNOWN");
        assert_non_null(detail_explanation((enum sekisho_detail)i));
    }
    assert_string_equal(sekisho_detail_name((enum sekisho_detail)DETAIL_COUNT), "UNKNOWN");
    assert_string_equal(sekisho_outcome_name((enum sekisho_outcome) - 1), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_languages),
        cmocka_unit_test(test_locale),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
