/* The pinned authorities. What makes one an authority is that the configuration names it; the checks find mistakes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "server/card/internal.h"
#include "server/card/rsa.h"

#define TEST_ARC          "1.2.392.200149.8.5.1.0."
#define TEST_ORGANIZATION "JPKI-TEST"
#define POLICIES_MAX      16

bool same_name(const X509_NAME *one, const X509_NAME *other)
{
    const uint8_t *a, *b;
    size_t a_length, b_length;

    return X509_NAME_get0_der(one, &a, &a_length) && X509_NAME_get0_der(other, &b, &b_length) && a_length == b_length &&
           memcmp(a, b, a_length) == 0;
}

bool key_id_is(const ASN1_OCTET_STRING *id, const uint8_t key_id[CARD_KEY_ID_LEN])
{
    return id && ASN1_STRING_length(id) == CARD_KEY_ID_LEN &&
           memcmp(ASN1_STRING_get0_data(id), key_id, CARD_KEY_ID_LEN) == 0;
}

int64_t time_us(const ASN1_TIME *time)
{
    struct tm parts;

    if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
        return INT64_MIN;
    return (int64_t)timegm(&parts) * 1000000;
}

static bool self_signed(X509 *certificate, EVP_PKEY *key)
{
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    uint8_t *der = NULL;
    struct der tbs;

    X509_get0_signature(&signature, &algorithm, certificate);
    const EVP_MD *digest = rsa_signature_digest(algorithm);
    int length = i2d_X509(certificate, &der);
    bool good = digest && length > 0 && der_strict(der, (size_t)length) && der_first(der, (size_t)length, &tbs) &&
                same_name(X509_get_issuer_name(certificate), X509_get_subject_name(certificate)) &&
                rsa_verify(key, digest, tbs, rsa_signature(signature));
    OPENSSL_free(der);
    return good;
}

static bool of_the_profile(X509 *certificate)
{
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(certificate);

    return X509_get_version(certificate) == X509_VERSION_3 && (X509_get_extension_flags(certificate) & EXFLAG_CA) &&
           (X509_get_key_usage(certificate) & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
           id && ASN1_STRING_length(id) == CARD_KEY_ID_LEN && rsa_key_accepted(X509_get_X509_PUBKEY(certificate)) &&
           self_signed(certificate, X509_get0_pubkey(certificate));
}

static bool of_a_trial(const X509 *certificate)
{
    char organization[64] = "";

    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_organizationName, organization,
                              sizeof organization);
    return strcmp(organization, TEST_ORGANIZATION) == 0;
}

/* The key must be pinned once: in both hierarchies it would undo their separation. */
static bool is_new(const struct card_trust *trust, const X509 *certificate)
{
    for (size_t i = 0; i < trust->authority_count; i++)
        if (EVP_PKEY_eq(trust->authorities[i].key, X509_get0_pubkey(certificate)) != 0)
            return false;
    return true;
}

static const char *add_authority(struct card_trust *trust, X509 *certificate, bool auth)
{
    if (trust->authority_count == sizeof trust->authorities / sizeof trust->authorities[0])
        return "too many authorities";
    if (!of_the_profile(certificate))
        return "an authority is not a self-signed CA certificate of the profile";
    if (!is_new(trust, certificate))
        return "an authority's key is there twice";
    if (trust->authority_count > 0 && of_a_trial(certificate) != trust->trial)
        return "authorities for trials and real ones are mixed";
    struct authority *authority = &trust->authorities[trust->authority_count++];
    X509_up_ref(certificate);
    *authority = (struct authority){.certificate = certificate, .key = X509_get0_pubkey(certificate), .auth = auth};
    memcpy(authority->key_id, ASN1_STRING_get0_data(X509_get0_subject_key_id(certificate)), CARD_KEY_ID_LEN);
    trust->trial = of_a_trial(certificate);
    return NULL;
}

static const char *add_authorities(struct card_trust *trust, const char *pem, bool auth)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    const char *problem = bio ? NULL : "out of memory";
    X509 *certificate;
    unsigned count = 0;

    while (!problem && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        problem = count++ == CARD_AUTHORITIES_MAX ? "too many authorities" : add_authority(trust, certificate, auth);
        X509_free(certificate);
    }
    BIO_free(bio);
    if (!problem && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        problem = "an authority cannot be read";
    ERR_clear_error();
    return !problem && count == 0 && !auth ? "there is no authority for signatures" : problem;
}

static const char *add_policy(struct card_trust *trust, const char *text)
{
    ASN1_OBJECT *policy = OBJ_txt2obj(text, 1);

    if (!policy || trust->policy_count == POLICIES_MAX) {
        ASN1_OBJECT_free(policy);
        return "a policy is not an object identifier, or there are too many";
    }
    trust->policies[trust->policy_count++] = policy;
    if ((strncmp(text, TEST_ARC, strlen(TEST_ARC)) == 0) != trust->trial)
        return "policies for trials and real authorities, or the reverse";
    return NULL;
}

static const char *add_policies(struct card_trust *trust, const char *texts)
{
    char *copy = strdup(texts), *rest = NULL;
    const char *problem = NULL;

    trust->policies = calloc(POLICIES_MAX, sizeof(ASN1_OBJECT *));
    if (!copy || !trust->policies)
        problem = "out of memory";
    for (char *text = problem ? NULL : strtok_r(copy, " ", &rest); text && !problem; text = strtok_r(NULL, " ", &rest))
        problem = add_policy(trust, text);
    free(copy);
    return problem || trust->policy_count > 0 ? problem : "there is no policy";
}

struct card_trust *card_trust_new(const char *sign_authorities, const char *auth_authorities, const char *policies,
                                  char error[256])
{
    struct card_trust *trust = calloc(1, sizeof *trust);

    if (!trust || pthread_rwlock_init(&trust->lock, NULL) != 0) {
        free(trust);
        snprintf(error, 256, "out of memory");
        return NULL;
    }
    const char *problem = add_authorities(trust, sign_authorities, false);
    if (!problem)
        problem = add_authorities(trust, auth_authorities, true);
    if (!problem)
        problem = add_policies(trust, policies);
    if (!problem)
        return trust;
    snprintf(error, 256, "%s", problem);
    card_trust_free(trust);
    return NULL;
}

void card_trust_free(struct card_trust *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->crl_count; i++)
        crl_free(trust->crls[i]);
    for (size_t i = 0; i < trust->authority_count; i++)
        X509_free(trust->authorities[i].certificate);
    for (size_t i = 0; i < trust->policy_count; i++)
        ASN1_OBJECT_free(trust->policies[i]);
    free((void *)trust->policies);
    pthread_rwlock_destroy(&trust->lock);
    free(trust);
}

bool card_trust_is_trial(const struct card_trust *trust)
{
    return trust->trial;
}
