/* Ids, texts and dates as they may be stored and shown. */
#ifndef SEKISHO_AUTH_ACCOUNT_TEXT_H
#define SEKISHO_AUTH_ACCOUNT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/messages.h"

/* True when `id` is a zero-padded id of an account or a terminal: [a-z0-9][a-z0-9._-]*. */
bool account_id_valid(const char id[ACCOUNT_LEN]);

/* Bytes of the UTF-8 sequence at `text` (RFC 3629: shortest form, no surrogates, up to U+10FFFF); 0 when it is none.
 * left > 0. */
size_t utf8_sequence(const uint8_t *text, size_t left);

/* True for zero-padded UTF-8 of at most `size` bytes without control characters (C0, DEL, C1), which a terminal might
 * obey. Empty is fine. */
bool account_text_valid(const char *text, size_t size);

/* True for a day of the Gregorian calendar, yyyymmdd. */
bool account_date_valid(uint32_t date);

/* The day in Japan, where contracts end at midnight. */
uint32_t date_in_japan(int64_t now_us);

#endif
