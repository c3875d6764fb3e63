/* Resource names (AIP-122): one spelling each, so that a name can be compared as text. */
#ifndef SEKISHO_SERVICES_RESOURCE_NAME_H
#define SEKISHO_SERVICES_RESOURCE_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/messages.h"

#define PREFECTURE_NAME_SIZE   (12 + 2 + 1) /* with terminator */
#define SESSION_NAME_SIZE      (12 + 2 + 10 + 2 * SESSION_ID_LEN + 1)
#define LEDGER_ENTRY_NAME_SIZE (12 + 2 + 15 + 20 + 1)

/* "prefectures/11": two digits of JIS X 0401, 01..47. */
bool prefecture_name_parse(const char *name, uint16_t *tenant);
void prefecture_name_format(uint16_t tenant, char name[PREFECTURE_NAME_SIZE]);

/* "prefectures/11" or anything below it. */
bool name_prefecture(const char *name, uint16_t *tenant);

/* "prefectures/11/sessions/{32 lower-case hex digits}" */
bool session_name_parse(const char *name, uint16_t *tenant, uint8_t id[SESSION_ID_LEN]);
void session_name_format(uint16_t tenant, const uint8_t id[SESSION_ID_LEN], char name[SESSION_NAME_SIZE]);

/* "prefectures/11/ledgerEntries/42": the index of a leaf, decimal, without leading zeros. */
bool ledger_entry_name_parse(const char *name, uint16_t *tenant, uint64_t *index);
void ledger_entry_name_format(uint16_t tenant, uint64_t index, char name[LEDGER_ENTRY_NAME_SIZE]);

/* "prefectures/11/accessRecords/42": the same of the access records. */
bool access_record_name_parse(const char *name, uint16_t *tenant, uint64_t *index);

#endif
