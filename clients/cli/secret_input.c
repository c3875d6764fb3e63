/* Passwords and numbers come from the terminal without echo, a file or standard input; never from arguments, which
 * every user of the machine can see (proc(5), cmdline). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

#define INTERRUPT 3 /* Ctrl-C */

/* One line without its end; a byte at a time, so that nothing of the lines after it is taken (standard input may be
 * shared). -1: cannot be read (errno), or no line, too long, or interrupted (errno is 0). */
static long read_line(int fd, char out[SECRET_MAX], bool terminal)
{
    size_t used = 0;

    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        errno = 0;
        if (got == 0 && used == 0)
            return -1;
        if (got == 0 || byte == '\n')
            break;
        if (terminal && byte == INTERRUPT)
            return -1;
        if (used + 1 == SECRET_MAX)
            return -1;
        out[used++] = byte;
    }
    if (used > 0 && out[used - 1] == '\r')
        used--;
    out[used] = '\0';
    return (long)used;
}

/* Signals by keys are off while echo is off: the terminal is always restored. */
static long read_terminal(enum text prompt, char out[SECRET_MAX])
{
    struct termios before, silent;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0 || tcgetattr(fd, &before) < 0) {
        if (fd >= 0)
            close(fd);
        SAY(stderr, TEXT_NO_TERMINAL);
        return -1;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ISIG);
    silent.c_lflag |= ICANON | ECHONL;
    silent.c_cc[VEOL] = INTERRUPT; /* ends the line at once, though it is no signal now */
    fprintf(stderr, "%s", text(prompt));
    fflush(stderr);
    tcsetattr(fd, TCSAFLUSH, &silent);
    long length = read_line(fd, out, true);
    tcsetattr(fd, TCSAFLUSH, &before);
    close(fd);
    return length;
}

static long read_descriptor(int fd, const char *path, char out[SECRET_MAX])
{
    long length = fd >= 0 ? read_line(fd, out, false) : -1;

    if (length < 0)
        SAY(stderr, TEXT_SECRET_UNREADABLE, path, errno ? strerror(errno) : text(TEXT_SECRET_NO_LINE));
    return length;
}

long secret_read(const char *path, enum text prompt, char out[SECRET_MAX])
{
    if (!path)
        return read_terminal(prompt, out);
    if (strcmp(path, "-") == 0)
        return read_descriptor(STDIN_FILENO, path, out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    long length = read_descriptor(fd, path, out);
    if (fd >= 0)
        close(fd);
    return length;
}

long otp_read(const struct options *options, char out[SECRET_MAX])
{
    return secret_read(options->value[OPT_PASSWORD_FILE] ? "-" : NULL, TEXT_PROMPT_OTP, out);
}
