/* sekisho: the command line of Sekisho. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "desk/desk.h"

#define CONNECTION                                                                                                     \
    (OPT_BIT(ADDRESS) | OPT_BIT(CA) | OPT_BIT(CERT) | OPT_BIT(KEY) | OPT_BIT(PIN) | OPT_BIT(TIMEOUT) | OPT_BIT(QUIET))
#define SESSION (CONNECTION | OPT_BIT(SESSION))
#define NUMBER  (SESSION | OPT_BIT(INPUT) | OPT_BIT(OUTPUT) | OPT_BIT(JSON) | OPT_BIT(PURPOSE) | OPT_BIT(CASE))

#define ACCOUNT_STEP (SESSION | OPT_BIT(ACCOUNT) | OPT_BIT(JSON))
#define WITH_NOTE    (ACCOUNT_STEP | OPT_BIT(NOTE))

#define LEDGER_KEY (OPT_BIT(TRUST) | OPT_BIT(PREFECTURE) | OPT_BIT(LEDGER_STATE) | OPT_BIT(LEDGER_PIN))
#define LEDGER     (SESSION | LEDGER_KEY)
#define RECORD     (SESSION | OPT_BIT(TRUST) | OPT_BIT(PREFECTURE) | OPT_BIT(RECORD_STATE) | OPT_BIT(RECORD_PIN))

#define SYNTH (OPT_BIT(PREFECTURE) | OPT_BIT(SEED) | OPT_BIT(COUNT) | OPT_BIT(OUTPUT))

static const struct command commands[] = {
    {"login",
     SESSION | OPT_BIT(TRUST) | OPT_BIT(PREFECTURE) | OPT_BIT(ACCOUNT) | OPT_BIT(PASSWORD_FILE) |
         OPT_BIT(REPLACE_SESSION) | OPT_BIT(OTP),
     TEXT_HELP_LOGIN, cmd_login},
    {"logout", SESSION, TEXT_HELP_LOGOUT, cmd_logout},
    {"enroll", NUMBER | OPT_BIT(REQUEST_SEED), TEXT_HELP_ENROLL, cmd_enroll},
    {"match", NUMBER | OPT_BIT(REFERENCE), TEXT_HELP_MATCH, cmd_match},
    {"lookup", NUMBER, TEXT_HELP_LOOKUP, cmd_lookup},
    {"replace", NUMBER | OPT_BIT(REFERENCE) | OPT_BIT(REQUEST_SEED), TEXT_HELP_REPLACE, cmd_replace},
    {"erase",
     NUMBER | LEDGER_KEY | OPT_BIT(REFERENCE) | OPT_BIT(REQUEST_SEED) | OPT_BIT(RECEIPTS) | OPT_BIT(READER_SESSION),
     TEXT_HELP_ERASE, cmd_erase},
    {"unlock", SESSION | OPT_BIT(REFERENCE) | OPT_BIT(ACCOUNT) | OPT_BIT(PURPOSE) | OPT_BIT(CASE) | OPT_BIT(JSON),
     TEXT_HELP_UNLOCK, cmd_unlock},
    {"ledger verify", LEDGER | OPT_BIT(FULL) | OPT_BIT(RECEIPT), TEXT_HELP_LEDGER_VERIFY, cmd_ledger_verify},
    {"ledger show",
     LEDGER | OPT_BIT(REFERENCE) | OPT_BIT(ACCOUNT) | OPT_BIT(PURPOSE) | OPT_BIT(FROM) | OPT_BIT(UNTIL) |
         OPT_BIT(LIMIT) | OPT_BIT(JSON),
     TEXT_HELP_LEDGER_SHOW, cmd_ledger_show},
    {"ledger prove", LEDGER | OPT_BIT(REFERENCE) | OPT_BIT(FULL) | OPT_BIT(OUTPUT), TEXT_HELP_LEDGER_PROVE,
     cmd_ledger_prove},
    {"ledger export", LEDGER | OPT_BIT(OUT), TEXT_HELP_LEDGER_EXPORT, cmd_ledger_export},
    {"receipt write", LEDGER | OPT_BIT(OUT) | OPT_BIT(REFERENCE) | OPT_BIT(ACCOUNT) | OPT_BIT(FROM) | OPT_BIT(UNTIL),
     TEXT_HELP_RECEIPT_WRITE, cmd_receipt_write},
    {"receipt verify", LEDGER | OPT_BIT(RECEIPT) | OPT_BIT(ONLINE), TEXT_HELP_RECEIPT_VERIFY, cmd_receipt_verify},
    {"attest", CONNECTION | OPT_BIT(JSON) | OPT_BIT(CHECK), TEXT_HELP_ATTEST, cmd_attest},
    {"status", CONNECTION | OPT_BIT(JSON) | OPT_BIT(CHECK), TEXT_HELP_STATUS, cmd_status},
    {"backup", SESSION | OPT_BIT(OUTPUT) | OPT_BIT(JSON), TEXT_HELP_BACKUP, cmd_backup},
    {"restore",
     OPT_BIT(INPUT) | OPT_BIT(BACKUP_KEY) | OPT_BIT(ROOT_KEY) | OPT_BIT(PASSWORD_FILE) | OPT_BIT(STORE) |
         OPT_BIT(OWNER) | OPT_BIT(JSON) | OPT_BIT(QUIET),
     TEXT_HELP_RESTORE, cmd_restore},
    {"keygen backup", OPT_BIT(OUTPUT) | OPT_BIT(QUIET), TEXT_HELP_KEYGEN_BACKUP, cmd_keygen_backup},
    {"keygen", OPT_BIT(OUT) | OPT_BIT(PREFECTURE) | OPT_BIT(CLIENT) | OPT_BIT(LISTEN) | OPT_BIT(DAYS) | OPT_BIT(QUIET),
     TEXT_HELP_KEYGEN, cmd_keygen},
    {"account request",
     SESSION | OPT_BIT(ACCOUNT) | OPT_BIT(ROLE) | OPT_BIT(KIND) | OPT_BIT(PERSON) | OPT_BIT(ORGANISATION) |
         OPT_BIT(UNTIL) | OPT_BIT(NOTE),
     TEXT_HELP_ACCOUNT_REQUEST, cmd_account_request},
    {"account import", SESSION | OPT_BIT(INPUT) | OPT_BIT(OUTPUT) | OPT_BIT(JSON), TEXT_HELP_ACCOUNT_IMPORT,
     cmd_account_import},
    {"account approve", ACCOUNT_STEP, TEXT_HELP_ACCOUNT_APPROVE, cmd_account_approve},
    {"account issue", ACCOUNT_STEP, TEXT_HELP_ACCOUNT_ISSUE, cmd_account_issue},
    {"account lock", WITH_NOTE, TEXT_HELP_ACCOUNT_LOCK, cmd_account_lock},
    {"account unlock", WITH_NOTE, TEXT_HELP_ACCOUNT_UNLOCK, cmd_account_unlock},
    {"account suspend", WITH_NOTE, TEXT_HELP_ACCOUNT_SUSPEND, cmd_account_suspend},
    {"account resume", WITH_NOTE | OPT_BIT(UNTIL), TEXT_HELP_ACCOUNT_RESUME, cmd_account_resume},
    {"account return", WITH_NOTE, TEXT_HELP_ACCOUNT_RETURN, cmd_account_return},
    {"account reset", WITH_NOTE, TEXT_HELP_ACCOUNT_RESET, cmd_account_reset},
    {"account inspect", WITH_NOTE, TEXT_HELP_ACCOUNT_INSPECT, cmd_account_inspect},
    {"account list",
     SESSION | OPT_BIT(ACCOUNT) | OPT_BIT(ROLE) | OPT_BIT(STATE) | OPT_BIT(FULL) | OPT_BIT(LIMIT) | OPT_BIT(JSON),
     TEXT_HELP_ACCOUNT_LIST, cmd_account_list},
    {"account show", SESSION | OPT_BIT(ACCOUNT) | OPT_BIT(JSON), TEXT_HELP_ACCOUNT_SHOW, cmd_account_show},
    {"account password", SESSION | OPT_BIT(PASSWORD_FILE) | OPT_BIT(NEW_PASSWORD_FILE), TEXT_HELP_ACCOUNT_PASSWORD,
     cmd_account_password},
    {"account terms", SESSION | OPT_BIT(AGREE), TEXT_HELP_ACCOUNT_TERMS, cmd_account_terms},
    {"account otp", SESSION | OPT_BIT(PASSWORD_FILE) | OPT_BIT(OTP) | OPT_BIT(JSON), TEXT_HELP_ACCOUNT_OTP,
     cmd_account_otp},
    {"terminal add", SESSION | OPT_BIT(TERMINAL) | OPT_BIT(KIND) | OPT_BIT(CLIENT_CERT) | OPT_BIT(NOTE),
     TEXT_HELP_TERMINAL_ADD, cmd_terminal_add},
    {"terminal remove", SESSION | OPT_BIT(TERMINAL) | OPT_BIT(NOTE), TEXT_HELP_TERMINAL_REMOVE, cmd_terminal_remove},
    {"terminal list", SESSION | OPT_BIT(JSON), TEXT_HELP_TERMINAL_LIST, cmd_terminal_list},
    {"session list", SESSION | OPT_BIT(LIMIT) | OPT_BIT(JSON), TEXT_HELP_SESSION_LIST, cmd_session_list},
    {"session end", WITH_NOTE, TEXT_HELP_SESSION_END, cmd_session_end},
    {"record verify", RECORD | OPT_BIT(FULL), TEXT_HELP_RECORD_VERIFY, cmd_record_verify},
    {"record show",
     RECORD | OPT_BIT(ACCOUNT) | OPT_BIT(TERMINAL) | OPT_BIT(EVENT) | OPT_BIT(ROLE) | OPT_BIT(FROM) | OPT_BIT(UNTIL) |
         OPT_BIT(LIMIT) | OPT_BIT(JSON),
     TEXT_HELP_RECORD_SHOW, cmd_record_show},
    {"record rights", RECORD | OPT_BIT(FROM) | OPT_BIT(UNTIL) | OPT_BIT(JSON), TEXT_HELP_RECORD_RIGHTS,
     cmd_record_rights},
    {"record report", RECORD | OPT_BIT(FROM) | OPT_BIT(UNTIL) | OPT_BIT(JSON), TEXT_HELP_RECORD_REPORT,
     cmd_record_report},
    {"record review", SESSION | OPT_BIT(FROM) | OPT_BIT(UNTIL) | OPT_BIT(COUNT) | OPT_BIT(NOTE),
     TEXT_HELP_RECORD_REVIEW, cmd_record_review},
    {"account first",
     OPT_BIT(STORE) | OPT_BIT(PREFECTURE) | OPT_BIT(ACCOUNT) | OPT_BIT(ROLE) | OPT_BIT(PERSON) | OPT_BIT(ORGANISATION) |
         OPT_BIT(TERMINAL) | OPT_BIT(CLIENT_CERT) | OPT_BIT(PASSWORD_FILE) | OPT_BIT(QUIET),
     TEXT_HELP_ACCOUNT_FIRST, cmd_account_first},
    {"key wrap",
     OPT_BIT(ROOT_KEY) | OPT_BIT(OUTPUT) | OPT_BIT(PASSWORD_FILE) | OPT_BIT(MEMORY_MIB) | OPT_BIT(TOKEN) |
         OPT_BIT(MODULE) | OPT_BIT(QUIET),
     TEXT_HELP_KEY_WRAP, cmd_key_wrap},
    {"key rotate", SESSION | OPT_BIT(KEYS), TEXT_HELP_KEY_ROTATE, cmd_key_rotate},
    {"key rotate-root", OPT_BIT(STORE) | OPT_BIT(ROOT_KEY) | OPT_BIT(PASSWORD_FILE) | OPT_BIT(OUTPUT),
     TEXT_HELP_KEY_ROTATE_ROOT, cmd_key_rotate_root},
    {"store accept-lost-erasures", OPT_BIT(STORE), TEXT_HELP_ACCEPT_LOST, cmd_store_accept_lost_erasures},
    {"store compact", OPT_BIT(STORE), TEXT_HELP_STORE_COMPACT, cmd_store_compact},
    {"synth register", SYNTH, TEXT_HELP_SYNTH_REGISTER, cmd_synth_register},
    {"synth applications", SYNTH, TEXT_HELP_SYNTH_APPLICATIONS, cmd_synth_applications},
    {"synth applicants", SYNTH, TEXT_HELP_SYNTH_APPLICANTS, cmd_synth_applicants},
    {"synth", SYNTH, TEXT_HELP_SYNTH, cmd_synth},
    {"citizen-seal",
     CONNECTION | OPT_BIT(TRUST) | OPT_BIT(PREFECTURE) | OPT_BIT(CITIZEN_PIN) | OPT_BIT(NONCE) | OPT_BIT(PORTAL) |
         OPT_BIT(INPUT),
     TEXT_HELP_CITIZEN_SEAL, cmd_citizen_seal},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

/* All commands, those on the register last; NULL after the last one. */
static const struct command *command_at(size_t index)
{
    if (index < COMMAND_COUNT)
        return &commands[index];
    return index - COMMAND_COUNT < desk_command_count ? &desk_commands[index - COMMAND_COUNT].command : NULL;
}

/* What a command calls on the register; NULL for the others. */
static const struct desk_call *call_of(const struct command *command)
{
    return command->run ? NULL : &((const struct desk_command *)command)->call;
}

/* Those that begin with `word`; all of them when it is NULL. Whether there are any. */
static bool print_commands(FILE *stream, const char *word)
{
    size_t length = word ? strlen(word) : 0;
    const struct command *command;
    bool any = false;

    for (size_t i = 0; (command = command_at(i)); i++) {
        if (word && (strncmp(command->name, word, length) != 0 || command->name[length] != ' '))
            continue;
        fprintf(stream, "  %-26s %s\n", command->name, text(command->help));
        any = true;
    }
    return any;
}

static int print_help(FILE *stream)
{
    SAY(stream, TEXT_USAGE);
    print_commands(stream, NULL);
    SAY(stream, TEXT_EXIT_CODES);
    return stream == stdout ? CLI_OK : CLI_USAGE;
}

/* The command named by argv[1] or by argv[1] and argv[2]; *words says which. */
static const struct command *find_command(int argc, char **argv, int *words)
{
    const struct command *command;

    for (size_t i = 0; (command = command_at(i)); i++) {
        const char *name = command->name, *space = strchr(name, ' ');
        *words = space ? 2 : 1;
        if (!space && strcmp(argv[1], name) == 0)
            return command;
        if (space && argc > 2 && strncmp(argv[1], name, (size_t)(space - name)) == 0 && argv[1][space - name] == '\0' &&
            strcmp(argv[2], space + 1) == 0)
            return command;
    }
    return NULL;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    const struct desk_call *call = call_of(command);
    struct options options;

    if (options_parse(argc, argv, command->accepts, &options) < 0)
        return CLI_USAGE;
    if (options.value[OPT_HELP]) {
        printf("sekisho %s: %s\n\n", command->name, text(command->help));
        options_help(command->accepts);
        if (call)
            desk_help(call, command->accepts);
        return CLI_OK;
    }
    if (!call)
        return command->run(&options);
    return call->run ? call->run(&options, call) : desk_run(&options, call);
}

int main(int argc, char **argv)
{
    int words;

    /* Texts are UTF-8 always; the width of Japanese ones is known in such a locale only, and not every machine has the
     * one that its user asks for. */
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    language_from_locale();
    /* gRPC writes its own words about a failed connection to standard error otherwise; report_error says it better. */
    setenv("GRPC_VERBOSITY", "NONE", 0);
    if (options_refuse_numbers(argc, argv) < 0)
        return CLI_USAGE;
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return print_help(stdout);
    const struct command *command = find_command(argc, argv, &words);
    if (!command) {
        SAY(stderr, TEXT_UNKNOWN_COMMAND, argv[1]);
        print_commands(stderr, argv[1]);
        return CLI_USAGE;
    }
    return run_command(command, argc - words, argv + words);
}

#ifdef SEKISHO_SANITIZED
/* c-ares keeps a few bytes of a name's resolution that the end of the process cuts off: gRPC's to free, not ours. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier): the sanitizer's name */
const char *__lsan_default_suppressions(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:libcares\n";
}
#endif
