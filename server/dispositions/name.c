#include "server/dispositions/name.h"

#include <stdio.h>
#include <string.h>

#define PREFECTURE "prefectures/NN"
#define COLLECTION "/dispositions/"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool disposition_name_parse(const char *name, const char *part, uint8_t id[REGISTER_ID_LEN])
{
    const size_t before = sizeof PREFECTURE - 1, collection = sizeof COLLECTION - 1;

    if (strlen(name) != before + collection + (size_t)2 * REGISTER_ID_LEN + strlen(part) ||
        strncmp(name + before, COLLECTION, collection) != 0)
        return false;
    const char *hex = name + before + collection;
    for (size_t i = 0; i < REGISTER_ID_LEN; i++, hex += 2) {
        int high = hex_value(hex[0]), low = hex_value(hex[1]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return strcmp(hex, part) == 0;
}

void disposition_name_format(uint16_t tenant, const uint8_t id[REGISTER_ID_LEN], const char *part,
                             char name[DISPOSITION_NAME_SIZE])
{
    int at = snprintf(name, DISPOSITION_NAME_SIZE, "prefectures/%02u" COLLECTION, tenant % 100u);

    for (size_t i = 0; i < REGISTER_ID_LEN; i++)
        at += snprintf(name + at, DISPOSITION_NAME_SIZE - (size_t)at, "%02x", id[i]);
    snprintf(name + at, DISPOSITION_NAME_SIZE - (size_t)at, "%s", part);
}
