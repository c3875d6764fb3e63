#include <string.h>

#include "server/identity/identity.h"

const char *prefecture_name(unsigned code)
{
    static const char *const names[] = {
#define PREFECTURE(code, name) [code] = (name),
#include "server/identity/prefecture.def"
#undef PREFECTURE
    };
    return code < sizeof names / sizeof names[0] ? names[code] : NULL;
}

unsigned prefecture_starting(const char *text, size_t *used)
{
    for (unsigned code = 1; code <= PREFECTURES; code++) {
        size_t length = strlen(prefecture_name(code));

        if (strncmp(text, prefecture_name(code), length) == 0) {
            *used = length;
            return code;
        }
    }
    *used = 0;
    return 0;
}
