/* The last steps of a fresh process before it is another program: descriptors, signals, environment. */
#ifndef SEKISHO_WARDEN_BECOME_H
#define SEKISHO_WARDEN_BECOME_H

#include <stddef.h>

/* The folder of the warden's own executable, beside which the others lie. O_PATH descriptor, or -1 with errno. */
int become_folder(void);

/*
 * Executes `name` of that folder with descriptors give[0..count-1] as 3, 4, ..., /dev/null below, nothing above, and no
 * signal blocked. Called in the child of a fork; ends it with EXIT_SYSTEM when it cannot.
 */
__attribute__((noreturn)) void become(int folder, const char *name, char *const *arguments, char *const *environment,
                                      const int *give, size_t count);

#endif
