/* Sessions and account calls as a client makes them. */
#include <string.h>

#include "crypto/aead.h"
#include "harness.h"

static void open_welcome(const struct login_reply *reply, struct client_session *session)
{
    static const uint8_t nonce[AEAD_NONCE_LEN];
    struct welcome_plain welcome;
    struct aead *aead = aead_new(session->keys.welcome);

    assert_int_equal(aead_open(aead, nonce, session->keys.salt, sizeof session->keys.salt, reply->welcome,
                               sizeof reply->welcome, &welcome),
                     0);
    aead_free(aead);
    session->flags = welcome.flags;
}

void client_session_open(struct harness *harness, const char *account, const char *password,
                         struct client_session *session)
{
    struct session_open open;
    struct login_reply reply;
    struct client client;

    *session = (struct client_session){0};
    client_init(&client, harness, account, password);
    client_seal(&client, harness);
    client_logs_in(&client, harness, &open, &reply);
    client_derive(&client, &reply, &session->keys);
    memcpy(session->id, reply.session, SESSION_ID_LEN);
    open_welcome(&reply, session);
}

void client_seal_call(const struct client_session *session, const uint8_t key[SESSION_KEY_LEN], uint64_t call_seq,
                      const struct account_call_plain *plain, struct account_call *call)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_AAD_LEN];
    struct aead *aead = aead_new(key);

    *call = (struct account_call){.call_seq = call_seq, .operation = plain->operation};
    memcpy(call->session, session->id, SESSION_ID_LEN);
    sealed_nonce(call_seq, nonce);
    account_call_aad(session->id, call_seq, aad);
    assert_int_equal(aead_seal(aead, nonce, aad, sizeof aad, plain, sizeof *plain, call->sealed), 0);
    aead_free(aead);
}

enum account_call_status client_send_call(struct harness *harness, const struct client_session *session,
                                          const struct account_call *call, struct account_reply_plain *plain)
{
    static struct account_call_reply reply;
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_REPLY_AAD_LEN];

    uint64_t seq = harness_send(&harness->front, FRAME_ACCOUNT_CALL, 0, call, sizeof *call);
    struct frame_header header = harness_receive(&harness->front, FRAME_ACCOUNT_CALL_REPLY, &reply, sizeof reply);
    assert_int_equal(header.reply_to, seq);
    if (reply.status != ACCOUNT_CALL_OK) {
        assert_true(crypto_all_zero(reply.sealed, sizeof reply.sealed));
        return (enum account_call_status)reply.status;
    }
    sealed_nonce(call->call_seq, nonce);
    account_reply_aad(session->id, call->call_seq, aad);
    struct aead *aead = aead_new(session->keys.account_reply);
    assert_int_equal(aead_open(aead, nonce, aad, sizeof aad, reply.sealed, sizeof reply.sealed, plain), 0);
    aead_free(aead);
    assert_int_equal(plain->version, 1);
    assert_int_equal(plain->operation, call->operation);
    return ACCOUNT_CALL_OK;
}

enum account_result client_call(struct harness *harness, struct client_session *session,
                                const struct account_call_plain *plain, struct account_reply_plain *reply)
{
    struct account_call call;

    client_seal_call(session, session->keys.account, ++session->call_seq, plain, &call);
    assert_int_equal(client_send_call(harness, session, &call, reply), ACCOUNT_CALL_OK);
    return (enum account_result)reply->result;
}
