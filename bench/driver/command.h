/* The words of a command line, built one by one. */
#ifndef SEKISHO_BENCH_COMMAND_H
#define SEKISHO_BENCH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#define COMMAND_WORDS 64
#define COMMAND_TEXT  16384
#define NOBODY        65534 /* uid and gid */

struct command {
    char *words[COMMAND_WORDS + 1]; /* into text; ends with NULL */
    size_t count, used;
    bool overflowed; /* a word had no room: such a command is never run */
    /* How it is run. */
    const char *folder; /* working folder; NULL: this process's */
    const char *home;   /* HOME; NULL: this process's */
    bool tells_ready;   /* a server whose standard output says when it is ready; that of others goes to their log */
    bool as_nobody;     /* when this process is root: some peers refuse to run as root, and none should */
    char text[COMMAND_TEXT];
};

/* An empty command; not copied afterwards, since words point into it. */
void command_init(struct command *command);
/* Adds one word, as printf makes it. */
void command_add(struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds words that are separated by spaces in `words`. */
void command_add_all(struct command *command, const char *words);
/* The name of the program, without its folder. */
const char *command_name(const struct command *command);

#endif
