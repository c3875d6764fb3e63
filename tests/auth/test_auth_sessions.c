#include <string.h>

#include "auth/sessions.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"

#define NOW 5000u
#define TTL 100u

static void id_of(uint8_t id[SESSION_ID_LEN], uint8_t number)
{
    memset(id, number, SESSION_ID_LEN);
}

static void bounded_and_reused_after_expiry(void **state)
{
    struct sessions sessions;
    uint8_t id[SESSION_ID_LEN];
    uint16_t tenant;

    (void)state;
    assert_int_equal(sessions_open(&sessions, 2), 0);
    id_of(id, 1);
    assert_true(sessions_add(&sessions, NOW, TTL, 11, id));
    id_of(id, 2);
    assert_true(sessions_add(&sessions, NOW + 10, TTL, 12, id));
    assert_true(sessions_full(&sessions, NOW + 10));
    id_of(id, 3);
    assert_false(sessions_add(&sessions, NOW + TTL - 1, TTL, 13, id));
    assert_false(sessions_full(&sessions, NOW + TTL));
    assert_true(sessions_add(&sessions, NOW + TTL, TTL, 13, id));
    assert_true(sessions_remove(&sessions, NOW + TTL, id, &tenant));
    assert_int_equal(tenant, 13);
    sessions_close(&sessions);
}

static void removed_once_and_not_after_expiry(void **state)
{
    struct sessions sessions;
    uint8_t id[SESSION_ID_LEN], unknown[SESSION_ID_LEN];
    uint16_t tenant;

    (void)state;
    assert_int_equal(sessions_open(&sessions, 4), 0);
    id_of(id, 1);
    id_of(unknown, 0);
    assert_true(sessions_add(&sessions, NOW, TTL, 47, id));
    assert_false(sessions_remove(&sessions, NOW, unknown, &tenant));
    assert_false(sessions_remove(&sessions, NOW + TTL, id, &tenant));
    assert_true(sessions_remove(&sessions, NOW, id, &tenant));
    assert_int_equal(tenant, 47);
    assert_false(sessions_remove(&sessions, NOW, id, &tenant));
    sessions_close(&sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounded_and_reused_after_expiry),
        cmocka_unit_test(removed_once_and_not_after_expiry),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
