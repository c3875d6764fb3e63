#include "server/lists/cp932.h"

#include <endian.h>
#include <iconv.h>

#define BMP 0x10000u

/* Code of each character of the basic plane, 0: none (U+0000 aside, which no text has). */
static uint16_t codes[BMP];
static uint8_t similar[BMP / 8];
static bool ready;

/* Bytes that iconv made of `in`, 0 when it could not. */
static size_t convert(iconv_t way, const void *in, size_t in_length, uint8_t *out, size_t room)
{
    char *from = (char *)(uintptr_t)in, *to = (char *)out;
    size_t left = in_length, space = room;

    iconv(way, NULL, NULL, NULL, NULL);
    if (iconv(way, &from, &left, &to, &space) != 0 || left != 0)
        return 0;
    return room - space;
}

static void learn(iconv_t there, iconv_t back, uint32_t code_point)
{
    uint32_t in = htole32(code_point), again = 0;
    uint8_t out[4];
    size_t length = convert(there, &in, sizeof in, out, sizeof out);

    if (length != 1 && length != 2)
        return;
    codes[code_point] = (uint16_t)(length == 1 ? out[0] : out[0] << 8 | out[1]);
    if (convert(back, out, length, (uint8_t *)&again, sizeof again) != sizeof again || again != in)
        similar[code_point / 8] |= (uint8_t)(1u << code_point % 8);
}

bool cp932_load(void)
{
    iconv_t there = iconv_open("CP932", "UTF-32LE"), back = iconv_open("UTF-32LE", "CP932");

    if (there != (iconv_t)-1 && back != (iconv_t)-1) {
        for (uint32_t code_point = 1; code_point < BMP; code_point++)
            learn(there, back, code_point);
        ready = true;
    }
    if (there != (iconv_t)-1)
        iconv_close(there);
    if (back != (iconv_t)-1)
        iconv_close(back);
    return ready;
}

bool cp932_ready(void)
{
    return ready;
}

enum cp932_fit cp932_encode(uint32_t code_point, uint8_t out[2], size_t *length)
{
    uint16_t code = code_point < BMP ? codes[code_point] : 0;

    *length = 0;
    if (code == 0)
        return CP932_NONE;
    if (code > 0xff)
        out[(*length)++] = (uint8_t)(code >> 8);
    out[(*length)++] = (uint8_t)code;
    return similar[code_point / 8] >> code_point % 8 & 1 ? CP932_SIMILAR : CP932_SAME;
}
