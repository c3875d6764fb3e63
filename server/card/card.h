/*
 * Applications signed with the My Number Card (公的個人認証): the steps of domain 5.6 in their order, each with its own
 * code, none skipped. card_parse is step 1; step 2 (the nonce) is the caller's and comes between; card_check is the
 * rest. Nothing here opens a file or a connection.
 *
 * `struct identity` texts and all inputs are the caller's; a submission points into its `struct card_signature`.
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
const char *card_code_text(enum card_code code); /* English, one line */
enum card_code card_code_of(const char *name);   /* CARD_CODE_COUNT: no such name */

#define CARD_KEY_ID_LEN      20
#define CARD_HASH_LEN        32
#define CARD_CMS_MAX         16384 /* bytes; a card's has about 3,000 */
#define CARD_CERTIFICATE_MAX 8192
#define CARD_SIGNATURE_MAX   512
#define CARD_OCSP_MAX        16384
#define CARD_AUTHORITIES_MAX 16   /* generations, in each of the two hierarchies */
#define CARD_CRLS_MAX        4096 /* an authority may have one for each municipality */

/* ---- pinned authorities and their revocation lists; signing and authentication hierarchy apart ---- */

struct card_trust;
/*
 * `sign_authorities`, `auth_authorities`: PEM texts with all generations (auth may be ""); `policies`: accepted policy
 * OIDs of signing certificates, separated by spaces. NULL with a text in error[256]: an authority that is no
 * self-signed CA of the profile, one that is in both hierarchies, or trial (O=JPKI-TEST, policies of the test arc) and
 * real ones mixed.
 */
struct card_trust *card_trust_new(const char *sign_authorities, const char *auth_authorities, const char *policies,
                                  char error[256]);
void card_trust_free(struct card_trust *trust); /* NULL is allowed */
bool card_trust_is_trial(const struct card_trust *trust);

struct card_crl_info {
    uint8_t id[CARD_HASH_LEN]; /* of authority and scope: a newer list of the same has the same */
    uint8_t authority[CARD_KEY_ID_LEN];
    bool auth;                              /* of the authentication hierarchy */
    bool partial;                           /* of one distribution point, else of all certificates */
    int64_t this_update_us, next_update_us; /* UTC */
    uint32_t revoked;                       /* entries */
};
enum card_crl_result {
    CARD_CRL_TAKEN,     /* new, or the very list that is there */
    CARD_CRL_MALFORMED, /* not one list, in DER, of a kind that can be used (no delta, no indirect list) */
    CARD_CRL_FOREIGN,   /* not of a pinned authority, or not signed by it */
    CARD_CRL_OLDER,     /* than the one that is there */
    CARD_CRL_EARLY,     /* issued in the future of `now_us` */
    CARD_CRL_FULL,
};
/* Takes a newer list (DER) of a pinned authority; `keep` false only checks. *info is filled when TAKEN or OLDER. From
 * any thread. */
enum card_crl_result card_trust_crl(struct card_trust *trust, const uint8_t *crl, size_t length, int64_t now_us,
                                    bool keep, struct card_crl_info *info);
/* Takes all lists of a PEM text; false: one of them is refused, other than for being older than ours. */
bool card_trust_crl_pem(struct card_trust *trust, const char *pem, int64_t now_us);
/* The list number `index`; false: there are not so many. From any thread. */
bool card_trust_crl_info(const struct card_trust *trust, size_t index, struct card_crl_info *info);

/* ---- a signed application ---- */

struct card_signature {
    const uint8_t *content; /* exact application bytes */
    size_t content_length;
    const uint8_t *cms; /* CMS SignedData, detached, DER; or NULL and the two below */
    size_t cms_length;
    const uint8_t *raw_signature, *certificate; /* what the card itself yields: PKCS#1 v1.5 over SHA-256; DER */
    size_t raw_signature_length, certificate_length;
    const uint8_t *ocsp; /* a stapled OCSP response, DER, or NULL */
    size_t ocsp_length;
};

/* Step 1. CARD_GOOD and a submission to be freed, or CARD_SIG_MALFORMED. */
struct card_submission;
enum card_code card_parse(const struct card_signature *signature, struct card_submission **submission);
void card_submission_free(struct card_submission *submission); /* NULL is allowed */

/* What the record keeps (step 12). */
struct card_evidence {
    uint8_t certificate_sha256[CARD_HASH_LEN];
    uint8_t serial_sha256[CARD_HASH_LEN]; /* of issuer DN and serial number: a serial number is personal */
    uint8_t issuer_key_id[CARD_KEY_ID_LEN];
    int64_t checked_at_us, this_update_us, next_update_us; /* of the status; 0: none */
    struct identity_match match;
};

/*
 * Steps 3 to 12. `applicant` is what the application says. Validity and revocation are those of `received_us`: a holder
 * who moves the next day loses nothing; `now_us`, not before it, is when this check happens. CARD_STATUS_UNKNOWN:
 * everything else is good, and it may be tried again; it is never a yes. *evidence is filled as far as it came.
 */
enum card_code card_check(const struct card_trust *trust, const struct card_submission *submission,
                          const struct identity *applicant, int64_t received_us, int64_t now_us,
                          struct card_evidence *evidence);

#endif
