#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int usage(void)
{
    fputs("usage: network-attack resets|continuation|ping|settings COUNT\n"
          "       network-attack hold tcp|hello|tls COUNT SECONDS\n"
          "       network-attack handshake tls1.0|tls1.1|tls1.2|tls1.3|anonymous|any\n"
          "       network-attack call PATH [BODY-FILE [FIELD VALUE-FILE]]   (FIELD grpc-encoding: the body is "
          "compressed)\n",
          stderr);
    return 2;
}

static const char *contents(const char *path, size_t *length)
{
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *length = 0;
    if (fd < 0 || fstat(fd, &file) < 0) {
        perror(path);
        exit(2);
    }
    if (file.st_size == 0)
        return "";
    *length = (size_t)file.st_size;
    return mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
}

static int call(int count, char **words)
{
    struct call call = {.path = words[0], .body = ""};

    if (count > 1)
        call.body = contents(words[1], &call.body_length);
    if (count > 3) {
        call.field = words[2];
        call.value = contents(words[3], &call.value_length);
        call.compressed = strcmp(call.field, "grpc-encoding") == 0;
    }
    return call_once(&call);
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";
    long number = argc > 2 ? strtol(argv[2], NULL, 10) : 0;

    signal(SIGPIPE, SIG_IGN);
    if (argc == 5 && strcmp(kind, "hold") == 0)
        return holds(argv[2], strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    if (argc == 3 && strcmp(kind, "handshake") == 0)
        return handshake(argv[2]);
    if (argc > 2 && strcmp(kind, "call") == 0)
        return call(argc - 2, argv + 2);
    if (argc == 3 && strcmp(kind, "resets") == 0)
        return floods_resets(number);
    if (argc == 3 && strcmp(kind, "continuation") == 0)
        return floods_continuation(number);
    if (argc == 3 && (strcmp(kind, "ping") == 0 || strcmp(kind, "settings") == 0))
        return floods_control(kind, number);
    return usage();
}
