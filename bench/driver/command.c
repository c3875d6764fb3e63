#include "driver/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void command_init(struct command *command)
{
    command->words[0] = NULL;
    command->count = command->used = 0;
    command->overflowed = command->tells_ready = command->as_nobody = false;
    command->folder = command->home = NULL;
}

void command_add(struct command *command, const char *format, ...)
{
    va_list arguments;
    size_t room = COMMAND_TEXT - command->used;
    va_start(arguments, format);
    int length = vsnprintf(command->text + command->used, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room || command->count == COMMAND_WORDS) {
        command->overflowed = true;
        return;
    }
    command->words[command->count++] = command->text + command->used;
    command->words[command->count] = NULL;
    command->used += (size_t)length + 1;
}

void command_add_all(struct command *command, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (length > 0) {
            command_add(command, "%.*s", (int)length, words);
        }
        words += length + (words[length] == ' ');
    }
}

const char *command_name(const struct command *command)
{
    const char *slash = strrchr(command->words[0], '/');
    return slash != NULL ? slash + 1 : command->words[0];
}
