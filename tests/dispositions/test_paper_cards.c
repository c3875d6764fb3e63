/* The 保育士証 on paper: its states (F017, F072; domain 8.4), and what ends its validity. */
#include "trial.h"

#include <string.h>

#include "server/lists/paper_card.h"

#define KIND(name)   SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define REASON(name) SEKISHO__V1__PAPER_CARD_REASON__PAPER_CARD_REASON_##name
#define APPLICATION  "prefectures/11/applications/0123456789abcdef0123456789abcdef"

static uint32_t serial;

/* Domain 8.4, by hand: which letters may follow. C to create, P printed, I inspected, S sent, D delivered, U
 * undelivered, R resent, B brought back by the holder, L lost, F found. */
static const char *const follows[] = {"", "P", "PI", "SD", "DUL", "BL", "R", "DUL", "", "FB", "B"};

static void test_F072_cards_follow_their_table(void **state)
{
    static const char letters[] = " CPISDURBLF";

    (void)state;
    /* The enumeration's order is the letters'. */
    assert_int_equal(SEKISHO__V1__PAPER_CARD_STATE__PAPER_CARD_STATE_FOUND, strlen(letters) - 1);
    for (size_t from = 0; from < sizeof letters - 1; from++)
        for (size_t to = 0; to < sizeof letters - 1; to++)
            assert_int_equal(paper_card_possible((int)from, (int)to),
                             to > 0 && strchr(follows[from], letters[to]) != NULL);
    assert_false(paper_card_possible(99, 2));
    assert_false(paper_card_possible(1, 99));
}

static int issue_two(struct trial *trial, void *user)
{
    (void)user;
    serial = trial_registrant(trial, "埼玉　花子", 19950315);
    assert_int_equal(paper_card_create(trial->context.reg, trial->context.txn, trial->context.now_us, serial,
                                       REASON(NEW), APPLICATION),
                     0);
    return paper_card_create(trial->context.reg, trial->context.txn, trial->context.now_us + 1, serial, REASON(REISSUE),
                             APPLICATION);
}

/* `user`: whether the first and the second are void. */
static int are_voided(struct trial *trial, void *user)
{
    const bool *voided = user;

    for (uint32_t issue = 1; issue <= 2; issue++) {
        Sekisho__V1__PaperCard *card;
        assert_int_equal(paper_card_get(trial->context.reg, trial->context.txn, serial, issue, &trial->arena, &card),
                         0);
        assert_int_equal(card->voided, voided[issue - 1]);
        assert_int_equal(card->n_events, 1);
    }
    assert_int_equal(trial_rows(trial, TABLE_paper_card), 2);
    assert_int_equal(trial_rows(trial, TABLE_paper_card_by_state), 2);
    return 0;
}

static int decide(struct trial *trial, void *user)
{
    stored_disposition *approved;
    disposition proposal = trial_proposal(trial, *(const int *)user, serial);

    assert_int_equal(trial_decide(trial, &proposal, &approved), DISPOSITION_OK);
    return 0;
}

static void test_F072_the_card_before_is_void(void **state)
{
    bool first[] = {true, false};

    assert_int_equal(trial_run(*state, 0, issue_two, NULL), 0);
    assert_int_equal(trial_run(*state, 0, are_voided, first), 0);
}

static void test_F072_cards_of_an_ended_registration_are_void_until_it_is_restored(void **state)
{
    bool first[] = {true, false}, both[] = {true, true};
    int erasure = KIND(ERASURE), restoration = KIND(RESTORATION), cancellation = KIND(CANCELLATION);

    assert_int_equal(trial_run(*state, 0, issue_two, NULL), 0);
    assert_int_equal(trial_run(*state, 1, decide, &erasure), 0);
    assert_int_equal(trial_run(*state, 1, are_voided, both), 0);
    assert_int_equal(trial_run(*state, 2, decide, &restoration), 0);
    assert_int_equal(trial_run(*state, 2, are_voided, first), 0);
    assert_int_equal(trial_run(*state, 3, decide, &cancellation), 0);
    assert_int_equal(trial_run(*state, 3, are_voided, both), 0);
}

static void test_F072_names_have_one_spelling(void **state)
{
    static const char *const wrong[] = {"prefectures/11/registrations/000001/paperCards/0",
                                        "prefectures/11/registrations/000001/paperCards/01",
                                        "prefectures/11/registrations/000001/paperCards/",
                                        "prefectures/11/registrations/000001/paperCards/1x",
                                        "prefectures/11/registrations/1/paperCards/1",
                                        "prefectures/11/registrations/000001",
                                        "prefectures/11/registrations/000001/paperCards/12345678901"};
    char name[PAPER_CARD_NAME_SIZE];
    uint16_t tenant;
    uint32_t number, issue;

    (void)state;
    paper_card_name_format(11, 12345, 7, name);
    assert_string_equal(name, "prefectures/11/registrations/012345/paperCards/7");
    assert_true(paper_card_name_parse(name, &tenant, &number, &issue));
    assert_int_equal(tenant, 11);
    assert_int_equal(number, 12345);
    assert_int_equal(issue, 7);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(paper_card_name_parse(wrong[i], &tenant, &number, &issue));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, trial_set_up, trial_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F072_cards_follow_their_table),
        TEST(test_F072_the_card_before_is_void),
        TEST(test_F072_cards_of_an_ended_registration_are_void_until_it_is_restored),
        cmocka_unit_test(test_F072_names_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
