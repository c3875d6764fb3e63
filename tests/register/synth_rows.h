/* Rows of the CSV file of a synthetic register, read by its columns as `sekisho register import` does. */
#ifndef SEKISHO_TESTS_SYNTH_ROWS_H
#define SEKISHO_TESTS_SYNTH_ROWS_H

#include <stddef.h>

#include "sekisho/v1/register_service.pb-c.h"

/* Writes `count` registrations with the program and reads them: rows[0..count-1], freed with synth_rows_free. The
 * number of rows, or 0 when a step fails, after a message. */
size_t synth_rows_make(const char *program, size_t count, Sekisho__V1__ImportRow **rows);

#endif
