/* Steps 5 and 6: an end entity's certificate of the signing kind (署名用電子証明書), by what is in it. */
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "server/card/internal.h"

/* Extensions that this folder understands; others may be there, but not critical (RFC 5280, 4.2). */
static bool understood(int nid)
{
    switch (nid) {
    case NID_basic_constraints:
    case NID_key_usage:
    case NID_certificate_policies:
    case NID_subject_alt_name:
    case NID_crl_distribution_points:
    case NID_authority_key_identifier:
    case NID_subject_key_identifier:
        return true;
    default:
        return false;
    }
}

static bool extensions_sound(const X509 *leaf)
{
    int count = X509_get_ext_count(leaf);

    for (int i = 0; i < count; i++) {
        X509_EXTENSION *extension = X509_get_ext(leaf, i);
        ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
        if (X509_get_ext_by_OBJ(leaf, object, i) >= 0)
            return false; /* twice: which one counts? */
        if (X509_EXTENSION_get_critical(extension) && !understood(OBJ_obj2nid(object)))
            return false;
        if (!der_strict(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)))
            return false;
    }
    return true;
}

void *extension_of(const X509 *certificate, int nid, int *critical)
{
    return X509_get_ext_d2i(certificate, nid, critical, NULL);
}

static bool end_entity(const X509 *leaf)
{
    int critical;
    BASIC_CONSTRAINTS *constraints = extension_of(leaf, NID_basic_constraints, &critical);

    if (!constraints)
        return critical == -1;
    bool good = !constraints->ca && !constraints->pathlen;
    BASIC_CONSTRAINTS_free(constraints);
    return good;
}

enum usage_bit { DIGITAL_SIGNATURE = 0, NON_REPUDIATION = 1, KEY_CERT_SIGN = 5, CRL_SIGN = 6 };

static bool signs_nothing_of_an_authority(const X509 *leaf)
{
    int critical;
    ASN1_BIT_STRING *usage = extension_of(leaf, NID_key_usage, &critical);

    if (!usage)
        return critical == -1; /* kind_check wants it */
    bool good = !ASN1_BIT_STRING_get_bit(usage, KEY_CERT_SIGN) && !ASN1_BIT_STRING_get_bit(usage, CRL_SIGN);
    ASN1_BIT_STRING_free(usage);
    return good;
}

static bool serial_sound(const X509 *leaf)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(leaf);

    return ASN1_STRING_type(serial) == V_ASN1_INTEGER && ASN1_STRING_length(serial) > 0 &&
           ASN1_STRING_length(serial) <= 20 &&
           !(ASN1_STRING_length(serial) == 1 && ASN1_STRING_get0_data(serial)[0] == 0);
}

/* The algorithm is named twice, once under the signature. */
static bool one_algorithm(const X509 *leaf)
{
    const X509_ALGOR *outer;

    X509_get0_signature(NULL, &outer, leaf);
    return X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(leaf)) == 0;
}

enum card_code leaf_check(const struct card_submission *submission)
{
    const X509 *leaf = submission->leaf;

    if (submission->certificates != 1)
        return CARD_LEAF_INVALID;
    if (submission->signer && CMS_SignerInfo_cert_cmp(submission->signer, submission->leaf) != 0)
        return CARD_LEAF_INVALID; /* the CMS names another signer */
    if (X509_get_version(leaf) != X509_VERSION_3 || !extensions_sound(leaf) || !end_entity(leaf) ||
        !signs_nothing_of_an_authority(leaf) || !serial_sound(leaf) || !one_algorithm(leaf))
        return CARD_LEAF_INVALID;
    if (same_name(X509_get_issuer_name(leaf), X509_get_subject_name(leaf)))
        return CARD_LEAF_INVALID;
    return CARD_GOOD;
}

static bool usage_of_signing(const X509 *leaf)
{
    int critical;
    ASN1_BIT_STRING *usage = extension_of(leaf, NID_key_usage, &critical);
    bool good = usage && critical == 1 && ASN1_BIT_STRING_get_bit(usage, DIGITAL_SIGNATURE) &&
                ASN1_BIT_STRING_get_bit(usage, NON_REPUDIATION);

    ASN1_BIT_STRING_free(usage);
    return good;
}

static bool policy_accepted(const struct card_trust *trust, const ASN1_OBJECT *policy)
{
    for (size_t i = 0; i < trust->policy_count; i++)
        if (OBJ_cmp(policy, trust->policies[i]) == 0)
            return true;
    return false;
}

static bool policies_of_signing(const struct card_trust *trust, const X509 *leaf)
{
    int critical;
    CERTIFICATEPOLICIES *policies = extension_of(leaf, NID_certificate_policies, &critical);
    bool good = policies && critical == 1 && sk_POLICYINFO_num(policies) > 0;

    for (int i = 0; good && i < sk_POLICYINFO_num(policies); i++)
        good = policy_accepted(trust, sk_POLICYINFO_value(policies, i)->policyid);
    CERTIFICATEPOLICIES_free(policies);
    return good;
}

enum card_code kind_check(const struct card_trust *trust, const X509 *leaf)
{
    return usage_of_signing(leaf) && policies_of_signing(trust, leaf) ? CARD_GOOD : CARD_WRONG_CERT_KIND;
}
