#include "ledger_job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool session_is_there(const struct options *options)
{
    return options->value[OPT_SESSION] && access(options->value[OPT_SESSION], F_OK) == 0;
}

static int connect_job(const struct options *options, bool needs_session, struct ledger_job *job)
{
    return needs_session || session_is_there(options) ? resume_session(options, &job->client, &job->session)
                                                      : connect_to_server(options, &job->client);
}

static int take_prefecture(const struct options *options, const struct ledger_job *job, unsigned *prefecture)
{
    struct sekisho_session_info info;

    if (options->value[OPT_PREFECTURE] || !job->session)
        return prefecture_of(options, prefecture);
    sekisho_session_info(job->session, &info);
    *prefecture = info.prefecture;
    return CLI_OK;
}

/* In what the two ledgers differ for a person. */
static const struct {
    enum option_id state, pin;
    enum text trusted, head, continues, pin_hint;
} ledgers[] = {
    [SEKISHO_LEDGER_NUMBERS] = {OPT_LEDGER_STATE, OPT_LEDGER_PIN, TEXT_LEDGER_TRUSTED, TEXT_LEDGER_HEAD,
                                TEXT_LEDGER_CONTINUES, TEXT_LEDGER_PIN_HINT},
    [SEKISHO_LEDGER_ACCESS] = {OPT_RECORD_STATE, OPT_RECORD_PIN, TEXT_RECORD_TRUSTED, TEXT_RECORD_HEAD,
                               TEXT_RECORD_CONTINUES, TEXT_RECORD_PIN_HINT},
};

static void say_head(const struct options *options, const struct ledger_job *job)
{
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];

    sekisho_fingerprint(job->head.public_key, fingerprint);
    if (options->value[OPT_TRUST] && job->last_size == 0 && !options->value[ledgers[job->head.ledger].pin])
        SAY(stderr, ledgers[job->head.ledger].trusted, fingerprint);
    if (options->value[OPT_QUIET])
        return;
    SAY(stderr, ledgers[job->head.ledger].head, count_text(job->head.size));
    if (job->last_size > 0)
        SAY(stderr, ledgers[job->head.ledger].continues, count_text(job->last_size));
}

int ledger_begin(const struct options *options, enum sekisho_ledger ledger, bool needs_session, struct ledger_job *job)
{
    struct sekisho_ledger_options given = {.ledger = ledger,
                                           .state_file = options->value[ledgers[ledger].state],
                                           .pin = options->value[ledgers[ledger].pin],
                                           .trust_on_first_use = options->value[OPT_TRUST] != NULL};
    struct sekisho_error error;

    memset(job, 0, sizeof *job);
    if (given.pin && given.trust_on_first_use) {
        SAY(stderr, TEXT_PIN_OR_TRUST);
        return CLI_USAGE;
    }
    int code = connect_job(options, needs_session, job);
    if (code == CLI_OK)
        code = take_prefecture(options, job, &given.prefecture);
    if (code != CLI_OK)
        return code;
    if (sekisho_ledger_open(job->client, &given, &job->head, &job->last_size, &error) != SEKISHO_OK) {
        code = report_error(&error);
        if (strcmp(error.reason, "LEDGER_KEY_UNKNOWN") == 0)
            SAY(stderr, ledgers[ledger].pin_hint);
        return code;
    }
    say_head(options, job);
    return CLI_OK;
}

bool ledger_may_read(const struct ledger_job *job)
{
    struct sekisho_session_info info;

    if (!job->session)
        return false;
    sekisho_session_info(job->session, &info);
    return info.permit[SEKISHO_READ_LEDGER] != 0;
}

void ledger_end(struct ledger_job *job)
{
    sekisho_session_free(job->session);
    sekisho_disconnect(job->client);
}
