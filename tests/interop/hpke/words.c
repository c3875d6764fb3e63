#include "words.h"

#include <stdlib.h>
#include <string.h>

void usage(const char *what)
{
    fprintf(stderr, "crypto_peer: %s\n", what);
    exit(2);
}

static struct bytes parse_hex(const char *word)
{
    size_t digits = strcmp(word, "-") == 0 ? 0 : strlen(word);
    struct bytes bytes = {.length = digits / 2};

    if (digits % 2 != 0)
        usage("an odd number of digits");
    bytes.data = malloc(bytes.length + 1);
    if (!bytes.data)
        usage("no memory");
    for (size_t i = 0; i < bytes.length; i++)
        if (sscanf(word + 2 * i, "%2hhx", &bytes.data[i]) != 1)
            usage("not hexadecimal");
    return bytes;
}

int line_read(FILE *file, struct line *line)
{
    char *text = NULL, *rest = NULL;
    size_t room = 0;

    *line = (struct line){0};
    if (getline(&text, &room, file) < 0) {
        free(text);
        return 0;
    }
    const char *command = strtok_r(text, " \n", &rest);
    if (!command)
        usage("an empty line");
    line->command = strdup(command);
    for (const char *word; (word = strtok_r(NULL, " \n", &rest)) != NULL;) {
        if (line->count == WORDS_MAX)
            usage("too many words");
        line->words[line->count++] = parse_hex(word);
    }
    free(text);
    return 1;
}

void line_free(struct line *line)
{
    for (size_t i = 0; i < line->count; i++)
        free(line->words[i].data);
    free(line->command);
}

const uint8_t *word_of_length(const struct line *line, size_t index, size_t length)
{
    if (index >= line->count || line->words[index].length != length)
        usage("a word is missing or has another length");
    return line->words[index].data;
}

uint64_t word_number(const struct line *line, size_t index)
{
    uint64_t value = 0;

    if (index >= line->count || line->words[index].length < 1 || line->words[index].length > sizeof value)
        usage("a number is missing or too long");
    memcpy(&value, line->words[index].data, line->words[index].length);
    return value;
}

void print_word(const void *data, size_t length)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
    printf(length ? " " : "- ");
}
