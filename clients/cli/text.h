/* Messages for a person, Japanese and English (messages.def). */
#ifndef SEKISHO_CLI_TEXT_H
#define SEKISHO_CLI_TEXT_H

#include <stdio.h>

enum text {
#define TEXT(id, en, ja) TEXT_##id,
#include "messages.def"
#undef TEXT
    TEXT_COUNT
};

enum language { LANGUAGE_EN, LANGUAGE_JA };

/* From LC_ALL, LC_MESSAGES, LANG as setlocale(3) orders them: a value that begins with "ja" means Japanese. */
void language_from_locale(void);
/* "ja" or "en"; -1 for anything else. */
int language_set(const char *name);
enum language language(void);

const char *text(enum text id);
const char *text_in(enum text id, enum language language);

/* Writes a message and a newline; {0}..{9} in it stand for the strings that follow. */
#define SAY(stream, id, ...) say(stream, id, &((const char *const[]){NULL, ##__VA_ARGS__, NULL})[1])
void say(FILE *stream, enum text id, const char *const *arguments);

/* A count with separators of thousands, in one of a few static buffers (the last 8 results stay valid). */
const char *count_text(unsigned long long count);

#endif
