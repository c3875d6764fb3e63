/* Inside the library: a name's key with wildcards (U+FFFF for a character that a certificate had to replace). */
#ifndef SEKISHO_IDENTITY_NAME_KEY_H
#define SEKISHO_IDENTITY_NAME_KEY_H

#include "server/identity/identity.h"

/* wildcards: one '0' or '1' per character of text, or NULL; of another length: false. */
bool name_key_wild(const char *text, const char *wildcards, size_t max_characters, struct text_key *key);

#endif
