/* Under which provision an operation uses a number on a day: the table of wire/legal_bases.def. */
#ifndef SEKISHO_VAULT_LEGAL_BASIS_H
#define SEKISHO_VAULT_LEGAL_BASIS_H

#include <stdint.h>

/* Code of the first row that fits the operation, the purpose and the day in Japan of `now_us` (UTC); 0: none does. */
uint16_t legal_basis(uint16_t operation, uint16_t purpose, int64_t now_us);

#endif
