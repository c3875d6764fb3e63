/* Why a text is not an individual number. Only its form: the check digit is the vault's to verify, once and for all
 * clients. */
#ifndef SEKISHO_CLI_NUMBER_SYNTAX_H
#define SEKISHO_CLI_NUMBER_SYNTAX_H

#include <stddef.h>

enum number_syntax {
    NUMBER_OK,
    NUMBER_EMPTY,
    NUMBER_FULL_WIDTH, /* has digits of U+FF10..U+FF19: never converted silently, the source must be mended */
    NUMBER_SEPARATED,  /* digits with spaces or hyphens */
    NUMBER_NOT_DIGITS,
    NUMBER_TOO_SHORT,
    NUMBER_TOO_LONG,
};

enum number_syntax number_syntax(const char *text, size_t length);

#endif
