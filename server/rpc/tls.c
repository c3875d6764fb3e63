#include "server/rpc/tls.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static X509 *read_certificate(const char *pem)
{
    BIO *bio = pem ? BIO_new_mem_buf(pem, -1) : NULL;
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

/* Never asks a terminal for a pass phrase: an encrypted key is an error. */
static int no_passphrase(char *buffer, int size, int writing, void *user)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

static EVP_PKEY *read_key(const char *pem)
{
    BIO *bio = pem ? BIO_new_mem_buf(pem, -1) : NULL;
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    return key;
}

/* Core says of bad PEM only that the port cannot be added. */
static const char *find_fault(const struct rpc_listen *listen)
{
    X509 *certificate = read_certificate(listen->server_certificate);
    X509 *authority = read_certificate(listen->client_ca);
    EVP_PKEY *key = read_key(listen->server_key);
    const char *fault = NULL;

    if (!certificate)
        fault = "the server certificate is not a PEM certificate";
    else if (!key)
        fault = "the server key is not an unencrypted PEM private key";
    else if (X509_check_private_key(certificate, key) != 1)
        fault = "the server key does not belong to the server certificate";
    else if (!authority)
        fault = "the client authority is not a PEM certificate";
    EVP_PKEY_free(key);
    X509_free(authority);
    X509_free(certificate);
    ERR_clear_error();
    return fault;
}

grpc_server_credentials *rpc_tls_credentials(const struct rpc_listen *listen, char error[256])
{
    const char *fault = find_fault(listen);
    grpc_ssl_pem_key_cert_pair pair = {.private_key = listen->server_key, .cert_chain = listen->server_certificate};

    if (fault) {
        snprintf(error, 256, "%s", fault);
        return NULL;
    }
    return grpc_ssl_server_credentials_create_ex(listen->client_ca, &pair, 1,
                                                 GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, NULL);
}
