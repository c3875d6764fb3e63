/*
 * sekisho-portal-simulator: the citizens' portal, an applicant's client and a card in one program, for tests and the
 * demo. Address, certificate and session come from the environment as for `sekisho` (log in with it, role SYS).
 *
 *   apply --folder DIR --card STEM --applicant PSEUDONYM --content FILE --citizen-pin HEX
 *         [--attach FILE]... [--ocsp FILE] [--raw] [--other-text]
 *   correct --folder DIR --card STEM --content FILE --citizen-pin HEX [the same] NAME
 *   status|withdraw|purge --folder DIR NAME
 *   retry --folder DIR [--ocsp FILE] NAME
 *   list --folder DIR --applicant PSEUDONYM
 *
 * --other-text lets the card sign something else than the application. Prints a line "NAME STATE CODE".
 */
#include <getopt.h>
#include <string.h>

#include "clients/simulators/portal/portal.h"

#define FILES_MAX 20

struct command {
    const char *folder, *card, *name;
    struct apply_options apply;
    char *files[FILES_MAX];
};

static bool parse(int count, char **arguments, struct command *command)
{
    static const struct option options[] = {
        {"folder", required_argument, NULL, 'f'},      {"card", required_argument, NULL, 'c'},
        {"applicant", required_argument, NULL, 'a'},   {"content", required_argument, NULL, 't'},
        {"citizen-pin", required_argument, NULL, 'p'}, {"attach", required_argument, NULL, 'm'},
        {"ocsp", required_argument, NULL, 'o'},        {"raw", no_argument, NULL, 'r'},
        {"other-text", no_argument, NULL, 'x'},        {NULL, 0, NULL, 0},
    };
    struct apply_options *apply = &command->apply;
    int option;

    apply->files = command->files;
    while ((option = getopt_long(count, arguments, "", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            command->folder = optarg;
            break;
        case 'c':
            command->card = optarg;
            break;
        case 'a':
            apply->pseudonym = optarg;
            break;
        case 't':
            apply->content_file = optarg;
            break;
        case 'p':
            apply->citizen_pin = optarg;
            break;
        case 'o':
            apply->ocsp_file = optarg;
            break;
        case 'r':
            apply->raw = true;
            break;
        case 'x':
            apply->other_text = true;
            break;
        case 'm':
            if (apply->file_count == FILES_MAX)
                return false;
            command->files[apply->file_count++] = optarg;
            break;
        default:
            return false;
        }
    }
    command->name = arguments[optind];
    return command->folder != NULL;
}

static bool apply(struct portal *portal, const struct command *command)
{
    struct card card;

    if (!command->card || (!command->apply.pseudonym && !command->apply.correct) || !command->apply.content_file ||
        !command->apply.citizen_pin)
        return false;
    bool good = card_open(command->card, &card) && portal_apply(portal, &card, &command->apply);
    card_close(&card);
    return good;
}

static bool correct(struct portal *portal, const struct command *command)
{
    struct command correction = *command;

    correction.apply.correct = command->name;
    return apply(portal, &correction);
}

static bool run(struct portal *portal, const char *verb, const struct command *command)
{
    if (strcmp(verb, "apply") == 0)
        return apply(portal, command);
    if (strcmp(verb, "list") == 0)
        return command->apply.pseudonym && portal_list(portal, command->apply.pseudonym);
    if (!command->name)
        return false;
    if (strcmp(verb, "status") == 0)
        return portal_status(portal, command->name);
    if (strcmp(verb, "correct") == 0)
        return correct(portal, command);
    if (strcmp(verb, "retry") == 0)
        return portal_retry(portal, command->name, command->apply.ocsp_file);
    if (strcmp(verb, "withdraw") == 0)
        return portal_withdraw(portal, command->name);
    return strcmp(verb, "purge") == 0 && portal_purge(portal, command->name);
}

int main(int count, char **arguments)
{
    struct command command = {0};
    struct portal portal;

    if (count < 2 || !parse(count - 1, arguments + 1, &command)) {
        fprintf(stderr, "sekisho-portal-simulator apply|correct|status|retry|withdraw|purge|list --folder DIR ...\n");
        return 2;
    }
    bool good = portal_open(command.folder, &portal) && run(&portal, arguments[1], &command);
    portal_close(&portal);
    return good ? 0 : 1;
}
