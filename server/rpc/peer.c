#include "server/rpc/peer.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/grpc_security.h>
#include <grpc/grpc_security_constants.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum { CACHE_SLOTS = 64 };

struct peer {
    char *pem;
    size_t length;
    uint8_t sha256[32];
};

struct rpc_peer_cache {
    struct peer peers[CACHE_SLOTS];
};

struct rpc_peer_cache *rpc_peer_cache_new(void)
{
    return calloc(1, sizeof(struct rpc_peer_cache));
}

void rpc_peer_cache_free(struct rpc_peer_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        free(cache->peers[i].pem);
    free(cache);
}

static const grpc_auth_property *property(const grpc_auth_context *context, const char *name)
{
    grpc_auth_property_iterator iterator = grpc_auth_context_find_properties_by_name(context, name);
    return grpc_auth_property_iterator_next(&iterator);
}

static bool hash_certificate(const char *pem, size_t length, uint8_t sha256[32])
{
    BIO *bio = BIO_new_mem_buf(pem, (int)length);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    unsigned written = 0;
    bool done = certificate && X509_digest(certificate, EVP_sha256(), sha256, &written) == 1 && written == 32;

    X509_free(certificate);
    BIO_free(bio);
    return done;
}

static bool cached_hash(struct rpc_peer_cache *cache, const grpc_auth_property *pem, uint8_t sha256[32])
{
    /* A connection's text stays where it is, so its address picks the slot; only equal bytes make a hit. */
    struct peer *peer = &cache->peers[((uintptr_t)pem->value >> 4) % CACHE_SLOTS];
    char *copy;

    if (peer->pem && peer->length == pem->value_length && memcmp(peer->pem, pem->value, peer->length) == 0) {
        memcpy(sha256, peer->sha256, 32);
        return true;
    }
    if (!hash_certificate(pem->value, pem->value_length, sha256))
        return false;
    copy = malloc(pem->value_length);
    if (copy) {
        memcpy(copy, pem->value, pem->value_length);
        free(peer->pem);
        *peer = (struct peer){.pem = copy, .length = pem->value_length};
        memcpy(peer->sha256, sha256, 32);
    }
    return true;
}

bool rpc_peer_certificate(struct rpc_peer_cache *cache, grpc_call *call, uint8_t sha256[32])
{
    grpc_auth_context *context = grpc_call_auth_context(call);
    const grpc_auth_property *pem, *security;
    bool known = false;

    memset(sha256, 0, 32);
    if (!context)
        return false;
    pem = property(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
    security = property(context, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
    if (pem)
        known = cached_hash(cache, pem, sha256);
    else if (security)
        /* The only listeners without TLS are unix sockets (listen.c). */
        known = security->value_length == strlen("insecure") &&
                memcmp(security->value, "insecure", security->value_length) == 0;
    grpc_auth_context_release(context);
    return known;
}
