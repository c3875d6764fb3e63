#include "server/services/resource_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/services/hex_id.h"

#define COLLECTION     "prefectures/"
#define SUBCOLLECTION  "/sessions/"
#define ENTRIES        "/ledgerEntries/"
#define RECORDS        "/accessRecords/"
#define COLLECTION_LEN (sizeof COLLECTION - 1)

_Static_assert(SESSION_ID_LEN == HEX_ID_LEN, "a session is named by its id");
_Static_assert(PREFECTURE_NAME_SIZE == sizeof COLLECTION + 2, "name size");
_Static_assert(SESSION_NAME_SIZE == sizeof COLLECTION + 2 + sizeof SUBCOLLECTION - 1 + 2 * SESSION_ID_LEN, "name size");
_Static_assert(LEDGER_ENTRY_NAME_SIZE == sizeof COLLECTION + 2 + sizeof ENTRIES - 1 + 20, "name size");

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Parses the prefecture at the start of `name`; *rest is what follows it. */
static bool parse_prefecture(const char *name, uint16_t *tenant, const char **rest)
{
    if (strncmp(name, COLLECTION, COLLECTION_LEN) != 0)
        return false;
    const char *code = name + COLLECTION_LEN;
    if (!digit(code[0]) || !digit(code[1]))
        return false;
    *tenant = (uint16_t)((code[0] - '0') * 10 + (code[1] - '0'));
    *rest = code + 2;
    return *tenant >= 1 && *tenant <= TENANTS_MAX;
}

bool prefecture_name_parse(const char *name, uint16_t *tenant)
{
    const char *rest;
    return parse_prefecture(name, tenant, &rest) && *rest == '\0';
}

bool name_prefecture(const char *name, uint16_t *tenant)
{
    const char *rest;
    return parse_prefecture(name, tenant, &rest) && (*rest == '\0' || *rest == '/');
}

void prefecture_name_format(uint16_t tenant, char name[PREFECTURE_NAME_SIZE])
{
    snprintf(name, PREFECTURE_NAME_SIZE, COLLECTION "%02u", tenant % 100u);
}

bool session_name_parse(const char *name, uint16_t *tenant, uint8_t id[SESSION_ID_LEN])
{
    const char *rest;

    if (!parse_prefecture(name, tenant, &rest) || strncmp(rest, SUBCOLLECTION, sizeof SUBCOLLECTION - 1) != 0)
        return false;
    return hex_id_parse(rest + sizeof SUBCOLLECTION - 1, id);
}

void session_name_format(uint16_t tenant, const uint8_t id[SESSION_ID_LEN], char name[SESSION_NAME_SIZE])
{
    int at = snprintf(name, SESSION_NAME_SIZE, COLLECTION "%02u" SUBCOLLECTION, tenant % 100u);

    hex_id_format(id, name + at);
}

static bool parse_leaf(const char *name, const char *collection, uint16_t *tenant, uint64_t *index)
{
    const char *rest;

    if (!parse_prefecture(name, tenant, &rest) || strncmp(rest, collection, strlen(collection)) != 0)
        return false;
    rest += strlen(collection);
    if (!digit(rest[0]) || (rest[0] == '0' && rest[1] != '\0'))
        return false;
    for (*index = 0; digit(*rest); rest++) {
        unsigned value = (unsigned)(*rest - '0');
        if (*index > (UINT64_MAX - value) / 10)
            return false;
        *index = *index * 10 + value;
    }
    return *rest == '\0';
}

bool ledger_entry_name_parse(const char *name, uint16_t *tenant, uint64_t *index)
{
    return parse_leaf(name, ENTRIES, tenant, index);
}

bool access_record_name_parse(const char *name, uint16_t *tenant, uint64_t *index)
{
    return parse_leaf(name, RECORDS, tenant, index);
}

void ledger_entry_name_format(uint16_t tenant, uint64_t index, char name[LEDGER_ENTRY_NAME_SIZE])
{
    snprintf(name, LEDGER_ENTRY_NAME_SIZE, COLLECTION "%02u" ENTRIES "%" PRIu64, tenant % 100u, index);
}
