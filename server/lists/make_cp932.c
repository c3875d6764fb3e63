/*
 * Writes the table of CP932 (Windows-31J) as this machine's iconv has it, at build time: iconv opens files, which the
 * front cannot after its lock-down. Bit 31: the code reads back as another character.
 */
#include <endian.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define BMP 0x10000u

/* Bytes that iconv made of `in`, 0 when it could not. */
static size_t convert(iconv_t way, const void *in, size_t in_length, void *out, size_t room)
{
    char *from = (char *)(uintptr_t)in, *to = out;
    size_t left = in_length, space = room;

    iconv(way, NULL, NULL, NULL, NULL);
    if (iconv(way, &from, &left, &to, &space) != 0 || left != 0)
        return 0;
    return room - space;
}

static uint32_t code_of(iconv_t there, iconv_t back, uint32_t code_point)
{
    uint32_t in = htole32(code_point), again = 0;
    uint8_t out[4];
    size_t length = convert(there, &in, sizeof in, out, sizeof out);

    if (length != 1 && length != 2)
        return 0;
    uint32_t code = length == 1 ? out[0] : (uint32_t)out[0] << 8 | out[1];
    bool same = convert(back, out, length, &again, sizeof again) == sizeof again && again == in;
    return same ? code : code | 0x80000000u;
}

int main(void)
{
    iconv_t there = iconv_open("CP932", "UTF-32LE"), back = iconv_open("UTF-32LE", "CP932");

    if (there == (iconv_t)-1 || back == (iconv_t)-1) {
        fprintf(stderr, "make_cp932: iconv has no CP932\n");
        return 1;
    }
    printf("#include \"server/lists/cp932.h\"\n\nconst uint32_t cp932_codes[%u] = {\n", BMP);
    for (uint32_t code_point = 0; code_point < BMP; code_point++)
        printf("0x%x,%s", (unsigned)(code_point == 0 ? 0 : code_of(there, back, code_point)),
               code_point % 16 == 15 ? "\n" : "");
    printf("};\n");
    iconv_close(there);
    iconv_close(back);
    return fflush(stdout) == 0 ? 0 : 1;
}
