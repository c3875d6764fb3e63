#include "server/services/hex_id.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

bool hex_id_parse(const char *text, uint8_t id[HEX_ID_LEN])
{
    if (strlen(text) != HEX_ID_SIZE - 1 || strspn(text, digits) != HEX_ID_SIZE - 1)
        return false;
    for (int i = 0; i < HEX_ID_LEN; i++) {
        long high = strchr(digits, text[2 * i]) - digits, low = strchr(digits, text[2 * i + 1]) - digits;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void hex_id_format(const uint8_t id[HEX_ID_LEN], char text[HEX_ID_SIZE])
{
    for (int i = 0; i < HEX_ID_LEN; i++) {
        *text++ = digits[id[i] >> 4];
        *text++ = digits[id[i] & 15];
    }
    *text = '\0';
}
