/* A new password: twice from the terminal, or one line of a file. */
#ifndef SEKISHO_CLI_NEW_PASSWORD_H
#define SEKISHO_CLI_NEW_PASSWORD_H

#include "cli.h"

/* From `path` ("-": standard input), or from the terminal when it is NULL. CLI_OK with its length, or CLI_USAGE after a
 * message. The caller wipes it in either case. */
int new_password_read(const char *path, char password[SECRET_MAX], long *length);

#endif
