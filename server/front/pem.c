#include "server/front/pem.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool pem_read(int fd, char text[PEM_SIZE])
{
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length < PEM_SIZE - 1) {
        got = read(fd, text + length, PEM_SIZE - 1 - length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    text[length] = '\0';
    return close(fd) == 0 && got == 0 && length > 0 && strlen(text) == length;
}
