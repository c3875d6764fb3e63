/* A front with a register of its own, for tests of the register's services: calls are made by whoever the test says,
 * and are over when register_fixture_call returns. */
#ifndef SEKISHO_TESTS_SERVICES_REGISTER_FIXTURE_H
#define SEKISHO_TESTS_SERVICES_REGISTER_FIXTURE_H

#include "fake_call.h"
#include "register_folder.h"
#include "server/services/caller.h"

struct register_fixture {
    struct register_folder folder;
    struct front front;
    struct caller caller; /* of the next call; prefecture 11 */
    struct rpc_call call; /* the last one */
};

int register_fixture_set_up(void **state);
int register_fixture_tear_down(void **state);

/* The next call's caller: an account of this role. The person is made of the account's name. */
void register_fixture_caller(struct register_fixture *fixture, uint16_t role, const char *account);

/* Calls a method with its request's `response` type; NULL when it was refused: fixture->call.error. What is returned is
 * freed with protobuf_c_message_free_unpacked. */
ProtobufCMessage *register_fixture_call(struct register_fixture *fixture, const struct rpc_method *methods,
                                        size_t count, const char *name, const ProtobufCMessage *request,
                                        const ProtobufCMessageDescriptor *response);

/* The same, which must be refused for this reason. */
void register_fixture_refused(struct register_fixture *fixture, const struct rpc_method *methods, size_t count,
                              const char *name, const ProtobufCMessage *request, const char *reason);

#endif
