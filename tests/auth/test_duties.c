/* Who may do which account operation (F022, F043, F054, F091, F101): every cell, against what each role is for. */
#include "auth/duties.h"
#include "auth/roles.h"
#include "cmocka_includes.h"
#include "crypto/account_call.h"

#define R(code) (1u << ROLE_##code)
#define EVERY   ((1u << ROLE_COUNT) - 2)

static const uint16_t operations[] = {
    ACCOUNT_CHANGE_PASSWORD,
    ACCOUNT_AGREE_TERMS,
    ACCOUNT_SHOW_OWN,
    ACCOUNT_ENROLL_OTP,
    ACCOUNT_CONFIRM_OTP,
    ACCOUNT_REQUEST,
    ACCOUNT_APPROVE,
    ACCOUNT_ISSUE,
    ACCOUNT_LOCK,
    ACCOUNT_UNLOCK,
    ACCOUNT_SUSPEND,
    ACCOUNT_RESUME,
    ACCOUNT_RETURN,
    ACCOUNT_RESET_PASSWORD,
    ACCOUNT_INSPECT,
    ACCOUNT_LIST,
    ACCOUNT_LIST_SESSIONS,
    ACCOUNT_END_SESSION,
    TERMINAL_ADD,
    TERMINAL_REMOVE,
    TERMINAL_LIST,
    ACCESS_LIST,
    ACCESS_REVIEW,
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

/* Said another way than the table: by what each role may read and change. */
static uint32_t roles_for(uint16_t operation)
{
    switch (operation) {
    case ACCOUNT_CHANGE_PASSWORD:
    case ACCOUNT_AGREE_TERMS:
    case ACCOUNT_SHOW_OWN:
    case ACCOUNT_ENROLL_OTP:
    case ACCOUNT_CONFIRM_OTP:
        return EVERY;
    case ACCOUNT_APPROVE:
        return R(OWN);
    case ACCOUNT_LIST:
    case TERMINAL_LIST:
        return R(OWN) | R(ADM) | R(AUD);
    case ACCESS_LIST:
        return R(OWN) | R(AUD) | R(PRV);
    default:
        return R(OWN) | R(ADM);
    }
}

static bool own_account_only(uint16_t operation)
{
    return roles_for(operation) == EVERY;
}

static void f022_every_operation_for_every_role(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATIONS; i++)
        for (uint16_t role = 0; role <= ROLE_COUNT; role++) {
            bool may = role < ROLE_COUNT && (roles_for(operations[i]) >> role & 1);
            assert_int_equal(duty_permits(operations[i], role, false), may);
            assert_int_equal(duty_permits(operations[i], role, true), may && own_account_only(operations[i]));
        }
}

static void what_is_no_operation_is_nobodys_duty(void **state)
{
    unsigned known = 0;

    (void)state;
    for (unsigned operation = 0; operation <= UINT16_MAX; operation++) {
        known += duty_known((uint16_t)operation);
        if (!duty_known((uint16_t)operation))
            for (uint16_t role = 0; role < ROLE_COUNT; role++)
                assert_false(duty_permits((uint16_t)operation, role, false));
    }
    assert_int_equal(known, OPERATIONS);
}

/* F101: whoever handles cases has no say over accounts. */
static void f101_officers_reach_their_own_account_alone(void **state)
{
    static const uint16_t officers[] = {ROLE_REC, ROLE_REV, ROLE_APR, ROLE_CSH, ROLE_CRT, ROLE_JUK,
                                        ROLE_NWO, ROLE_CEN, ROLE_OPS, ROLE_HLD, ROLE_TPV, ROLE_SYS};

    (void)state;
    for (size_t i = 0; i < OPERATIONS; i++)
        for (size_t k = 0; k < sizeof officers / sizeof officers[0]; k++)
            assert_int_equal(duty_permits(operations[i], officers[k], false), own_account_only(operations[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f022_every_operation_for_every_role),
        cmocka_unit_test(what_is_no_operation_is_nobodys_duty),
        cmocka_unit_test(f101_officers_reach_their_own_account_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
