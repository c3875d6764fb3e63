/* Inside the library: numbers in kanji, as in 二十一番地 or 一〇三号. */
#ifndef SEKISHO_IDENTITY_NUMERAL_H
#define SEKISHO_IDENTITY_NUMERAL_H

#include <stddef.h>
#include <stdint.h>

/* Characters from `at` on that are kanji numerals. */
size_t numeral_run(const uint32_t *at, size_t count);
/* Its value, 0..999,999; -1 when it is none (十千, 二二十) or greater. */
int32_t numeral_value(const uint32_t *at, size_t count);

#endif
