#include <string.h>

#include "server/card/card.h"

static const struct {
    const char *name, *text;
} codes[CARD_CODE_COUNT] = {
#define CODE(name, text) {#name, text},
#include "server/card/codes.def"
#undef CODE
};

const char *card_code_name(enum card_code code)
{
    return code == CARD_GOOD ? "" : codes[code].name;
}

const char *card_code_text(enum card_code code)
{
    return codes[code].text;
}

enum card_code card_code_of(const char *name)
{
    for (unsigned code = CARD_GOOD + 1; code < CARD_CODE_COUNT; code++)
        if (strcmp(codes[code].name, name) == 0)
            return (enum card_code)code;
    return CARD_CODE_COUNT;
}
