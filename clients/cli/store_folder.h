#ifndef SEKISHO_CLI_STORE_FOLDER_H
#define SEKISHO_CLI_STORE_FOLDER_H

#include "cli.h"

/* Locks the folder as the warden does: whoever has the lock is the store's only user. The descriptor to close, or -1
 * after a message. */
int store_folder_lock(const char *folder);

#endif
