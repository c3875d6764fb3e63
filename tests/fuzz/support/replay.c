/* Runs a target over files and folders of inputs: a corpus as a regression test, in builds without a fuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/fuzz.h"

#define INPUT_MAX (1u << 20)

static unsigned replayed;

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    REQUIRE(file != NULL);
    uint8_t *bytes = malloc(INPUT_MAX);
    REQUIRE(bytes != NULL);
    size_t length = fread(bytes, 1, INPUT_MAX, file);
    REQUIRE(!ferror(file) && feof(file));
    fclose(file);
    /* As libFuzzer does: a copy of the exact size, so that reading beyond it is seen. */
    uint8_t *exact = malloc(length ? length : 1);
    REQUIRE(exact != NULL);
    memcpy(exact, bytes, length);
    free(bytes);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    replayed++;
}

static void replay(const char *path)
{
    struct stat facts;

    REQUIRE(stat(path, &facts) == 0);
    if (!S_ISDIR(facts.st_mode)) {
        replay_file(path);
        return;
    }
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    REQUIRE(count >= 0);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            replay(inner);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%u inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
