#include "desk/resource.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/identity/identity.h"

enum id_kind { ID_REGISTRATION, ID_HEX, ID_NUMBER };

static const struct collection {
    const char *field, *collection;
    enum id_kind kind;
} collections[] = {
    {"registration", "registrations", ID_REGISTRATION},
    {"application", "applications", ID_HEX},
    {"disposition", "dispositions", ID_HEX},
    {"council_opinion", "dispositions", ID_HEX},
    {"finding", "findings", ID_NUMBER},
    {"enquiry", "enquiries", ID_NUMBER},
    {"disclosure", "disclosureRequests", ID_NUMBER},
    {"attachment", "attachments", ID_NUMBER},
    {"receipt", "receipts", ID_NUMBER},
    {"card", "paperCards", ID_NUMBER},
    {"import", "imports", ID_HEX},
    {"revision", "revisions", ID_NUMBER},
};

static const struct collection *collection_of(const char *field, size_t length)
{
    for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++)
        if (strlen(collections[i].field) == length && memcmp(collections[i].field, field, length) == 0)
            return &collections[i];
    return NULL;
}

const char *resource_id(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

const char *resource_short(const char *name)
{
    if (strncmp(name, "prefectures/", strlen("prefectures/")) != 0)
        return name;
    const char *collection = strchr(name + strlen("prefectures/"), '/'),
               *id = collection ? strchr(collection + 1, '/') : NULL;
    if (!id)
        return name;
    return strchr(id + 1, '/') ? collection + 1 : id + 1;
}

/* The serial number of a 登録番号 in a usual spelling, or of digits alone; 0: neither. */
static uint32_t serial_of(const char *id)
{
    struct registration_number number;
    size_t digits = strspn(id, "0123456789");

    if (registration_number_parse(id, &number))
        return number.serial;
    return digits > 0 && digits < 10 && id[digits] == '\0' ? (uint32_t)strtoul(id, NULL, 10) : 0;
}

/* The id as it stands in a name; the value may be a whole name. */
static bool format_id(enum id_kind kind, const char *value, char *out, size_t size)
{
    const char *id = resource_id(value);
    uint32_t serial;

    if (kind == ID_HEX) {
        if (strlen(id) != 32 || strspn(id, "0123456789abcdefABCDEF") != 32 || size <= 32)
            return false;
        for (size_t i = 0; i <= 32; i++)
            out[i] = (char)tolower((unsigned char)id[i]);
        return true;
    }
    if ((serial = serial_of(id)) == 0)
        return false;
    return snprintf(out, size, kind == ID_REGISTRATION ? "%06u" : "%u", serial) < (int)size;
}

bool resource_complete(const char *field, const char *value, unsigned prefecture, char out[RESOURCE_MAX])
{
    const struct collection *found = collection_of(field, strlen(field));
    char id[64];

    if (!found || *value == '\0' || strncmp(value, "prefectures/", strlen("prefectures/")) == 0)
        return snprintf(out, RESOURCE_MAX, "%s", value) < RESOURCE_MAX || !found;
    if (!format_id(found->kind, value, id, sizeof id))
        return false;
    return snprintf(out, RESOURCE_MAX, "prefectures/%02u/%s/%s", prefecture % 100, found->collection, id) <
           RESOURCE_MAX;
}

bool resource_of_options(const char *pattern, const struct options *options, unsigned prefecture,
                         char out[RESOURCE_MAX], const char **missing)
{
    size_t used = (size_t)snprintf(out, RESOURCE_MAX, "prefectures/%02u%s", prefecture % 100, *pattern ? "/" : "");

    while (*pattern) {
        size_t literal = strcspn(pattern, "{");
        memcpy(out + used, pattern, literal);
        used += literal;
        out[used] = '\0';
        pattern += literal;
        if (*pattern == '\0')
            break;
        size_t length = strcspn(++pattern, "}");
        const struct collection *found = collection_of(pattern, length);
        const char *value = option_named(options, pattern, length);
        *missing = found ? found->field : pattern;
        if (!found || !value || !format_id(found->kind, value, out + used, RESOURCE_MAX - 64 - used))
            return false;
        used += strlen(out + used);
        pattern += length + 1;
    }
    return true;
}
