/* What the files of this folder share. */
#ifndef SEKISHO_CARD_INTERNAL_H
#define SEKISHO_CARD_INTERNAL_H

#include <pthread.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "server/card/card.h"
#include "server/card/der.h"

/* ---- trust.c ---- */

struct authority {
    X509 *certificate;
    EVP_PKEY *key;
    bool auth;
    uint8_t key_id[CARD_KEY_ID_LEN];
};

struct crl {
    X509_CRL *list;
    const struct authority *issuer;
    uint8_t *scope; /* DER of the distribution point it is for; NULL: all certificates */
    size_t scope_length;
    struct card_crl_info info;
};

struct card_trust {
    struct authority authorities[2 * CARD_AUTHORITIES_MAX];
    size_t authority_count;
    ASN1_OBJECT **policies;
    size_t policy_count;
    bool trial;
    pthread_rwlock_t lock; /* of the lists */
    struct crl *crls[CARD_CRLS_MAX];
    size_t crl_count;
};

/* Same name, byte for byte: names that only compare equal are other names. */
bool same_name(const X509_NAME *one, const X509_NAME *other);
bool key_id_is(const ASN1_OCTET_STRING *id, const uint8_t key_id[CARD_KEY_ID_LEN]);
int64_t time_us(const ASN1_TIME *time); /* INT64_MIN: not a time */

/* ---- parse.c ---- */

struct card_submission {
    const struct card_signature *given;
    CMS_ContentInfo *cms;   /* NULL: a raw signature */
    CMS_SignerInfo *signer; /* of cms */
    size_t certificates;    /* how many came along */
    uint8_t *leaf_der;      /* the first of them; NULL: none */
    size_t leaf_length;
    X509 *leaf; /* decoded from leaf_der */
};

/* ---- leaf.c: steps 5 and 6 ---- */

enum card_code leaf_check(const struct card_submission *submission);
enum card_code kind_check(const struct card_trust *trust, const X509 *leaf);
/* Extension by NID in OpenSSL's form; *critical -1: absent, -2: more than one. */
void *extension_of(const X509 *certificate, int nid, int *critical);

/* ---- holder.c: step 10 ---- */

struct holder {
    char name[801], address[1201], name_wildcards[201], address_wildcards[301];
    char birth[10], sex[2];
    struct identity identity; /* points to the above */
};
bool holder_of(const X509 *leaf, struct holder *holder);

/* ---- crl.c, ocsp.c: step 11 ---- */

enum status { STATUS_NONE, STATUS_IS_GOOD, STATUS_IS_REVOKED };
struct status_times {
    int64_t received_us, now_us;
    int64_t this_update_us, next_update_us; /* of the statement that decided; filled */
};
enum status crl_status(const struct card_trust *trust, const X509 *leaf, const struct authority *issuer,
                       struct status_times *times);
enum status ocsp_status(const struct card_trust *trust, const uint8_t *response, size_t length, const X509 *leaf,
                        const struct authority *issuer, struct status_times *times);
/* Whether a statement of these times speaks about the moment of reception. */
bool status_covers(const struct status_times *times, int64_t this_update_us, int64_t next_update_us);
void crl_free(struct crl *crl);

#endif
