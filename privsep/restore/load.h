/* Puts the rows of a backup into a new LMDB environment. */
#ifndef SEKISHO_RESTORE_LOAD_H
#define SEKISHO_RESTORE_LOAD_H

#include <lmdb.h>

#include "restore/reader.h"

/* Makes data.mdb in `folder` from all chunks that the reader has, and makes it durable. Fills rows, tenants and, when
 * it fails, chunk, code, tenant and what of the report. */
enum restore_status load_store(struct backup_reader *reader, const char *folder, uint64_t map_bytes,
                               const struct restore_request *request, struct restore_report *report);

#endif
