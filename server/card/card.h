/*
 * Applications signed with the My Number Card (公的個人認証): the twelve steps of domain 5.6 in their order, each with its
 * own code, none skipped. Steps 1 and 3-10 and 12 are here; step 2 (nonce) is the caller's and comes before, step 11's
 * status comes from card_status.
 */
#ifndef SEKISHO_CARD_CARD_H
#define SEKISHO_CARD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/identity/identity.h"

enum card_code {
#define CODE(name, text) CARD_##name,
#include "server/card/codes.def"
#undef CODE
    CARD_CODE_COUNT
};
const char *card_code_name(enum card_code code); /* "DIGEST_MISMATCH"; "" for CARD_GOOD */

/* Pinned authorities and their revocation lists; the signing and the authentication hierarchy apart. */
struct card_trust;
/* `sign_authorities`, `auth_authorities`: PEM texts with all generations; `policies`: accepted policy OIDs of signing
 * certificates, separated by spaces. NULL with a text in error[256]. */
struct card_trust *card_trust_new(const char *sign_authorities, const char *auth_authorities, const char *policies,
                                  char error[256]);
void card_trust_free(struct card_trust *trust);
/* Takes a newer CRL (PEM or DER) of a pinned authority. False: not of one, bad signature, or older than ours. */
bool card_trust_crl(struct card_trust *trust, const void *crl, size_t length);

struct card_signature {
    const uint8_t *content; /* exact application bytes */
    size_t content_length;
    const uint8_t *cms; /* CMS SignedData, detached, DER; or NULL and the two below */
    size_t cms_length;
    const uint8_t *raw_signature, *certificate; /* what the card itself yields: PKCS#1 v1.5, and the certificate, DER */
    size_t raw_signature_length, certificate_length;
    const uint8_t *ocsp; /* a stapled OCSP response, DER, or NULL */
    size_t ocsp_length;
};

/* What the record keeps (step 12). */
struct card_evidence {
    uint8_t certificate_sha256[32];
    uint8_t serial_sha256[32]; /* of issuer DN and serial number: a serial number is personal */
    uint8_t issuer_key_id[20];
    int64_t checked_at_us, this_update_us, next_update_us; /* of the status; 0: none */
    struct identity_match match;
};

/* `applicant` is what the application says; `now_us` the reception time. CARD_STATUS_UNKNOWN: everything else is good,
 * and it may be tried again; it is never a yes. *evidence is filled as far as it came. */
enum card_code card_verify(const struct card_trust *trust, const struct card_signature *signature,
                           const struct identity *applicant, int64_t now_us, struct card_evidence *evidence);

#endif
