#include <grpc/status.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int exit_code_of_refusal(const struct sekisho_error *error)
{
    switch (error->code) {
    case GRPC_STATUS_UNAUTHENTICATED:
        return CLI_NOT_AUTHENTICATED;
    case GRPC_STATUS_PERMISSION_DENIED:
        return CLI_NOT_PERMITTED;
    case GRPC_STATUS_ALREADY_EXISTS:
    case GRPC_STATUS_FAILED_PRECONDITION: /* of what auth refuses: sekisho_accounts.h */
        return CLI_SOME_REFUSED;
    default:
        return CLI_SERVER;
    }
}

int exit_code_of(const struct sekisho_error *error)
{
    switch (error->status) {
    case SEKISHO_OK:
        return CLI_OK;
    case SEKISHO_ERROR_UNREACHABLE:
        return CLI_UNREACHABLE;
    case SEKISHO_ERROR_REFUSED:
        return exit_code_of_refusal(error);
    case SEKISHO_ERROR_FORGED:
    case SEKISHO_ERROR_KEY_CHANGED:
        return CLI_FORGED;
    case SEKISHO_ERROR_ARGUMENT:
    case SEKISHO_ERROR_LOCAL:
        break;
    }
    return strcmp(error->reason, "SESSION_FILE_MISSING") == 0 ? CLI_NOT_AUTHENTICATED : CLI_USAGE;
}

int report_error(const struct sekisho_error *error)
{
    bool japanese = language() == LANGUAGE_JA && error->message_ja[0] != '\0';

    SAY(stderr, TEXT_ERROR, japanese ? error->message_ja : error->message, error->reason[0] ? error->reason : "-");
    if (error->field[0])
        SAY(stderr, TEXT_ERROR_FIELD, error->field, error->field_description);
    if (error->retry_ms >= 0) {
        char seconds[32];
        snprintf(seconds, sizeof seconds, "%.1f", (double)error->retry_ms / 1000.0);
        SAY(stderr, TEXT_ERROR_RETRY, seconds);
    }
    if (exit_code_of(error) == CLI_UNREACHABLE)
        SAY(stderr, TEXT_CHECK_CONNECTION);
    if (strcmp(error->reason, "SESSION_FILE_MISSING") == 0)
        SAY(stderr, TEXT_LOG_IN_FIRST);
    if (strcmp(error->reason, "UNKNOWN_SESSION") == 0 || strcmp(error->reason, "SESSION_EXPIRED") == 0)
        SAY(stderr, TEXT_LOG_IN_AGAIN);
    return exit_code_of(error);
}

int connect_to_server(const struct options *options, struct sekisho_client **client)
{
    struct sekisho_error error;
    uint64_t timeout_s;

    *client = NULL;
    if (options_number(options, OPT_TIMEOUT, 1, 3600, 30, &timeout_s) < 0)
        return CLI_USAGE;
    struct sekisho_options given = {
        .address = options->value[OPT_ADDRESS],
        .ca_file = options->value[OPT_CA],
        .certificate_file = options->value[OPT_CERT],
        .key_file = options->value[OPT_KEY],
        .pin = options->value[OPT_PIN],
        /* Only login seals anything to the login key; it insists on a pin or --trust-first-use itself. */
        .trust_on_first_use = options->value[OPT_PIN] == NULL,
        .timeout_ms = (int64_t)timeout_s * 1000,
    };
    return sekisho_connect(&given, client, &error) == SEKISHO_OK ? CLI_OK : report_error(&error);
}

int resume_session(const struct options *options, struct sekisho_client **client, struct sekisho_session **session)
{
    struct sekisho_error error;

    *session = NULL;
    *client = NULL;
    if (!options->value[OPT_SESSION]) {
        SAY(stderr, TEXT_SESSION_OPTION_MISSING);
        return CLI_USAGE;
    }
    int code = connect_to_server(options, client);
    if (code != CLI_OK)
        return code;
    if (sekisho_session_load(*client, options->value[OPT_SESSION], session, &error) == SEKISHO_OK)
        return CLI_OK;
    return report_error(&error);
}

int prefecture_of(const struct options *options, unsigned *prefecture)
{
    uint64_t value;

    if (!options->value[OPT_PREFECTURE]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--prefecture");
        return CLI_USAGE;
    }
    if (options_number(options, OPT_PREFECTURE, 1, 47, 0, &value) < 0)
        return CLI_USAGE;
    *prefecture = (unsigned)value;
    return CLI_OK;
}
