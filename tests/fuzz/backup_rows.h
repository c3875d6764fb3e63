/* The rows of a backup, to be changed as an input says. */
#ifndef SEKISHO_TESTS_FUZZ_BACKUP_ROWS_H
#define SEKISHO_TESTS_FUZZ_BACKUP_ROWS_H

#include "backup_made.h"

/* Takes the genuine rows, changes them, and writes them one after the other to `out` (MADE_MAX bytes); returns how many
 * bytes. `ends` (ROWS_MAX) are where each ends, *count how many there are. */
#define ROWS_MAX 512
size_t rows_changed(struct input *input, uint8_t *out, size_t ends[ROWS_MAX], size_t *count);

#endif
