#include "disposition_desk.h"

#include <stdio.h>
#include <string.h>

/* One registrant, number 000001. */
static int register_one(void *context, MDB_txn *txn, int64_t now_us)
{
    struct register_fixture *fixture = context;
    struct call_arena memory = {0};
    ProtobufCAllocator arena = call_arena_allocator(&memory);
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Registration registration = SEKISHO__V1__REGISTRATION__INIT;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    struct entry_decision by = {
        .account = "import", .decision = "", .reason = "", .valid_from = date_new(20200401, &arena)};
    uint32_t serial;

    name.text = TEXT("埼玉　花子");
    person.name = &name;
    person.kana = TEXT("サイタマ　ハナコ");
    person.birth_date = date_new(19950315, &arena);
    person.honseki_prefecture = TEXT("11");
    registration.person = &person;
    registration.registration_date = date_new(20200401, &arena);
    entry.registration = &registration;
    int rc = entry_create(&fixture->folder.reg, txn, now_us, &by, &arena, &entry, &serial);
    call_arena_free(&memory);
    return rc;
}

int disposition_desk_set_up(void **state)
{
    register_fixture_set_up(state);
    return register_folder_write(&((struct register_fixture *)*state)->folder, register_one, *state);
}

stored_entry *entry_now(struct register_fixture *fixture, struct call_arena *memory)
{
    static ProtobufCAllocator arena;
    stored_entry *entry;
    int rc;
    MDB_txn *txn = reg_read_begin(&fixture->folder.reg, &rc);

    assert_non_null(txn);
    arena = call_arena_allocator(memory);
    assert_int_equal(entry_get(&fixture->folder.reg, txn, 1, &arena, &entry), 0);
    reg_read_end(&fixture->folder.reg, txn);
    return entry;
}

Sekisho__V1__RegistrationState state_now(struct register_fixture *fixture)
{
    struct call_arena memory = {0};
    Sekisho__V1__RegistrationState state = entry_now(fixture, &memory)->registration->state;

    call_arena_free(&memory);
    return state;
}

int32_t today(void)
{
    return date_today(reg_now_us());
}

Sekisho__V1__Date date_of(int32_t value)
{
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;

    date.year = value / 10000;
    date.month = value / 100 % 100;
    date.day = value % 100;
    return date;
}

disposition cancellation(void)
{
    disposition proposed = SEKISHO__V1__DISPOSITION__INIT;

    proposed.kind = KIND(CANCELLATION);
    proposed.registration = REGISTRANT;
    proposed.reason = TEXT("虚偽の事実に基づく登録");
    proposed.ground = GROUND(CX2);
    proposed.confirmation_reference = TEXT("少政第1号");
    proposed.hearing_reference = TEXT("少政第2号");
    return proposed;
}

disposition erasure(void)
{
    static Sekisho__V1__Date event;
    disposition proposed = SEKISHO__V1__DISPOSITION__INIT;

    event = date_of(20260100); /* day not known */
    proposed.kind = KIND(ERASURE);
    proposed.registration = REGISTRANT;
    proposed.reason = TEXT("死亡の届出");
    proposed.erasure_reason = REASON(DEATH);
    proposed.event_date = &event;
    proposed.finding_reference = TEXT("戸籍照会 第3号");
    return proposed;
}

Sekisho__V1__ProposeDispositionRequest proposal_of(struct register_fixture *fixture, disposition *proposed,
                                                   char etag[ENTRY_ETAG_SIZE])
{
    Sekisho__V1__ProposeDispositionRequest request = SEKISHO__V1__PROPOSE_DISPOSITION_REQUEST__INIT;
    struct call_arena memory = {0};

    snprintf(etag, ENTRY_ETAG_SIZE, "%s", entry_now(fixture, &memory)->registration->etag);
    call_arena_free(&memory);
    request.parent = PREFECTURE;
    request.disposition = proposed;
    request.registration_etag = etag;
    register_fixture_caller(fixture, ROLE_REV, "reviewer");
    return request;
}

Sekisho__V1__ProposeDispositionResponse *propose(struct register_fixture *fixture, disposition proposed)
{
    char etag[ENTRY_ETAG_SIZE];
    Sekisho__V1__ProposeDispositionRequest request = proposal_of(fixture, &proposed, etag);
    void *answer = CALL(fixture, "ProposeDisposition", request, propose_disposition);

    assert_non_null(answer);
    return answer;
}

void propose_refused(struct register_fixture *fixture, disposition proposed, const char *reason, const char *field)
{
    char etag[ENTRY_ETAG_SIZE];
    Sekisho__V1__ProposeDispositionRequest request = proposal_of(fixture, &proposed, etag);

    REFUSED(fixture, "ProposeDisposition", request, reason);
    if (field)
        assert_string_equal(fixture->call.error.field, field);
}

Sekisho__V1__ApproveDispositionRequest approval_of(const disposition *made)
{
    Sekisho__V1__ApproveDispositionRequest request = SEKISHO__V1__APPROVE_DISPOSITION_REQUEST__INIT;

    request.name = made->name;
    request.etag = made->etag;
    return request;
}

Sekisho__V1__ApproveDispositionResponse *decide(struct register_fixture *fixture, disposition proposed)
{
    Sekisho__V1__ProposeDispositionResponse *made = propose(fixture, proposed);
    Sekisho__V1__ApproveDispositionRequest request = approval_of(made->disposition);

    register_fixture_caller(fixture, ROLE_APR, "approver");
    void *answer = CALL(fixture, "ApproveDisposition", request, approve_disposition);
    assert_non_null(answer);
    sekisho__v1__propose_disposition_response__free_unpacked(made, NULL);
    return answer;
}

void done(Sekisho__V1__ApproveDispositionResponse *approved)
{
    sekisho__v1__approve_disposition_response__free_unpacked(approved, NULL);
}
