/*
 * F022, INV-06: every cell of the table of roles and methods (methods.def), allowed and refused, and the same as the
 * tables that hold when the front lies: what a role may ask of the vault (wire/roles.def) and of auth
 * (auth/duties.def).
 */
#include "front_fixture.h"

#include <string.h>

#include <grpc/status.h>

#include "auth/duties.h"
#include "auth/roles.h"
#include "crypto/sealed.h"
#include "server/services/methods.h"
#include "server/services/services.h"
#include "wire/access_entry.h"
#include "wire/account_messages.h"

struct table {
    const struct rpc_method *methods;
    size_t count;
};

static const struct {
    uint16_t number;
    const char *service, *method;
} rows[] = {
#define METHOD(number, service, method, roles) {(number), #service, #method},
#include "server/services/methods.def"
#undef METHOD
};

static struct table table_of(const char *service)
{
    const struct {
        const char *service;
        struct table table;
    } tables[] = {
#define SERVICE(name, stem) {#name, {stem##_methods, stem##_method_count}},
#include "server/services/services.def"
#undef SERVICE
    };

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i].service, service) == 0)
            return tables[i].table;
    fail_msg("no service %s", service);
    return (struct table){0};
}

static const ProtobufCServiceDescriptor *service_of(const char *service)
{
#define SERVICE(name, stem)                                                                                            \
    if (strcmp(service, #name) == 0)                                                                                   \
        return &sekisho__v1__##stem##_service__descriptor;
#include "server/services/services.def"
#undef SERVICE
    fail_msg("no service %s", service);
    return NULL;
}

static const struct rpc_method *method_named(const char *service, const char *name)
{
    struct table table = table_of(service);

    for (size_t i = 0; i < table.count; i++)
        if (strcmp(table.methods[i].name, name) == 0)
            return &table.methods[i];
    fail_msg("no method %s/%s", service, name);
    return NULL;
}

/* 100 % of the methods: each row has a method, each method the number of its row. */
static void every_method_has_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(method_named(rows[i].service, rows[i].method)->number, rows[i].number);
    assert_false(method_permitted(METHOD_NONE, ROLE_OWN));
    assert_false(method_permitted(METHOD_END, ROLE_OWN));
    assert_false(method_permitted(METHOD_SessionService_Logout, ROLE_NONE));
    assert_false(method_permitted(METHOD_SessionService_Logout, ROLE_COUNT));
    assert_false(method_permitted(METHOD_SessionService_Logout, 64));
}

static void prepare(struct fixture *fixture, const char *service, const char *method, uint16_t role)
{
    struct table table = table_of(service);

    fixture_call(fixture, table.methods, table.count, method);
    fixture_role(fixture, role);
}

static void refused_and_recorded(struct fixture *fixture)
{
    expect_error(&fixture->call, GRPC_STATUS_PERMISSION_DENIED, "ROLE_NOT_PERMITTED");
    expect_recorded(fixture, ACCESS_METHOD_REFUSED);
    fake_peer_expect_none(fixture->vault);
}

/* ---- methods that auth decides about ---- */

static void call_account(struct fixture *fixture)
{
    static uint8_t ciphertext[ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
    Sekisho__V1__SealedAccountCall sealed = SEKISHO__V1__SEALED_ACCOUNT_CALL__INIT;
    Sekisho__V1__GetOwnAccountRequest request = SEKISHO__V1__GET_OWN_ACCOUNT_REQUEST__INIT;

    sealed.session = (char *)FIXTURE_SESSION;
    sealed.sequence = 1;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = sizeof ciphertext};
    request.call = &sealed;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static bool is_account_call(size_t row)
{
    return strcmp(rows[row].service, "AccountService") == 0 || strcmp(rows[row].service, "TerminalService") == 0 ||
           rows[row].number == METHOD_AccessRecordService_ListAccessRecords ||
           rows[row].number == METHOD_AccessRecordService_ReviewLogins;
}

/* Whether the front sends it on; then *operation is what it says it is. */
static bool carried(struct fixture *fixture, uint16_t *operation)
{
    struct account_call body;

    if (fixture->call.finished > 0)
        return false;
    struct frame_view frame = fake_peer_request(fixture->auth, FRAME_ACCOUNT_CALL);
    memcpy(&body, frame.body, sizeof body);
    *operation = body.operation;
    struct account_call_reply reply = {.status = ACCOUNT_CALL_BAD_SEAL};
    fake_peer_answer(fixture->auth, FRAME_ACCOUNT_CALL_REPLY, frame.header->seq, &reply, sizeof reply);
    return true;
}

/* The operation of a method: every method has a role that may call it. */
static uint16_t operation_of(struct fixture *fixture, size_t row)
{
    uint16_t operation = 0;

    for (uint16_t role = 1; role < ROLE_COUNT && operation == 0; role++)
        if (method_permitted(rows[row].number, role)) {
            prepare(fixture, rows[row].service, rows[row].method, role);
            call_account(fixture);
            assert_true(carried(fixture, &operation));
        }
    return operation;
}

static void account_calls_by_every_role(void **state)
{
    struct fixture *fixture = *state;
    uint64_t operations = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!is_account_call(i))
            continue;
        uint16_t operation = operation_of(fixture, i), sent;
        assert_true(duty_known(operation));
        assert_false(operations >> operation & 1); /* no two methods for one operation */
        operations |= UINT64_C(1) << operation;
        for (uint16_t role = 1; role < ROLE_COUNT; role++) {
            prepare(fixture, rows[i].service, rows[i].method, role);
            call_account(fixture);
            if (!duty_permits(operation, role, false))
                refused_and_recorded(fixture);
            else if (!carried(fixture, &sent) || sent != operation)
                fail_msg("%s by %s is not carried", rows[i].method, role_code(role));
        }
    }
    for (uint16_t operation = 0; operation < 64; operation++)
        assert_int_equal(operations >> operation & 1, duty_known(operation)); /* each has its method */
}

/* ---- methods that the vault decides about ---- */

static bool vault_permits(uint16_t role, uint16_t operation)
{
    uint16_t permit[PERMIT_LEN];

    role_permit(role, permit);
    /* Both ways to enrol have one method. */
    return permit[operation] != 0 || (operation == OPERATION_ENROLL && permit[OPERATION_ENROLL_CITIZEN] != 0);
}

static void call_number(struct fixture *fixture)
{
    static uint8_t ciphertext[128];
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;

    sealed.session = (char *)FIXTURE_SESSION;
    sealed.sequence = 1;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = sizeof ciphertext};
    request.call = &sealed;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

static void number_calls_by_every_role(void **state)
{
    static const struct {
        const char *service, *method;
        uint16_t operation;
    } calls[] = {
        {"NumberService", "Enroll", OPERATION_ENROLL},
        {"NumberService", "Confirm", OPERATION_CONFIRM},
        {"NumberService", "Release", OPERATION_RELEASE},
        {"NumberService", "Match", OPERATION_MATCH},
        {"NumberService", "Lookup", OPERATION_LOOKUP},
        {"NumberService", "Replace", OPERATION_REPLACE},
        {"NumberService", "Erase", OPERATION_ERASE},
        {"NumberService", "Unlock", OPERATION_UNLOCK},
        {"LedgerService", "ListEntries", OPERATION_READ_LEDGER},
        {"NumberService", "RotateKeys", OPERATION_ROTATE_KEYS},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        for (uint16_t role = 1; role < ROLE_COUNT; role++) {
            prepare(fixture, calls[i].service, calls[i].method, role);
            call_number(fixture);
            if (!vault_permits(role, calls[i].operation)) {
                refused_and_recorded(fixture);
                continue;
            }
            struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
            vault_answers(fixture, frame.header->seq, CALL_BAD_SEAL, 0);
            expect_error(&fixture->call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL");
        }
    for (uint16_t role = 1; role < ROLE_COUNT; role++) {
        assert_int_equal(method_permitted(METHOD_NumberService_MatchStream, role),
                         vault_permits(role, OPERATION_MATCH));
        assert_int_equal(method_permitted(METHOD_BackupService_TakeBackup, role),
                         vault_permits(role, OPERATION_BACKUP));
    }
}

/* ---- methods of the register ---- */

#define REGISTER 70 /* the first of them (methods.def) */

static void register_calls_by_every_role(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (uint16_t role = 1; role < ROLE_COUNT && rows[i].number >= REGISTER; role++) {
            if (method_permitted(rows[i].number, role))
                continue;
            prepare(fixture, rows[i].service, rows[i].method, role);
            fixture->call.session = FIXTURE_SESSION;
            const ProtobufCServiceDescriptor *service = service_of(rows[i].service);
            const ProtobufCMessageDescriptor *type =
                protobuf_c_service_descriptor_get_method_by_name(service, rows[i].method)->input;
            ProtobufCMessage *empty = protobuf_c_message_unpack(type, NULL, 0, NULL);
            if (fixture->call.method->on_start)
                fixture->call.method->on_start(&fixture->call);
            if (fixture->call.finished == 0)
                fixture->call.method->on_message(&fixture->call, empty);
            refused_and_recorded(fixture);
            if (fixture->call.method->on_done)
                fixture->call.method->on_done(&fixture->call);
            protobuf_c_message_free_unpacked(empty, NULL);
        }
}

/* F022: administrator accounts cannot use numbers. INV-06: the roles that can have a purpose for it. */
static void administrators_use_no_numbers(void **state)
{
    static const uint16_t uses[] = {METHOD_NumberService_Enroll,  METHOD_NumberService_Match,
                                    METHOD_NumberService_Lookup,  METHOD_NumberService_MatchStream,
                                    METHOD_NumberService_Replace, METHOD_NumberService_Erase,
                                    METHOD_NumberService_Confirm, METHOD_NumberService_Release};

    (void)state;
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        assert_false(method_permitted(uses[i], ROLE_OWN));
        assert_false(method_permitted(uses[i], ROLE_ADM));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_its_row),
        TEST(account_calls_by_every_role),
        TEST(number_calls_by_every_role),
        TEST(register_calls_by_every_role),
        cmocka_unit_test(administrators_use_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
