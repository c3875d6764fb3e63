#include "server/dispositions/name.h"

#include <stdio.h>
#include <string.h>

#include "server/register/entry.h"

#define PREFECTURE   "prefectures/NN"
#define COLLECTION   "/dispositions/"
#define APPLICATIONS "/applications/"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse(const char *name, const char *collection, const char *part, uint8_t id[REGISTER_ID_LEN])
{
    const size_t before = sizeof PREFECTURE - 1, length = strlen(collection);

    if (strlen(name) != before + length + (size_t)2 * REGISTER_ID_LEN + strlen(part) ||
        strncmp(name + before, collection, length) != 0)
        return false;
    const char *hex = name + before + length;
    for (size_t i = 0; i < REGISTER_ID_LEN; i++, hex += 2) {
        int high = hex_value(hex[0]), low = hex_value(hex[1]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return strcmp(hex, part) == 0;
}

bool disposition_name_parse(const char *name, const char *part, uint8_t id[REGISTER_ID_LEN])
{
    return parse(name, COLLECTION, part, id);
}

bool disposition_application_parse(const char *name, uint16_t tenant, uint8_t id[REGISTER_ID_LEN])
{
    char prefecture[sizeof PREFECTURE];

    snprintf(prefecture, sizeof prefecture, "prefectures/%02u", tenant % 100u);
    return strncmp(name, prefecture, sizeof prefecture - 1) == 0 && parse(name, APPLICATIONS, "", id);
}

void disposition_name_format(uint16_t tenant, const uint8_t id[REGISTER_ID_LEN], const char *part,
                             char name[DISPOSITION_NAME_SIZE])
{
    int at = snprintf(name, DISPOSITION_NAME_SIZE, "prefectures/%02u" COLLECTION, tenant % 100u);

    for (size_t i = 0; i < REGISTER_ID_LEN; i++)
        at += snprintf(name + at, DISPOSITION_NAME_SIZE - (size_t)at, "%02x", id[i]);
    snprintf(name + at, DISPOSITION_NAME_SIZE - (size_t)at, "%s", part);
}

bool disposition_registration_parse(const char *name, uint16_t tenant, uint32_t *serial)
{
    const char *rest;
    uint16_t of;

    return entry_name_parse(name, &of, serial, &rest) && of == tenant && *rest == '\0';
}
