#include <stdlib.h>

#include "commands.h"
#include "crypto/hpke.h"

#define EXPORT_LEN 32

void command_derive(const struct line *line)
{
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    if (line->count != 1)
        usage("derive IKM");
    if (hpke_derive_key_pair(line->words[0].data, line->words[0].length, private_key, public_key) != 0) {
        printf("refused");
        return;
    }
    print_word(private_key, sizeof private_key);
    print_word(public_key, sizeof public_key);
}

static void print_export(const struct hpke_context *context, const struct bytes *exporter_context)
{
    uint8_t exported[EXPORT_LEN];

    if (hpke_export(context, exporter_context->data, exporter_context->length, exported, sizeof exported) != 0)
        usage("export failed");
    print_word(exported, sizeof exported);
}

static void print_sealed(struct hpke_context *context, const struct bytes *aad, const struct bytes *plain)
{
    uint8_t *sealed = malloc(plain->length + HPKE_TAG_LEN);

    if (!sealed || hpke_seal(context, aad->data, aad->length, plain->data, plain->length, sealed) != 0)
        usage("seal failed");
    print_word(sealed, plain->length + HPKE_TAG_LEN);
    free(sealed);
}

void command_seal(const struct line *line)
{
    uint8_t enc[HPKE_KEY_LEN];
    struct hpke_context context;

    if (line->count < 3 || line->count % 2 != 1)
        usage("seal RECIPIENT_PUBLIC INFO EXPORTER_CONTEXT (AAD PLAIN)...");
    const uint8_t *recipient = word_of_length(line, 0, HPKE_KEY_LEN);
    if (hpke_setup_sender(recipient, line->words[1].data, line->words[1].length, NULL, 0, enc, &context) != 0) {
        printf("refused");
        return;
    }
    print_word(enc, sizeof enc);
    print_export(&context, &line->words[2]);
    for (size_t i = 3; i < line->count; i += 2)
        print_sealed(&context, &line->words[i], &line->words[i + 1]);
}

static void print_opened(struct hpke_context *context, const struct bytes *aad, const struct bytes *sealed)
{
    size_t length = sealed->length >= HPKE_TAG_LEN ? sealed->length - HPKE_TAG_LEN : 0;
    uint8_t *plain = malloc(length + 1);

    if (!plain)
        usage("no memory");
    if (hpke_open(context, aad->data, aad->length, sealed->data, sealed->length, plain) == 0)
        print_word(plain, length);
    else
        printf("refused ");
    free(plain);
}

void command_open(const struct line *line)
{
    struct hpke_context context;

    if (line->count < 4 || line->count % 2 != 0)
        usage("open RECIPIENT_PRIVATE ENC INFO EXPORTER_CONTEXT (AAD SEALED)...");
    const uint8_t *private_key = word_of_length(line, 0, HPKE_KEY_LEN), *enc = word_of_length(line, 1, HPKE_KEY_LEN);
    if (hpke_setup_recipient(private_key, enc, line->words[2].data, line->words[2].length, &context) != 0) {
        printf("refused");
        return;
    }
    print_export(&context, &line->words[3]);
    for (size_t i = 4; i < line->count; i += 2)
        print_opened(&context, &line->words[i], &line->words[i + 1]);
}
