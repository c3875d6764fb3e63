#include "unseal/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"

#define INTERRUPT 3 /* Ctrl-C */

static uint8_t *handed; /* the memory of descriptor 5 */

void unseal_end(enum unseal_status status)
{
    /* No atexit handlers: they belong to libraries and would run inside the filter. */
    _exit((int)status);
}

void unseal_step(enum sandbox_step step, bool ok)
{
    if (!ok)
        _exit(UNSEAL_STEP_FAILED + (int)step);
}

uint32_t unseal_uid(int argc, char **argv, int wanted)
{
    char *end;

    if (argc != wanted)
        unseal_end(UNSEAL_BAD_USE);
    errno = 0;
    unsigned long uid = strtoul(argv[1], &end, 10);
    if (errno != 0 || end == argv[1] || *end != '\0' || uid >= UINT32_MAX)
        unseal_end(UNSEAL_BAD_USE);
    return (uint32_t)uid;
}

struct unsealing *unseal_open_memory(void)
{
    unseal_step(STEP_SECRETS, crypto_init() == 0 && secret_arena_open(sizeof(struct unsealing)) == 0);
    handed = mmap(NULL, ROOT_KEY_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, UNSEAL_FD_KEY, 0);
    unseal_step(STEP_SECRETS, handed != MAP_FAILED && close(UNSEAL_FD_KEY) == 0);
    /* Cannot fail: the arena is as large. */
    return secret_alloc(sizeof(struct unsealing));
}

void unseal_read_file(struct unsealing *unsealing, enum wrap_method method)
{
    uint8_t extra;
    ssize_t length = read(UNSEAL_FD_FILE, &unsealing->file, sizeof unsealing->file);

    if (length < 0 || read(UNSEAL_FD_FILE, &extra, 1) != 0)
        unseal_end(UNSEAL_NOT_WRAPPED);
    enum unseal_status status = wrapped_key_check(&unsealing->file, (size_t)length, method);
    if (status != UNSEAL_DONE)
        unseal_end(status);
}

/* true when there is a line, and it is neither empty nor too long. */
static bool read_line(struct unsealing *unsealing, bool terminal)
{
    size_t used = 0;

    for (;;) {
        char byte;
        ssize_t got = read(UNSEAL_FD_SECRET, &byte, 1);
        if (got < 0 || (terminal && got == 1 && byte == INTERRUPT))
            return false;
        if (got == 0 || byte == '\n')
            break;
        if (used + 1 == SECRET_LINE_MAX)
            return false;
        unsealing->secret[used++] = byte;
    }
    if (used > 0 && unsealing->secret[used - 1] == '\r')
        used--;
    unsealing->secret_length = used;
    return used > 0;
}

/* Signals by keys are off while echo is off: the terminal is always restored. */
static bool read_terminal(struct unsealing *unsealing, const struct termios *before, const char *prompt)
{
    struct termios silent = *before;

    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ISIG);
    silent.c_lflag |= ICANON | ECHONL;
    silent.c_cc[VEOL] = INTERRUPT; /* ends the line at once, though it is no signal now */
    if (tcsetattr(UNSEAL_FD_SECRET, TCSAFLUSH, &silent) < 0)
        return false;
    /* After echo is off, so that nothing typed at it is shown or dropped. */
    ssize_t written = write(UNSEAL_FD_SECRET, prompt, strlen(prompt));
    (void)written; /* who does not see the prompt can still type */
    bool read = read_line(unsealing, true);
    return tcsetattr(UNSEAL_FD_SECRET, TCSAFLUSH, before) == 0 && read;
}

void unseal_read_secret(struct unsealing *unsealing, const char *prompt)
{
    struct termios before;
    bool terminal = tcgetattr(UNSEAL_FD_SECRET, &before) == 0;

    if (!(terminal ? read_terminal(unsealing, &before, prompt) : read_line(unsealing, false)))
        unseal_end(UNSEAL_NO_SECRET);
}

void unseal_hand_over(struct unsealing *unsealing)
{
    memcpy(handed, unsealing->key, ROOT_KEY_LEN);
    crypto_wipe(unsealing, sizeof *unsealing);
    unseal_end(UNSEAL_DONE);
}
