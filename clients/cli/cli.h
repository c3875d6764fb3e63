/*
 * The `sekisho` command: what its parts share. One file per group of commands (cmd_*.c); main.c has the table.
 * Results go to standard output, everything meant for a person to standard error.
 */
#ifndef SEKISHO_CLI_H
#define SEKISHO_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "sekisho.h"
#include "text.h"

/* Exit codes are an interface: scripts switch on them (sekisho --help shows them). */
enum cli_exit {
    CLI_OK = 0,
    CLI_SOME_REFUSED = 1,      /* some rows refused, not matched or not found; attestation not good */
    CLI_USAGE = 2,             /* arguments, files or input of this machine */
    CLI_UNREACHABLE = 3,       /* no connection, or no answer in time */
    CLI_NOT_AUTHENTICATED = 4, /* no session, an ended one, or login refused */
    CLI_NOT_PERMITTED = 5,     /* the session may not do this */
    CLI_BUDGET = 6,            /* a guess budget is spent */
    CLI_SERVER = 7,            /* another error of the server */
    CLI_FORGED = 8,            /* an answer was forged, or the login key is not the pinned one */
};

struct command {
    const char *name;   /* one or two words */
    option_set accepts; /* beside the common ones */
    enum text help;
    int (*run)(const struct options *options);
};

/* ---- connection.c ---- */

int exit_code_of(const struct sekisho_error *error);
/* Prints the error for a person; returns its exit code. */
int report_error(const struct sekisho_error *error);
/* Connects as the options say; CLI_OK or an exit code after a message. */
int connect_to_server(const struct options *options, struct sekisho_client **client);
/* Connects and takes the session of the session file. Free both, also after a failure (NULL then). */
int resume_session(const struct options *options, struct sekisho_client **client, struct sekisho_session **session);
/* Prefecture of --prefecture; CLI_OK or CLI_USAGE after a message. */
int prefecture_of(const struct options *options, unsigned *prefecture);

/* ---- hex.c ---- */

#define HEX16_LEN 32
/* 32 hex digits of either case. */
bool hex16_parse(const char *text, size_t length, uint8_t out[16]);
void hex16_format(const uint8_t bytes[16], char out[HEX16_LEN + 1]);

/* ---- secret_input.c ---- */

#define SECRET_MAX 512
/* Reads one line into `out` (zero-terminated, at most SECRET_MAX - 1 bytes): from `path`, from standard input when it
 * is
 * "-", or, when it is NULL, from the terminal without echo after `prompt`. Length, or -1 after a message. The caller
 * wipes. */
long secret_read(const char *path, enum text prompt, char out[SECRET_MAX]);

/* The code of a second factor into `out`: with --password-file a line of standard input, else from the terminal.
 * Length, or -1 after a message. */
long otp_read(const struct options *options, char out[SECRET_MAX]);

/* ---- commands ---- */

int cmd_login(const struct options *options);
int cmd_logout(const struct options *options);
int cmd_enroll(const struct options *options);
int cmd_match(const struct options *options);
int cmd_lookup(const struct options *options);
int cmd_replace(const struct options *options);
int cmd_erase(const struct options *options);
int cmd_citizen_seal(const struct options *options);
int cmd_unlock(const struct options *options);
int cmd_ledger_verify(const struct options *options);
int cmd_ledger_show(const struct options *options);
int cmd_ledger_prove(const struct options *options);
int cmd_ledger_export(const struct options *options);
int cmd_receipt_write(const struct options *options);
int cmd_receipt_verify(const struct options *options);
int cmd_attest(const struct options *options);
int cmd_status(const struct options *options);
int cmd_keygen(const struct options *options);
int cmd_keygen_backup(const struct options *options);
int cmd_backup(const struct options *options);
int cmd_restore(const struct options *options);
int cmd_account_first(const struct options *options);
int cmd_account_request(const struct options *options);
int cmd_account_import(const struct options *options);
int cmd_account_approve(const struct options *options);
int cmd_account_issue(const struct options *options);
int cmd_account_lock(const struct options *options);
int cmd_account_unlock(const struct options *options);
int cmd_account_suspend(const struct options *options);
int cmd_account_resume(const struct options *options);
int cmd_account_return(const struct options *options);
int cmd_account_reset(const struct options *options);
int cmd_account_inspect(const struct options *options);
int cmd_account_list(const struct options *options);
int cmd_account_show(const struct options *options);
int cmd_account_password(const struct options *options);
int cmd_account_terms(const struct options *options);
int cmd_account_otp(const struct options *options);
int cmd_terminal_add(const struct options *options);
int cmd_terminal_remove(const struct options *options);
int cmd_terminal_list(const struct options *options);
int cmd_session_list(const struct options *options);
int cmd_session_end(const struct options *options);
int cmd_record_verify(const struct options *options);
int cmd_record_show(const struct options *options);
int cmd_record_rights(const struct options *options);
int cmd_record_report(const struct options *options);
int cmd_record_review(const struct options *options);
int cmd_key_wrap(const struct options *options);
int cmd_key_rotate(const struct options *options);
int cmd_key_rotate_root(const struct options *options);
int cmd_store_accept_lost_erasures(const struct options *options);
int cmd_store_compact(const struct options *options);
int cmd_synth(const struct options *options);
int cmd_synth_register(const struct options *options);
int cmd_synth_applications(const struct options *options);
int cmd_synth_applicants(const struct options *options);

#endif
