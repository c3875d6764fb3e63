/*
 * Strict DER (X.690, 10 and 11). OpenSSL's decoders take BER, too; a signature or an identity that has several
 * encodings is refused before they see it.
 */
#ifndef SEKISHO_CARD_DER_H
#define SEKISHO_CARD_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_DEPTH_MAX 24

struct der {
    const uint8_t *bytes;
    size_t length;
};

struct der_value {
    uint8_t tag;               /* class, constructed, number 0..30 */
    struct der whole, content; /* with and without the header */
};

/* Takes the first value from *rest. False: none there, or its header is not DER. */
bool der_next(struct der *rest, struct der_value *value);

/* Whether the bytes are exactly one value, in DER with everything inside; octet strings are not looked into. */
bool der_strict(const uint8_t *bytes, size_t length);

/* The first element of a SEQUENCE with its header: what the signature of a certificate, CRL or OCSP response is over.
 */
bool der_first(const uint8_t *bytes, size_t length, struct der *first);

#endif
