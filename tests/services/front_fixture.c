#include "front_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/sealed.h"
#include "server/channel/auth_client.h"
#include "server/channel/vault_client.h"
#include "server/services/methods.h"
#include "wire/account_messages.h"

static const uint8_t session_id[SESSION_ID_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

void fixture_role(struct fixture *fixture, uint16_t role)
{
    struct session_row row;

    if (session_table_find(fixture->front.sessions, session_id, link_now_ms(), &row) == SESSION_UNKNOWN)
        return;
    row.role = role;
    session_table_remove(fixture->front.sessions, session_id);
    assert_true(session_table_add(fixture->front.sessions, &row, link_now_ms()));
}

int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct session_row row = {.tenant = 11, .role = 1, .expires_ms = link_now_ms() + 3600000};

    memcpy(row.id, session_id, sizeof row.id);
    memset(row.certificate, 0xc0, sizeof row.certificate);
    memset(row.person, 0x9e, sizeof row.person);
    memcpy(row.account, "tanaka", 6);
    fixture->vault = fake_peer_new(PEER_VAULT, &vault_link_options);
    fixture->auth = fake_peer_new(PEER_AUTH, &auth_link_options);
    fixture->front.vault = fixture->vault->link;
    fixture->front.auth = fixture->auth->link;
    assert_true(bulk_init(&fixture->front.bulk, fixture->front.vault));
    fixture->front.sessions = session_table_new(4);
    pthread_mutex_init(&fixture->front.citizen_lock, NULL);
    assert_true(session_table_add(fixture->front.sessions, &row, link_now_ms()));
    *state = fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;

    fake_peer_free(fixture->vault);
    fake_peer_free(fixture->auth);
    bulk_destroy(&fixture->front.bulk);
    session_table_free(fixture->front.sessions);
    pthread_mutex_destroy(&fixture->front.citizen_lock);
    free(fixture);
    return 0;
}

void fixture_call(struct fixture *fixture, const struct rpc_method *methods, size_t count, const char *name)
{
    fixture->call = (struct rpc_call){.context = &fixture->front, .time_left_ms = INT64_MAX};
    memset(fixture->call.certificate, 0xc0, sizeof fixture->call.certificate);
    for (size_t i = 0; i < count; i++)
        if (strcmp(methods[i].name, name) == 0)
            fixture->call.method = &methods[i];
    assert_non_null(fixture->call.method);
    uint16_t role = 1;
    while (!method_permitted(fixture->call.method->number, role))
        assert_true(role++ < 32);
    fixture_role(fixture, role);
}

void expect_recorded(struct fixture *fixture, uint16_t reason)
{
    struct access_refused refused;

    memcpy(&refused, fake_peer_request(fixture->auth, FRAME_ACCESS_REFUSED).body, sizeof refused);
    assert_int_equal(refused.reason, reason);
    assert_int_equal(refused.method, fixture->call.method->number);
    assert_int_equal(refused.zero, 0);
    assert_memory_equal(refused.session, session_id, sizeof session_id);
    assert_memory_equal(refused.certificate, fixture->call.certificate, CERT_HASH_LEN);
    fake_peer_expect_none(fixture->auth);
}

void expect_error(const struct rpc_call *call, int code, const char *reason)
{
    assert_int_equal(call->finished, 1);
    assert_true(call->failed);
    assert_string_equal(call->error.reason, reason);
    assert_int_equal(call->error.code, code);
}

void vault_answers(struct fixture *fixture, uint64_t seq, enum call_status status, uint32_t count)
{
    static struct {
        struct session_call_reply head;
        uint8_t rest[2048];
    } body;
    size_t clear = count ? sizeof(struct call_result_head) + count * sizeof(struct call_result_item) : 0;
    size_t sealed = count ? count * sizeof(struct call_detail_item) + SEAL_TAG_LEN : 0;

    assert_true(clear + sealed <= sizeof body.rest);
    body.head = (struct session_call_reply){
        .status = (uint16_t)status, .clear_length = (uint32_t)clear, .sealed_length = (uint32_t)sealed};
    memset(body.rest, 0xa1, clear);
    memset(body.rest + clear, 0xb2, sealed);
    fake_peer_answer(fixture->vault, FRAME_SESSION_CALL_REPLY, seq, &body, sizeof body.head + clear + sealed);
}
