/* What the portal keeps of an application until it is handed over (F026, F050), and the receipts of its purges. */
#ifndef SEKISHO_SIMULATORS_PORTAL_COPIES_H
#define SEKISHO_SIMULATORS_PORTAL_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sekisho/v1/portal_service.pb-c.h"

#define CONTENT_HASH_LEN 32

/* FOLDER/copies and FOLDER/receipts, made when missing. */
bool copies_open(const char *folder);

/* Keeps the text of an application under the last part of its name. */
bool copy_keep(const char *folder, const char *name, const uint8_t *text, size_t length);
/* The kept text's SHA-256. False: there is no copy. */
bool copy_hash(const char *folder, const char *name, uint8_t hash[CONTENT_HASH_LEN]);
/* Overwrites and deletes it. True also when there is none. */
bool copy_purge(const char *folder, const char *name);

/* Checks the digest of a receipt and keeps it. */
bool receipt_keep(const char *folder, const char *name, const uint8_t content[CONTENT_HASH_LEN],
                  const Sekisho__V1__ConfirmPurgeResponse *receipt);

#endif
