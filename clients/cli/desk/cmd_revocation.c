/* A newer revocation list of the cards' authorities, from a file in DER or PEM, in parts. */
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "sekisho/v1/card_trust_service.pb-c.h"

#define PART_MAX 98304

/* DER of the list, to be freed with OPENSSL_free; NULL: the file has none. */
static uint8_t *read_list(const char *path, size_t *length)
{
    BIO *file = BIO_new_file(path, "r");
    X509_CRL *list = file ? PEM_read_bio_X509_CRL(file, NULL, NULL, NULL) : NULL;
    uint8_t *der = NULL;

    if (file && !list && BIO_reset(file) == 0)
        list = d2i_X509_CRL_bio(file, NULL);
    int size = list ? i2d_X509_CRL(list, &der) : 0;
    X509_CRL_free(list);
    BIO_free(file);
    *length = size > 0 ? (size_t)size : 0;
    return der;
}

static int send(struct desk *desk, uint8_t *der, size_t length)
{
    Sekisho__V1__UpdateRevocationListRequest *request = (Sekisho__V1__UpdateRevocationListRequest *)desk->request;
    ProtobufCMessage *answer = NULL;
    int code = CLI_OK;

    for (size_t at = 0, step; at < length && code == CLI_OK; at += step) {
        step = length - at < PART_MAX ? length - at : PART_MAX;
        sekisho_message_free(answer);
        answer = NULL;
        request->offset = (int64_t)at;
        request->data = (ProtobufCBinaryData){step, der + at};
        request->last = at + step == length;
        code = desk_ask(desk, desk->call->service, desk->call->method, &request->base, &answer);
    }
    request->data = (ProtobufCBinaryData){0}; /* is not the message's to free */
    if (code == CLI_OK)
        desk_print(desk, answer);
    sekisho_message_free(answer);
    return code;
}

int revocation_run(const struct options *options, const struct desk_call *call)
{
    const char *path = options->value[OPT_FILE];
    struct desk desk = {0};
    size_t length;

    if (!path) {
        SAY(stderr, TEXT_OPTION_MISSING, "--file");
        return CLI_USAGE;
    }
    uint8_t *der = read_list(path, &length);
    if (!der) {
        SAY(stderr, TEXT_REVOCATION_UNREADABLE, path);
        return CLI_USAGE;
    }
    int code = desk_begin(&desk, options, call);
    if (code == CLI_OK)
        code = send(&desk, der, length);
    OPENSSL_free(der);
    desk_end(&desk);
    return code;
}
