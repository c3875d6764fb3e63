/* account password, terms and otp: what a person does with the own account. */
#include <stdio.h>
#include <string.h>

#include "account_options.h"
#include "ledger_job.h"
#include "new_password.h"

/* A session that was opened only to do this gets no other rights by it. */
static void say_done(const struct options *options, const struct sekisho_session *session, enum text done)
{
    struct sekisho_session_info info;

    sekisho_session_info(session, &info);
    if (options->value[OPT_QUIET])
        return;
    SAY(stderr, done);
    if (info.must != 0)
        SAY(stderr, TEXT_LOG_IN_AGAIN);
}

int cmd_account_password(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_error error;
    char password[SECRET_MAX], new_password[SECRET_MAX];
    long length = 0, new_length = 0;

    int code = resume_session(options, &client, &session);
    if (code == CLI_OK && (length = secret_read(options->value[OPT_PASSWORD_FILE], TEXT_PROMPT_PASSWORD, password)) < 0)
        code = CLI_USAGE;
    if (code == CLI_OK)
        code = new_password_read(options->value[OPT_NEW_PASSWORD_FILE], new_password, &new_length);
    if (code == CLI_OK && sekisho_change_password(session, password, (size_t)length, new_password, (size_t)new_length,
                                                  &error) != SEKISHO_OK)
        code = report_error(&error);
    else if (code == CLI_OK)
        say_done(options, session, TEXT_PASSWORD_CHANGED);
    sekisho_wipe(password, sizeof password);
    sekisho_wipe(new_password, sizeof new_password);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

/* Agrees to the version that --agree names, if it is the one that was shown. */
static int agree(const struct options *options, struct sekisho_session *session, const struct sekisho_terms *terms)
{
    struct sekisho_error error;
    uint64_t version;

    if (options_number(options, OPT_AGREE, 1, UINT32_MAX, 0, &version) < 0)
        return CLI_USAGE;
    if (version != terms->version) {
        SAY(stderr, TEXT_OTHER_TERMS, count_text(terms->version));
        return CLI_SOME_REFUSED;
    }
    if (sekisho_agree_to_terms(session, terms, &error) != SEKISHO_OK)
        return report_error(&error);
    say_done(options, session, TEXT_TERMS_AGREED);
    return CLI_OK;
}

static void print_terms(const struct options *options, const struct sekisho_terms *terms)
{
    fwrite(terms->text, 1, terms->length, stdout);
    if (terms->text[terms->length - 1] != '\n')
        putchar('\n');
    fflush(stdout);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_TERMS_VERSION, count_text(terms->version));
}

int cmd_account_terms(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_terms *terms = NULL;
    struct sekisho_error error;

    int code =
        options->value[OPT_AGREE] ? resume_session(options, &client, &session) : connect_to_server(options, &client);
    if (code == CLI_OK && sekisho_get_terms(client, &terms, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK)
        print_terms(options, terms);
    if (code == CLI_OK && options->value[OPT_AGREE])
        code = agree(options, session, terms);
    sekisho_terms_free(terms);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}

#define BASE32_LEN (SEKISHO_OTP_SECRET_LEN * 8 / 5)
_Static_assert(SEKISHO_OTP_SECRET_LEN % 5 == 0, "no padding");

/* RFC 4648 section 6: as authenticator apps take it. */
static void base32(const uint8_t secret[SEKISHO_OTP_SECRET_LEN], char out[BASE32_LEN + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    for (size_t i = 0; i < BASE32_LEN; i++) {
        size_t bit = 5 * i, at = bit / 8, shift = bit % 8;
        unsigned two = (unsigned)secret[at] << 8 | (at + 1 < SEKISHO_OTP_SECRET_LEN ? secret[at + 1] : 0u);
        out[i] = alphabet[two >> (11 - shift) & 31];
    }
    out[BASE32_LEN] = '\0';
}

static void print_secret(const struct options *options, const struct sekisho_session *session,
                         const uint8_t secret[SEKISHO_OTP_SECRET_LEN])
{
    struct sekisho_session_info info;
    char text[BASE32_LEN + 1], uri[160];

    sekisho_session_info(session, &info);
    base32(secret, text);
    snprintf(uri, sizeof uri, "otpauth://totp/Sekisho:%s?secret=%s&issuer=Sekisho", info.account, text);
    if (options->value[OPT_JSON])
        json_line(json_pack("{s:s, s:s}", "secret", text, "uri", uri));
    else
        printf("%s\n%s\n", text, uri);
    fflush(stdout);
    sekisho_wipe(text, sizeof text);
    sekisho_wipe(uri, sizeof uri);
    if (!options->value[OPT_QUIET])
        SAY(stderr, TEXT_OTP_MADE);
}

static int enroll_otp(const struct options *options, struct sekisho_session *session)
{
    char password[SECRET_MAX];
    uint8_t secret[SEKISHO_OTP_SECRET_LEN];
    struct sekisho_error error;
    long length = secret_read(options->value[OPT_PASSWORD_FILE], TEXT_PROMPT_PASSWORD, password);
    int code = CLI_USAGE;

    if (length >= 0 && sekisho_enroll_otp(session, password, (size_t)length, secret, &error) == SEKISHO_OK) {
        print_secret(options, session, secret);
        code = CLI_OK;
    } else if (length >= 0) {
        code = report_error(&error);
    }
    sekisho_wipe(secret, sizeof secret);
    sekisho_wipe(password, sizeof password);
    return code;
}

static int confirm_otp(const struct options *options, struct sekisho_session *session)
{
    char otp[SECRET_MAX];
    struct sekisho_error error;

    if (otp_read(options, otp) < 0)
        return CLI_USAGE;
    if (sekisho_confirm_otp(session, otp, &error) != SEKISHO_OK)
        return report_error(&error);
    say_done(options, session, TEXT_OTP_CONFIRMED);
    return CLI_OK;
}

int cmd_account_otp(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;

    int code = resume_session(options, &client, &session);
    if (code == CLI_OK)
        code = (options->value[OPT_OTP] ? confirm_otp : enroll_otp)(options, session);
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
