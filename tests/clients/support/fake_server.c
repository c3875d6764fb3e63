#include "support/fake_server.h"

#include <grpc/status.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/session_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "sekisho/v1/terminal_service.pb-c.h"
#include "sekisho_descriptor_set.h"
#include "server/rpc/rpc.h"
#include "support/fake_accounts.h"

#define SESSION_NAME "prefectures/11/sessions/00112233445566778899aabbccddeeff"

struct fake_server {
    struct rpc_server *rpc;
    pthread_t thread;
    atomic_int lie;
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], challenge[CHALLENGE_LEN];
    struct session_keys keys;
    struct fake_accounts accounts;
    atomic_int must;
    char otp[8]; /* of the last login */
    /* The last answer, for LIE_SWAP. */
    uint8_t last_results[65536], last_sealed[65536];
    size_t last_results_length, last_sealed_length;
};

static const uint8_t session_id[SESSION_ID_LEN] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                                   0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

static void refuse(struct rpc_call *call, int code, const char *reason)
{
    rpc_call_finish(call, &(struct rpc_error){.code = code,
                                              .reason = reason,
                                              .message = "refused",
                                              .message_ja = "拒否",
                                              .retry_ms = strcmp(reason, "BUSY") == 0 ? 10 : -1});
}

static void on_sealing_key(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct fake_server *fake = rpc_call_context(call);
    uint8_t private_key[HPKE_KEY_LEN], other[HPKE_KEY_LEN];
    Sekisho__V1__GetSealingKeyResponse response = SEKISHO__V1__GET_SEALING_KEY_RESPONSE__INIT;

    (void)message;
    x25519_key_pair(private_key, other);
    crypto_random(fake->challenge, sizeof fake->challenge);
    response.login_key.data = fake->lie == LIE_LOGIN_KEY ? other : fake->public_key;
    response.citizen_key.data = fake->public_key;
    response.challenge.data = fake->challenge;
    response.login_key.len = response.citizen_key.len = response.challenge.len = 32;
    rpc_call_reply(call, &response.base);
}

/* auth's side of sealed.h. */
static bool open_login(struct fake_server *fake, const Sekisho__V1__LoginRequest *request, struct login_plain *plain,
                       uint8_t exported[32])
{
    uint8_t info[LOGIN_INFO_LEN];
    struct hpke_context context;

    sealed_login_info(11, fake->challenge, info);
    return request->encapsulated_key.len == HPKE_KEY_LEN && request->ciphertext.len == LOGIN_SEALED_LEN &&
           memcmp(request->challenge.data, fake->challenge, CHALLENGE_LEN) == 0 &&
           hpke_setup_recipient(fake->private_key, request->encapsulated_key.data, info, sizeof info, &context) == 0 &&
           hpke_open(&context, NULL, 0, request->ciphertext.data, request->ciphertext.len, plain) == 0 &&
           hpke_export(&context, SESSION_EXPORT_CONTEXT, strlen(SESSION_EXPORT_CONTEXT), exported, 32) == 0;
}

static void seal_welcome(const struct fake_server *fake, uint8_t sealed[WELCOME_SEALED_LEN])
{
    static const uint8_t nonce[AEAD_NONCE_LEN];
    struct welcome_plain plain = {
        .version = 1, .tenant = 11, .role = 3, .flags = (uint16_t)fake->must, .ttl_ms = 60000};
    struct aead *aead = aead_new(fake->keys.welcome);

    memcpy(plain.account, FAKE_ACCOUNT, strlen(FAKE_ACCOUNT));
    plain.permit[OPERATION_ENROLL] = PURPOSE_BIT(PURPOSE_REGISTER);
    aead_seal(aead, nonce, fake->keys.salt, sizeof fake->keys.salt, &plain, sizeof plain, sealed);
    aead_free(aead);
}

static void on_login(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct fake_server *fake = rpc_call_context(call);
    const Sekisho__V1__LoginRequest *request = (const Sekisho__V1__LoginRequest *)message;
    struct login_plain plain;
    uint8_t exported[32], private_key[X25519_LEN], ephemeral[X25519_LEN], dh[32], welcome[WELCOME_SEALED_LEN];
    Sekisho__V1__LoginResponse response = SEKISHO__V1__LOGIN_RESPONSE__INIT;

    if (!open_login(fake, request, &plain, exported)) {
        refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL");
        return;
    }
    if (plain.password_length != strlen(FAKE_PASSWORD) ||
        memcmp(plain.password, FAKE_PASSWORD, plain.password_length) != 0) {
        refuse(call, GRPC_STATUS_UNAUTHENTICATED, "LOGIN_REFUSED");
        return;
    }
    memcpy(fake->otp, plain.otp, sizeof fake->otp);
    fake->accounts.last_sequence = 0;
    x25519_key_pair(private_key, ephemeral);
    x25519(private_key, plain.client_ephemeral, dh);
    struct session_transcript transcript = {
        11,         fake->challenge,  request->encapsulated_key.data, plain.client_ephemeral, ephemeral,
        session_id, plain.certificate};
    sealed_derive(&transcript, exported, dh, &fake->keys);
    seal_welcome(fake, welcome);
    welcome[7] ^= fake->lie == LIE_WELCOME;
    ephemeral[7] ^= fake->lie == LIE_EPHEMERAL;
    response.session =
        (char *)(fake->lie == LIE_SESSION_NAME ? "prefectures/12/sessions/00112233445566778899aabbccddeeff"
                                               : SESSION_NAME);
    response.server_ephemeral_key = (ProtobufCBinaryData){.data = ephemeral, .len = sizeof ephemeral};
    response.welcome = (ProtobufCBinaryData){.data = welcome, .len = sizeof welcome};
    rpc_call_reply(call, &response.base);
}

static void on_logout(struct rpc_call *call, const ProtobufCMessage *message)
{
    Sekisho__V1__LogoutResponse response = SEKISHO__V1__LOGOUT_RESPONSE__INIT;

    (void)message;
    rpc_call_reply(call, &response.base);
}

/* vault's side: opens a call into `plain`. */
static bool open_call(const struct fake_server *fake, const Sekisho__V1__SealedCall *call, uint8_t *plain)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[CALL_AAD_LEN];
    struct aead *aead = aead_new(fake->keys.call);

    sealed_nonce(call->sequence, nonce);
    sealed_call_aad(session_id, call->sequence, aad);
    int opened = strcmp(call->session, SESSION_NAME) == 0
                     ? aead_open(aead, nonce, aad, sizeof aad, call->ciphertext.data, call->ciphertext.len, plain)
                     : -1;
    aead_free(aead);
    return opened == 0;
}

static void answer_item(uint16_t operation, const struct call_item *item, struct call_result_item *result,
                        struct call_detail_item *detail)
{
    if (operation == OPERATION_ENROLL) {
        memcpy(result->reference, item->request_id, sizeof result->reference);
        result->outcome = OUTCOME_DONE, detail->detail = DETAIL_DONE;
    } else if (fake_matches(item->reference, item->number[0])) {
        result->outcome = OUTCOME_MATCHED, detail->detail = DETAIL_MATCHED;
    } else {
        result->outcome = OUTCOME_NOT_MATCHED, detail->detail = DETAIL_NOT_MATCHED;
    }
}

static void seal_reply(struct fake_server *fake, uint64_t sequence, const uint8_t *plain, uint8_t *results,
                       size_t *results_length, uint8_t *sealed, size_t *sealed_length)
{
    struct call_head head;
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    static struct call_detail_item details[CALL_ITEMS_MAX];

    memcpy(&head, plain, sizeof head);
    struct call_result_head result_head = {.version = 1,
                                           .operation = head.operation,
                                           .purpose = head.purpose,
                                           .count = head.count,
                                           .ledger_index = sequence};
    memcpy(results, &result_head, sizeof result_head);
    memset(details, 0, sizeof details);
    for (uint32_t i = 0; i < head.count; i++) {
        struct call_item item;
        struct call_result_item result = {0};
        memcpy(&item, plain + sizeof head + i * sizeof item, sizeof item);
        answer_item(head.operation, &item, &result, &details[i]);
        memcpy(results + sizeof result_head + i * sizeof result, &result, sizeof result);
    }
    *results_length = sizeof result_head + head.count * sizeof(struct call_result_item);
    *sealed_length = head.count * sizeof details[0] + SEAL_TAG_LEN;
    sealed_nonce(sequence, nonce);
    sealed_reply_aad(session_id, sequence, aad);
    struct aead *aead = aead_new(fake->keys.reply);
    aead_seal2(aead, nonce, aad, sizeof aad, results, *results_length, details, head.count * sizeof details[0], sealed);
    aead_free(aead);
}

/* False after a refusal. The reply's bytes are valid until the next call. */
static bool make_reply(struct rpc_call *call, const Sekisho__V1__SealedCall *sealed_call,
                       Sekisho__V1__SealedReply *reply)
{
    static uint8_t plain[131072], results[65536], sealed[65536];
    size_t results_length, sealed_length;
    struct fake_server *fake = rpc_call_context(call);
    int busy = LIE_BUSY_ONCE;

    if (atomic_compare_exchange_strong(&fake->lie, &busy, LIE_NONE)) {
        refuse(call, GRPC_STATUS_RESOURCE_EXHAUSTED, "BUSY");
        return false;
    }
    if (!open_call(fake, sealed_call, plain)) {
        refuse(call, GRPC_STATUS_INVALID_ARGUMENT, "BAD_SEAL");
        return false;
    }
    seal_reply(fake, sealed_call->sequence, plain, results, &results_length, sealed, &sealed_length);
    bool swap = fake->lie == LIE_SWAP && fake->last_results_length == results_length;
    if (swap) {
        memcpy(results, fake->last_results, results_length);
        memcpy(sealed, fake->last_sealed, sealed_length);
    } else {
        memcpy(fake->last_results, results, fake->last_results_length = results_length);
        memcpy(fake->last_sealed, sealed, fake->last_sealed_length = sealed_length);
    }
    if (fake->lie == LIE_RESULT)
        results[sizeof(struct call_result_head) + REFERENCE_LEN] ^= 1;
    sekisho__v1__sealed_reply__init(reply);
    reply->sequence = sealed_call->sequence + (fake->lie == LIE_SEQUENCE);
    reply->results = (ProtobufCBinaryData){.data = results, .len = results_length};
    reply->sealed = (ProtobufCBinaryData){.data = sealed, .len = sealed_length};
    return true;
}

/* All number requests have `call` as field 1, all answers `reply`. */
static void on_number(struct rpc_call *call, const ProtobufCMessage *message)
{
    Sekisho__V1__SealedReply reply;
    Sekisho__V1__MatchResponse response = SEKISHO__V1__MATCH_RESPONSE__INIT;

    response.reply = &reply;
    if (make_reply(call, ((const Sekisho__V1__MatchRequest *)message)->call, &reply))
        rpc_call_reply(call, &response.base);
}

static void on_stream(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct fake_server *fake = rpc_call_context(call);
    Sekisho__V1__SealedReply reply;
    Sekisho__V1__MatchStreamResponse response = SEKISHO__V1__MATCH_STREAM_RESPONSE__INIT;

    if (fake->lie == LIE_END_STREAM) {
        rpc_call_finish(call, NULL);
        return;
    }
    response.reply = &reply;
    if (!make_reply(call, ((const Sekisho__V1__MatchStreamRequest *)message)->call, &reply))
        return;
    rpc_call_send(call, &response.base);
    rpc_call_next(call);
}

static void on_stream_end(struct rpc_call *call)
{
    rpc_call_finish(call, NULL);
}

static const struct rpc_method session_methods[] = {
    {.name = "GetSealingKey", .kind = RPC_UNARY, .on_message = on_sealing_key},
    {.name = "Login", .kind = RPC_UNARY, .on_message = on_login},
    {.name = "Logout", .kind = RPC_UNARY, .on_message = on_logout},
};

static const struct rpc_method number_methods[] = {
    {.name = "Enroll", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Match", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Lookup", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Replace", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Erase", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Confirm", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Release", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "Unlock", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "RotateKeys", .kind = RPC_UNARY, .on_message = on_number},
    {.name = "MatchStream",
     .kind = RPC_BIDI_STREAM,
     .on_message = on_stream,
     .on_half_close = on_stream_end,
     .on_cancel = on_stream_end},
};

static void *run(void *argument)
{
    rpc_server_run(((struct fake_server *)argument)->rpc);
    return NULL;
}

struct fake_server *fake_start(const char *socket_path)
{
    struct fake_server *fake = calloc(1, sizeof *fake);
    char error[256] = "";
    struct rpc_listen listen = {.unix_path = socket_path};
    struct rpc_service services[] = {
        {&sekisho__v1__session_service__descriptor, session_methods, 3, fake},
        {&sekisho__v1__number_service__descriptor, number_methods, sizeof number_methods / sizeof number_methods[0],
         fake},
        {&sekisho__v1__account_service__descriptor, fake_account_methods, fake_account_method_count, &fake->accounts},
        {&sekisho__v1__terminal_service__descriptor, fake_terminal_methods, fake_terminal_method_count,
         &fake->accounts},
        {&sekisho__v1__system_service__descriptor, fake_system_methods, fake_system_method_count, &fake->accounts},
    };
    struct rpc_config config = {.listen = &listen,
                                .listen_count = 1,
                                .services = services,
                                .service_count = sizeof services / sizeof services[0],
                                .descriptor_set = sekisho_descriptor_set,
                                .descriptor_set_length = sekisho_descriptor_set_length,
                                .limits = rpc_default_limits};

    fake->accounts.keys = &fake->keys;
    fake->accounts.session = session_id;
    fake->accounts.lie = &fake->lie;
    if (client_start(NULL) != SEKISHO_OK || x25519_key_pair(fake->private_key, fake->public_key) < 0 ||
        !(fake->rpc = rpc_server_start(&config, error)) || pthread_create(&fake->thread, NULL, run, fake) != 0) {
        fprintf(stderr, "the fake server does not start: %s\n", error);
        abort();
    }
    return fake;
}

void fake_stop(struct fake_server *server)
{
    rpc_server_drain(server->rpc, 1000);
    pthread_join(server->thread, NULL);
    rpc_server_free(server->rpc);
    free(server);
}

void fake_lie(struct fake_server *server, enum lie lie)
{
    server->lie = lie;
}

void fake_must(struct fake_server *server, unsigned flags)
{
    server->must = (int)flags;
}

const char *fake_otp(const struct fake_server *server)
{
    return server->otp;
}

struct fake_accounts *fake_accounts_of(struct fake_server *server)
{
    return &server->accounts;
}

void fake_pin(const struct fake_server *server, char pin[SEKISHO_FINGERPRINT_LEN + 1])
{
    sekisho_fingerprint(server->public_key, pin);
}

int fake_open_citizen(const struct fake_server *server, unsigned prefecture, const uint8_t nonce[APPLICATION_NONCE_LEN],
                      const char *portal, const uint8_t blob[CITIZEN_BLOB_LEN], char number[NUMBER_LEN])
{
    char account[ACCOUNT_LEN] = {0};
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];
    struct hpke_context context;

    memcpy(account, portal, strnlen(portal, sizeof account));
    sealed_citizen_info((uint16_t)prefecture, info);
    sealed_citizen_aad(nonce, account, aad);
    if (hpke_setup_recipient(server->private_key, blob, info, sizeof info, &context) < 0)
        return -1;
    return hpke_open(&context, aad, sizeof aad, blob + X25519_LEN, CITIZEN_BLOB_LEN - X25519_LEN, number);
}
