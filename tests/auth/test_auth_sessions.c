/* The table of sessions: bounded, dense, and what marks do. */
#include <string.h>

#include "auth/sessions.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "wire/access_entry.h"

static struct sessions sessions;

static int set_up(void **state)
{
    (void)state;
    sessions.count = 0;
    return 0;
}

static struct session_entry *add(uint8_t number, uint16_t tenant, const char *account, const char *terminal)
{
    uint8_t id[SESSION_ID_LEN];

    memset(id, number, sizeof id);
    struct session_entry *entry = sessions_add(&sessions, id);
    if (!entry)
        return NULL;
    entry->tenant = tenant;
    entry->state = SESSION_OPEN;
    memcpy(entry->account, account, strlen(account));
    memcpy(entry->terminal, terminal, strlen(terminal));
    return entry;
}

static struct session_entry *find(uint8_t number)
{
    uint8_t id[SESSION_ID_LEN];

    memset(id, number, sizeof id);
    return sessions_find(&sessions, id);
}

static void bounded_and_dense(void **state)
{
    (void)state;
    assert_non_null(add(1, 11, "a", "t"));
    assert_non_null(add(2, 11, "b", "t"));
    assert_non_null(add(3, 11, "c", "t"));
    assert_null(add(4, 11, "d", "t"));
    sessions_remove(&sessions, find(1));
    assert_null(find(1));
    assert_int_equal(sessions.count, 2);
    assert_string_equal(find(2)->account, "b");
    assert_string_equal(find(3)->account, "c");
    assert_non_null(add(4, 11, "d", "t"));
    assert_int_equal(find(4)->event, 0);
}

/* Nothing of a session that has gone is left: its place had keys. */
static void what_is_removed_is_wiped(void **state)
{
    static const struct session_entry nothing;

    (void)state;
    add(1, 11, "a", "t");
    memset(find(1)->call_key, 0x77, SESSION_KEY_LEN);
    sessions_remove(&sessions, find(1));
    assert_memory_equal(&sessions.entries[0], &nothing, sizeof nothing);
}

static void marks_by_account_and_terminal_of_one_tenant(void **state)
{
    const char account[ACCOUNT_LEN] = "a", terminal[TERMINAL_ID_LEN] = "t";

    (void)state;
    add(1, 11, "a", "t");
    add(2, 13, "a", "t");
    add(3, 11, "b", "t");
    sessions_end_account(&sessions, 11, account, ACCESS_SESSION_DISPLACED);
    assert_int_equal(find(1)->event, ACCESS_SESSION_DISPLACED);
    assert_int_equal(find(2)->event, 0);
    assert_int_equal(find(3)->event, 0);
    sessions_end_terminal(&sessions, 11, terminal, ACCESS_SESSION_TERMINATED);
    assert_int_equal(find(1)->event, ACCESS_SESSION_DISPLACED); /* as it was marked first */
    assert_int_equal(find(2)->event, 0);
    assert_int_equal(find(3)->event, ACCESS_SESSION_TERMINATED);
}

static void what_has_ended_is_not_marked_again(void **state)
{
    (void)state;
    add(1, 11, "a", "t")->state = SESSION_ENDED;
    session_end(find(1), ACCESS_SESSION_TERMINATED);
    assert_int_equal(find(1)->event, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bounded_and_dense),
        TEST(what_is_removed_is_wiped),
        TEST(marks_by_account_and_terminal_of_one_tenant),
        TEST(what_has_ended_is_not_marked_again),
    };
    if (crypto_init() != 0 || secret_arena_open(sessions_bytes(3)) != 0 || sessions_open(&sessions, 3) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
