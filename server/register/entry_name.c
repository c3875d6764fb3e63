#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/register/entry.h"

#define COLLECTION "prefectures/%02u/registrations/"
#define DIGITS     "0123456789"
#define TENANT_MAX 47

static bool parse_number(const char *text, size_t length, uint64_t max, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        *value = *value * 10 + (uint64_t)(text[i] - '0');
        if (*value > max)
            return false;
    }
    return length > 0;
}

bool entry_name_parse(const char *name, uint16_t *tenant, uint32_t *serial, const char **rest)
{
    static const char prefectures[] = "prefectures/", registrations[] = "/registrations/";
    uint64_t number;

    if (strncmp(name, prefectures, sizeof prefectures - 1) != 0)
        return false;
    name += sizeof prefectures - 1;
    if (strspn(name, DIGITS) != 2 || !parse_number(name, 2, TENANT_MAX, &number) || number == 0)
        return false;
    *tenant = (uint16_t)number;
    name += 2;
    if (strncmp(name, registrations, sizeof registrations - 1) != 0)
        return false;
    name += sizeof registrations - 1;
    size_t digits = strspn(name, DIGITS);
    /* One spelling each: six digits, or more without a leading zero. */
    if (digits < 6 || (digits > 6 && name[0] == '0') || !parse_number(name, digits, ENTRY_SERIAL_MAX, &number) ||
        number == 0)
        return false;
    *serial = (uint32_t)number;
    *rest = name + digits;
    return **rest == '\0' || **rest == '/';
}

void entry_name_format(uint16_t tenant, uint32_t serial, char name[ENTRY_NAME_SIZE])
{
    snprintf(name, ENTRY_NAME_SIZE, COLLECTION "%06" PRIu32, tenant % 100u, serial);
}

void entry_etag_format(uint32_t serial, uint64_t version, char etag[ENTRY_ETAG_SIZE])
{
    snprintf(etag, ENTRY_ETAG_SIZE, "W/\"%" PRIu32 "-%" PRIu64 "\"", serial, version);
}

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void entry_pseudonym_format(const uint8_t pseudonym[ENTRY_PSEUDONYM_LEN], char text[ENTRY_PSEUDONYM_SIZE])
{
    /* Five bits a character from the left; the last has three of them and two zeros. */
    for (unsigned i = 0; i < ENTRY_PSEUDONYM_SIZE - 1; i++) {
        unsigned bit = i * 5, value = (unsigned)pseudonym[bit / 8] << 8;
        if (bit / 8 + 1 < ENTRY_PSEUDONYM_LEN)
            value |= pseudonym[bit / 8 + 1];
        text[i] = alphabet[value >> (11 - bit % 8) & 31];
    }
    text[ENTRY_PSEUDONYM_SIZE - 1] = '\0';
}

bool entry_pseudonym_parse(const char *text, uint8_t pseudonym[ENTRY_PSEUDONYM_LEN])
{
    char canonical[ENTRY_PSEUDONYM_SIZE];

    if (strlen(text) != ENTRY_PSEUDONYM_SIZE - 1 || strspn(text, alphabet) != ENTRY_PSEUDONYM_SIZE - 1)
        return false;
    memset(pseudonym, 0, ENTRY_PSEUDONYM_LEN);
    for (unsigned bit = 0; bit < ENTRY_PSEUDONYM_LEN * 8; bit++) {
        unsigned value = (unsigned)(strchr(alphabet, text[bit / 5]) - alphabet);
        pseudonym[bit / 8] |= (uint8_t)((value >> (4 - bit % 5) & 1) << (7 - bit % 8));
    }
    entry_pseudonym_format(pseudonym, canonical);
    return strcmp(canonical, text) == 0;
}
