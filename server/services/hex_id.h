/* Ids of 16 bytes as 32 lower-case hex digits: one spelling each. */
#ifndef SEKISHO_SERVICES_HEX_ID_H
#define SEKISHO_SERVICES_HEX_ID_H

#include <stdbool.h>
#include <stdint.h>

#define HEX_ID_LEN  16
#define HEX_ID_SIZE (2 * HEX_ID_LEN + 1) /* with terminator */

bool hex_id_parse(const char *text, uint8_t id[HEX_ID_LEN]);
void hex_id_format(const uint8_t id[HEX_ID_LEN], char text[HEX_ID_SIZE]);

#endif
