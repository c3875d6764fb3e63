/* Lines of words for crypto_peer: a command, then byte strings in hexadecimal ("-" is the empty one). */
#ifndef SEKISHO_INTEROP_WORDS_H
#define SEKISHO_INTEROP_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WORDS_MAX 64

struct bytes {
    uint8_t *data;
    size_t length;
};

struct line {
    char *command;
    struct bytes words[WORDS_MAX];
    size_t count;
};

/* The next line; 1, or 0 at the end. Ends the program when a line is not of this form. Free with line_free. */
int line_read(FILE *file, struct line *line);
void line_free(struct line *line);

/* A word's bytes; ends the program unless it is there with this length. */
const uint8_t *word_of_length(const struct line *line, size_t index, size_t length);
/* A number of 1 to 8 bytes, little-endian. */
uint64_t word_number(const struct line *line, size_t index);

void print_word(const void *data, size_t length);

__attribute__((noreturn)) void usage(const char *what);

#endif
