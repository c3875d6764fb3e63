/* Rows of the CSV files of a synthetic prefecture, read by their columns as the command's own readers do. */
#ifndef SEKISHO_TESTS_SYNTH_ROWS_H
#define SEKISHO_TESTS_SYNTH_ROWS_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct synth_rows {
    const char *program; /* sekisho */
    const char *what;    /* "register", "applications" */
    const ProtobufCMessageDescriptor *type;
    const char *prefix; /* of columns that are not fields of the type itself */
};

/* Writes `count` rows with the program and reads them. How many were read before the end or a fault, after a message.
 */
size_t synth_rows_make(const struct synth_rows *what, size_t count, ProtobufCMessage **rows);

#endif
