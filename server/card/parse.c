/* Step 1: one CMS SignedData (RFC 5652), or what the card itself yields. Nothing is believed yet. */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "server/card/internal.h"

static bool within(size_t length, size_t max)
{
    return length > 0 && length <= max;
}

/* The certificate that every later step uses, always in this encoding. */
static bool take_leaf(struct card_submission *submission, const uint8_t *der, size_t length)
{
    const uint8_t *at = der;

    if (!within(length, CARD_CERTIFICATE_MAX) || !der_strict(der, length))
        return false;
    submission->leaf = d2i_X509(NULL, &at, (long)length);
    submission->leaf_der = OPENSSL_memdup(der, length);
    submission->leaf_length = length;
    return submission->leaf && submission->leaf_der && at == der + length;
}

static bool take_certificates(struct card_submission *submission)
{
    STACK_OF(X509) *certificates = CMS_get1_certs(submission->cms);
    STACK_OF(X509_CRL) *lists = CMS_get1_crls(submission->cms);
    bool good = lists == NULL; /* revocation is what our own lists say */

    submission->certificates = certificates ? (size_t)sk_X509_num(certificates) : 0;
    if (submission->certificates > 0) {
        uint8_t *der = NULL;
        int length = i2d_X509(sk_X509_value(certificates, 0), &der);
        good = good && length > 0 && take_leaf(submission, der, (size_t)length);
        OPENSSL_free(der);
    }
    sk_X509_pop_free(certificates, X509_free);
    sk_X509_CRL_pop_free(lists, X509_CRL_free);
    return good;
}

static bool parse_cms(struct card_submission *submission, const uint8_t *bytes, size_t length)
{
    const uint8_t *at = bytes;

    if (!within(length, CARD_CMS_MAX) || !der_strict(bytes, length))
        return false;
    submission->cms = d2i_CMS_ContentInfo(NULL, &at, (long)length);
    CMS_ContentInfo *cms = submission->cms;
    if (!cms || at != bytes + length || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
        OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data || CMS_is_detached(cms) != 1)
        return false;
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    if (!signers || sk_CMS_SignerInfo_num(signers) != 1)
        return false;
    submission->signer = sk_CMS_SignerInfo_value(signers, 0);
    /* Unsigned attributes would be stored as evidence and prove nothing. */
    return CMS_unsigned_get_attr_count(submission->signer) <= 0 && take_certificates(submission);
}

static bool parse_raw(struct card_submission *submission, const struct card_signature *given)
{
    submission->certificates = 1;
    return given->raw_signature && within(given->raw_signature_length, CARD_SIGNATURE_MAX) && given->certificate &&
           take_leaf(submission, given->certificate, given->certificate_length);
}

enum card_code card_parse(const struct card_signature *signature, struct card_submission **result)
{
    struct card_submission *submission = calloc(1, sizeof *submission);

    *result = NULL;
    if (!submission)
        return CARD_SIG_MALFORMED;
    submission->given = signature;
    bool good = !signature->ocsp || within(signature->ocsp_length, CARD_OCSP_MAX);
    good = good && (signature->cms ? !signature->raw_signature && !signature->certificate &&
                                         parse_cms(submission, signature->cms, signature->cms_length)
                                   : parse_raw(submission, signature));
    ERR_clear_error();
    if (!good) {
        card_submission_free(submission);
        return CARD_SIG_MALFORMED;
    }
    *result = submission;
    return CARD_GOOD;
}

void card_submission_free(struct card_submission *submission)
{
    if (!submission)
        return;
    CMS_ContentInfo_free(submission->cms);
    X509_free(submission->leaf);
    OPENSSL_free(submission->leaf_der);
    free(submission);
}
