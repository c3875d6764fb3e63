#include "server/rpc/peer.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/grpc_security.h>
#include <grpc/grpc_security_constants.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "server/rpc/fruitless.h"
#include "server/rpc/gate.h"

enum { CACHE_SLOTS = 512 };

/* A connection's context is one object, and the reference held here keeps its address from being used again: the
 * address alone says that it is the same connection. */
struct peer {
    grpc_auth_context *context;
    bool known;
    uint8_t sha256[32];
};

struct rpc_peer_cache {
    struct rpc_gate *gate;
    struct peer peers[CACHE_SLOTS];
};

struct rpc_peer_cache *rpc_peer_cache_new(struct rpc_gate *gate)
{
    struct rpc_peer_cache *cache = calloc(1, sizeof *cache);

    if (cache)
        cache->gate = gate;
    return cache;
}

void rpc_peer_cache_free(struct rpc_peer_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        grpc_auth_context_release(cache->peers[i].context);
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

static bool identify(const grpc_auth_context *context, uint8_t sha256[32])
{
    const grpc_auth_property *pem = property(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
    const grpc_auth_property *security = property(context, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
    const char *insecure = "insecure";

    if (pem)
        return hash_certificate(pem->value, pem->value_length, sha256);
    /* The only listeners without TLS are unix sockets (listen.c). */
    memset(sha256, 0, 32);
    return security && security->value_length == strlen(insecure) &&
           memcmp(security->value, insecure, security->value_length) == 0;
}

bool rpc_peer_certificate(struct rpc_peer_cache *cache, grpc_call *call, uint8_t sha256[32], const void **connection)
{
    grpc_auth_context *context = grpc_call_auth_context(call);
    struct peer *peer = &cache->peers[((uintptr_t)context >> 6) % CACHE_SLOTS];

    if (!context)
        return false;
    fruitless_message(context);
    *connection = context;
    if (peer->context == context) {
        grpc_auth_context_release(context);
    } else {
        grpc_auth_context_release(peer->context);
        peer->context = context;
        peer->known = identify(context, peer->sha256);
        if (peer->known)
            rpc_gate_prove(cache->gate, call, context);
    }
    memcpy(sha256, peer->sha256, 32);
    return peer->known;
}
