/* What a person does with the own account: password, terms of use, second factor. */
#include "account_fields.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "sekisho/v1/system_service.pb-c.h"

#define METHOD(name) "/sekisho.v1.AccountService/" name

/* A call whose answer has nothing but its result. Wipes the call. */
static enum sekisho_status call(struct sekisho_session *session, const char *method, struct account_call_plain *plain,
                                struct sekisho_error *error)
{
    struct account_reply_plain reply;
    enum sekisho_status status = account_exchange(session, method, plain, &reply, error);

    crypto_wipe(plain, sizeof *plain);
    return status;
}

enum sekisho_status sekisho_change_password(struct sekisho_session *session, char *password, size_t password_length,
                                            char *new_password, size_t new_password_length, struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = ACCOUNT_CHANGE_PASSWORD};
    enum sekisho_status status = put_password(plain.password, &plain.password_length, password, password_length, error);

    if (status == SEKISHO_OK)
        status = put_password(plain.new_password, &plain.new_password_length, new_password, new_password_length, error);
    if (status == SEKISHO_OK)
        status = call(session, METHOD("ChangePassword"), &plain, error);
    crypto_wipe(&plain, sizeof plain);
    crypto_wipe(password, password_length);
    crypto_wipe(new_password, new_password_length);
    return status;
}

/* The public struct first: what the caller holds is the address of both. */
struct owned_terms {
    struct sekisho_terms shown;
    char text[];
};

/* Text that a person can be shown: UTF-8 without control characters but line ends and tabs. Changes `text`, a copy. */
static bool is_text(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t')
            text[i] = ' ';
    copy_printable(text, length + 1, text, length);
    return strlen(text) == length;
}

/* What is agreed to is what was shown: bytes that cannot be shown are no terms. */
static enum sekisho_status take_terms(const Sekisho__V1__GetTermsResponse *response, struct owned_terms *owned,
                                      struct sekisho_error *error)
{
    owned->shown.version = response->version;
    owned->shown.text = owned->text;
    owned->shown.length = response->text.len;
    if (response->text.len == 0)
        return error_forged(error, "the terms of use are empty", "利用規約の本文がありません");
    memcpy(owned->text, response->text.data, response->text.len);
    if (!is_text(owned->text, response->text.len))
        return error_forged(error, "the terms of use are not text", "利用規約がテキストではありません");
    memcpy(owned->text, response->text.data, response->text.len);
    return sha256(owned->text, owned->shown.length, owned->shown.digest) == 0 ? SEKISHO_OK : error_crypto(error);
}

enum sekisho_status sekisho_get_terms(struct sekisho_client *client, struct sekisho_terms **terms,
                                      struct sekisho_error *error)
{
    Sekisho__V1__GetTermsRequest request = SEKISHO__V1__GET_TERMS_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = unary_call(client, "/sekisho.v1.SystemService/GetTerms", &request.base,
                                            &sekisho__v1__get_terms_response__descriptor, &answer, error);

    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__GetTermsResponse *response = (const Sekisho__V1__GetTermsResponse *)answer;
    struct owned_terms *owned = calloc(1, sizeof *owned + response->text.len + 1);
    status = owned ? take_terms(response, owned, error) : error_memory(error);
    protobuf_c_message_free_unpacked(answer, NULL);
    if (status == SEKISHO_OK)
        *terms = &owned->shown;
    else
        free(owned);
    return status;
}

void sekisho_terms_free(struct sekisho_terms *terms)
{
    free(terms);
}

enum sekisho_status sekisho_agree_to_terms(struct sekisho_session *session, const struct sekisho_terms *terms,
                                           struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = ACCOUNT_AGREE_TERMS, .terms_version = terms->version};

    memcpy(plain.digest, terms->digest, sizeof plain.digest);
    return call(session, METHOD("AgreeToTerms"), &plain, error);
}

enum sekisho_status sekisho_own_account(struct sekisho_session *session, struct sekisho_account *account,
                                        struct sekisho_error *error)
{
    const struct account_call_plain plain = {.operation = ACCOUNT_SHOW_OWN};
    struct account_reply_plain reply;
    struct account_row row;
    enum sekisho_status status = account_exchange(session, METHOD("GetOwnAccount"), &plain, &reply, error);

    if (status != SEKISHO_OK)
        return status;
    if (reply.count != 1 || reply.row_length != sizeof row)
        return error_forged(error, "auth's answer has no account in it", "応答にアカウントがありません");
    memcpy(&row, reply.rows, sizeof row);
    account_of_row(&row, account);
    return SEKISHO_OK;
}

enum sekisho_status sekisho_enroll_otp(struct sekisho_session *session, char *password, size_t password_length,
                                       uint8_t secret[SEKISHO_OTP_SECRET_LEN], struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = ACCOUNT_ENROLL_OTP};
    struct account_reply_plain reply;
    enum sekisho_status status = put_password(plain.password, &plain.password_length, password, password_length, error);

    _Static_assert(SEKISHO_OTP_SECRET_LEN == OTP_SECRET_LEN, "one length");
    if (status == SEKISHO_OK) {
        status = account_exchange(session, METHOD("EnrollOtp"), &plain, &reply, error);
        if (status == SEKISHO_OK)
            memcpy(secret, reply.otp_secret, OTP_SECRET_LEN);
        crypto_wipe(&reply, sizeof reply);
    }
    crypto_wipe(&plain, sizeof plain);
    crypto_wipe(password, password_length);
    return status;
}

enum sekisho_status sekisho_confirm_otp(struct sekisho_session *session, const char *otp, struct sekisho_error *error)
{
    struct account_call_plain plain = {.operation = ACCOUNT_CONFIRM_OTP};
    enum sekisho_status status = put_otp(plain.otp, otp, error);

    return status == SEKISHO_OK ? call(session, METHOD("ConfirmOtp"), &plain, error) : status;
}
