/* Access records as JSON: what --json of the record commands writes. */
#ifndef SEKISHO_CLI_RECORD_JSON_H
#define SEKISHO_CLI_RECORD_JSON_H

#include <jansson.h>

#include "sekisho_access.h"

/* The whole record with its exact bytes. */
json_t *record_json(const struct sekisho_access_record *record);
/* What `operation` and `result` of a record mean, "" where it has none. */
const char *record_operation(const struct sekisho_access_record *record);
const char *record_result(const struct sekisho_access_record *record);

#endif
