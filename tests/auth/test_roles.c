/* INV-06, F101: a role gives the least that its duty needs. */
#include <string.h>

#include "auth/roles.h"
#include "cmocka_includes.h"
#include "crypto/sealed.h"

#define REGISTER PURPOSE_BIT(PURPOSE_REGISTER)
#define CHANGE   PURPOSE_BIT(PURPOSE_CHANGE)
#define DELETE   PURPOSE_BIT(PURPOSE_DELETE)
#define EVERY    (REGISTER | CHANGE | DELETE | PURPOSE_BIT(PURPOSE_PERIODIC))

static const struct {
    const char *code;
    uint16_t permit[PERMIT_LEN];
} expected[] = {
    {"OWN",
     {[OPERATION_UNLOCK] = CHANGE,
      [OPERATION_READ_LEDGER] = EVERY,
      [OPERATION_ROTATE_KEYS] = CHANGE,
      [OPERATION_BACKUP] = CHANGE}},
    {"ADM", {[OPERATION_BACKUP] = CHANGE}},
    {"REC", {[OPERATION_ENROLL] = REGISTER, [OPERATION_ENROLL_CITIZEN] = REGISTER, [OPERATION_RELEASE] = REGISTER}},
    {"REV",
     {[OPERATION_MATCH] = CHANGE | DELETE,
      [OPERATION_LOOKUP] = CHANGE | DELETE,
      [OPERATION_MATCH_CITIZEN] = CHANGE | DELETE,
      [OPERATION_RELEASE] = REGISTER}},
    {"APR",
     {[OPERATION_MATCH] = CHANGE | DELETE,
      [OPERATION_REPLACE] = CHANGE,
      [OPERATION_ERASE] = DELETE,
      [OPERATION_CONFIRM] = REGISTER,
      [OPERATION_RELEASE] = REGISTER}},
    {"CSH", {0}},
    {"CRT", {0}},
    {"JUK", {0}},
    {"NWO", {0}},
    {"CEN", {[OPERATION_ENROLL] = REGISTER, [OPERATION_ENROLL_CITIZEN] = REGISTER, [OPERATION_RELEASE] = REGISTER}},
    {"OPS", {0}},
    {"PRV", {[OPERATION_UNLOCK] = CHANGE, [OPERATION_READ_LEDGER] = EVERY}},
    {"AUD", {[OPERATION_READ_LEDGER] = EVERY}},
    {"HLD", {0}},
    {"TPV", {0}},
    {"SYS", {[OPERATION_ENROLL_CITIZEN] = REGISTER}},
};

static void inv06_permit_of_every_role(void **state)
{
    size_t count = sizeof expected / sizeof expected[0];
    uint16_t permit[PERMIT_LEN];

    (void)state;
    assert_int_equal(count, ROLE_COUNT - 1);
    for (size_t i = 0; i < count; i++) {
        enum role role = role_by_code(expected[i].code, 3);
        assert_int_equal(role, i + 1);
        assert_string_equal(role_code((uint16_t)role), expected[i].code);
        role_permit((uint16_t)role, permit);
        assert_memory_equal(permit, expected[i].permit, sizeof permit);
    }
}

static void no_role_permits_nothing(void **state)
{
    static const uint16_t nothing[PERMIT_LEN];
    static const uint16_t no_roles[] = {ROLE_NONE, ROLE_COUNT, 999, UINT16_MAX};
    uint16_t permit[PERMIT_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof no_roles / sizeof no_roles[0]; i++) {
        memset(permit, 0xff, sizeof permit);
        role_permit(no_roles[i], permit);
        assert_memory_equal(permit, nothing, sizeof permit);
        assert_null(role_code(no_roles[i]));
    }
}

static void codes_have_one_spelling(void **state)
{
    (void)state;
    assert_int_equal(role_by_code("rev", 3), ROLE_NONE);
    assert_int_equal(role_by_code("RE", 2), ROLE_NONE);
    assert_int_equal(role_by_code("REVX", 4), ROLE_NONE);
    assert_int_equal(role_by_code("", 0), ROLE_NONE);
    assert_int_equal(role_by_code("\0\0\0", 3), ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inv06_permit_of_every_role),
        cmocka_unit_test(no_role_permits_nothing),
        cmocka_unit_test(codes_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
