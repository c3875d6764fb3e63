/* Folders and files of a run. All functions say what failed (bench_fail) and return -1. */
#ifndef SEKISHO_BENCH_FILES_H
#define SEKISHO_BENCH_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PATH_SIZE 1024

/* snprintf into a path of PATH_SIZE bytes; -1 when it does not fit. */
int path_make(char path[PATH_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A new folder from a template that ends with XXXXXX, which is filled in. */
int folder_make_temporary(char path[PATH_SIZE], mode_t mode);
int folder_make(const char *path, mode_t mode);
/* For a process that runs as nobody (command.h) when this one is root. */
int folder_make_for_nobody(const char *path);
/* Removes a folder and all that is in it; no line is said when there is none. */
void folder_remove(const char *path);

int file_write(const char *path, const char *text, mode_t mode);
/* Copies with the mode given. */
int file_copy(const char *from, const char *to, mode_t mode);
/* Reads the file once, so that it lies in the page cache. */
void file_touch(const char *path);
bool file_exists(const char *path);

/* A loopback TCP port that nothing listens on now; 0 when there is none. */
uint16_t free_port(void);

#endif
