/* Base64 of RFC 4648 section 4 without padding, as PHC strings use it; for values whose size both sides know. */
#ifndef SEKISHO_AUTH_BASE64_H
#define SEKISHO_AUTH_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE64_LEN(bytes) (((bytes)*4 + 2) / 3)

/* Writes BASE64_LEN(length) characters, no terminator. */
void base64_encode(const uint8_t *data, size_t length, char *text);

/* Reads BASE64_LEN(length) characters. False for a foreign character or for set bits beyond the last byte: every value
 * has one spelling. */
bool base64_decode(const char *text, uint8_t *data, size_t length);

#endif
