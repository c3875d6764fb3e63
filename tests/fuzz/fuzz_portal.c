/*
 * What an applicant and a portal write: a name of a resource, or a text. Requires: a name that is taken is written
 * again as it was, and its pseudonym is no number; a text that can be seen has no control character, and one in which
 * twelve digits are found has them.
 */
#include <stdlib.h>
#include <string.h>

#include "server/portal/name.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    REQUIRE(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_name(text);
    check_text(text);
    free(text);
    return 0;
}
