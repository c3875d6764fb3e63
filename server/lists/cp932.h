/* CP932 (Windows-31J) as the C library's iconv has it, in a table made at build time (make_cp932.c). */
#ifndef SEKISHO_LISTS_CP932_H
#define SEKISHO_LISTS_CP932_H

#include <stddef.h>
#include <stdint.h>

#define CP932_CHARACTERS 0x10000u
/* Code of each character of the basic plane, 0: none; with CP932_OTHER: the code reads back as another character. */
#define CP932_OTHER 0x80000000u
extern const uint32_t cp932_codes[CP932_CHARACTERS];

enum cp932_fit {
    CP932_NONE,    /* no code: nothing was written */
    CP932_SIMILAR, /* its code reads back as another character */
    CP932_SAME,
};
enum cp932_fit cp932_encode(uint32_t code_point, uint8_t out[2], size_t *length);

#endif
