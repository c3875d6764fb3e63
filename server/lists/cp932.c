#include "server/lists/cp932.h"

enum cp932_fit cp932_encode(uint32_t code_point, uint8_t out[2], size_t *length)
{
    uint32_t entry = code_point < CP932_CHARACTERS ? cp932_codes[code_point] : 0;
    uint32_t code = entry & ~CP932_OTHER;

    *length = 0;
    if (code == 0)
        return CP932_NONE;
    if (code > 0xff)
        out[(*length)++] = (uint8_t)(code >> 8);
    out[(*length)++] = (uint8_t)code;
    return entry & CP932_OTHER ? CP932_SIMILAR : CP932_SAME;
}
