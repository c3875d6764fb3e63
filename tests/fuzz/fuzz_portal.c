/*
 * What an applicant and a portal write: a name of a resource, or a text. Requires: a name that is taken is written
 * again as it was, and its pseudonym is no number; a text that can be seen has no control character, and one in which
 * twelve digits are found has them.
 */
#include <stdlib.h>
#include <string.h>

#include "server/portal/name.h"
#include "server/portal/render.h"
#include "server/portal/text.h"
#include "support/fuzz.h"

static void check_name(const char *text)
{
    char again[PORTAL_APPLICATION_SIZE];
    struct applicant_name applicant;
    uint8_t id[REGISTER_ID_LEN];

    if (!portal_application_parse(text, &applicant, id))
        return;
    REQUIRE(applicant.tenant >= 1 && applicant.tenant <= 47);
    REQUIRE(strspn(applicant.pseudonym, "0123456789-_.") < strlen(applicant.pseudonym));
    portal_application_format(&applicant, id, again);
    REQUIRE(strcmp(again, text) == 0);
}

static size_t ascii_digits(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text >= '0' && *text <= '9';
    return count;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static void check_text(const char *text)
{
    if (text_can_be_seen(text, 300)) {
        for (const char *at = text; *at; at++)
            REQUIRE((unsigned char)*at >= 0x20 && *at != 0x7f);
        REQUIRE(strlen(text) <= 300 * 4);
    }
    if (text_has_twelve_digits(text) && is_ascii(text))
        REQUIRE(ascii_digits(text) >= 12);
    if (is_ascii(text) && strlen(text) == 12 && ascii_digits(text) == 12)
        REQUIRE(text_has_twelve_digits(text));
}

static size_t lines_of(const ProtobufCBinaryData *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->len; i++)
        count += text->data[i] == '\n';
    return count;
}

static void *arena_alloc(void *arena, size_t size)
{
    uint8_t *at = *(uint8_t **)arena;

    *(uint8_t **)arena += size;
    return at;
}

static enum render_result render(Sekisho__V1__Application *application, uint8_t *memory, ProtobufCBinaryData *text)
{
    static struct reg reg = {.tenant = 11};
    static uint8_t id[REGISTER_ID_LEN], nonce[16];
    Sekisho__Stored__StoredApplication stored = SEKISHO__STORED__STORED_APPLICATION__INIT;
    ProtobufCAllocator arena = {arena_alloc, NULL, &memory};
    const struct application_context context = {.reg = &reg, .arena = &arena};
    const char *field = NULL;

    stored.application = application;
    stored.id = (ProtobufCBinaryData){sizeof id, id};
    stored.nonce = (ProtobufCBinaryData){sizeof nonce, nonce};
    enum render_result result = render_application(&context, &stored, text, &field);
    REQUIRE(result == RENDER_OK || field != NULL);
    return result;
}

static void check_render(const uint8_t *data, size_t size)
{
    static uint8_t memory[2][RENDER_MAX];
    Sekisho__V1__Application empty = SEKISHO__V1__APPLICATION__INIT;
    ProtobufCBinaryData text, again;
    Sekisho__V1__Application *application = sekisho__v1__application__unpack(NULL, size, data);

    if (!application)
        return;
    empty.kind = SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW;
    REQUIRE(render(&empty, memory[1], &text) == RENDER_OK);
    size_t lines = lines_of(&text) + 4 * application->n_attachments;
    if (render(application, memory[0], &text) == RENDER_OK) {
        REQUIRE(render(application, memory[1], &again) == RENDER_OK);
        REQUIRE(text.len == again.len && memcmp(text.data, again.data, text.len) == 0);
        REQUIRE(lines_of(&text) == lines);
    }
    sekisho__v1__application__free_unpacked(application, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    REQUIRE(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_name(text);
    check_text(text);
    check_render(data, size);
    free(text);
    return 0;
}
