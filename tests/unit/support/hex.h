/* Test vectors are kept as they are published: in hexadecimal. */
#ifndef SEKISHO_UNIT_HEX_H
#define SEKISHO_UNIT_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a string of hex digits; fails the test when it is not one or does not fit. Returns how many. */
size_t unhex(const char *hex, uint8_t *out, size_t room);

/* Fails the test, showing both, unless `length` bytes at `data` are exactly those of `hex`. */
void assert_hex(const void *data, size_t length, const char *hex);

#endif
