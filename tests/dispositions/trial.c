#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "server/dispositions/name.h"
#include "server/dispositions/suspension.h"
#include "server/register/checks.h"

#define KIND(name) SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define TEXT(text) ((char *)(uintptr_t)(text))
#define REGISTERED 20200401

int trial_set_up(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);

    trial->folder = calloc(1, sizeof *trial->folder);
    register_folder_make(trial->folder);
    memset(trial->proposer, 1, sizeof trial->proposer);
    memset(trial->approver, 2, sizeof trial->approver);
    *state = trial;
    return 0;
}

int trial_tear_down(void **state)
{
    struct trial *trial = *state;

    register_folder_remove(trial->folder);
    call_arena_free(&trial->memory);
    free(trial->folder);
    free(trial);
    return 0;
}

/* On the test's thread, so that a failed assertion ends the test; the writer has nothing to do meanwhile. */
int trial_run(struct trial *trial, int days, int (*step)(struct trial *trial, void *user), void *user)
{
    MDB_txn *txn;

    call_arena_free(&trial->memory);
    trial->memory = (struct call_arena){0};
    trial->arena = call_arena_allocator(&trial->memory);
    assert_int_equal(mdb_txn_begin(trial->folder->reg.env, NULL, 0, &txn), 0);
    trial->context = (struct disposition_context){
        .reg = &trial->folder->reg, .txn = txn, .now_us = TRIAL_BEGIN_US + days * TRIAL_DAY_US, .arena = &trial->arena};
    int rc = step(trial, user);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

Sekisho__V1__Date *trial_date(struct trial *trial, int32_t value)
{
    return date_new(value, &trial->arena);
}

uint32_t trial_registrant(struct trial *trial, const char *name, int32_t birth)
{
    Sekisho__V1__Name written = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Registration registration = SEKISHO__V1__REGISTRATION__INIT;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    struct entry_decision by = {
        .account = "import", .decision = "", .reason = "", .valid_from = trial_date(trial, REGISTERED)};
    uint32_t serial = 0;

    written.text = TEXT(name);
    person.name = &written;
    person.kana = TEXT("サイタマ　ハナコ");
    person.birth_date = trial_date(trial, birth);
    person.sex = SEKISHO__V1__SEX__SEX_FEMALE;
    person.honseki_prefecture = TEXT("11");
    registration.person = &person;
    registration.registration_date = trial_date(trial, REGISTERED);
    registration.kind = SEKISHO__V1__REGISTER_KIND__REGISTER_KIND_CHILDCARE_WORKER;
    registration.route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    registration.qualified_month = trial_date(trial, 20200300);
    entry.registration = &registration;
    assert_int_equal(entry_create(trial->context.reg, trial->context.txn, trial->context.now_us, &by, &trial->arena,
                                  &entry, &serial),
                     0);
    return serial;
}

stored_entry *trial_entry(struct trial *trial, uint32_t serial)
{
    stored_entry *entry;

    assert_int_equal(entry_get(trial->context.reg, trial->context.txn, serial, &trial->arena, &entry), 0);
    return entry;
}

stored_entry *trial_view(struct trial *trial, uint32_t serial)
{
    stored_entry *entry = trial_entry(trial, serial);

    suspension_view(entry, date_today(trial->context.now_us));
    return entry;
}

static void fill_procedure(disposition *proposal)
{
    proposal->confirmation_reference = TEXT("少政第101号");
    proposal->hearing_reference = TEXT("少政第102号");
}

disposition trial_proposal(struct trial *trial, Sekisho__V1__DispositionKind kind, uint32_t serial)
{
    disposition proposal = SEKISHO__V1__DISPOSITION__INIT;
    int32_t today = date_today(trial->context.now_us);
    char *name = call_arena_alloc(&trial->memory, ENTRY_NAME_SIZE);

    entry_name_format(11, serial, name);
    proposal.kind = kind;
    proposal.registration = name;
    proposal.reason = TEXT("試験のための理由");
    switch (kind) {
    case KIND(SUSPENSION):
        proposal.ground = SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_CX4;
        proposal.period_from = trial_date(trial, today);
        proposal.period_to = trial_date(trial, date_after(today, 29));
        fill_procedure(&proposal);
        break;
    case KIND(CANCELLATION):
        proposal.ground = SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_CX2;
        fill_procedure(&proposal);
        break;
    case KIND(ERASURE):
        proposal.erasure_reason = SEKISHO__V1__ERASURE_REASON__ERASURE_REASON_DEATH;
        proposal.event_date = trial_date(trial, 20270300);
        proposal.finding_reference = TEXT("定期照会 2027-03 第7件");
        break;
    case KIND(LATE_FINDING):
        proposal.sexual_violence = true;
        proposal.sexual_violence_facts = TEXT("判明した事実");
        break;
    default:
        break;
    }
    return proposal;
}

enum disposition_result trial_propose(struct trial *trial, const disposition *proposal, stored_disposition **made)
{
    uint32_t serial = 0;

    trial->context.account = "reviewer";
    trial->context.person = trial->proposer;
    assert_true(disposition_registration_parse(proposal->registration, 11, &serial));
    return disposition_propose(&trial->context, proposal, trial_entry(trial, serial)->registration->etag, made);
}

enum disposition_result trial_approve(struct trial *trial, const stored_disposition *made,
                                      stored_disposition **approved)
{
    uint8_t id[REGISTER_ID_LEN];
    stored_entry *entry;

    trial->context.account = "approver";
    trial->context.person = trial->approver;
    assert_true(disposition_name_parse(made->disposition->name, "", id));
    return disposition_approve(&trial->context, id, made->disposition->etag, approved, &entry);
}

enum disposition_result trial_decide(struct trial *trial, const disposition *proposal, stored_disposition **approved)
{
    stored_disposition *made;
    enum disposition_result result = trial_propose(trial, proposal, &made);

    return result == DISPOSITION_OK ? trial_approve(trial, made, approved) : result;
}

size_t trial_rows(struct trial *trial, enum register_table table)
{
    MDB_stat stat;

    assert_int_equal(mdb_stat(trial->context.txn, trial->context.reg->table[table], &stat), 0);
    return stat.ms_entries;
}
