/* What a file is by its first bytes: those of the few kinds that are taken in. Nothing is parsed. */
#ifndef SEKISHO_APPLICATIONS_MEDIA_TYPE_H
#define SEKISHO_APPLICATIONS_MEDIA_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool media_type_known(const char *media_type);
/* Do the first bytes begin a file of this type? */
bool media_type_fits(const char *media_type, const uint8_t *data, size_t length);

#endif
