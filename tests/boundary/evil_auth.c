#include "evil_auth.h"

#include "crypto/hash.h"

void evil_serve_auth(struct evil *evil, struct harness *harness)
{
    uint8_t login_private[X25519_LEN];

    evil_start(evil);
    evil_serve(evil);
    *harness = (struct harness){.pid = evil->pid, .front = evil->front, .vault = evil->auth};
    harness->front.peer = harness->vault.peer = PEER_AUTH;
    memset(login_private, EVIL_KEY_BYTE, sizeof login_private);
    assert_int_equal(x25519_public(login_private, harness->login_public), 0);
    memcpy(harness->folder, evil->folder, sizeof harness->folder);
}

struct account_call_plain evil_account_call(uint16_t operation, const char *account)
{
    struct account_call_plain plain = {.version = 1, .operation = operation};

    memcpy(plain.account, account, strlen(account));
    return plain;
}

void evil_expect_ended(struct harness *harness, const uint8_t id[SESSION_ID_LEN])
{
    struct session_ended ended;

    harness_closes(harness, id);
    harness_receive(&harness->front, FRAME_SESSION_ENDED, &ended, sizeof ended);
    assert_memory_equal(ended.session, id, SESSION_ID_LEN);
}

void evil_log_out(struct harness *harness, const uint8_t id[SESSION_ID_LEN])
{
    struct logout_request request;
    struct logout_reply answer;

    memcpy(request.session, id, SESSION_ID_LEN);
    harness_send(&harness->front, FRAME_LOGOUT, 0, &request, sizeof request);
    harness_closes(harness, id);
    harness_receive(&harness->front, FRAME_LOGOUT_REPLY, &answer, sizeof answer);
    assert_int_equal(answer.ended, 1);
}
