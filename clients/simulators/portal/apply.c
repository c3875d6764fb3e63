/* An application from the first item to the signature: what the applicant enters, what is sealed, read and signed. */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "clients/cli/desk/fields.h"
#include "clients/simulators/portal/citizen.h"
#include "clients/simulators/portal/copies.h"
#include "clients/simulators/portal/portal.h"
#include "sekisho_rpc.h"

#define CONTENT_MAX 65536
#define OCSP_MAX    16384

/* Lines "person.name.text=浦和　花子": fields of ApplicationContent by their names. */
static bool fill(ProtobufCMessage *content, char *text, unsigned prefecture)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *value = strchr(line, '=');
        if (line[0] == '#')
            continue;
        if (value)
            *value++ = '\0';
        if (!value || field_set(content, line, value, prefecture) != SET_OK) {
            fprintf(stderr, "not an item of an application, or not a value of it: %s\n", line);
            return false;
        }
    }
    return true;
}

static Sekisho__V1__ApplicationContent *content_of(const char *path, unsigned prefecture)
{
    ProtobufCMessage *content = message_new(&sekisho__v1__application_content__descriptor);
    size_t length;
    char *text = (char *)whole_file(path, CONTENT_MAX, &length);

    if (text)
        text[length] = '\0';
    if (!content || !text || !fill(content, text, prefecture)) {
        sekisho_message_free(content);
        content = NULL;
    }
    free(text);
    return (Sekisho__V1__ApplicationContent *)content;
}

/* ---- the steps ---- */

struct applying {
    struct portal *portal;
    const struct card *card;
    const struct apply_options *options;
    Sekisho__V1__ApplicationContent *content;
    ProtobufCMessage *begun; /* answer that the next three are of */
    char *name, *application;
    const Sekisho__V1__SubmissionNonce *nonce;
    bool number_stays;
    Sekisho__V1__RenderApplicationResponse *text;
    uint8_t blob[SEKISHO_BLOB_LEN];
    bool sealed;
};

static bool send_files(struct applying *applying)
{
    if (applying->nonce->nonce.len != SEKISHO_NONCE_LEN)
        return false;
    for (size_t i = 0; i < applying->options->file_count; i++)
        if (!portal_attach(applying->portal, applying->application, applying->options->files[i]))
            return false;
    return true;
}

/* A correction of the application that is named: its number is sealed anew when it must be. */
static bool begin_correction(struct applying *applying)
{
    Sekisho__V1__BeginCorrectionRequest request = SEKISHO__V1__BEGIN_CORRECTION_REQUEST__INIT;

    request.name = (char *)(uintptr_t)applying->options->correct;
    request.content = applying->content;
    Sekisho__V1__BeginCorrectionResponse *answer =
        portal_call(applying->portal, "BeginCorrection", &request.base, request.name);
    if (!answer)
        return false;
    applying->begun = &answer->base;
    applying->name = answer->status->name;
    applying->application = answer->application;
    applying->nonce = answer->nonce;
    applying->number_stays = answer->blob_rule != SEKISHO__V1__BLOB_RULE__BLOB_RULE_REQUIRED;
    return send_files(applying);
}

static bool draft(struct applying *applying)
{
    Sekisho__V1__CreateApplicationRequest request = SEKISHO__V1__CREATE_APPLICATION_REQUEST__INIT;
    char parent[256];

    snprintf(parent, sizeof parent, "prefectures/%02u/applicants/%s", applying->portal->info.prefecture,
             applying->options->pseudonym);
    request.parent = parent;
    request.content = applying->content;
    Sekisho__V1__CreateApplicationResponse *answer =
        portal_call(applying->portal, "CreateApplication", &request.base, parent);
    if (!answer)
        return false;
    applying->begun = &answer->base;
    applying->name = answer->status->name;
    applying->application = answer->application;
    applying->nonce = answer->nonce;
    return send_files(applying);
}

static bool render(struct applying *applying)
{
    Sekisho__V1__RenderApplicationRequest request = SEKISHO__V1__RENDER_APPLICATION_REQUEST__INIT;
    char *name = applying->name;

    applying->sealed =
        !applying->number_stays && applying->content->kind != SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_REISSUE;
    if (applying->sealed) {
        if (!citizen_seal(applying->portal->client, &applying->portal->info, applying->options->citizen_pin,
                          applying->nonce->nonce.data, applying->card, applying->blob))
            return false;
        request.number_blob = (ProtobufCBinaryData){SEKISHO_BLOB_LEN, applying->blob};
    }
    request.name = name;
    applying->text = portal_call(applying->portal, "RenderApplication", &request.base, name);
    return applying->text &&
           copy_keep(applying->portal->folder, name, applying->text->content.data, applying->text->content.len);
}

/* The applicant reads the text; the card signs exactly it. */
static uint8_t *sign(const struct applying *applying, size_t *length)
{
    static const uint8_t other[] = "another text";
    const ProtobufCBinaryData *text = &applying->text->content;

    if (!citizen_agrees(applying->content, applying->sealed ? applying->blob : NULL, applying->number_stays,
                        applying->nonce->nonce.data, text->data, text->len))
        return NULL;
    fwrite(text->data, 1, text->len, stdout);
    if (applying->options->other_text)
        return card_sign(applying->card, applying->options->raw, other, sizeof other, length);
    return card_sign(applying->card, applying->options->raw, text->data, text->len, length);
}

static bool submit(struct applying *applying, uint8_t *signature, size_t length)
{
    Sekisho__V1__SubmitApplicationRequest request = SEKISHO__V1__SUBMIT_APPLICATION_REQUEST__INIT;
    uint8_t *certificate = NULL, *ocsp = NULL;

    request.name = applying->name;
    if (applying->options->raw) {
        int size = i2d_X509(applying->card->certificate, &certificate);
        request.raw_signature = (ProtobufCBinaryData){length, signature};
        request.certificate = (ProtobufCBinaryData){size > 0 ? (size_t)size : 0, certificate};
    } else {
        request.cms = (ProtobufCBinaryData){length, signature};
    }
    if (applying->options->ocsp_file) {
        ocsp = whole_file(applying->options->ocsp_file, OCSP_MAX, &request.ocsp_response.len);
        request.ocsp_response.data = ocsp;
    }
    Sekisho__V1__SubmitApplicationResponse *answer =
        portal_call(applying->portal, "SubmitApplication", &request.base, request.name);
    if (answer)
        status_print(answer->status);
    bool good = answer != NULL;
    sekisho_message_free((ProtobufCMessage *)answer);
    OPENSSL_free(certificate);
    free(ocsp);
    return good;
}

bool portal_apply(struct portal *portal, const struct card *card, const struct apply_options *options)
{
    struct applying applying = {.portal = portal, .card = card, .options = options};
    uint8_t *signature = NULL;
    size_t length = 0;

    applying.content = content_of(options->content_file, portal->info.prefecture);
    bool good = applying.content && (options->correct ? begin_correction(&applying) : draft(&applying)) &&
                render(&applying) && (signature = sign(&applying, &length)) && submit(&applying, signature, length);
    OPENSSL_free(signature);
    sekisho_message_free((ProtobufCMessage *)applying.text);
    sekisho_message_free(applying.begun);
    sekisho_message_free((ProtobufCMessage *)applying.content);
    return good;
}
