#include "server/card/rsa.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>

/* Parameters are absent or NULL (RFC 5754, 2; RFC 4055, 5): nothing hides there. */
static bool no_parameters(int type)
{
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

static const EVP_MD *accepted(int nid)
{
    switch (nid) {
    case NID_sha256:
        return EVP_sha256();
    case NID_sha384:
        return EVP_sha384();
    case NID_sha512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

const EVP_MD *rsa_digest(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *object;
    int type;

    X509_ALGOR_get0(&object, &type, NULL, algorithm);
    return no_parameters(type) ? accepted(OBJ_obj2nid(object)) : NULL;
}

const EVP_MD *rsa_signature_digest(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *object;
    int type, digest, key;

    X509_ALGOR_get0(&object, &type, NULL, algorithm);
    if (!no_parameters(type) || !OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, &key) || key != NID_rsaEncryption)
        return NULL;
    return accepted(digest);
}

static bool exponent_accepted(EVP_PKEY *key)
{
    BIGNUM *exponent = NULL;

    if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent))
        return false;
    bool good = BN_is_odd(exponent) && BN_num_bits(exponent) >= 17 && BN_num_bits(exponent) <= 64;
    BN_free(exponent);
    return good;
}

bool rsa_key_accepted(const X509_PUBKEY *key)
{
    ASN1_OBJECT *object = NULL;
    X509_ALGOR *algorithm = NULL;
    EVP_PKEY *pkey = X509_PUBKEY_get0(key);

    if (!pkey || !X509_PUBKEY_get0_param(&object, NULL, NULL, &algorithm, key))
        return false;
    const ASN1_OBJECT *named;
    int type;
    X509_ALGOR_get0(&named, &type, NULL, algorithm);
    if (OBJ_obj2nid(object) != NID_rsaEncryption || type != V_ASN1_NULL || !EVP_PKEY_is_a(pkey, "RSA"))
        return false;
    int bits = EVP_PKEY_get_bits(pkey);
    return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX && exponent_accepted(pkey);
}

struct der rsa_signature(const ASN1_STRING *bits)
{
    if (ASN1_STRING_type(bits) == V_ASN1_BIT_STRING && (bits->flags & 7))
        return (struct der){NULL, 0};
    return (struct der){ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits)};
}

bool rsa_verify(EVP_PKEY *key, const EVP_MD *digest, struct der data, struct der signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    bool good = context && EVP_DigestVerifyInit(context, &parameters, digest, NULL, key) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1 &&
                EVP_DigestVerify(context, signature.bytes, signature.length, data.bytes, data.length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}
