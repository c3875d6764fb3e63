/*
 * Random events against the table of domain 10.1, which is written here a second time, from the document and not from
 * transitions.def: whatever is tried, in whatever state, the store does what the model says, keeps its indexes and its
 * number outbox right, and writes each event once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "server/applications/compare.h"
#include "server/applications/outbox.h"

#define KIND(kind)   SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define CHECK(state) SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_##state

/* States in the order of the API's enum. */
enum at {
    NOWHERE,
    DRAFT,
    SUBMITTED,
    PENDING,
    REJECTED,
    RECEIVED,
    ACCEPTED,
    CORRECTION,
    CHECKING,
    MANUAL,
    REVIEW,
    REVIEWED,
    UNPAID,
    COMPLETED,
    RETURNED,
    WITHDRAWN,
    CANCELLED,
    STATES
};

/* What the document's guards look at. */
struct facts {
    bool portal;
    bool reason, deadline_good, overdue; /* of this try */
    bool documents, other_person;
    bool number_in_vault, accepted;
    int open, doubtful, decided; /* checks: without an answer, needing a person, doubtful but decided */
    bool started, review_complete, paid;
};

typedef bool condition(const struct facts *facts);
static bool always(const struct facts *facts)
{
    (void)facts;
    return true;
}
static bool with_reason(const struct facts *facts)
{
    return facts->reason;
}
static bool reason_and_deadline(const struct facts *facts)
{
    return facts->reason && facts->deadline_good;
}
static bool deadline_passed(const struct facts *facts)
{
    return facts->overdue;
}
static bool acceptable(const struct facts *facts)
{
    return facts->documents && facts->number_in_vault;
}
static bool acceptable_again(const struct facts *facts)
{
    return !facts->accepted && acceptable(facts);
}
static bool number_there(const struct facts *facts)
{
    return facts->number_in_vault;
}
static bool accepted_number_there(const struct facts *facts)
{
    return facts->accepted && facts->number_in_vault;
}
static bool all_good(const struct facts *facts)
{
    return facts->started && facts->open == 0 && facts->doubtful == 0;
}
static bool all_in_one_doubtful(const struct facts *facts)
{
    return facts->open == 0 && facts->doubtful > 0;
}
static bool resolved(const struct facts *facts)
{
    return facts->reason && all_good(facts);
}
static bool reviewable(const struct facts *facts)
{
    return accepted_number_there(facts) && all_good(facts) && facts->review_complete;
}
static bool unpaid(const struct facts *facts)
{
    return !facts->paid;
}
static bool paid(const struct facts *facts)
{
    return facts->paid;
}
static bool approvable(const struct facts *facts)
{
    return facts->other_person && facts->paid && facts->number_in_vault;
}
static bool from_portal(const struct facts *facts)
{
    return facts->portal;
}

#define BEFORE_REVIEWED                                                                                                \
    (1u << DRAFT | 1u << SUBMITTED | 1u << PENDING | 1u << RECEIVED | 1u << ACCEPTED | 1u << CORRECTION |              \
     1u << CHECKING | 1u << MANUAL | 1u << REVIEW)
#define SUBMITTED_OR_LATER ((1u << STATES) - 1 - (1u << NOWHERE) - (1u << DRAFT) - (1u << SUBMITTED) - (1u << PENDING))
#define SAME               (-1)

/* Domain 10.1, row by row; below the line what the project adds (transitions.def says why). */
static const struct row {
    unsigned from;
    const char *event;
    condition *guard;
    int to;
} table[] = {
    {1u << DRAFT, "submit", always, SUBMITTED},
    {1u << SUBMITTED | 1u << PENDING, "signature_good", always, RECEIVED},
    {1u << SUBMITTED | 1u << PENDING, "signature_bad", always, REJECTED},
    {1u << SUBMITTED, "signature_unknown", always, PENDING},
    {1u << RECEIVED, "accept", acceptable, ACCEPTED},
    {1u << RECEIVED | 1u << ACCEPTED | 1u << REVIEW | 1u << MANUAL, "ask_correction", reason_and_deadline, CORRECTION},
    {1u << CORRECTION, "corrected", always, REVIEW},
    {1u << CORRECTION, "correction_overdue", deadline_passed, RETURNED},
    {1u << ACCEPTED, "start_checks", number_there, CHECKING},
    {1u << CHECKING, "checks_good", all_good, REVIEW},
    {1u << CHECKING, "checks_doubtful", all_in_one_doubtful, MANUAL},
    {1u << MANUAL, "checks_resolved", resolved, REVIEW},
    {1u << REVIEW, "review_good", reviewable, REVIEWED},
    {1u << REVIEW, "return", with_reason, RETURNED},
    {1u << REVIEWED, "approve", approvable, COMPLETED},
    {1u << REVIEWED, "await_payment", unpaid, UNPAID},
    {BEFORE_REVIEWED, "withdraw", always, WITHDRAWN},
    {BEFORE_REVIEWED, "cancel", with_reason, CANCELLED},
    {1u << RECEIVED, "purged", from_portal, RECEIVED},
    /* ---- */
    {1u << REVIEW, "accept", acceptable_again, ACCEPTED},
    {1u << REVIEW, "start_checks", accepted_number_there, CHECKING},
    {1u << UNPAID, "payment_settled", paid, REVIEWED},
    {1u << REVIEWED | 1u << UNPAID, "send_back", with_reason, REVIEW},
    {SUBMITTED_OR_LATER - (1u << RECEIVED), "purged", from_portal, SAME},
};

static int expected(enum at at, const char *event, const struct facts *facts)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if ((table[i].from & 1u << at) != 0 && strcmp(table[i].event, event) == 0)
            return table[i].guard(facts) ? (table[i].to == SAME ? (int)at : table[i].to) : NOWHERE;
    return NOWHERE;
}

/* ---- the run ---- */

struct run {
    uint8_t id[REGISTER_ID_LEN];
    enum at at;
    struct facts facts;
    bool receipt;
    unsigned events; /* written so far */
    enum application_event event;
    enum application_result result;
    unsigned completed, reached; /* by all lives */
};

static unsigned chance(unsigned one_in)
{
    return (unsigned)random() % one_in == 0;
}

static void create(struct run *run, struct application_context *context)
{
    stored_application *application = sample_application(context, KIND(NEW), NULL);

    if (run->facts.portal) {
        application->application->channel = SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PORTAL;
        application->portal = TEXT("portal01");
        application->applicant = TEXT("pseudonym");
    }
    assert_int_equal(application_create(context, application), APPLICATION_OK);
    memcpy(run->id, application->id.data, REGISTER_ID_LEN);
}

static Sekisho__V1__Date *deadline(struct application_context *context, bool good)
{
    Sekisho__V1__Date *day = SAMPLE_NEW(context, Sekisho__V1__Date, SEKISHO__V1__DATE__INIT);

    day->year = good ? 2030 : 2020;
    day->month = 6;
    day->day = 30;
    return day;
}

/* What officers find between the events: each fact of the model is put into the application as a service would. */
static void put_facts(struct application_context *context, stored_application *application, struct run *run)
{
    struct facts *facts = &run->facts;
    static const uint8_t reference[REGISTER_ID_LEN] = {7};
    bool taken;

    application->documents_complete = facts->documents;
    if (facts->number_in_vault && application->application->number_state == 0) {
        assert_int_equal(number_want(context, application, NUMBER_ACTION_ENROLL), 0);
        assert_int_equal(number_done(context, application, NUMBER_ACTION_ENROLL, reference, &taken), 0);
        assert_true(taken);
    }
    Sekisho__V1__Check **checks = sample_alloc(context, 3 * sizeof(Sekisho__V1__Check *));
    size_t count = 0;
    for (int i = 0; i < facts->open + facts->doubtful + facts->decided + 1; i++) {
        Sekisho__V1__Check *check = SAMPLE_NEW(context, Sekisho__V1__Check, SEKISHO__V1__CHECK__INIT);
        check->source = i == 0 ? SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_CANCELLED_DATABASE
                               : SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_RESIDENT_NETWORK;
        check->result = i == 0                               ? CHECK(MATCH)
                        : i <= facts->open                   ? CHECK(UNSPECIFIED)
                        : i <= facts->open + facts->doubtful ? CHECK(NOT_FOUND)
                                                             : CHECK(SOFT);
        if (check->result == CHECK(SOFT))
            check->decision = TEXT("VARIANT_CHARACTER");
        checks[count++] = check;
    }
    application->checks = checks;
    application->n_checks = count;
    application->review = SAMPLE_NEW(context, Sekisho__Stored__StoredReview, SEKISHO__STORED__STORED_REVIEW__INIT);
    application->review->no_disqualification = true;
    if (facts->review_complete)
        application->review->route_evidence = SEKISHO__V1__ROUTE_EVIDENCE__ROUTE_EVIDENCE_GRADUATION_CERTIFICATE;
    assert_int_equal(application_update(context, application), APPLICATION_OK);
}

static void prepare(struct run *run, struct application_context *context)
{
    stored_application *application = application_get(context, run->id);

    put_facts(context, application, run);
    if (run->facts.paid && !run->receipt) {
        sample_receipt(context, application);
        run->receipt = true;
    }
}

/* In a transaction of its own, which is given up when the event does not happen. */
static void fire(struct run *run, struct application_context *parent)
{
    struct application_context context = *parent;
    stored_application *application;

    assert_int_equal(mdb_txn_begin(context.reg->env, parent->txn, 0, &context.txn), 0);
    application = application_get(&context, run->id);
    if (run->event == APPLICATION_ASK_CORRECTION)
        application->application->correction_deadline = deadline(&context, run->facts.deadline_good);
    if (run->facts.overdue)
        context.now_us = INT64_C(1920000000) * 1000000; /* November 2030 */
    run->result =
        application_event(&context, application, run->event, run->facts.reason ? "書類に不備があります。" : NULL);
    if (run->result == APPLICATION_OK)
        assert_int_equal(mdb_txn_commit(context.txn), 0);
    else
        mdb_txn_abort(context.txn);
}

/* ---- what must hold after every step ---- */

static bool row_is_there(struct application_context *context, enum register_table which, const void *bytes,
                         size_t length)
{
    MDB_val key = {length, (void *)(uintptr_t)bytes}, value;

    return mdb_get(context->txn, context->reg->table[which], &key, &value) == 0;
}

static size_t rows(struct application_context *context, enum register_table which)
{
    MDB_stat stat;

    assert_int_equal(mdb_stat(context->txn, context->reg->table[which], &stat), 0);
    return stat.ms_entries;
}

static void expect_action(const stored_application *application, const struct run *run, bool pending)
{
    const char *wanted = "";

    if (run->facts.number_in_vault && run->at == COMPLETED)
        wanted = "CONFIRM";
    else if (run->facts.number_in_vault &&
             (run->at == RETURNED || run->at == WITHDRAWN || run->at == CANCELLED || run->at == REJECTED))
        wanted = "RELEASE";
    assert_string_equal(application->application->pending_number_action, wanted);
    assert_int_equal(pending, wanted[0] != '\0');
}

static void verify(struct run *run, struct application_context *context)
{
    stored_application *application = application_get(context, run->id);
    uint8_t state_key[1 + 8 + REGISTER_ID_LEN] = {(uint8_t)run->at};
    uint64_t updated = (uint64_t)application->application->update_time_us;

    assert_int_equal(application->application->state, run->at);
    assert_int_equal(application->event_count, run->events);
    for (int i = 0; i < 8; i++)
        state_key[1 + i] = (uint8_t)(updated >> (56 - 8 * i));
    memcpy(state_key + 9, run->id, REGISTER_ID_LEN);
    assert_true(row_is_there(context, TABLE_application_by_state, state_key, sizeof state_key));
    assert_int_equal(rows(context, TABLE_application_by_state), rows(context, TABLE_application));
    assert_int_equal(rows(context, TABLE_application_deadline), run->at == CORRECTION);
    expect_action(application, run, row_is_there(context, TABLE_number_outbox, run->id, REGISTER_ID_LEN));
    assert_int_equal(rows(context, TABLE_entry), run->completed);
}

static void change_facts(struct run *run)
{
    struct facts *facts = &run->facts;

    facts->documents |= chance(3);
    facts->number_in_vault |= run->at >= RECEIVED && run->at < REVIEWED && chance(6);
    if (run->at == CHECKING || run->at == MANUAL) {
        facts->open = run->at == MANUAL ? 0 : (int)chance(4);
        facts->doubtful = facts->open ? 0 : (int)chance(2);
        facts->decided = !facts->open && !facts->doubtful && chance(2);
    }
    facts->review_complete = !chance(5);
    facts->paid |= run->at >= RECEIVED && run->at < COMPLETED && chance(30);
}

/* What the model knows after an event that took place. */
static void advance(struct run *run, enum at to, const char *event)
{
    run->at = to;
    run->events++;
    if (strcmp(event, "accept") == 0)
        run->facts.accepted = true;
    if (strcmp(event, "start_checks") == 0)
        run->facts.started = true;
    if (strcmp(event, "corrected") == 0 && run->facts.doubtful + run->facts.decided > 0) {
        run->facts.open = 1; /* asked again */
        run->facts.doubtful = run->facts.decided = 0;
    }
    run->completed += strcmp(event, "approve") == 0;
}

/* Mostly what the document has for this state, and not mostly an end. */
static enum application_event choose(const struct run *run)
{
    bool anything = chance(3);

    for (;;) {
        enum application_event event = (enum application_event)(2 + (unsigned)random() % (APPLICATION_EVENT_COUNT - 2));
        const char *name = application_event_name(event);
        bool known = false, ends = event == APPLICATION_WITHDRAW || event == APPLICATION_CANCEL ||
                                   event == APPLICATION_REVIEW_BAD || event == APPLICATION_CORRECTION_OVERDUE ||
                                   event == APPLICATION_SIGNATURE_BAD;
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
            known |= (table[i].from & 1u << run->at) != 0 && strcmp(table[i].event, name) == 0;
        if ((known || anything || run->at >= COMPLETED) && (!ends || chance(20)))
            return event;
    }
}

static void try_event(struct run *run, struct application_context *context)
{
    static const struct application_actor *const approvers[] = {&reviewer_as_approver, &approver};
    struct facts *facts = &run->facts;

    change_facts(run);
    context->actor = &reviewer;
    prepare(run, context);
    run->event = choose(run);
    facts->reason = !chance(3);
    facts->deadline_good = !chance(3);
    facts->overdue = run->event == APPLICATION_CORRECTION_OVERDUE && chance(2);
    facts->other_person = chance(2);
    if (run->event == APPLICATION_APPROVE)
        context->actor = approvers[facts->other_person];
    const char *event = application_event_name(run->event);
    int to = expected(run->at, event, facts);
    fire(run, context);
    if ((to == NOWHERE) != (run->result != APPLICATION_OK))
        fail_msg("state %d, %s: the document says %d, the store's result is %d", run->at, event, to, run->result);
    if (to != NOWHERE)
        advance(run, (enum at)to, event);
    verify(run, context);
    run->reached |= 1u << run->at;
}

/* One application from its beginning, in one transaction. */
static int live(struct step *step, struct application_context *context)
{
    struct run *run = step->user;

    /* Rows of lives before this one are cleared, so that counts are this one's. */
    assert_int_equal(mdb_drop(context->txn, context->reg->table[TABLE_number_outbox], 0), 0);
    assert_int_equal(mdb_drop(context->txn, context->reg->table[TABLE_application_deadline], 0), 0);
    run->at = run->facts.portal ? DRAFT : RECEIVED;
    create(run, context);
    for (unsigned tries = 0; tries < 150 && (run->at < COMPLETED || chance(2)); tries++) {
        step->sample->used = 0;
        context->now_us++;
        try_event(run, context);
    }
    return 0;
}

static void test_F001_F007_every_event_in_every_state_as_10_1_says(void **state)
{
    unsigned seed = getenv("SEKISHO_SEED") ? (unsigned)atoi(getenv("SEKISHO_SEED")) : 20261123;
    struct run run = {0};

    srandom(seed);
    for (unsigned life = 0; life < 400; life++) {
        run = (struct run){.facts.portal = chance(3), .completed = run.completed, .reached = run.reached, .events = 1};
        struct step step = {.sample = *state, .actor = &reception, .run = live, .user = &run};
        assert_int_equal(sample_step(&step), 0);
    }
    print_message("seed %u: %u applications completed\n", seed, run.completed);
    for (enum at at = SUBMITTED; at < STATES; at++)
        if ((run.reached & 1u << at) == 0)
            fail_msg("the run never came to state %d: it showed too little", at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_F001_F007_every_event_in_every_state_as_10_1_says, sample_set_up,
                                        sample_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
