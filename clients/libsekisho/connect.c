#include "internal.h"
#include "sekisho_accounts.h"

#include <ctype.h>
#include <grpc/grpc_security.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

#define DEFAULT_TIMEOUT_MS 30000
/* The largest answer is a page of a thousand entries of the register with their long names, addresses and annotations.
 */
#define MAX_ANSWER_BYTES 8388608

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int crypto_ready;

static void start_crypto(void)
{
    crypto_ready = crypto_init() == 0;
}

enum sekisho_status client_start(struct sekisho_error *error)
{
    pthread_once(&once, start_crypto);
    return crypto_ready ? SEKISHO_OK : error_crypto(error);
}

void sekisho_wipe(void *memory, size_t length)
{
    crypto_wipe(memory, length);
}

void sekisho_random(void *out, size_t length)
{
    crypto_random(out, length);
}

/* The certificate that TLS will show is the first of the file; auth compares its hash with the one inside the seal. */
static int hash_certificate(const char *pem, size_t length, uint8_t hash[CERT_HASH_LEN])
{
    BIO *bio = BIO_new_mem_buf(pem, (int)length);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    unsigned char *der = NULL;
    int size = certificate ? i2d_X509(certificate, &der) : -1;
    int result = size > 0 ? sha256(der, (size_t)size, hash) : -1;

    OPENSSL_free(der);
    X509_free(certificate);
    BIO_free(bio);
    return result;
}

static enum sekisho_status certificate_unreadable(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_LOCAL, "CERTIFICATE_UNREADABLE",
                     "the client certificate is not a PEM certificate",
                     "クライアント証明書がPEM形式の証明書ではありません");
}

enum sekisho_status sekisho_certificate_hash(const char *path, uint8_t hash[32], struct sekisho_error *error)
{
    char *pem = NULL;
    size_t length = 0;
    enum sekisho_status status = client_start(error);

    if (status == SEKISHO_OK)
        status = file_read(path, PEM_MAX, &pem, &length, error);
    if (status == SEKISHO_OK && hash_certificate(pem, length, hash) < 0)
        status = certificate_unreadable(error);
    free(pem);
    return status;
}

static enum sekisho_status set_pin(struct sekisho_client *client, const struct sekisho_options *options,
                                   struct sekisho_error *error)
{
    if (!options->pin) {
        if (!options->trust_on_first_use)
            return error_set(error, SEKISHO_ERROR_ARGUMENT, "PIN_MISSING",
                             "the fingerprint of the login key is required",
                             "ログイン用公開鍵の指紋(フィンガープリント)を指定してください");
        client->trust_on_first_use = true;
        return SEKISHO_OK;
    }
    size_t length = strspn(options->pin, "0123456789abcdefABCDEF");
    if (length != SEKISHO_FINGERPRINT_LEN || options->pin[length] != '\0')
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "PIN_MALFORMED", "a fingerprint is 64 hexadecimal digits",
                         "指紋は16進数64桁で指定してください");
    for (size_t i = 0; i < SEKISHO_FINGERPRINT_LEN; i++)
        client->pin[i] = (char)tolower((unsigned char)options->pin[i]);
    return SEKISHO_OK;
}

static enum sekisho_status tls_credentials(struct sekisho_client *client, const struct sekisho_options *options,
                                           grpc_channel_credentials **credentials, struct sekisho_error *error)
{
    char *ca = NULL, *certificate = NULL, *key = NULL;
    size_t ca_length = 0, certificate_length = 0, key_length = 0;
    enum sekisho_status status;

    if (!options->ca_file || !options->certificate_file || !options->key_file)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "CERTIFICATE_MISSING",
                         "TCP needs a CA file, a client certificate and its key",
                         "TCP接続には認証局証明書・クライアント証明書・秘密鍵のファイルが必要です");
    if ((status = file_read(options->ca_file, PEM_MAX, &ca, &ca_length, error)) == SEKISHO_OK &&
        (status = file_read(options->certificate_file, PEM_MAX, &certificate, &certificate_length, error)) ==
            SEKISHO_OK &&
        (status = file_read(options->key_file, PEM_MAX, &key, &key_length, error)) == SEKISHO_OK) {
        grpc_ssl_pem_key_cert_pair pair = {.private_key = key, .cert_chain = certificate};
        if (hash_certificate(certificate, certificate_length, client->certificate) < 0)
            status = certificate_unreadable(error);
        else if (!(*credentials = grpc_ssl_credentials_create_ex(ca, &pair, NULL, NULL)))
            status = error_set(error, SEKISHO_ERROR_LOCAL, "CERTIFICATE_UNREADABLE",
                               "the CA, certificate or key file is not usable",
                               "認証局証明書・クライアント証明書・秘密鍵のいずれかが使用できません");
    }
    if (key)
        crypto_wipe(key, key_length);
    free(key);
    free(certificate);
    free(ca);
    return status;
}

/*
 * Retries off: a retried message would be a replay to the vault, and the filter costs a quarter of the throughput.
 * Proxy and service configuration off: neither the environment nor the DNS may redirect or reshape a connection. An own
 * subchannel pool: two clients of a process with different certificates never share a connection.
 */
static grpc_channel *make_channel(const char *address, grpc_channel_credentials *credentials)
{
    grpc_arg args[] = {
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_ENABLE_RETRIES, .value.integer = 0},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_ENABLE_HTTP_PROXY, .value.integer = 0},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, .value.integer = 1},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, .value.integer = 1},
        {.type = GRPC_ARG_INTEGER,
         .key = (char *)GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH,
         .value.integer = MAX_ANSWER_BYTES},
    };
    grpc_channel_args list = {.num_args = sizeof args / sizeof args[0], .args = args};

    return grpc_channel_create(address, credentials, &list);
}

static enum sekisho_status open_channel(struct sekisho_client *client, const struct sekisho_options *options,
                                        struct sekisho_error *error)
{
    grpc_channel_credentials *credentials = NULL;
    enum sekisho_status status = set_pin(client, options, error);

    if (status != SEKISHO_OK)
        return status;
    if (strncmp(options->address, "unix:", 5) == 0)
        credentials = grpc_insecure_credentials_create();
    else if ((status = tls_credentials(client, options, &credentials, error)) != SEKISHO_OK)
        return status;
    client->channel = make_channel(options->address, credentials);
    grpc_channel_credentials_release(credentials);
    return client->channel ? SEKISHO_OK : error_memory(error);
}

enum sekisho_status sekisho_connect(const struct sekisho_options *options, struct sekisho_client **client,
                                    struct sekisho_error *error)
{
    enum sekisho_status status = client_start(error);

    if (status != SEKISHO_OK)
        return status;
    if (!options->address || options->address[0] == '\0')
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "ADDRESS_MISSING", "the server's address is required",
                         "サーバーのアドレスを指定してください");
    struct sekisho_client *made = calloc(1, sizeof *made);
    if (!made)
        return error_memory(error);
    made->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
    grpc_init();
    status = open_channel(made, options, error);
    if (status != SEKISHO_OK) {
        sekisho_disconnect(made);
        return status;
    }
    *client = made;
    return SEKISHO_OK;
}

void sekisho_disconnect(struct sekisho_client *client)
{
    if (!client)
        return;
    if (client->channel)
        grpc_channel_destroy(client->channel);
    grpc_shutdown();
    free(client);
}
