/* The command of one run of each side of the register. */
#include <inttypes.h>

#include "driver/set_command.h"
#include "driver/sides.h"

#define IMPORT_SHARE 20 /* a run takes over 1/20 of the register, so that it does not outgrow what was asked for */
#define IMPORT_MIN   20000

static const char *const looks[] = {"get", "number", "reference", "name", "prefix"};

void words_register_look(struct bench *bench, const struct side *side, struct command *command)
{
    bench_command(bench, "bench-register", command);
    command_add(command, "%s", looks[side->kind]);
    command_add(command, "%s", bench->register_copy[side->part - PART_REGISTER]);
    command_add(command, "%" PRIu64, registers_of(bench, side->part)->registrants);
    command_add(command, "%g", bench->options.seconds);
}

/* Whole batches. */
static uint64_t imports(const struct registers *registers, const struct side *side)
{
    uint64_t share = registers->registrants / IMPORT_SHARE;
    uint64_t least = registers->registrants < IMPORT_MIN ? registers->registrants : IMPORT_MIN;
    uint64_t count = share < least ? least : share;
    return count - count % side->items_per_call;
}

void words_register_rows(struct bench *bench, const struct side *side, struct command *command)
{
    struct registers *registers = registers_of(bench, side->part);
    uint64_t count = imports(registers, side);
    bench_command(bench, "bench-register", command);
    command_add(command, "rows");
    command_add(command, "%s", bench->register_copy[side->part - PART_REGISTER]);
    command_add(command, "%" PRIu64, registers->next_row);
    command_add(command, "%" PRIu64, count);
    command_add(command, "%u", side->items_per_call);
    registers->next_row += count;
}

void words_register(struct bench *bench, const struct side *side, struct command *command)
{
    set_command_register(bench, side, looks[side->kind], "matcher", command);
    command_add(command, "--count");
    command_add(command, "%" PRIu64, registers_of(bench, side->part)->registrants);
    command_add(command, "--in-flight");
    command_add(command, "%u", side->in_flight);
    set_command_time(bench, command);
}

void words_register_import(struct bench *bench, const struct side *side, struct command *command)
{
    struct registers *registers = registers_of(bench, side->part);
    uint64_t count = imports(registers, side);
    set_command_register(bench, side, "import", "importer", command);
    command_add(command, "--first");
    command_add(command, "%" PRIu64, registers->next_import + 1);
    command_add(command, "--count");
    command_add(command, "%" PRIu64, count);
    command_add(command, "--batch");
    command_add(command, "%u", side->items_per_call);
    registers->next_import += count;
}
