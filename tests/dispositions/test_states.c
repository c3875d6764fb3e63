/*
 * The states of a qualification under random events, against a table that is written here from domain 10.2 and shares
 * nothing with the server's (F008, F009, INV-15, INV-17). Each run has its seed in its failure's message.
 */
#include "trial.h"

#include <stdio.h>
#include <string.h>

#include "server/dispositions/name.h"
#include "server/dispositions/suspension.h"
#include "server/register/checks.h"
#include "server/register/record.h"

#define KIND(name)   SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define STATE(name)  SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define GROUND(name) SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_##name
#define RUNS         60
#define STEPS        60
#define APPLICATION  "prefectures/11/applications/0123456789abcdef0123456789abcdef"

/* ---- the model ---- */

struct model {
    char state;       /* R, S, C, E as the law would say today */
    int32_t from, to; /* of a suspension that has begun or will; 0: none */
    int32_t cancelled_on;
    bool three_years; /* the ground of the cancellation begins a DQ4 period */
    bool violence;
};

/* Which letters may stand before the event (domain 10.2, the rows in the order of the table). */
static const struct {
    Sekisho__V1__DispositionKind event;
    const char *before;
    char after;
} table[] = {
    {KIND(SUSPENSION), "R", 'S'},     {KIND(CANCELLATION), "RS", 'C'}, {KIND(ERASURE), "RS", 'E'},
    {KIND(REREGISTRATION), "C", 'C'}, {KIND(RESTORATION), "E", 'R'},   {KIND(LATE_FINDING), "C", 'C'},
};

static void model_day(struct model *model, int32_t today)
{
    if (model->state == 'R' && model->from != 0 && today >= model->from)
        model->state = 'S';
    if (model->state == 'S' && today > model->to) {
        model->state = 'R';
        model->from = model->to = 0;
    }
}

static enum disposition_result model_expects(const struct model *model, const disposition *event, int32_t today)
{
    size_t row = 0;

    while (table[row].event != event->kind)
        row++;
    if (!strchr(table[row].before, model->state))
        return DISPOSITION_WRONG_STATE;
    if (event->kind == KIND(SUSPENSION) && model->from != 0)
        return DISPOSITION_WRONG_STATE;
    if (event->kind == KIND(LATE_FINDING) && model->violence)
        return DISPOSITION_WRONG_STATE;
    if (event->kind != KIND(REREGISTRATION))
        return DISPOSITION_OK;
    if (model->violence && event->council_opinion_reference[0] == '\0')
        return DISPOSITION_MISSING;
    return model->three_years && today < model->cancelled_on + 30000 ? DISPOSITION_DQ4 : DISPOSITION_OK;
}

static void model_applies(struct model *model, const disposition *event, int32_t today)
{
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++)
        if (table[row].event == event->kind && event->kind != KIND(SUSPENSION))
            model->state = table[row].after;
    if (event->kind == KIND(SUSPENSION)) {
        model->from = date_value(event->period_from);
        model->to = date_value(event->period_to);
    }
    if (model->state == 'C' || model->state == 'E')
        model->from = model->to = 0;
    if (event->kind == KIND(CANCELLATION)) {
        model->cancelled_on = today;
        model->three_years = event->ground != GROUND(CX1);
    }
    model->violence = model->violence || event->sexual_violence;
    model_day(model, today);
}

/* How often each row of the table happened: a run that never cancels says nothing of cancellations. */
static unsigned happened[sizeof table / sizeof table[0]];

static void count(Sekisho__V1__DispositionKind kind)
{
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++)
        happened[row] += table[row].event == kind;
}

/* ---- random events ---- */

struct run {
    uint64_t seed, random;
    struct model model;
    uint32_t serial;
    int days;
    size_t endings; /* cancellations and erasures that stand */
    size_t told;    /* records for the national database */
};

static unsigned pick(struct run *run, unsigned below)
{
    run->random = run->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(run->random >> 33) % below;
}

static char letter(const stored_entry *entry)
{
    return " RSCE"[entry->registration->state];
}

static disposition random_event(struct trial *trial, struct run *run, int32_t today)
{
    disposition event = trial_proposal(trial, table[pick(run, 6)].event, run->serial);

    if (event.kind == KIND(SUSPENSION)) {
        int32_t from = date_after(today, (int)pick(run, 3) * 10);
        event.period_from = trial_date(trial, from);
        event.period_to = trial_date(trial, date_after(from, (int)pick(run, 40)));
    }
    if (event.kind == KIND(CANCELLATION)) {
        event.ground = GROUND(CX1) + pick(run, 4);
        if (event.ground == GROUND(CX1))
            event.disqualification = SEKISHO__V1__DISQUALIFICATION_GROUND__DISQUALIFICATION_GROUND_DQ2;
        event.sexual_violence = event.ground == GROUND(CX3);
        event.sexual_violence_facts = event.sexual_violence ? (char *)(uintptr_t) "事実" : event.finding_reference;
    }
    if (event.kind == KIND(REREGISTRATION)) {
        event.application = (char *)(uintptr_t)APPLICATION;
        if (pick(run, 2) == 0) {
            event.council_opinion_reference = (char *)(uintptr_t) "審議会第5号";
            event.council_opinion_date = trial_date(trial, today);
        }
    }
    return event;
}

/* ---- steps ---- */

static int prepare(struct trial *trial, void *user)
{
    struct run *run = user;
    Sekisho__Stored__StoredApplication application = SEKISHO__STORED__STORED_APPLICATION__INIT;
    static const uint8_t id[REGISTER_ID_LEN] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                                0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

    run->serial = trial_registrant(trial, "埼玉　花子", 19950315);
    return record_put(trial->context.txn, trial->context.reg->table[TABLE_application], id, sizeof id,
                      &application.base);
}

static int sweep(struct trial *trial, void *user)
{
    (void)user;
    return suspension_sweep(trial->context.reg, trial->context.txn, trial->context.now_us);
}

/* A proposal alone changes nothing (INV-15), and is taken back. */
static int only_propose(struct trial *trial, void *user)
{
    struct run *run = user;
    disposition event = random_event(trial, run, date_today(trial->context.now_us));
    stored_disposition *made;
    enum disposition_result expected = model_expects(&run->model, &event, date_today(trial->context.now_us));

    assert_int_equal(trial_propose(trial, &event, &made), expected);
    assert_int_equal(letter(trial_view(trial, run->serial)), run->model.state);
    return 1;
}

static int decide(struct trial *trial, void *user)
{
    struct run *run = user;
    int32_t today = date_today(trial->context.now_us);
    disposition event = random_event(trial, run, today);
    enum disposition_result expected = model_expects(&run->model, &event, today);
    stored_disposition *approved;

    assert_int_equal(trial_decide(trial, &event, &approved), expected);
    if (expected != DISPOSITION_OK)
        return 1;
    run->endings += event.kind == KIND(CANCELLATION) || event.kind == KIND(ERASURE);
    run->endings -= event.kind == KIND(RESTORATION);
    run->told += event.sexual_violence && (event.kind == KIND(CANCELLATION) || event.kind == KIND(LATE_FINDING));
    model_applies(&run->model, &event, today);
    count(event.kind);
    return 0;
}

/* What a completed deletion or notice of death does: the same way, the same states. */
static int erase_by_application(struct trial *trial, void *user)
{
    struct run *run = user;
    struct application_erasure erasure = {.serial = run->serial,
                                          .reason = SEKISHO__V1__ERASURE_REASON__ERASURE_REASON_APPLICATION,
                                          .text = "本人の申請",
                                          .application = APPLICATION,
                                          .reviewer = "reviewer"};
    bool possible = run->model.state == 'R' || run->model.state == 'S';

    trial->context.account = "approver";
    assert_int_equal(disposition_from_application(&trial->context, &erasure),
                     possible ? DISPOSITION_OK : DISPOSITION_WRONG_STATE);
    if (!possible)
        return 1;
    run->endings++;
    run->model.state = 'E';
    run->model.from = run->model.to = 0;
    return 0;
}

static int compare(struct trial *trial, void *user)
{
    struct run *run = user;

    assert_int_equal(letter(trial_view(trial, run->serial)), run->model.state);
    assert_int_equal(trial_rows(trial, TABLE_card_return), run->endings);
    assert_int_equal(trial_rows(trial, TABLE_card_return_by_state), run->endings);
    assert_int_equal(trial_rows(trial, TABLE_national_record), run->told);
    return 0;
}

static void one_run(struct trial *trial, uint64_t seed)
{
    struct run run = {.seed = seed, .random = seed, .model = {.state = 'R'}};

    assert_int_equal(trial_run(trial, 0, prepare, &run), 0);
    for (int step = 0; step < STEPS; step++) {
        /* Cancelled, the years must be able to pass. */
        run.days += (int)pick(&run, run.model.state == 'C' ? 300 : 25);
        model_day(&run.model, date_after(TRIAL_BEGIN, run.days));
        switch (pick(&run, 8)) {
        case 0:
            assert_int_equal(trial_run(trial, run.days, sweep, &run), 0);
            break;
        case 1:
            trial_run(trial, run.days, only_propose, &run);
            break;
        case 2:
            trial_run(trial, run.days, erase_by_application, &run);
            break;
        default:
            trial_run(trial, run.days, decide, &run);
        }
        assert_int_equal(trial_run(trial, run.days, compare, &run), 0);
    }
}

static void test_F008_F009_INV15_INV17_states_follow_the_table_of_the_law(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        void *trial;
        trial_set_up(&trial);
        mdb_env_set_flags(((struct trial *)trial)->folder->reg.env, MDB_NOSYNC, 1);
        print_message("seed %d\n", (int)seed);
        one_run(trial, seed);
        trial_tear_down(&trial);
    }
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++)
        assert_true(happened[row] >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F008_F009_INV15_INV17_states_follow_the_table_of_the_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
