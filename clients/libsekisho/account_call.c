/* Account calls: sealed for auth, one after the other, for auth takes sequence numbers in ascending order only. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "sekisho/v1/account_service.pb-c.h"

struct sealed_account_call {
    uint64_t sequence;
    uint8_t bytes[ACCOUNT_CALL_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN];
};

static enum sekisho_status seal(struct sekisho_session *session, const struct account_call_plain *plain,
                                struct sealed_account_call *sealed, struct sekisho_error *error)
{
    struct account_call_plain versioned = *plain;
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_AAD_LEN];

    pthread_mutex_lock(&session->lock);
    enum sekisho_status status = session_take_sequence(session, &sealed->sequence, error);
    pthread_mutex_unlock(&session->lock);
    if (status == SEKISHO_OK) {
        versioned.version = 1;
        sealed_nonce(sealed->sequence, nonce);
        account_call_aad(session->state->session, sealed->sequence, aad);
        if (aead_seal(session->account_call, nonce, aad, sizeof aad, &versioned, sizeof versioned, sealed->bytes) < 0)
            status = error_crypto(error);
    }
    crypto_wipe(&versioned, sizeof versioned);
    return status;
}

static bool open_reply(struct sekisho_session *session, const struct account_call_plain *plain, uint64_t sequence,
                       const Sekisho__V1__SealedAccountReply *sealed, struct account_reply_plain *reply)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[ACCOUNT_REPLY_AAD_LEN];

    if (!sealed || sealed->sequence != sequence || sealed->sealed.len != sizeof *reply + ACCOUNT_SEAL_TAG_LEN)
        return false;
    sealed_nonce(sequence, nonce);
    account_reply_aad(session->state->session, sequence, aad);
    return aead_open(session->account_reply, nonce, aad, sizeof aad, sealed->sealed.data, sealed->sealed.len, reply) ==
               0 &&
           reply->version == 1 && reply->operation == plain->operation &&
           (uint64_t)reply->count * reply->row_length <= sizeof reply->rows;
}

static enum sekisho_status exchange(struct sekisho_session *session, const char *method,
                                    const struct account_call_plain *plain, struct account_reply_plain *reply,
                                    struct sekisho_error *error)
{
    char name[SESSION_NAME_LEN];
    struct sealed_account_call sealed;
    Sekisho__V1__SealedAccountCall message = SEKISHO__V1__SEALED_ACCOUNT_CALL__INIT;
    /* One request and one answer for all methods, as in call.c. */
    Sekisho__V1__GetOwnAccountRequest request = SEKISHO__V1__GET_OWN_ACCOUNT_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = seal(session, plain, &sealed, error);

    if (status != SEKISHO_OK)
        return status;
    session_name(session->state, name);
    message.session = name;
    message.sequence = sealed.sequence;
    message.ciphertext = (ProtobufCBinaryData){.data = sealed.bytes, .len = sizeof sealed.bytes};
    request.call = &message;
    status = unary_call(session->client, method, &request.base, &sekisho__v1__get_own_account_response__descriptor,
                        &answer, error);
    if (status != SEKISHO_OK)
        return status;
    if (!open_reply(session, plain, sealed.sequence, ((const Sekisho__V1__GetOwnAccountResponse *)answer)->reply,
                    reply))
        status = error_forged(error, "the answer was not made by auth for this call",
                              "応答が、この呼び出しに対して認証プロセス(auth)が作成したものではありません");
    protobuf_c_message_free_unpacked(answer, NULL);
    return status;
}

enum sekisho_status account_exchange(struct sekisho_session *session, const char *method,
                                     const struct account_call_plain *plain, struct account_reply_plain *reply,
                                     struct sekisho_error *error)
{
    pthread_mutex_lock(&session->account_lock);
    enum sekisho_status status = exchange(session, method, plain, reply, error);
    pthread_mutex_unlock(&session->account_lock);
    if (status == SEKISHO_OK && reply->result != ACCOUNT_DONE)
        status = account_error(reply, error);
    if (status != SEKISHO_OK)
        crypto_wipe(reply, sizeof *reply);
    return status;
}
