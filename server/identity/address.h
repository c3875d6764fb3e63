/* Inside the library: an address's key with wildcards (U+FFFF for a character that a certificate had to replace). */
#ifndef SEKISHO_IDENTITY_ADDRESS_H
#define SEKISHO_IDENTITY_ADDRESS_H

#include "server/identity/identity.h"

/* wildcards: one '0' or '1' per character of text, or NULL; of another length: false. */
bool address_key_wild(const char *text, const char *wildcards, struct address_key *key);

#endif
