/*
 * libsekisho against a server that lies: the details of a failed call, answers to a sealed call (under a good seal as
 * well), the welcome of a login, and every message that the client unpacks. Requires: no control character of the
 * server reaches a text that a program may print, an answer is believed only when the vault's key has sealed it, and
 * believed results are in the range of the public enums.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "internal.h"
#include "sekisho/v1/session_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "support/fuzz.h"

#define COUNT 3
/* SESSION_FILE_MAGIC without its terminator. */
#define SESSION_FILE_MAGIC_BYTES                                                                                       \
    {                                                                                                                  \
        'S', 'K', 'S', 'H', 'S', 'E', 'S', 'S'                                                                         \
    }

static void require_printable(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;

    REQUIRE(memchr(text, '\0', size) != NULL);
    for (; *at; at++)
        REQUIRE(*at >= 0x20 && *at != 0x7f && !(at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0));
}

static void require_error(const struct sekisho_error *error)
{
    require_printable(error->reason, sizeof error->reason);
    require_printable(error->message, sizeof error->message);
    require_printable(error->message_ja, sizeof error->message_ja);
    require_printable(error->field, sizeof error->field);
    require_printable(error->field_description, sizeof error->field_description);
    REQUIRE(error->retry_ms >= -1 && error->retry_ms <= 86400999);
}

static void status_details(struct input *input)
{
    struct sekisho_error error;
    int code = input_u8(input) % 17;
    struct input text = input_part(input, input_u8(input));

    enum sekisho_status status = error_from_status(&error, code, text.at, text.left, input->at, input->left);
    REQUIRE(status == error.status && status != SEKISHO_OK);
    require_error(&error);
    REQUIRE(error_from_status(NULL, code, text.at, text.left, input->at, input->left) == status);
}

static struct sekisho_session *make_session(struct sekisho_client *client)
{
    struct sekisho_session *session = NULL;
    struct session_state state = {
        .magic = SESSION_FILE_MAGIC_BYTES, .version = SESSION_FILE_VERSION, .tenant = 11, .role = 3, .sequence = 1};

    memset(state.reply_key, 0xe2, sizeof state.reply_key);
    memcpy(state.account, "reception01", 11);
    REQUIRE(session_new(client, &state, &session, NULL) == SEKISHO_OK);
    return session;
}

/* Seals what the input says of the answer as the vault would. */
static void seal_answer(struct sekisho_session *session, uint64_t sequence, struct input *input,
                        Sekisho__V1__SealedReply *reply)
{
    uint8_t nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];
    struct call_detail_item details[COUNT];
    uint8_t *sealed = malloc(sizeof details + SEAL_TAG_LEN);

    REQUIRE(sealed != NULL);
    input_copy(input, details, sizeof details);
    sealed_nonce(sequence, nonce);
    sealed_reply_aad(session->state->session, sequence, aad);
    REQUIRE(aead_seal2(session->reply, nonce, aad, sizeof aad, reply->results.data, reply->results.len, details,
                       sizeof details, sealed) == 0);
    free(reply->sealed.data);
    reply->sealed = (ProtobufCBinaryData){.data = sealed, .len = sizeof details + SEAL_TAG_LEN};
}

static void require_results(const struct sekisho_result results[COUNT])
{
    for (int i = 0; i < COUNT; i++)
        REQUIRE((int)results[i].outcome > 0 && (int)results[i].outcome < OUTCOME_COUNT && (int)results[i].detail >= 0 &&
                (int)results[i].detail < DETAIL_COUNT);
}

static void sealed_reply(struct input *input)
{
    struct sekisho_client client = {0};
    struct sekisho_session *session = make_session(&client);
    struct sekisho_item items[COUNT] = {{.number = {'1'}}};
    struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = items, .count = COUNT};
    struct sekisho_result results[COUNT];
    struct sekisho_receipt receipt;
    struct sekisho_error error = {0};
    struct sealed_call call;
    uint8_t choice = input_u8(input);
    struct input bytes = input_part(input, input_u16(input) % 2048);

    REQUIRE(session_seal(session, &request, &call, NULL) == SEKISHO_OK);
    Sekisho__V1__EnrollResponse *response = sekisho__v1__enroll_response__unpack(NULL, bytes.left, bytes.at);
    bool genuine = response && response->reply && (choice & 1);
    if (genuine)
        seal_answer(session, call.sequence, input, response->reply);
    enum sekisho_status status =
        response ? session_open_reply(session, &call, response->reply, results, &receipt, &error) : SEKISHO_OK;
    if (response && status == SEKISHO_OK) {
        REQUIRE(genuine);
        require_results(results);
    }
    if (response && status != SEKISHO_OK)
        require_error(&error);
    if (response)
        sekisho__v1__enroll_response__free_unpacked(response, NULL);
    sealed_call_free(&call);
    sekisho_session_free(session);
}

/* make_printable on text of the server, in place. */
static void printable_in_place(struct input *input)
{
    char *text = malloc(input->left + 1);

    REQUIRE(text != NULL);
    memcpy(text, input->at, input->left);
    text[input->left] = '\0';
    size_t before = strlen(text);
    REQUIRE(make_printable(text) == text && strlen(text) <= before);
    require_printable(text, before + 1);
    free(text);
}

/* ---- answers as a whole: the transport is replaced by the input ---- */

static struct input answers;

enum sekisho_status __wrap_unary_call(const struct sekisho_client *client, const char *method,
                                      const ProtobufCMessage *request, const ProtobufCMessageDescriptor *descriptor,
                                      ProtobufCMessage **response, struct sekisho_error *error);
enum sekisho_status __wrap_unary_call(const struct sekisho_client *client, const char *method,
                                      const ProtobufCMessage *request, const ProtobufCMessageDescriptor *descriptor,
                                      ProtobufCMessage **response, struct sekisho_error *error)
{
    struct input bytes = input_part(&answers, input_u16(&answers) % 4096);

    (void)client, (void)method, (void)request;
    *response = protobuf_c_message_unpack(descriptor, NULL, bytes.left, bytes.at);
    return *response ? SEKISHO_OK : error_forged(error, "not a message", "not a message");
}

static void attestation(struct sekisho_client *client)
{
    struct sekisho_attestation *got = NULL;

    if (sekisho_get_attestation(client, &got, NULL) != SEKISHO_OK)
        return;
    for (size_t i = 0; i < got->process_count; i++) {
        require_printable(got->processes[i].name, SIZE_MAX / 2);
        for (size_t step = 0; step < got->processes[i].step_count; step++)
            require_printable(got->processes[i].steps[step], SIZE_MAX / 2);
    }
    sekisho_attestation_free(got);
}

static void system_status(struct sekisho_client *client)
{
    struct sekisho_system_status *got = NULL;

    if (sekisho_get_status(client, &got, NULL) != SEKISHO_OK)
        return;
    require_printable(got->version, SIZE_MAX / 2);
    for (size_t i = 0; i < got->prefecture_count; i++)
        require_printable(got->prefectures[i].name, SIZE_MAX / 2);
    sekisho_system_status_free(got);
}

/* The server knows neither the client's ephemeral key nor a password: no login of these answers may succeed. */
static void login(struct sekisho_client *client)
{
    char password[] = "Correct-Horse-7";
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    enum sekisho_status status =
        sekisho_login(client, 11, "reception01", password, sizeof password - 1, &session, &error);
    REQUIRE(status != SEKISHO_OK && session == NULL);
    require_error(&error);
    for (size_t i = 0; i < sizeof password - 1; i++)
        REQUIRE(password[i] == '\0');
}

static void whole_answers(struct input *input)
{
    struct sekisho_client client = {.trust_on_first_use = true};
    uint8_t which = input_u8(input);

    answers = *input;
    if (which % 3 == 0)
        login(&client);
    else if (which % 3 == 1)
        attestation(&client);
    else
        system_status(&client);
}

/* ---- a session file ---- */

static void session_file(struct input *input)
{
    struct sekisho_client client = {0};
    struct sekisho_session *session = NULL;
    struct sekisho_session_info info;
    struct sekisho_error error;
    uint8_t mended = input_u8(input);
    uint8_t bytes[sizeof(struct session_state) + 8];
    size_t length = (mended & 2) ? sizeof(struct session_state) : input_u8(input);

    if (length > sizeof bytes)
        length = sizeof bytes;
    input_copy(input, bytes, length);
    if (mended & 1)
        memcpy(bytes, (const char[8])SESSION_FILE_MAGIC_BYTES, 8);
    const char *path = fuzz_file("session", bytes, length);
    if (sekisho_session_load(&client, path, &session, &error) != SEKISHO_OK) {
        require_error(&error);
        REQUIRE(session == NULL);
        return;
    }
    uint64_t sequence = 0;
    REQUIRE(session_take_sequence(session, &sequence, &error) == SEKISHO_OK);
    REQUIRE(sequence >= 1 && session->reserved > sequence);
    sekisho_session_info(session, &info);
    require_printable(info.account, sizeof info.account);
    sekisho_session_free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    static bool started;

    if (!started)
        REQUIRE(crypto_init() == 0);
    started = true;
    switch (input_u8(&input) % 5) {
    case 0:
        status_details(&input);
        break;
    case 1:
        sealed_reply(&input);
        break;
    case 2:
        printable_in_place(&input);
        break;
    case 3:
        session_file(&input);
        break;
    default:
        whole_answers(&input);
    }
    return 0;
}
