/* A whole running set over a copy of a store: the warden with its processes, as `sekisho keygen` configures it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "driver/bench.h"

#define BYTES_PER_PERSON 1024u
#define LEDGER_GIB       16u
#define START_SECONDS    300
#define VAULT_UID        64200 /* the configuration's uid_base, as which the vault runs when this process is root */

/* Programs of a set; the warden starts the others from its own folder and follows no symbolic link there. */
static const char *const programs[] = {"sekisho-warden", "sekisho-vault", "sekisho-auth", "sekisho-front"};

/* Sets that differ from the product's in one program. */
static const struct {
    const char *program, *replacement;
} replaced[SETS] = {
    [PART_SET_UNRECORDED - PART_SET] = {"sekisho-vault", "sekisho-vault-unrecorded"},
    [PART_SET_QUEUED - PART_SET] = {"sekisho-front", "sekisho-front-queued"},
};

bool part_is_set(enum part part)
{
    return part >= PART_SET && part < PART_SET + SETS;
}

struct set *set_of(struct bench *bench, enum part part)
{
    return &bench->set[part - PART_SET];
}

struct data *data_of(struct bench *bench, enum part part)
{
    return &bench->data[part == PART_STORE_LARGE || part == PART_SET_LARGE];
}

static int put_programs(const struct bench *bench, const struct set *set, enum part part)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    if (path_make(to, "%s/bin", set->folder) != 0 || folder_make(to, 0755) != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        bool other = strcmp(programs[i], replaced[part - PART_SET].program) == 0;
        if (path_make(from, "%s/%s", bench->binaries, other ? replaced[part - PART_SET].replacement : programs[i]) !=
                0 ||
            path_make(to, "%s/bin/%s", set->folder, programs[i]) != 0 || file_copy(from, to, 0755) != 0) {
            return -1;
        }
    }
    return 0;
}

/* In place of what keygen made: the store, and the root key that opens it. */
static int put_store(const struct data *data, const struct set *set)
{
    static const char *const files[] = {"store/data.mdb", "store/erasures", "root.key"};
    char from[PATH_SIZE], to[PATH_SIZE];
    say("copying a store of %" PRIu64 " people", data->people);
    int result = path_make(to, "%s/store", set->folder);
    result = result == 0 ? folder_make(to, 0700) : result;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && result == 0; i++) {
        const char *name = i < 2 ? files[i] + sizeof("store") : files[i];
        result = path_make(from, "%s/%s", data->made, name);
        result = result == 0 ? path_make(to, "%s/%s", set->folder, files[i]) : result;
        if (result == 0 && i == 2 && remove(to) != 0) {
            result = bench_fail("cannot replace %s", to);
        }
        result = result == 0 ? file_copy(from, to, i == 2 ? 0400 : 0600) : result;
        if (result == 0 && i < 2 && geteuid() == 0 && chown(to, VAULT_UID, (gid_t)-1) != 0) {
            result = bench_fail("cannot give %s to the vault", to);
        }
    }
    return result;
}

/* A key that backups are sealed to, which nobody keeps: none of them is opened. */
static int put_backup_key(const struct bench *bench, const struct set *set, FILE *configuration)
{
    struct command command;
    struct finished finished;
    bench_command(bench, "sekisho", &command);
    command_add_all(&command, "keygen backup --quiet --output");
    command_add(&command, "%s/backup.key", set->folder);
    if (run_to_end(&command, 60, &finished) != 0) {
        return -1;
    }
    fputs(finished.output, configuration);
    finished_free(&finished);
    return 0;
}

static int configure(struct bench *bench, const struct data *data, const struct set *set, enum part part)
{
    char path[PATH_SIZE];
    if (path_make(path, "%s/sekisho.conf", set->folder) != 0) {
        return -1;
    }
    FILE *file = fopen(path, "ae");
    if (file == NULL) {
        return bench_fail("cannot write %s", path);
    }
    fprintf(file, "store_size_gib = %" PRIu64 "\nuid_base = %d\n", (data->people * BYTES_PER_PERSON >> 30) + LEDGER_GIB,
            VAULT_UID);
    if (part_has_registers(part)) {
        fprintf(file, "register_size_gib = %" PRIu64 "\n", registers_gib(registers_of(bench, part)));
    }
    int result = put_backup_key(bench, set, file);
    if (fclose(file) != 0) {
        return bench_fail("cannot write %s", path);
    }
    return result;
}

static int start_warden(const struct bench *bench, struct set *set, enum part part)
{
    struct command command;
    char log[PATH_SIZE], rest[256];
    if (replaced[part - PART_SET].program == NULL) {
        bench_command(bench, "sekisho-warden", &command);
    } else if (put_programs(bench, set, part) == 0) {
        command_init(&command);
        command_add(&command, "%s/bin/sekisho-warden", set->folder);
    } else {
        return -1;
    }
    command_add(&command, "--config");
    command_add(&command, "%s/sekisho.conf", set->folder);
    command.tells_ready = true;
    if (path_make(log, "%s/warden-%u.log", bench->folder, set->port) != 0 ||
        child_start(&set->warden, &command, log) != 0 ||
        child_wait_line(&set->warden, "ready:", START_SECONDS, rest, sizeof(rest)) != 0) {
        return -1;
    }
    set->front = find_descendant(set->warden.pid, "sekisho-front");
    set->vault = find_descendant(set->warden.pid, "sekisho-vault");
    set->auth = find_descendant(set->warden.pid, "sekisho-auth");
    return set->front != 0 && set->vault != 0 && set->auth != 0 ? 0 : bench_fail("the set is not whole");
}

/* What the set serves: a store of numbers, or a register beside the empty store that keygen made. */
static int put_data(struct bench *bench, struct set *set, enum part part)
{
    return part_has_registers(part) ? set_put_register(bench, set, part) : put_store(data_of(bench, part), set);
}

int set_start(struct bench *bench, enum part part)
{
    struct set *set = set_of(bench, part);
    set->port = free_port();
    if (path_make(set->folder, "%s/set-%d", bench->folder, (int)part) != 0 ||
        path_make(set->store, "%s/store/data.mdb", set->folder) != 0 || keys_make(bench, set->folder, set->port) != 0 ||
        put_data(bench, set, part) != 0 || configure(bench, data_of(bench, part), set, part) != 0) {
        return -1;
    }
    say("starting a set");
    return start_warden(bench, set, part);
}

void set_end(struct bench *bench, enum part part)
{
    struct set *set = set_of(bench, part);
    child_end(&set->warden, 60);
    folder_remove(set->folder);
}
