#include "register_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "server/services/errors.h"
#include "server/services/methods.h"

/* A call waits for the writer at most this often: its change, its refusal's record, steps of a longer one. */
#define WAITS_MAX 16

static struct register_fixture *current;

/* Stands in for caller.c: the session is not what these tests are about, the role is. */
bool caller_of(struct rpc_call *call, struct caller *caller, struct rpc_error *error)
{
    *caller = current->caller;
    if (method_permitted(rpc_call_method(call)->number, caller->role))
        return true;
    *error = *error_of_front(FRONT_ROLE_NOT_PERMITTED);
    return false;
}

int register_fixture_set_up(void **state)
{
    current = calloc(1, sizeof *current);
    assert_non_null(current);
    register_folder_make(&current->folder);
    current->front.regs[11] = &current->folder.reg;
    current->caller.tenant = 11;
    *state = current;
    return 0;
}

int register_fixture_tear_down(void **state)
{
    (void)state;
    register_folder_remove(&current->folder);
    free(current);
    return 0;
}

void register_fixture_caller(struct register_fixture *fixture, uint16_t role, const char *account)
{
    fixture->caller.role = role;
    memset(fixture->caller.account, 0, sizeof fixture->caller.account);
    memcpy(fixture->caller.account, account, strlen(account));
    memcpy(fixture->caller.person, fixture->caller.account, sizeof fixture->caller.person);
}

static int nothing(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context, (void)txn, (void)now_us;
    return 0;
}

static const struct rpc_method *method_named(const struct rpc_method *methods, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    fail_msg("no method %s", name);
    return NULL;
}

static void make(struct register_fixture *fixture, const struct rpc_method *method, const ProtobufCMessage *request)
{
    fixture->call = (struct rpc_call){.context = &fixture->front, .method = method, .time_left_ms = INT64_MAX};
    method->on_message(&fixture->call, request);
    for (int i = 0; i < WAITS_MAX; i++)
        assert_int_equal(register_folder_write(&fixture->folder, nothing, NULL), 0);
    assert_int_equal(fixture->call.finished, 1);
}

ProtobufCMessage *register_fixture_call(struct register_fixture *fixture, const struct rpc_method *methods,
                                        size_t count, const char *name, const ProtobufCMessage *request,
                                        const ProtobufCMessageDescriptor *response)
{
    make(fixture, method_named(methods, count, name), request);
    if (fixture->call.failed)
        return NULL;
    ProtobufCMessage *answer = protobuf_c_message_unpack(response, NULL, fixture->call.length, fixture->call.packed);
    assert_non_null(answer);
    return answer;
}

void register_fixture_refused(struct register_fixture *fixture, const struct rpc_method *methods, size_t count,
                              const char *name, const ProtobufCMessage *request, const char *reason)
{
    make(fixture, method_named(methods, count, name), request);
    assert_true(fixture->call.failed);
    assert_string_equal(fixture->call.error.reason, reason);
}
