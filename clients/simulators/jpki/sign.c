#include <openssl/cms.h>

#include "clients/simulators/jpki/jpki.h"

uint8_t *jpki_sign_cms(const void *content, size_t length, X509 *certificate, EVP_PKEY *key, const EVP_MD *digest,
                       size_t *cms_length)
{
    const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP;
    BIO *bio = BIO_new_mem_buf(content, (int)length);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);
    uint8_t *der = NULL;
    int made = 0;

    if (bio && cms && CMS_add1_signer(cms, certificate, key, digest ? digest : EVP_sha256(), flags) &&
        CMS_final(cms, bio, NULL, flags) == 1)
        made = i2d_CMS_ContentInfo(cms, &der);
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
    *cms_length = made > 0 ? (size_t)made : 0;
    return der;
}

uint8_t *jpki_sign_raw(const void *content, size_t length, EVP_PKEY *key, size_t *signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t *signature = NULL;

    if (context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestSign(context, NULL, signature_length, content, length) == 1 &&
        (signature = OPENSSL_malloc(*signature_length)) &&
        EVP_DigestSign(context, signature, signature_length, content, length) != 1) {
        OPENSSL_free(signature);
        signature = NULL;
    }
    EVP_MD_CTX_free(context);
    return signature;
}
