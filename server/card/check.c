/* Steps 3 to 12 of domain 5.6, in their order: the first that fails gives the code. */
#include <string.h>

#include <openssl/err.h>

#include "crypto/hash.h"
#include "server/card/internal.h"
#include "server/card/rsa.h"

struct check {
    const struct card_trust *trust;
    const struct card_submission *submission;
    const struct identity *applicant;
    int64_t received_us, now_us;
    const struct authority *issuer; /* from step 7 on */
    struct card_evidence *evidence;
};

/* ---- 3: what was signed are these bytes ---- */

/* NULL for a digest that step 4 refuses. */
static const EVP_MD *cms_digest(const struct card_submission *submission)
{
    X509_ALGOR *digest, *signature;

    CMS_SignerInfo_get0_algs(submission->signer, NULL, NULL, &digest, &signature);
    return rsa_digest(digest);
}

/* One attribute of the kind, with one value of the type; else NULL. */
static void *attribute(const struct card_submission *submission, int nid, int type)
{
    return CMS_signed_get0_data_by_OBJ(submission->signer, OBJ_nid2obj(nid), -3, type);
}

static enum card_code check_content(struct check *check)
{
    const struct card_submission *submission = check->submission;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length;

    if (!submission->signer)
        return CARD_GOOD; /* a raw signature is over the content itself: step 9 */
    const ASN1_OBJECT *type = attribute(submission, NID_pkcs9_contentType, V_ASN1_OBJECT);
    const ASN1_OCTET_STRING *said = attribute(submission, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
    if (!type || OBJ_obj2nid(type) != NID_pkcs7_data || !said)
        return CARD_DIGEST_MISMATCH;
    const EVP_MD *digest = cms_digest(submission);
    if (!digest)
        return CARD_GOOD; /* not one to compute with: step 4 */
    if (EVP_Digest(submission->given->content, submission->given->content_length, hash, &length, digest, NULL) != 1 ||
        (size_t)ASN1_STRING_length(said) != length || memcmp(ASN1_STRING_get0_data(said), hash, length) != 0)
        return CARD_DIGEST_MISMATCH;
    return CARD_GOOD;
}

/* ---- 4: algorithms and key ---- */

static bool cms_algorithms(const struct card_submission *submission)
{
    X509_ALGOR *digest, *signature;
    const ASN1_OBJECT *object;

    CMS_SignerInfo_get0_algs(submission->signer, NULL, NULL, &digest, &signature);
    X509_ALGOR_get0(&object, NULL, NULL, signature);
    const EVP_MD *hash = rsa_digest(digest);
    if (OBJ_obj2nid(object) == NID_rsaEncryption) /* RFC 3370, 3.2: the digest stands beside it */
        return hash != NULL;
    return hash && rsa_signature_digest(signature) == hash;
}

static enum card_code check_algorithms(struct check *check)
{
    const X509 *leaf = check->submission->leaf;
    const X509_ALGOR *algorithm;

    if (check->submission->signer && !cms_algorithms(check->submission))
        return CARD_ALG_REFUSED;
    if (!leaf)
        return CARD_GOOD; /* step 5 wants one */
    X509_get0_signature(NULL, &algorithm, leaf);
    return rsa_key_accepted(X509_get_X509_PUBKEY(leaf)) && rsa_signature_digest(algorithm) ? CARD_GOOD
                                                                                           : CARD_ALG_REFUSED;
}

/* ---- 5, 6: the certificate ---- */

static enum card_code check_leaf(struct check *check)
{
    const struct card_submission *submission = check->submission;

    enum card_code code = leaf_check(submission);
    if (code == CARD_GOOD &&
        sha256(submission->leaf_der, submission->leaf_length, check->evidence->certificate_sha256) != 0)
        return CARD_LEAF_INVALID;
    return code;
}

static enum card_code check_kind(struct check *check)
{
    return kind_check(check->trust, check->submission->leaf);
}

/* ---- 7: issued by a pinned authority for signatures ---- */

static bool named_by(const X509 *leaf, const struct authority *authority)
{
    return !authority->auth && key_id_is(X509_get0_authority_key_id((X509 *)(uintptr_t)leaf), authority->key_id) &&
           same_name(X509_get_issuer_name(leaf), X509_get_subject_name(authority->certificate));
}

static bool record_serial(struct check *check)
{
    const X509 *leaf = check->submission->leaf;
    uint8_t *name = NULL, *serial = NULL;

    int name_length = i2d_X509_NAME(X509_get_issuer_name(leaf), &name);
    int serial_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(leaf), &serial);
    bool good = name_length > 0 && serial_length > 0;
    if (good) {
        const struct iovec parts[] = {{name, (size_t)name_length}, {serial, (size_t)serial_length}};
        good = sha256_parts(parts, 2, check->evidence->serial_sha256) == 0;
    }
    OPENSSL_free(name);
    OPENSSL_free(serial);
    return good;
}

static enum card_code check_issuer(struct check *check)
{
    const struct card_submission *submission = check->submission;
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    struct der tbs;

    for (size_t i = 0; i < check->trust->authority_count && !check->issuer; i++)
        if (named_by(submission->leaf, &check->trust->authorities[i]))
            check->issuer = &check->trust->authorities[i];
    if (!check->issuer)
        return CARD_ISSUER_UNKNOWN;
    X509_get0_signature(&signature, &algorithm, submission->leaf);
    const X509 *authority = check->issuer->certificate;
    if (time_us(X509_get0_notBefore(authority)) > check->received_us ||
        time_us(X509_get0_notAfter(authority)) < check->received_us ||
        !der_first(submission->leaf_der, submission->leaf_length, &tbs) ||
        !rsa_verify(check->issuer->key, rsa_signature_digest(algorithm), tbs, rsa_signature(signature)))
        return CARD_CHAIN_BAD;
    memcpy(check->evidence->issuer_key_id, check->issuer->key_id, CARD_KEY_ID_LEN);
    return record_serial(check) ? CARD_GOOD : CARD_CHAIN_BAD;
}

/* ---- 8: valid when it was received ---- */

static enum card_code check_validity(struct check *check)
{
    int64_t from_us = time_us(X509_get0_notBefore(check->submission->leaf));
    int64_t until_us = time_us(X509_get0_notAfter(check->submission->leaf));

    if (until_us < check->received_us)
        return CARD_CERT_EXPIRED;
    return from_us > check->received_us || from_us == INT64_MIN ? CARD_NOT_YET : CARD_GOOD;
}

/* ---- 9: the signature ---- */

/* The attributes as a SET OF, whose tag is what is signed (RFC 5652, 5.4). */
static uint8_t *signed_attributes(const struct card_submission *submission, size_t *length)
{
    int count = CMS_signed_get_attr_count(submission->signer), content = 0;

    for (int i = 0; i < count; i++)
        content += i2d_X509_ATTRIBUTE(CMS_signed_get_attr(submission->signer, i), NULL);
    int whole = ASN1_object_size(1, content, V_ASN1_SET);
    uint8_t *bytes = whole > 0 ? OPENSSL_malloc((size_t)whole) : NULL, *at = bytes;
    if (!bytes)
        return NULL;
    ASN1_put_object(&at, 1, content, V_ASN1_SET, V_ASN1_UNIVERSAL);
    for (int i = 0; i < count; i++)
        i2d_X509_ATTRIBUTE(CMS_signed_get_attr(submission->signer, i), &at);
    *length = (size_t)whole;
    return bytes;
}

static enum card_code check_signature(struct check *check)
{
    const struct card_submission *submission = check->submission;
    const struct card_signature *given = submission->given;
    EVP_PKEY *key = X509_get0_pubkey(submission->leaf);
    bool good;

    if (submission->signer) {
        struct der attributes;
        uint8_t *bytes = signed_attributes(submission, &attributes.length);
        attributes.bytes = bytes;
        good = bytes && rsa_verify(key, cms_digest(submission), attributes,
                                   rsa_signature(CMS_SignerInfo_get0_signature(submission->signer)));
        OPENSSL_free(bytes);
    } else {
        good = rsa_verify(key, EVP_sha256(), (struct der){given->content, given->content_length},
                          (struct der){given->raw_signature, given->raw_signature_length});
    }
    return good ? CARD_GOOD : CARD_SIGNATURE_BAD;
}

/* ---- 10: the holder is the applicant ---- */

static enum card_code check_holder(struct check *check)
{
    struct holder holder;

    if (!holder_of(check->submission->leaf, &holder))
        return CARD_SAN_MISSING;
    identity_compare(check->applicant, &holder.identity, &check->evidence->match);
    return check->evidence->match.level == MATCH_MISMATCH ? CARD_SUBJECT_MISMATCH : CARD_GOOD;
}

/* ---- 11: not revoked; what cannot be known is no yes ---- */

static enum card_code check_status(struct check *check)
{
    const struct card_submission *submission = check->submission;
    struct status_times lists = {.received_us = check->received_us, .now_us = check->now_us}, stapled = lists;

    enum status by_lists = crl_status(check->trust, submission->leaf, check->issuer, &lists);
    enum status by_answer = STATUS_NONE;
    if (submission->given->ocsp)
        by_answer = ocsp_status(check->trust, submission->given->ocsp, submission->given->ocsp_length, submission->leaf,
                                check->issuer, &stapled);
    const struct status_times *decided =
        by_answer == STATUS_IS_REVOKED || (by_answer == STATUS_IS_GOOD && by_lists == STATUS_NONE) ? &stapled : &lists;
    check->evidence->checked_at_us = check->now_us;
    check->evidence->this_update_us = decided->this_update_us;
    check->evidence->next_update_us = decided->next_update_us;
    if (by_lists == STATUS_IS_REVOKED || by_answer == STATUS_IS_REVOKED)
        return CARD_CERT_REVOKED;
    return by_lists == STATUS_IS_GOOD || by_answer == STATUS_IS_GOOD ? CARD_GOOD : CARD_STATUS_UNKNOWN;
}

enum card_code card_check(const struct card_trust *trust, const struct card_submission *submission,
                          const struct identity *applicant, int64_t received_us, int64_t now_us,
                          struct card_evidence *evidence)
{
    static enum card_code (*const steps[])(struct check *) = {
        check_content,  check_algorithms, check_leaf,   check_kind,   check_issuer,
        check_validity, check_signature,  check_holder, check_status,
    };
    struct check check = {trust, submission, applicant, received_us, now_us, NULL, evidence};
    enum card_code code = CARD_GOOD;

    *evidence = (struct card_evidence){0};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && code == CARD_GOOD; i++)
        code = steps[i](&check);
    ERR_clear_error();
    return code;
}
