#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/services/resource_name.h"

static void prefectures_have_one_spelling(void **state)
{
    static const char *const bad[] = {"",
                                      "prefectures/",
                                      "prefectures/1",
                                      "prefectures/011",
                                      "prefectures/00",
                                      "prefectures/48",
                                      "prefectures/99",
                                      "Prefectures/11",
                                      "prefectures/11/",
                                      " prefectures/11",
                                      "prefectures/11 ",
                                      "prefectures/1a",
                                      "prefectures/-1",
                                      "prefectures/+1",
                                      "prefectures//11",
                                      "/prefectures/11",
                                      "prefectures/\xef\xbc\x91\xef\xbc\x91",
                                      "prefecture/11",
                                      "prefectures/11/sessions/00112233445566778899aabbccddeeff"};
    char name[PREFECTURE_NAME_SIZE];
    uint16_t tenant;

    (void)state;
    for (uint16_t code = 1; code <= 47; code++) {
        prefecture_name_format(code, name);
        assert_int_equal(strlen(name), PREFECTURE_NAME_SIZE - 1);
        assert_true(prefecture_name_parse(name, &tenant));
        assert_int_equal(tenant, code);
    }
    assert_string_equal(name, "prefectures/47");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (prefecture_name_parse(bad[i], &tenant))
            fail_msg("accepted: %s", bad[i]);
}

static void sessions_have_one_spelling(void **state)
{
    static const uint8_t id[SESSION_ID_LEN] = {0,    0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                               0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    static const char *const bad[] = {
        "prefectures/11/sessions/",
        "prefectures/11/sessions/00112233445566778899aabbccddeef",
        "prefectures/11/sessions/00112233445566778899aabbccddeeff0",
        "prefectures/11/sessions/00112233445566778899AABBCCDDEEFF",
        "prefectures/11/sessions/00112233445566778899aabbccddeefg",
        "prefectures/11/sessions/00112233445566778899aabbccddeeff/",
        "prefectures/11/session/00112233445566778899aabbccddeeff",
        "prefectures/11sessions/00112233445566778899aabbccddeeff",
        "prefectures/48/sessions/00112233445566778899aabbccddeeff",
        "prefectures/1/sessions/00112233445566778899aabbccddeeff",
        "prefectures/11",
        "",
    };
    char name[SESSION_NAME_SIZE];
    uint8_t parsed[SESSION_ID_LEN];
    uint16_t tenant;

    (void)state;
    session_name_format(11, id, name);
    assert_string_equal(name, "prefectures/11/sessions/00112233445566778899aabbccddeeff");
    assert_true(session_name_parse(name, &tenant, parsed));
    assert_int_equal(tenant, 11);
    assert_memory_equal(parsed, id, sizeof id);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (session_name_parse(bad[i], &tenant, parsed))
            fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefectures_have_one_spelling),
        cmocka_unit_test(sessions_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
