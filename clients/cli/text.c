#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *in[2];
} messages[TEXT_COUNT] = {
#define TEXT(id, en, ja) [TEXT_##id] = {{en, ja}},
#include "messages.def"
#undef TEXT
};

static enum language current = LANGUAGE_EN;

void language_from_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) {
            current = strncmp(value, "ja", 2) == 0 ? LANGUAGE_JA : LANGUAGE_EN;
            return;
        }
    }
}

int language_set(const char *name)
{
    if (strcmp(name, "ja") == 0)
        current = LANGUAGE_JA;
    else if (strcmp(name, "en") == 0)
        current = LANGUAGE_EN;
    else
        return -1;
    return 0;
}

enum language language(void)
{
    return current;
}

const char *text_in(enum text id, enum language wanted)
{
    return messages[id].in[wanted];
}

const char *text(enum text id)
{
    return text_in(id, current);
}

void say(FILE *stream, enum text id, const char *const *arguments)
{
    size_t count = 0;

    while (arguments[count])
        count++;
    for (const char *at = text(id); *at; at++) {
        bool place = at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}';
        if (!place) {
            fputc(*at, stream);
            continue;
        }
        size_t index = (size_t)(at[1] - '0');
        fputs(index < count ? arguments[index] : "", stream);
        at += 2;
    }
    fputc('\n', stream);
}

const char *count_text(unsigned long long count)
{
    static char buffers[8][32];
    static unsigned turn;
    char *out = buffers[turn++ % 8];
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", count);
    char *at = out;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}
