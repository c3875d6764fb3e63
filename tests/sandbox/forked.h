/* Runs one piece of code in a process of its own, as root or as an ordinary user in a user namespace, and says how it
 * ended. */
#ifndef SEKISHO_TESTS_FORKED_H
#define SEKISHO_TESTS_FORKED_H

#include <stdbool.h>
#include <sys/types.h>

enum forked_as { AS_CALLER, AS_ROOT, AS_USER_NAMESPACE };

/* Exit code, or 128 + signal. The piece of code returns its exit code. */
int forked(enum forked_as as, int (*run)(void *context), void *context);

/* The same of a process already started. */
int forked_wait(pid_t pid);

/* false: this machine or this user cannot (then the test is reported as skipped). */
bool forked_can(enum forked_as as);

#define SKIP_UNLESS(as)                                                                                                \
    do                                                                                                                 \
        if (!forked_can(as))                                                                                           \
            skip();                                                                                                    \
    while (0)

/* In the forked code: ends it with the line of the first thing that is not so. */
#define WANT(condition)                                                                                                \
    do                                                                                                                 \
        if (!(condition))                                                                                              \
            forked_fail(__FILE__, __LINE__, #condition);                                                               \
    while (0)
_Noreturn void forked_fail(const char *file, int line, const char *condition);

/* An ordinary uid that owns nothing. */
#define ORDINARY_UID 54321

#endif
