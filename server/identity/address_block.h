/* Inside the library: what follows the municipality in an address, brought to one way of writing (domain 4.6, 2 to 4).
 */
#ifndef SEKISHO_IDENTITY_ADDRESS_BLOCK_H
#define SEKISHO_IDENTITY_ADDRESS_BLOCK_H

#include "server/identity/code_points.h"

/* 見本町二丁目3番地の4 → 見本町2-3-4. Never longer than what it is made from. */
void address_block(const uint32_t *at, size_t count, struct code_points *block);
bool address_digit(uint32_t point);

#endif
