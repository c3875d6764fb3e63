#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int login_options(const struct options *options, unsigned *prefecture)
{
    if (!options->value[OPT_SESSION]) {
        SAY(stderr, TEXT_SESSION_OPTION_MISSING);
        return CLI_USAGE;
    }
    if (!options->value[OPT_ACCOUNT]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--account");
        return CLI_USAGE;
    }
    if (!options->value[OPT_PIN] && !options->value[OPT_TRUST]) {
        SAY(stderr, TEXT_PIN_MISSING);
        return CLI_USAGE;
    }
    if (options->value[OPT_PIN] && options->value[OPT_TRUST]) {
        SAY(stderr, TEXT_PIN_OR_TRUST);
        return CLI_USAGE;
    }
    return prefecture_of(options, prefecture);
}

/* Before the password is asked for. The session there, if alive, ends by its own time limit. */
static int make_room(const struct options *options)
{
    const char *path = options->value[OPT_SESSION];

    if (access(path, F_OK) != 0)
        return CLI_OK;
    if (options->value[OPT_REPLACE_SESSION] && unlink(path) == 0)
        return CLI_OK;
    SAY(stderr, TEXT_SESSION_FILE_THERE, path);
    return CLI_USAGE;
}

static void print_session(const struct options *options, const struct sekisho_session *session)
{
    struct sekisho_session_info info;

    sekisho_session_info(session, &info);
    SAY(stderr, TEXT_LOGGED_IN, info.account, info.name);
    if (info.must & SEKISHO_MUST_CHANGE_PASSWORD)
        SAY(stderr, TEXT_MUST_CHANGE_PASSWORD);
    if (info.must & SEKISHO_MUST_AGREE_TO_TERMS)
        SAY(stderr, TEXT_MUST_AGREE);
    if (info.must & SEKISHO_MUST_ENROLL_OTP)
        SAY(stderr, TEXT_MUST_ENROLL_OTP);
    if (options->value[OPT_TRUST])
        SAY(stderr, TEXT_PIN_SHOWN, info.login_key_fingerprint);
}

static int login(const struct options *options, struct sekisho_client *client, unsigned prefecture)
{
    struct sekisho_error error;
    struct sekisho_session *session = NULL;
    char password[SECRET_MAX], otp[SECRET_MAX];
    bool second = options->value[OPT_OTP] != NULL;
    long length = secret_read(options->value[OPT_PASSWORD_FILE], TEXT_PROMPT_PASSWORD, password);

    if (length < 0 || (second && otp_read(options, otp) < 0)) {
        sekisho_wipe(password, sizeof password);
        return CLI_USAGE;
    }
    enum sekisho_status status = sekisho_login_otp(client, prefecture, options->value[OPT_ACCOUNT], password,
                                                   (size_t)length, second ? otp : NULL, &session, &error);
    sekisho_wipe(password, sizeof password);
    if (status == SEKISHO_OK &&
        (status = sekisho_session_save(session, options->value[OPT_SESSION], &error)) != SEKISHO_OK)
        sekisho_logout(session, NULL); /* a session that cannot be kept is not left open */
    if (status == SEKISHO_OK && !options->value[OPT_QUIET])
        print_session(options, session);
    sekisho_session_free(session);
    return status == SEKISHO_OK ? CLI_OK : report_error(&error);
}

int cmd_login(const struct options *options)
{
    struct sekisho_client *client = NULL;
    unsigned prefecture;

    int code = login_options(options, &prefecture);
    if (code == CLI_OK)
        code = make_room(options);
    if (code == CLI_OK)
        code = connect_to_server(options, &client);
    if (code == CLI_OK)
        code = login(options, client, prefecture);
    sekisho_disconnect(client);
    return code;
}

int cmd_logout(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_session *session = NULL;
    struct sekisho_error error;

    int code = resume_session(options, &client, &session);
    if (code == CLI_OK && sekisho_logout(session, &error) != SEKISHO_OK) {
        code = report_error(&error);
        /* The server has forgotten it: the keys in the file are of no use to anybody. */
        if (strcmp(error.reason, "UNKNOWN_SESSION") == 0 || strcmp(error.reason, "SESSION_EXPIRED") == 0)
            unlink(options->value[OPT_SESSION]);
    } else if (code == CLI_OK && !options->value[OPT_QUIET]) {
        SAY(stderr, TEXT_LOGGED_OUT);
    }
    sekisho_session_free(session);
    sekisho_disconnect(client);
    return code;
}
