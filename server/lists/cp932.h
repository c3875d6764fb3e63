/*
 * CP932 (Windows-31J) as the C library's iconv has it, in a table: iconv opens files, which the front cannot after its
 * lock-down, and its state belongs to one thread.
 */
#ifndef SEKISHO_LISTS_CP932_H
#define SEKISHO_LISTS_CP932_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before any other thread runs and before the lock-down. False: this machine's iconv has no CP932. */
bool cp932_load(void);

enum cp932_fit {
    CP932_NONE,    /* no code: nothing was written */
    CP932_SIMILAR, /* its code reads back as another character */
    CP932_SAME,
};
/* False until cp932_load. */
bool cp932_ready(void);
enum cp932_fit cp932_encode(uint32_t code_point, uint8_t out[2], size_t *length);

#endif
