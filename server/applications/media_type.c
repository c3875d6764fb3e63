#include "server/applications/media_type.h"

#include <string.h>

#define BYTES(text) (text), sizeof(text) - 1

/* Signatures: ISO 32000-1 7.5.2, ITU-T T.81 B.1.1.3 (SOI and the next marker), W3C PNG 5.2, TIFF 6.0 section 2. */
static const struct {
    const char *media_type;
    const char *bytes;
    size_t length;
} signatures[] = {
    {"application/pdf", BYTES("%PDF-")},
    {"image/jpeg", BYTES("\xff\xd8\xff")},
    {"image/png", BYTES("\x89PNG\r\n\x1a\n")},
    {"image/tiff", BYTES("II*\0")},
    {"image/tiff", BYTES("MM\0*")},
};
#define SIGNATURES (sizeof signatures / sizeof signatures[0])

bool media_type_known(const char *media_type)
{
    for (size_t i = 0; i < SIGNATURES; i++)
        if (strcmp(media_type, signatures[i].media_type) == 0)
            return true;
    return false;
}

bool media_type_fits(const char *media_type, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < SIGNATURES; i++)
        if (strcmp(media_type, signatures[i].media_type) == 0 && length >= signatures[i].length &&
            memcmp(data, signatures[i].bytes, signatures[i].length) == 0)
            return true;
    return false;
}
