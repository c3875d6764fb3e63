#include "server/rpc/tls.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
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

/*
 * TLS 1.3 only. gRPC 1.51 sets TLS 1.2 as the least version of its SSL_CTX and has no setter in C; but libssl applies
 * the section "system_default" of its configuration to every new SSL_CTX, and a protocol that is switched off there is
 * an option of the context that a least version does not switch on again. The configuration is this text, never a file.
 */
static bool only_tls_1_3(void)
{
    static const char text[] = "openssl_conf = top\n"
                               "[top]\nssl_conf = contexts\n"
                               "[contexts]\nsystem_default = everywhere\n"
                               "[everywhere]\nProtocol = -ALL, TLSv1.3\n";
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text, sizeof text - 1);
    long line;
    /* The machine's own configuration must not be read afterwards and replace this one. */
    bool done = OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 && conf && bio &&
                NCONF_load_bio(conf, bio, &line) == 1 && CONF_modules_load(conf, NULL, 0) == 1;

    BIO_free(bio);
    NCONF_free(conf);
    return done;
}

grpc_server_credentials *rpc_tls_credentials(const struct rpc_listen *listen, char error[256])
{
    const char *fault = only_tls_1_3() ? find_fault(listen) : "TLS cannot be limited to version 1.3";
    grpc_ssl_pem_key_cert_pair pair = {.private_key = listen->server_key, .cert_chain = listen->server_certificate};

    if (fault) {
        snprintf(error, 256, "%s", fault);
        return NULL;
    }
    return grpc_ssl_server_credentials_create_ex(listen->client_ca, &pair, 1,
                                                 GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, NULL);
}
