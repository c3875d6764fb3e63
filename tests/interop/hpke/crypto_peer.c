/* The C side of the interoperability tests: answers each line of standard input on standard output (commands.h). */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "crypto/hash.h"

static const struct {
    const char *name;
    void (*run)(const struct line *line);
} commands[] = {
    {"derive", command_derive}, {"seal", command_seal},   {"open", command_open},       {"login", command_login},
    {"call", command_call},     {"reply", command_reply}, {"citizen", command_citizen},
};

static void run(const struct line *line)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(line->command, commands[i].name) == 0) {
            commands[i].run(line);
            return;
        }
    }
    usage("no such command");
}

int main(void)
{
    struct line line;

    if (crypto_init() != 0)
        usage("libcrypto does not start");
    while (line_read(stdin, &line)) {
        run(&line);
        line_free(&line);
        printf("\n");
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
