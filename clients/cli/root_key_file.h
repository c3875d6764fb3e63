/* Files of root keys. All return CLI_OK, or CLI_USAGE after a message; the caller wipes the key. */
#ifndef SEKISHO_CLI_ROOT_KEY_FILE_H
#define SEKISHO_CLI_ROOT_KEY_FILE_H

#include "cli.h"
#include "unseal/unseal.h"

/* A raw key. */
int root_key_read(const char *path, uint8_t key[ROOT_KEY_LEN]);
/* A raw key, or one under a passphrase: of `password_file`, of standard input for "-", of the terminal for NULL. */
int root_key_open(const char *path, const char *password_file, uint8_t key[ROOT_KEY_LEN]);
/* The name of a new file is durable with its folder only. False with errno. */
bool folder_sync(const char *path);
/* Makes a new file, readable by its owner alone, and has it on the disk. */
int root_key_write_new(const char *path, const void *bytes, size_t length);

#endif
