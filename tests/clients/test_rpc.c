/* sekisho_rpc.h: every kind of call, the session in its metadata, and servers that refuse, end early or stay silent. */
#include <grpc/status.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "interop/v1/interop.pb-c.h"
#include "interop_descriptor_set.h"
#include "sekisho_rpc.h"
#include "service.h"
#include "support/fixture.h"

#define SERVICE (&interop__v1__interop_service__descriptor)

static struct rpc_server *server;
static pthread_t server_thread;
static struct sekisho_client *client;
static struct sekisho_session *session;

typedef Interop__V1__EchoRequest echo_request;
typedef Interop__V1__EchoResponse echo_response;

static void *run(void *argument)
{
    rpc_server_run(argument);
    return NULL;
}

static int start(void **state)
{
    static char address[512];
    char error[256] = "";

    if (folder_make(state) != 0)
        return -1;
    struct rpc_listen listen = {.unix_path = in_folder(state, "socket")};
    struct rpc_service services[] = {interop_service()};
    struct rpc_config config = {.listen = &listen,
                                .listen_count = 1,
                                .services = services,
                                .service_count = 1,
                                .descriptor_set = interop_descriptor_set,
                                .descriptor_set_length = interop_descriptor_set_length,
                                .limits = rpc_default_limits};
    struct session_state made = {.tenant = 11, .session = {0xab}};
    snprintf(address, sizeof address, "unix:%.400s", listen.unix_path);
    struct sekisho_options options = {.address = address, .trust_on_first_use = true, .timeout_ms = 2000};
    return (server = rpc_server_start(&config, error)) && pthread_create(&server_thread, NULL, run, server) == 0 &&
                   sekisho_connect(&options, &client, NULL) == SEKISHO_OK &&
                   session_new(client, &made, &session, NULL) == SEKISHO_OK
               ? 0
               : -1;
}

static int finish(void **state)
{
    sekisho_session_free(session);
    sekisho_disconnect(client);
    rpc_server_drain(server, 1000);
    pthread_join(server_thread, NULL);
    rpc_server_free(server);
    return folder_free(state);
}

static enum sekisho_status call(const char *method, const ProtobufCMessage *request, ProtobufCMessage **answer,
                                struct sekisho_error *error)
{
    return sekisho_rpc(session, SERVICE, method, request, answer, error);
}

static void test_answer(void **state)
{
    echo_request request = INTEROP__V1__ECHO_REQUEST__INIT;
    ProtobufCMessage *answer;

    (void)state;
    request.text = (char *)"埼玉県";
    assert_int_equal(call("Echo", &request.base, &answer, NULL), SEKISHO_OK);
    assert_string_equal(((echo_response *)answer)->text, "埼玉県");
    sekisho_message_free(answer);
    sekisho_message_free(NULL);
}

static void test_session_travels(void **state)
{
    Interop__V1__InspectRequest request = INTEROP__V1__INSPECT_REQUEST__INIT;
    ProtobufCMessage *answer;

    (void)state;
    assert_int_equal(call("Inspect", &request.base, &answer, NULL), SEKISHO_OK);
    assert_string_equal(((Interop__V1__InspectResponse *)answer)->session,
                        "prefectures/11/sessions/ab000000000000000000000000000000");
    sekisho_message_free(answer);
}

/* Nothing is sent for a method that is not there, or with a request of another type. */
static void test_wrong_method_or_message(void **state)
{
    echo_request request = INTEROP__V1__ECHO_REQUEST__INIT;
    struct sekisho_stream *stream = NULL;
    struct sekisho_error error;
    ProtobufCMessage *answer;

    (void)state;
    assert_int_equal(call("Shout", &request.base, &answer, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.reason, "NO_SUCH_METHOD");
    assert_int_equal(call("Ping", &request.base, &answer, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.reason, "WRONG_MESSAGE");
    assert_int_equal(sekisho_stream_open(session, SERVICE, "Shout", &stream, &error), SEKISHO_ERROR_ARGUMENT);
    assert_null(stream);
}

static void test_refusal_names_the_field(void **state)
{
    Interop__V1__FailRequest request = INTEROP__V1__FAIL_REQUEST__INIT;
    struct sekisho_error error;
    ProtobufCMessage *answer;

    (void)state;
    request.code = GRPC_STATUS_INVALID_ARGUMENT;
    request.reason = (char *)"BAD_FIELD";
    request.message = (char *)"a field is not valid";
    request.message_ja = (char *)"入力項目に誤りがあります。";
    request.field = (char *)"registration.person.kana";
    request.field_description = (char *)"not full-width katakana";
    assert_int_equal(call("Fail", &request.base, &answer, &error), SEKISHO_ERROR_REFUSED);
    assert_int_equal(error.code, GRPC_STATUS_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "BAD_FIELD");
    assert_string_equal(error.message_ja, "入力項目に誤りがあります。");
    assert_string_equal(error.field, "registration.person.kana");
    assert_string_equal(error.field_description, "not full-width katakana");
}

static void test_deadline(void **state)
{
    Interop__V1__SlowRequest request = INTEROP__V1__SLOW_REQUEST__INIT;
    struct sekisho_error error;
    ProtobufCMessage *answer;

    (void)state;
    request.delay_ms = 4000;
    assert_int_equal(call("Slow", &request.base, &answer, &error), SEKISHO_ERROR_UNREACHABLE);
    assert_int_equal(error.code, GRPC_STATUS_DEADLINE_EXCEEDED);
}

static struct sekisho_stream *open_stream(const char *method)
{
    struct sekisho_stream *stream = NULL;

    assert_int_equal(sekisho_stream_open(session, SERVICE, method, &stream, NULL), SEKISHO_OK);
    return stream;
}

static enum sekisho_status send_text(struct sekisho_stream *stream, const char *text, uint32_t count,
                                     struct sekisho_error *error)
{
    echo_request request = INTEROP__V1__ECHO_REQUEST__INIT;

    request.text = (char *)text;
    request.count = count;
    return sekisho_stream_send(stream, &request.base, error);
}

/* The next answer must be this text, or the end (NULL). */
static void expect(struct sekisho_stream *stream, const char *text)
{
    ProtobufCMessage *answer;

    assert_int_equal(sekisho_stream_receive(stream, &answer, NULL), SEKISHO_OK);
    if (text)
        assert_string_equal(((echo_response *)answer)->text, text);
    else
        assert_null(answer);
    sekisho_message_free(answer);
}

static void test_client_stream(void **state)
{
    struct sekisho_stream *stream = open_stream("Join");

    (void)state;
    assert_int_equal(send_text(stream, "関", 0, NULL), SEKISHO_OK);
    assert_int_equal(send_text(stream, "所", 0, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_stream_finish(stream, NULL), SEKISHO_OK);
    expect(stream, "関所");
    expect(stream, NULL);
    sekisho_stream_close(stream);
}

static void test_server_stream(void **state)
{
    struct sekisho_stream *stream = open_stream("Repeat");

    (void)state;
    assert_int_equal(send_text(stream, "頁", 300, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_stream_finish(stream, NULL), SEKISHO_OK);
    for (int i = 0; i < 300; i++)
        expect(stream, "頁");
    expect(stream, NULL);
    expect(stream, NULL);
    sekisho_stream_close(stream);
}

/* Fifty requests before the first answer is asked for: the server answers each before it reads the next. */
static void test_bidirectional_stream(void **state)
{
    struct sekisho_stream *stream = open_stream("Chat");
    char text[16];

    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(send_text(stream, text, 0, NULL), SEKISHO_OK);
    }
    assert_int_equal(sekisho_stream_finish(stream, NULL), SEKISHO_OK);
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "%d", i);
        expect(stream, text);
    }
    expect(stream, NULL);
    sekisho_stream_close(stream);
}

static void test_silent_server(void **state)
{
    struct sekisho_stream *stream = open_stream("Chat");
    struct sekisho_error error;
    ProtobufCMessage *answer;

    (void)state;
    assert_int_equal(sekisho_stream_receive(stream, &answer, &error), SEKISHO_ERROR_UNREACHABLE);
    assert_int_equal(error.code, GRPC_STATUS_DEADLINE_EXCEEDED);
    assert_null(answer);
    sekisho_stream_close(stream);
}

/* The server ends a call that a client goes on sending in. */
static void test_stream_that_ends_early(void **state)
{
    struct sekisho_stream *stream = open_stream("Fail");
    Interop__V1__FailRequest request = INTEROP__V1__FAIL_REQUEST__INIT;
    struct sekisho_error error;
    ProtobufCMessage *answer;

    (void)state;
    request.code = GRPC_STATUS_FAILED_PRECONDITION;
    request.reason = (char *)"WRONG_STATE";
    assert_int_equal(sekisho_stream_send(stream, &request.base, &error), SEKISHO_OK);
    assert_int_equal(sekisho_stream_receive(stream, &answer, &error), SEKISHO_ERROR_REFUSED);
    assert_string_equal(error.reason, "WRONG_STATE");
    assert_int_equal(sekisho_stream_send(stream, &request.base, &error), SEKISHO_ERROR_REFUSED);
    assert_string_equal(error.reason, "WRONG_STATE");
    sekisho_stream_close(stream);
}

/* Closed with requests and answers on the way: nothing hangs, nothing leaks (ASan). */
static void test_close_in_flight(void **state)
{
    struct sekisho_stream *stream = open_stream("Repeat");

    (void)state;
    assert_int_equal(send_text(stream, "頁", 100000, NULL), SEKISHO_OK);
    expect(stream, "頁");
    sekisho_stream_close(stream);
    sekisho_stream_close(open_stream("Chat"));
    sekisho_stream_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_session_travels),
        cmocka_unit_test(test_wrong_method_or_message),
        cmocka_unit_test(test_refusal_names_the_field),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_client_stream),
        cmocka_unit_test(test_server_stream),
        cmocka_unit_test(test_bidirectional_stream),
        cmocka_unit_test(test_silent_server),
        cmocka_unit_test(test_stream_that_ends_early),
        cmocka_unit_test(test_close_in_flight),
    };

    return cmocka_run_group_tests_name("rpc", tests, start, finish);
}
