/* libsekisho against a server that is honest, or lies as a hostile front can (design: sealed sessions). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sekisho_rpc.h"
#include "support/fake_server.h"
#include "support/fixture.h"

static struct fake_server *fake;
static struct sekisho_client *client;
static char address[PATH_MAX], pin[SEKISHO_FINGERPRINT_LEN + 1];

static int start(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    fake = fake_start(in_folder(state, "socket"));
    fake_pin(fake, pin);
    snprintf(address, sizeof address, "unix:%.100s", in_folder(state, "socket"));
    return 0;
}

static int finish(void **state)
{
    fake_stop(fake);
    return folder_free(state);
}

static int connect_client(void **state)
{
    struct sekisho_options options = {.address = address, .pin = pin, .timeout_ms = 5000};

    (void)state;
    fake_lie(fake, LIE_NONE);
    return sekisho_connect(&options, &client, NULL) == SEKISHO_OK ? 0 : -1;
}

static int disconnect_client(void **state)
{
    (void)state;
    sekisho_disconnect(client);
    return 0;
}

static enum sekisho_status log_in(const char *with, struct sekisho_session **session, struct sekisho_error *error)
{
    static const char wiped[64];
    char password[64] = "";
    size_t length = strlen(with);

    memcpy(password, with, length);
    enum sekisho_status status = sekisho_login(client, 11, FAKE_ACCOUNT, password, length, session, error);
    assert_memory_equal(password, wiped, sizeof password); /* whatever came of it */
    return status;
}

static struct sekisho_session *log_in_well(void)
{
    struct sekisho_session *session = NULL;

    assert_int_equal(log_in(FAKE_PASSWORD, &session, NULL), SEKISHO_OK);
    return session;
}

static void test_login(void **state)
{
    struct sekisho_session_info info;
    struct sekisho_session *session = log_in_well();

    (void)state;
    sekisho_session_info(session, &info);
    assert_string_equal(info.account, FAKE_ACCOUNT);
    assert_int_equal(info.prefecture, 11);
    assert_int_equal(info.permit[SEKISHO_ENROLL], 1 << SEKISHO_REGISTER);
    assert_string_equal(info.login_key_fingerprint, pin);
    sekisho_session_free(session);
}

static void test_login_refused(void **state)
{
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    (void)state;
    assert_int_equal(log_in("Wrong-Password-1", &session, &error), SEKISHO_ERROR_REFUSED);
    assert_int_equal(error.code, 16);
    assert_string_equal(error.reason, "LOGIN_REFUSED");
    assert_string_equal(error.message_ja, "拒否");
    assert_null(session);
}

static void test_lies_at_login(void **state)
{
    static const enum lie lies[] = {LIE_WELCOME, LIE_EPHEMERAL, LIE_SESSION_NAME};
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        fake_lie(fake, lies[i]);
        assert_int_equal(log_in(FAKE_PASSWORD, &session, &error), SEKISHO_ERROR_FORGED);
        assert_null(session);
    }
    fake_lie(fake, LIE_LOGIN_KEY);
    assert_int_equal(log_in(FAKE_PASSWORD, &session, &error), SEKISHO_ERROR_KEY_CHANGED);
    assert_null(session);
}

static void test_pin_is_required(void **state)
{
    struct sekisho_options options = {.address = address};
    struct sekisho_client *other = NULL;
    struct sekisho_error error;

    (void)state;
    assert_int_equal(sekisho_connect(&options, &other, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.reason, "PIN_MISSING");
    options.pin = "abc";
    assert_int_equal(sekisho_connect(&options, &other, &error), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(error.reason, "PIN_MALFORMED");
    options.pin = NULL, options.trust_on_first_use = true;
    assert_int_equal(sekisho_connect(&options, &other, &error), SEKISHO_OK);
    sekisho_disconnect(other);
}

#define BATCH 5
static void fill(struct sekisho_item items[BATCH], char mark)
{
    memset(items, 0, BATCH * sizeof items[0]);
    for (int i = 0; i < BATCH; i++) {
        memcpy(items[i].number, "123456789018", SEKISHO_NUMBER_LEN);
        items[i].request_id[0] = (uint8_t)mark;
        items[i].reference[0] = (uint8_t)(i % 2 == 0 ? '1' : '2'); /* every other one matches */
    }
}

static void test_call(void **state)
{
    struct sekisho_session *session = log_in_well();
    struct sekisho_item items[BATCH];
    struct sekisho_result results[BATCH];
    struct sekisho_receipt receipt;
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = items, .count = BATCH};

    (void)state;
    fill(items, 'x');
    assert_int_equal(sekisho_call(session, &request, results, &receipt, NULL), SEKISHO_OK);
    assert_int_equal(results[4].outcome, SEKISHO_OUTCOME_DONE);
    assert_int_equal(results[4].reference[0], 'x');
    assert_int_equal(receipt.ledger_index, receipt.sequence);
    sekisho_session_free(session);
}

static void test_lies_at_calls(void **state)
{
    static const enum lie lies[] = {LIE_RESULT, LIE_SEQUENCE, LIE_SWAP};
    struct sekisho_session *session = log_in_well();
    struct sekisho_item items[BATCH];
    struct sekisho_result results[BATCH];
    struct sekisho_request request = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = items, .count = BATCH};

    (void)state;
    fill(items, 'x');
    assert_int_equal(sekisho_call(session, &request, results, NULL, NULL), SEKISHO_OK);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        fake_lie(fake, lies[i]);
        assert_int_equal(sekisho_call(session, &request, results, NULL, NULL), SEKISHO_ERROR_FORGED);
    }
    fake_lie(fake, LIE_NONE);
    assert_int_equal(sekisho_call(session, &request, results, NULL, NULL), SEKISHO_OK);
    sekisho_session_free(session);
}

/* A sealed call that travels in another service's message: the answer is checked as any other. */
static void test_sealed_inside_another_message(void **state)
{
    struct sekisho_session *session = log_in_well();
    struct sekisho_item items[BATCH];
    struct sekisho_result results[BATCH];
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = items, .count = BATCH};
    Sekisho__V1__EnrollRequest message = SEKISHO__V1__ENROLL_REQUEST__INIT;
    struct sekisho_sealed *sealed = NULL;
    ProtobufCMessage *answer;
    struct sekisho_error error;

    (void)state;
    fill(items, 'x');
    assert_int_equal(sekisho_seal(session, &request, &sealed, NULL), SEKISHO_OK);
    message.call = sekisho_sealed_call(sealed);
    assert_int_equal(
        sekisho_rpc(session, &sekisho__v1__number_service__descriptor, "Enroll", &message.base, &answer, NULL),
        SEKISHO_OK);
    Sekisho__V1__SealedReply *reply = ((Sekisho__V1__EnrollResponse *)answer)->reply;
    assert_int_equal(sekisho_open(session, sealed, reply, results, NULL, NULL), SEKISHO_OK);
    assert_int_equal(results[4].outcome, SEKISHO_OUTCOME_DONE);
    reply->results.data[sizeof(struct call_result_head)] ^= 1;
    assert_int_equal(sekisho_open(session, sealed, reply, results, NULL, &error), SEKISHO_ERROR_FORGED);
    sekisho_message_free(answer);
    sekisho_sealed_free(sealed);
    sekisho_sealed_free(NULL);
    sekisho_session_free(session);
}

static void run_pipeline(enum sekisho_pipeline_kind kind, bool in_order)
{
    struct sekisho_session *session = log_in_well();
    struct sekisho_pipeline *pipeline = NULL;
    struct sekisho_completion done;
    struct sekisho_item items[BATCH];
    uintptr_t submitted = 0, ended = 0;
    bool seen[101] = {false};

    assert_int_equal(sekisho_pipeline_open(session, kind, 8, &pipeline, NULL), SEKISHO_OK);
    while (ended < 100) {
        while (submitted < 100 && !sekisho_pipeline_full(pipeline)) {
            struct sekisho_request request = {
                .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = items, .count = 1 + submitted % BATCH};
            fill(items, 'p');
            submitted++;
            assert_int_equal(sekisho_pipeline_submit(pipeline, &request, (void *)submitted, NULL), SEKISHO_OK);
        }
        assert_true(sekisho_pipeline_next(pipeline, &done));
        assert_int_equal(done.status, SEKISHO_OK);
        uintptr_t tag = (uintptr_t)done.tag;
        ended++;
        assert_true(tag >= 1 && tag <= 100 && !seen[tag]);
        seen[tag] = true;
        assert_true(!in_order || tag == ended);
        assert_int_equal(done.count, 1 + (tag - 1) % BATCH);
        for (size_t i = 0; i < done.count; i++)
            assert_int_equal(done.results[i].outcome,
                             i % 2 == 0 ? SEKISHO_OUTCOME_MATCHED : SEKISHO_OUTCOME_NOT_MATCHED);
    }
    assert_false(sekisho_pipeline_next(pipeline, &done));
    sekisho_pipeline_close(pipeline);
    sekisho_session_free(session);
}

static void test_pipeline_of_calls(void **state)
{
    (void)state;
    run_pipeline(SEKISHO_PIPELINE_CALLS, false);
}

static void test_pipeline_over_a_stream(void **state)
{
    (void)state;
    run_pipeline(SEKISHO_PIPELINE_STREAM, true);
}

static void submit(struct sekisho_pipeline *pipeline, enum sekisho_status wanted)
{
    struct sekisho_item items[BATCH];
    struct sekisho_request request = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = items, .count = BATCH};

    fill(items, 's');
    assert_int_equal(sekisho_pipeline_submit(pipeline, &request, NULL, NULL), wanted);
}

/* A stream that ends before its answers, honestly or not, fails every call in flight and every later one. */
static void test_stream_that_ends(void **state)
{
    struct sekisho_session *session = log_in_well();
    struct sekisho_pipeline *pipeline = NULL;
    struct sekisho_completion done;

    (void)state;
    fake_lie(fake, LIE_END_STREAM);
    assert_int_equal(sekisho_pipeline_open(session, SEKISHO_PIPELINE_STREAM, 4, &pipeline, NULL), SEKISHO_OK);
    submit(pipeline, SEKISHO_OK);
    submit(pipeline, SEKISHO_OK);
    assert_true(sekisho_pipeline_next(pipeline, &done));
    assert_int_equal(done.status, SEKISHO_ERROR_FORGED);
    assert_true(sekisho_pipeline_next(pipeline, &done));
    assert_int_equal(done.status, SEKISHO_ERROR_FORGED);
    assert_false(sekisho_pipeline_next(pipeline, &done));
    sekisho_pipeline_close(pipeline);

    fake_lie(fake, LIE_BUSY_ONCE);
    assert_int_equal(sekisho_pipeline_open(session, SEKISHO_PIPELINE_STREAM, 4, &pipeline, NULL), SEKISHO_OK);
    submit(pipeline, SEKISHO_OK);
    assert_true(sekisho_pipeline_next(pipeline, &done));
    assert_int_equal(done.status, SEKISHO_ERROR_REFUSED);
    assert_string_equal(done.error.reason, "BUSY");
    assert_int_equal(done.error.retry_ms, 10);
    submit(pipeline, SEKISHO_ERROR_REFUSED);
    sekisho_pipeline_close(pipeline);
    sekisho_session_free(session);
}

/* Closed with calls in flight: nothing hangs, nothing leaks (ASan). */
static void test_close_in_flight(void **state)
{
    static const enum sekisho_pipeline_kind kinds[] = {SEKISHO_PIPELINE_CALLS, SEKISHO_PIPELINE_STREAM};
    struct sekisho_session *session = log_in_well();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sekisho_pipeline *pipeline = NULL;
        assert_int_equal(sekisho_pipeline_open(session, kinds[i], 4, &pipeline, NULL), SEKISHO_OK);
        submit(pipeline, SEKISHO_OK);
        submit(pipeline, SEKISHO_OK);
        sekisho_pipeline_close(pipeline);
    }
    sekisho_session_free(session);
}

static void test_saved_and_logged_out(void **state)
{
    struct sekisho_session *session = log_in_well(), *again = NULL;
    struct sekisho_item items[BATCH];
    struct sekisho_result results[BATCH];
    struct sekisho_receipt first, second;
    struct sekisho_request request = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = items, .count = BATCH};
    const char *path = in_folder(state, "session");

    fill(items, 'x');
    assert_int_equal(sekisho_session_save(session, path, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_call(session, &request, results, &first, NULL), SEKISHO_OK);
    sekisho_session_free(session);
    assert_int_equal(sekisho_session_load(client, path, &again, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_call(again, &request, results, &second, NULL), SEKISHO_OK);
    assert_true(second.sequence > first.sequence);
    assert_int_equal(sekisho_logout(again, NULL), SEKISHO_OK);
    assert_int_equal(access(path, F_OK), -1);
    sekisho_session_free(again);
}

/* A citizen's blob opens with the vault's key, for this prefecture, application and portal only. */
static void test_citizen_seal(void **state)
{
    uint8_t key[SEKISHO_KEY_LEN], blob[SEKISHO_BLOB_LEN], nonce[SEKISHO_NONCE_LEN] = {9},
                                                          other[SEKISHO_NONCE_LEN] = {8};
    char number[SEKISHO_NUMBER_LEN];
    struct sekisho_error error;

    (void)state;
    assert_int_equal(sekisho_citizen_key(client, 11, key, NULL), SEKISHO_OK);
    assert_int_equal(sekisho_citizen_seal(key, 11, nonce, "portal", "123456789018", blob, NULL), SEKISHO_OK);
    assert_int_equal(fake_open_citizen(fake, 11, nonce, "portal", blob, number), 0);
    assert_memory_equal(number, "123456789018", sizeof number);
    assert_int_equal(fake_open_citizen(fake, 12, nonce, "portal", blob, number), -1);
    assert_int_equal(fake_open_citizen(fake, 11, other, "portal", blob, number), -1);
    assert_int_equal(fake_open_citizen(fake, 11, nonce, "another", blob, number), -1);
    assert_int_equal(sekisho_citizen_seal(key, 48, nonce, "portal", "123456789018", blob, &error),
                     SEKISHO_ERROR_ARGUMENT);
    assert_int_equal(sekisho_citizen_seal(key, 11, nonce, "Portal!", "123456789018", blob, &error),
                     SEKISHO_ERROR_ARGUMENT);
}

int main(void)
{
#define TALK(name) cmocka_unit_test_setup_teardown(name, connect_client, disconnect_client)
    const struct CMUnitTest tests[] = {
        TALK(test_login),
        TALK(test_login_refused),
        TALK(test_lies_at_login),
        TALK(test_pin_is_required),
        TALK(test_call),
        TALK(test_lies_at_calls),
        TALK(test_sealed_inside_another_message),
        TALK(test_pipeline_of_calls),
        TALK(test_pipeline_over_a_stream),
        TALK(test_stream_that_ends),
        TALK(test_close_in_flight),
        TALK(test_saved_and_logged_out),
        TALK(test_citizen_seal),
    };

    return cmocka_run_group_tests_name("talk", tests, start, finish);
}
