#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fuzz.h"

void fuzz_broken(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

void input_copy(struct input *input, void *out, size_t length)
{
    size_t got = length < input->left ? length : input->left;

    memset(out, 0, length);
    if (got > 0)
        memcpy(out, input->at, got);
    input->at += got;
    input->left -= got;
}

uint8_t input_u8(struct input *input)
{
    uint8_t value;
    input_copy(input, &value, sizeof value);
    return value;
}

uint16_t input_u16(struct input *input)
{
    uint16_t value;
    input_copy(input, &value, sizeof value);
    return value;
}

uint32_t input_u32(struct input *input)
{
    uint32_t value;
    input_copy(input, &value, sizeof value);
    return value;
}

uint64_t input_u64(struct input *input)
{
    uint64_t value;
    input_copy(input, &value, sizeof value);
    return value;
}

struct input input_part(struct input *input, size_t length)
{
    struct input part = {.at = input->at, .left = length < input->left ? length : input->left};

    input->at += part.left;
    input->left -= part.left;
    return part;
}

static char folder[256];
static pid_t owner;

void fuzz_empty_folder(void)
{
    char path[sizeof folder + NAME_MAX + 2];
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        unlink(path);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static void remove_folder(void)
{
    if (getpid() != owner)
        return;
    fuzz_empty_folder();
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    const char *parent = getenv("TMPDIR");

    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%.200s/sekisho-fuzz-XXXXXX", parent ? parent : "/tmp");
        REQUIRE(mkdtemp(folder) != NULL);
        owner = getpid();
        atexit(remove_folder);
    }
    return folder;
}

const char *fuzz_file(const char *name, const void *data, size_t length)
{
    static char path[sizeof folder + NAME_MAX + 2];

    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    REQUIRE(write(fd, data, length) == (ssize_t)length);
    close(fd);
    return path;
}
