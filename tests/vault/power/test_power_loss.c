/*
 * Power loss: kill -9 shows what a process loses, not what a disk does. Here the vault's main loop works with its calls
 * to write(2), fdatasync(2) and sendmsg(2) recorded in their order. Then, for every moment at which an answer left or a
 * sync was about to return, the disks are built that a loss of power at that moment can leave behind (image.h), and on
 * each of them the store must open and hold all that had been answered by then (audit.h). Nothing of how the vault
 * groups, commits or syncs is taken for granted: an answer is acknowledged when its bytes are given to the front's
 * socket, and what is durable is what the recorded calls have made so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit.h"
#include "image.h"
#include "recorder.h"
#include "workload.h"

#define DROPS_MAX  24 /* images of each kind for one moment, chosen at random when there are more */
#define TEARS_MAX  8
#define RANDOM_MAX 6
#define PREFIX_MAX 6

static uint64_t seed;

struct trial {
    char folder[64], image[80];
    struct history history;
    struct disk disk;
    size_t acknowledged; /* leaves */
    uint64_t random;
    unsigned images, moments;
    uint8_t sectors[PENDING_MAX];
};

static uint32_t random_below(struct trial *trial, size_t bound)
{
    trial->random = trial->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((trial->random >> 33) % bound);
}

static void remove_folder(const char *folder)
{
    char path[160];

    for (size_t i = 0; i < FILE_COUNT; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, recorded_names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    unlink(path);
    rmdir(folder);
}

static int setup(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    const char *base = getenv("TMPDIR");

    assert_non_null(trial);
    assert_int_equal(crypto_init(), 0);
    /* Thousands of disks: in memory where there is such a folder. */
    if (!base || strlen(base) >= 40)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(trial->folder, sizeof trial->folder, "%s/sekisho-power-XXXXXX", base);
    assert_non_null(mkdtemp(trial->folder));
    snprintf(trial->image, sizeof trial->image, "%s/image", trial->folder);
    char *made = mkdtemp(strcat(trial->image, "-XXXXXX"));
    assert_non_null(made);
    *state = trial;
    return 0;
}

static int teardown(void **state)
{
    struct trial *trial = *state;

    disk_free(&trial->disk);
    remove_folder(trial->image);
    remove_folder(trial->folder);
    free(trial);
    return 0;
}

/* ---- images of one moment ---- */

static void try_image(struct trial *trial, const char *kind)
{
    disk_image(&trial->disk, trial->sectors, trial->image);
    const char *wrong = audit(trial->image, &trial->history, trial->acknowledged);
    trial->images++;
    if (wrong)
        fail_msg("%s: %s (moment %u, %zu leaves answered, %zu pages not synced)", kind, wrong, trial->moments,
                 trial->acknowledged, trial->disk.pending_count);
}

static void fill(struct trial *trial, uint8_t sectors)
{
    memset(trial->sectors, sectors, trial->disk.pending_count);
}

/* The i-th of `most` choices among the pending pages: each of them when they are few. */
static size_t choose(struct trial *trial, size_t i, size_t most)
{
    return trial->disk.pending_count <= most ? i : random_below(trial, trial->disk.pending_count);
}

static size_t at_most(const struct trial *trial, size_t most)
{
    return trial->disk.pending_count < most ? trial->disk.pending_count : most;
}

static void lose_pages(struct trial *trial)
{
    for (size_t i = 0; i < at_most(trial, DROPS_MAX); i++) {
        size_t page = choose(trial, i, DROPS_MAX);
        fill(trial, SECTORS_ALL);
        trial->sectors[page] = 0;
        try_image(trial, "one page lost");
        fill(trial, 0);
        trial->sectors[page] = SECTORS_ALL;
        try_image(trial, "one page alone there");
    }
}

static void tear_pages(struct trial *trial)
{
    static const uint8_t tears[] = {0x01, 0xfe, 0x0f};

    for (size_t i = 0; i < at_most(trial, TEARS_MAX); i++) {
        size_t page = choose(trial, i, TEARS_MAX);
        fill(trial, i % 2 ? SECTORS_ALL : 0);
        trial->sectors[page] = tears[random_below(trial, sizeof tears)];
        try_image(trial, "one page torn");
    }
}

static void lose_at_random(struct trial *trial)
{
    for (size_t i = 0; i < PREFIX_MAX && trial->disk.pending_count > 1; i++) {
        size_t there = 1 + random_below(trial, trial->disk.pending_count - 1);
        fill(trial, 0);
        memset(trial->sectors, SECTORS_ALL, there);
        try_image(trial, "the first pages there");
    }
    for (size_t i = 0; i < RANDOM_MAX; i++) {
        for (size_t page = 0; page < trial->disk.pending_count; page++)
            trial->sectors[page] =
                i % 2 ? (random_below(trial, 2) ? SECTORS_ALL : 0) : (uint8_t)random_below(trial, 256);
        try_image(trial, "pages and sectors at random");
    }
}

static void lose_power(struct trial *trial)
{
    trial->moments++;
    fill(trial, 0);
    try_image(trial, "nothing but what was synced");
    if (trial->disk.pending_count == 0)
        return;
    fill(trial, SECTORS_ALL);
    try_image(trial, "all that was written");
    lose_pages(trial);
    tear_pages(trial);
    lose_at_random(trial);
}

/* ---- the recording, played ---- */

static void acknowledge(struct trial *trial, const struct recorded *record)
{
    for (uint64_t at = 0; at < record->length;) {
        struct frame_header header;
        memcpy(&header, record->bytes + at, sizeof header);
        const struct asked *asked = &trial->history.asked[header.reply_to];
        if (header.type == FRAME_SESSION_CALL_REPLY && asked->answer.ledger_index >= trial->acknowledged)
            trial->acknowledged = asked->answer.ledger_index + 1;
        at += (header.length + 7) & ~(uint64_t)7;
    }
}

static void play_write(struct trial *trial, const struct recorded *event)
{
    size_t first = disk_write(&trial->disk, event);

    if (!event->durable)
        return;
    lose_power(trial);
    disk_arrived(&trial->disk, first);
}

static void play(struct trial *trial)
{
    const struct recorded *event;

    for (size_t i = 0; (event = recorder_event(i)) != NULL; i++) {
        switch (event->kind) {
        case RECORDED_WRITE:
            play_write(trial, event);
            break;
        case RECORDED_SYNC:
            lose_power(trial);
            disk_synced(&trial->disk, event->file);
            break;
        case RECORDED_ANSWER:
            acknowledge(trial, event);
            lose_power(trial);
            break;
        }
    }
}

static void run(struct trial *trial, const struct workload *workload)
{
    power_make_store(trial->folder);
    disk_load(&trial->disk, trial->folder);
    power_run(trial->folder, workload, &trial->history);
    history_settle(&trial->history);
    trial->random = workload->seed;
    play(trial);
    assert_int_equal(trial->acknowledged, trial->history.leaves);
    print_message("%zu calls, %zu leaves, %u moments, %u disks\n", trial->history.asked_count, trial->history.leaves,
                  trial->moments, trial->images);
    /* Nothing was written past the recorder: the files are what it saw. */
    for (size_t i = 0; i < FILE_COUNT; i++)
        disk_synced(&trial->disk, (enum recorded_file)i);
    assert_true(disk_equals(&trial->disk, trial->folder));
}

static void answers_survive(void **state)
{
    run(*state, &(struct workload){.bursts = 60, .burst_calls = 8, .seed = 2 * seed + 1});
}

static void answers_survive_a_rotation(void **state)
{
    run(*state, &(struct workload){.bursts = 30, .burst_calls = 8, .seed = 2 * seed + 2, .rotate = true});
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

/* test_vault_power_loss [SEED]: another seed, other calls and other disks. */
int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {TEST(answers_survive), TEST(answers_survive_a_rotation)};

    seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 0;
    return cmocka_run_group_tests_name("power loss", tests, NULL, NULL);
}
