/* Inside the library: where the municipality ends in an address. Text in the form of keys, without a prefecture. */
#ifndef SEKISHO_IDENTITY_MUNICIPALITY_H
#define SEKISHO_IDENTITY_MUNICIPALITY_H

#include <stddef.h>

/* Bytes of the municipality that the text begins with (郡 and ward included); 0: none can be told. */
size_t municipality_length(const char *text);
/* The only prefecture that has it; 0: none is certain (municipality.def). */
unsigned municipality_prefecture(const char *text, size_t length);

#endif
