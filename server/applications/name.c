#include "server/applications/name.h"

#include <stdio.h>
#include <string.h>

#define TENANT_MAX 47 /* JIS X 0401 */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool skip(const char **name, const char *text)
{
    size_t length = strlen(text);

    if (strncmp(*name, text, length) != 0)
        return false;
    *name += length;
    return true;
}

static bool parse_tenant(const char **name, uint16_t *tenant)
{
    const char *digits = *name;

    if (digits[0] < '0' || digits[0] > '9' || digits[1] < '0' || digits[1] > '9')
        return false;
    *tenant = (uint16_t)((digits[0] - '0') * 10 + digits[1] - '0');
    *name += 2;
    return *tenant >= 1 && *tenant <= TENANT_MAX;
}

static bool parse_id(const char **name, uint8_t id[REGISTER_ID_LEN])
{
    for (size_t i = 0; i < REGISTER_ID_LEN; i++, *name += 2) {
        int high = hex_digit((*name)[0]);
        int low = high < 0 ? -1 : hex_digit((*name)[1]);
        if (low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool application_name_parse(const char *name, uint16_t *tenant, uint8_t id[REGISTER_ID_LEN], const char **rest)
{
    if (!skip(&name, "prefectures/") || !parse_tenant(&name, tenant) || !skip(&name, "/applications/") ||
        !parse_id(&name, id))
        return false;
    if (rest)
        *rest = name;
    return *name == '\0' || (rest && *name == '/');
}

void application_name_format(uint16_t tenant, const uint8_t id[REGISTER_ID_LEN], char name[APPLICATION_NAME_SIZE])
{
    int length = snprintf(name, APPLICATION_NAME_SIZE, "prefectures/%02u/applications/", tenant % 100u);

    for (size_t i = 0; i < REGISTER_ID_LEN; i++)
        length += snprintf(name + length, APPLICATION_NAME_SIZE - (size_t)length, "%02x", id[i]);
}

bool part_number_parse(const char *rest, const char *prefix, uint32_t *number)
{
    uint64_t value = 0;

    if (!skip(&rest, prefix) || *rest < '1' || *rest > '9')
        return false;
    for (; *rest >= '0' && *rest <= '9' && value <= UINT32_MAX; rest++)
        value = value * 10 + (uint64_t)(*rest - '0');
    *number = (uint32_t)value;
    return *rest == '\0' && value <= UINT32_MAX;
}
