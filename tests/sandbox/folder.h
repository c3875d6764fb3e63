/* A folder of a test's own with everything a configuration names: keys, certificates (not real ones), accounts. */
#ifndef SEKISHO_TESTS_FOLDER_H
#define SEKISHO_TESTS_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#define FOLDER_LEN 64

/* Makes it; `path` gets its name. The owner of everything in it is `uid`. */
void folder_make(char path[FOLDER_LEN], uid_t uid);
void folder_remove(const char *path);

/* Writes `text` to `name` in the folder, with this mode and the folder's owner. */
void folder_write(const char *path, const char *name, mode_t mode, const char *text);

/* Writes the configuration "conf": every required key, then `more`. A line of `more` replaces that of the same key. */
void folder_write_config(const char *path, const char *more);

#endif
