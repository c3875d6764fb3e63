/* synth: a CSV file of invented people, for demonstrations and tests. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "synth.h"

static int write_people(FILE *stream, const struct synth *synth, uint64_t count)
{
    struct person person;

    fputs("number,name,kana,birth_date,address\r\n", stream);
    for (uint64_t i = 0; i < count; i++) {
        synth_person(synth, i, &person);
        fprintf(stream, "%s,%s,%s,%s,%s\r\n", person.number, person.name, person.kana, person.birth_date,
                person.address);
    }
    return fflush(stream) == 0 && !ferror(stream) ? 0 : -1;
}

int cmd_synth(const struct options *options)
{
    const char *path = options->value[OPT_OUTPUT];
    struct synth synth;
    uint64_t seed, count;
    unsigned prefecture;

    if (prefecture_of(options, &prefecture) != CLI_OK ||
        options_number(options, OPT_SEED, 0, UINT64_MAX, 1, &seed) < 0 ||
        options_number(options, OPT_COUNT, 1, SYNTH_MAX, 10000, &count) < 0)
        return CLI_USAGE;
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(STDOUT_FILENO);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
        return CLI_USAGE;
    }
    synth_start(&synth, seed, prefecture);
    int result = write_people(stream, &synth, count);
    if (fclose(stream) != 0 || result < 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
        return CLI_USAGE;
    }
    return CLI_OK;
}
