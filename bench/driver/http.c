#include "driver/http.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define TIMEOUT_S 180 /* a slow disk makes the first request wait for its tables */

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval timeout = {.tv_sec = TIMEOUT_S};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0 ||
                    connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static size_t read_all(int fd, char *answer, size_t size)
{
    size_t length = 0;
    ssize_t part = 1;
    while (part > 0 && length + 1 < size) {
        part = read(fd, answer + length, size - 1 - length);
        length += part > 0 ? (size_t)part : 0;
    }
    answer[length] = '\0';
    return length;
}

int http_exchange(const char *socket_path, const char *request_line, const char *headers, const char *body,
                  char *answer, size_t size)
{
    char request[4096];
    int status = -1;
    char body_length[64] = "";
    if (body[0] != '\0') {
        snprintf(body_length, sizeof(body_length), "content-length: %zu\r\n", strlen(body));
    }
    int length = snprintf(request, sizeof(request), "%s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n%s%s\r\n%s",
                          request_line, body_length, headers, body);
    if (length < 0 || length >= (int)sizeof(request)) {
        return -1;
    }
    int fd = connect_to(socket_path);
    if (fd < 0) {
        return -1;
    }
    if (write(fd, request, (size_t)length) == length && read_all(fd, answer, size) > 0 &&
        sscanf(answer, "HTTP/1.%*c %d", &status) != 1) {
        status = -1;
    }
    close(fd);
    return status;
}
