/* A stapled answer about one certificate's status (公的個人認証法18条; RFC 6960). Whoever brought it is not believed.
 */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "server/card/internal.h"
#include "server/card/rsa.h"

static bool issued_by(const X509 *certificate, const struct authority *issuer)
{
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    uint8_t *der = NULL;
    struct der tbs;

    X509_get0_signature(&signature, &algorithm, certificate);
    const EVP_MD *digest = rsa_signature_digest(algorithm);
    int length = i2d_X509(certificate, &der);
    bool good = digest && length > 0 && der_strict(der, (size_t)length) && der_first(der, (size_t)length, &tbs) &&
                same_name(X509_get_issuer_name(certificate), X509_get_subject_name(issuer->certificate)) &&
                rsa_verify(issuer->key, digest, tbs, rsa_signature(signature));
    OPENSSL_free(der);
    return good;
}

/* Delegated by the authority that issued the certificate in question, and by no other (RFC 6960, 4.2.2.2). */
static bool may_answer(const struct card_trust *trust, X509 *responder, const struct authority *issuer,
                       const struct status_times *times)
{
    struct status_times own = *times;

    return X509_get_version(responder) == X509_VERSION_3 && (X509_get_extended_key_usage(responder) & XKU_OCSP_SIGN) &&
           X509_get_extended_key_usage(responder) != UINT32_MAX &&
           (X509_get_key_usage(responder) & KU_DIGITAL_SIGNATURE) && X509_check_ca(responder) == 0 &&
           rsa_key_accepted(X509_get_X509_PUBKEY(responder)) &&
           time_us(X509_get0_notBefore(responder)) <= times->now_us &&
           time_us(X509_get0_notAfter(responder)) >= times->now_us && issued_by(responder, issuer) &&
           crl_status(trust, responder, issuer, &own) != STATUS_IS_REVOKED;
}

static bool signed_with(OCSP_BASICRESP *answer, EVP_PKEY *key)
{
    const EVP_MD *digest = rsa_signature_digest(OCSP_resp_get0_tbs_sigalg(answer));
    const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(answer);
    uint8_t *der = NULL;
    struct der tbs;

    int length = i2d_OCSP_BASICRESP(answer, &der);
    bool good = digest && length > 0 && der_first(der, (size_t)length, &tbs) &&
                rsa_verify(key, digest, tbs, rsa_signature(signature));
    OPENSSL_free(der);
    return good;
}

static bool authentic(const struct card_trust *trust, OCSP_BASICRESP *answer, const struct authority *issuer,
                      const struct status_times *times)
{
    const STACK_OF(X509) *certificates = OCSP_resp_get0_certs(answer);

    if (signed_with(answer, issuer->key))
        return true;
    if (!certificates || sk_X509_num(certificates) != 1)
        return false;
    X509 *responder = sk_X509_value(certificates, 0);
    return may_answer(trust, responder, issuer, times) && signed_with(answer, X509_get0_pubkey(responder));
}

/* SHA-1 here is the name of the issuer that RFC 6960 uses, not a signature. */
static bool is_about(const OCSP_SINGLERESP *single, const X509 *leaf, const struct authority *issuer)
{
    const EVP_MD *const digests[] = {EVP_sha1(), EVP_sha256()};
    bool about = false;

    for (size_t i = 0; i < 2 && !about; i++) {
        OCSP_CERTID *id = OCSP_cert_to_id(digests[i], leaf, issuer->certificate);
        about = id && OCSP_id_cmp(id, OCSP_SINGLERESP_get0_id(single)) == 0;
        OCSP_CERTID_free(id);
    }
    return about;
}

static enum status status_of(OCSP_SINGLERESP *single, struct status_times *times)
{
    ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;

    int status = OCSP_single_get0_status(single, NULL, &revoked, &this_update, &next_update);
    int64_t this_update_us = time_us(this_update), next_update_us = time_us(next_update);
    if (this_update_us == INT64_MIN || next_update_us < this_update_us ||
        !status_covers(times, this_update_us, next_update_us))
        return STATUS_NONE;
    if (status != V_OCSP_CERTSTATUS_GOOD && status != V_OCSP_CERTSTATUS_REVOKED)
        return STATUS_NONE;
    times->this_update_us = this_update_us;
    times->next_update_us = next_update_us;
    return status == V_OCSP_CERTSTATUS_REVOKED && time_us(revoked) <= times->received_us ? STATUS_IS_REVOKED
                                                                                         : STATUS_IS_GOOD;
}

static enum status read_answer(const struct card_trust *trust, OCSP_BASICRESP *answer, const X509 *leaf,
                               const struct authority *issuer, struct status_times *times)
{
    if (!authentic(trust, answer, issuer, times))
        return STATUS_NONE;
    for (int i = 0; i < OCSP_resp_count(answer); i++)
        if (is_about(OCSP_resp_get0(answer, i), leaf, issuer))
            return status_of(OCSP_resp_get0(answer, i), times);
    return STATUS_NONE;
}

enum status ocsp_status(const struct card_trust *trust, const uint8_t *bytes, size_t length, const X509 *leaf,
                        const struct authority *issuer, struct status_times *times)
{
    const uint8_t *at = bytes;
    enum status status = STATUS_NONE;

    if (!der_strict(bytes, length))
        return STATUS_NONE;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)length);
    OCSP_BASICRESP *answer =
        response && at == bytes + length && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL
            ? OCSP_response_get1_basic(response)
            : NULL;
    if (answer)
        status = read_answer(trust, answer, leaf, issuer, times);
    OCSP_BASICRESP_free(answer);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return status;
}
