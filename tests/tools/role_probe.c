/*
 * role-probe: calls every method of the API with the session of SEKISHO_SESSION over the connection of SEKISHO_ADDRESS,
 * SEKISHO_CA, SEKISHO_CERT, SEKISHO_KEY, and compares what the server says with the table of roles and methods: a
 * method that the role may not call must be refused for that, all others must get as far as the seal, which is broken,
 * or, of the register's methods, as far as the empty request.
 * Prints "allowed N refused M"; ends with 0 when every cell is as it should be, else 1; 2: not started.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "sekisho/v1/account_service.pb-c.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};
#define R(code)    (UINT32_C(1) << ROLE_##code)
#define EVERY_ROLE UINT32_MAX
#define PUBLIC     0u /* no session, no seal */
#define REGISTER   70 /* the first method of the register: session in the metadata, no seal (methods.def) */

static const struct {
    unsigned number;
    const char *path;
    uint32_t roles;
} methods[] = {
#define METHOD(number, service, method, roles) {(number), "/sekisho.v1." #service "/" #method, (roles)},
#include "server/services/methods.def"
#undef METHOD
};

static struct sekisho_client *client;
static struct sekisho_session *session;

static void need(enum sekisho_status status, const struct sekisho_error *error)
{
    if (status == SEKISHO_OK)
        return;
    fprintf(stderr, "role-probe: %s [%s]\n", error->message, error->reason);
    exit(2);
}

static void start(void)
{
    struct sekisho_error error;
    const struct sekisho_options options = {.address = getenv("SEKISHO_ADDRESS"),
                                            .ca_file = getenv("SEKISHO_CA"),
                                            .certificate_file = getenv("SEKISHO_CERT"),
                                            .key_file = getenv("SEKISHO_KEY"),
                                            .pin = getenv("SEKISHO_PIN")};

    need(sekisho_connect(&options, &client, &error), &error);
    need(sekisho_session_load(client, getenv("SEKISHO_SESSION"), &session, &error), &error);
}

/* Sealed calls for auth and for the vault look alike on the wire; 1,168 bytes are long enough for both. */
static void call(const char *path, struct sekisho_error *error)
{
    static uint8_t broken[ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
    char name[SESSION_NAME_LEN];
    Sekisho__V1__SealedAccountCall sealed = SEKISHO__V1__SEALED_ACCOUNT_CALL__INIT;
    Sekisho__V1__GetOwnAccountRequest request = SEKISHO__V1__GET_OWN_ACCOUNT_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;

    session_name(session->state, name);
    sealed.session = name;
    sealed.sequence = 1;
    sealed.ciphertext = (ProtobufCBinaryData){.data = broken, .len = sizeof broken};
    request.call = &sealed;
    memset(error, 0, sizeof *error);
    (void)unary_call(client, path, &request.base, &sekisho__v1__get_own_account_response__descriptor, &answer, error);
    if (answer)
        protobuf_c_message_free_unpacked(answer, NULL);
}

/* An empty request is one of any type. */
static void call_register(const char *path, struct sekisho_error *error)
{
    Sekisho__V1__GetOwnAccountRequest empty = SEKISHO__V1__GET_OWN_ACCOUNT_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;

    memset(error, 0, sizeof *error);
    (void)session_call(session, grpc_slice_from_static_string(path), &empty.base,
                       &sekisho__v1__get_own_account_response__descriptor, &answer, error);
    if (answer)
        protobuf_c_message_free_unpacked(answer, NULL);
}

/* How a call of a method ends that the role may call. Without a sealed call in it a request of everybody's methods gets
 * other answers. */
static bool let_in(size_t row, const char *reason)
{
    if (methods[row].number >= REGISTER)
        return reason[0] != '\0' && strcmp(reason, "UNKNOWN_SESSION") != 0;
    return methods[row].roles == PUBLIC || methods[row].roles == EVERY_ROLE || strcmp(reason, "BAD_SEAL") == 0;
}

int main(void)
{
    int wrong = 0, allowed = 0, refused = 0;

    start();
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct sekisho_error error;
        bool may = methods[i].roles == PUBLIC || (methods[i].roles >> session->state->role & 1) != 0;
        (methods[i].number >= REGISTER ? call_register : call)(methods[i].path, &error);
        bool role_refused = strcmp(error.reason, "ROLE_NOT_PERMITTED") == 0;
        if (role_refused == may || (may && !let_in(i, error.reason))) {
            printf("%s by %s: %s [%s]\n", methods[i].path, sekisho_role_name(session->state->role), error.message,
                   error.reason);
            wrong++;
        }
        allowed += may;
        refused += !may;
    }
    printf("allowed %d refused %d\n", allowed, refused);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return wrong > 0;
}
