/* The registers of a bench: made once by bench-register, kept, and copied for each run or set. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "driver/bench.h"

#define MAKE_SECONDS         7200
#define BYTES_PER_REGISTRANT 4096u
#define ROOM_GIB             2u
#define FRONT_UID            64202 /* the front's, of the configuration's uid_base, when this process is root */

static const char *const files[] = {"11.register", "11.files"};

struct registers *registers_of(struct bench *bench, enum part part)
{
    switch (part) {
    case PART_REGISTER_SMALL:
    case PART_SET_REGISTER_SMALL:
        return &bench->registers[REGISTERS_SMALL];
    case PART_REGISTER_LARGE:
    case PART_SET_REGISTER_LARGE:
        return &bench->registers[REGISTERS_LARGE];
    default:
        return &bench->registers[REGISTERS_USUAL];
    }
}

bool part_has_registers(enum part part)
{
    return part == PART_REGISTER_ROWS || (part >= PART_REGISTER && part <= PART_REGISTER_LARGE) ||
           (part >= PART_SET_REGISTER && part <= PART_SET_REGISTER_LARGE);
}

static int make(const struct bench *bench, const char *folder, uint64_t registrants)
{
    struct command command;
    say("making a register of %" PRIu64 " registrants, once", registrants);
    bench_command(bench, "bench-register", &command);
    command_add(&command, "make");
    command_add(&command, "%s", folder);
    command_add(&command, "%" PRIu64, registrants);
    return run_quietly(&command, MAKE_SECONDS);
}

/* Under another name until it is whole, as data.c does it. */
static int make_whole(const struct bench *bench, const struct registers *registers)
{
    char half[PATH_SIZE];
    if (folder_make(bench->options.data, 0700) != 0 || path_make(half, "%s.half", registers->made) != 0) {
        return -1;
    }
    folder_remove(half);
    if (make(bench, half, registers->registrants) != 0) {
        folder_remove(half);
        return -1;
    }
    return rename(half, registers->made) == 0 ? 0 : bench_fail("cannot rename %s", half);
}

static uint64_t size_of(const struct options *options, const struct bench *bench, const struct registers *registers)
{
    return registers == &bench->registers[REGISTERS_SMALL]   ? options->registrants / 10
           : registers == &bench->registers[REGISTERS_LARGE] ? options->registrants * 10
                                                             : options->registrants;
}

int registers_make(struct bench *bench, enum part part)
{
    struct registers *registers = registers_of(bench, part);
    registers->registrants = size_of(&bench->options, bench, registers);
    if (path_make(registers->made, "%s/register-%" PRIu64 "-%s", bench->options.data, registers->registrants,
                  bench->options.format) != 0) {
        return -1;
    }
    return file_exists(registers->made) ? 0 : make_whole(bench, registers);
}

static int copy(const struct registers *registers, const char *folder)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    int result = folder_make(folder, 0700);
    say("copying a register of %" PRIu64 " registrants", registers->registrants);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && result == 0; i++) {
        result = path_make(from, "%s/%s", registers->made, files[i]);
        result = result == 0 ? path_make(to, "%s/%s", folder, files[i]) : result;
        result = result == 0 ? file_copy(from, to, 0600) : result;
        if (result == 0 && geteuid() == 0 && chown(to, FRONT_UID, (gid_t)-1) != 0) {
            result = bench_fail("cannot give %s to the front", to);
        }
    }
    return result;
}

int register_start(struct bench *bench, enum part part)
{
    char *folder = bench->register_copy[part - PART_REGISTER];
    struct registers *registers = registers_of(bench, part);
    if (part == PART_REGISTER_ROWS) {
        registers->next_row = registers->registrants;
    }
    return path_make(folder, "%s/register-%d", bench->folder, (int)part) == 0 ? copy(registers, folder) : -1;
}

void register_end(struct bench *bench, enum part part)
{
    folder_remove(bench->register_copy[part - PART_REGISTER]);
}

int set_put_register(struct bench *bench, struct set *set, enum part part)
{
    char folder[PATH_SIZE];
    struct registers *registers = registers_of(bench, part);
    registers->next_import = registers->registrants;
    return path_make(folder, "%s/register", set->folder) == 0 &&
                   path_make(set->store, "%s/%s", folder, files[0]) == 0 && copy(registers, folder) == 0
               ? 0
               : -1;
}

uint64_t registers_gib(const struct registers *registers)
{
    return (registers->registrants * BYTES_PER_REGISTRANT >> 30) + ROOM_GIB;
}
