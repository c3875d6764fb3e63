/*
 * The vault's main loop with everything behind it, over a store of its own, played by all three peers at once: raw
 * records, frames with a good header and a foreign body, sessions, and calls whose seal is good and whose plaintext is
 * the fuzzer's. Beyond "no crash" it requires:
 *   - what frame.h forbids ends the process with EXIT_PROTOCOL, and nothing else does;
 *   - every request is answered: answers come in the order of the requests, open under the reply key, and no number is
in them;
 *   - a sequence number is answered with CALL_OK once; what the harness did not seal never opens;
 *   - the ledger has exactly one leaf for each call that used a number or was refused the right to, the count of
XX */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "vault_world.h"

#define MAP_BYTES (64u << 20)
#define STEPS_MAX 256

static const uint16_t tenants[TENANTS] = {11, 13};
const uint8_t vault_root_key[32] = {0x42};

/* The files of a store that has its keys and nothing else. */
#define IMAGE_FILES 8
static struct {
    char name[NAME_MAX + 1];
    uint8_t *bytes;
    size_t length;
} image[IMAGE_FILES];
static size_t image_files;

/* The vault has nothing to do: the peers go on. False when they are through and all answers are read. */
static bool feed(void *context)
{
    (void)context;
    bool moved = !world.stalled && world_read();
    while (world.input.left > 0 && world.steps++ < STEPS_MAX) {
        moved = true;
        if (world_step(&world.input)) {
            world_release(true);
            return true;
        }
    }
    world.input.left = 0;
    world_release(true);
    return moved || world_read();
}

/* ---- one life of a vault ---- */

static void serve(void *context)
{
    vault_run(context);
}

static void keep_file(const char *name)
{
    char path[512];
    struct stat facts;

    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    REQUIRE(image_files < IMAGE_FILES && fd >= 0 && fstat(fd, &facts) == 0);
    size_t length = (size_t)facts.st_size;
    uint8_t *bytes = malloc(length + 1);
    REQUIRE(bytes && read(fd, bytes, length) == (ssize_t)length);
    close(fd);
    snprintf(image[image_files].name, sizeof image[0].name, "%s", name);
    image[image_files].bytes = bytes;
    image[image_files++].length = length;
}

static void keep_image(void)
{
    struct dirent **names;
    int count = scandir(fuzz_folder(), &names, NULL, alphasort);

    REQUIRE(count >= 0);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.')
            keep_file(names[i]->d_name);
        free(names[i]);
    }
    free(names);
}

static void make_image(void)
{
    struct store store;

    REQUIRE(crypto_init() == 0);
    process_reset(1, 0);
    REQUIRE(store_open(&store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, vault_root_key) == 0);
    store_close(&store);
    process_free_secrets();
    keep_image();
    REQUIRE(replies_init(&vault.replies));
}

static _Alignas(8) uint8_t front_record[FRAME_MAX];

static void start_vault(struct child *child)
{
    uint8_t *buffer = vault.replies.buffer, *batch = vault.replies.batch.buffer;

    fuzz_empty_folder();
    for (size_t i = 0; i < image_files; i++)
        fuzz_file(image[i].name, image[i].bytes, image[i].length);
    vault = (struct vault){.child = child, .replies = {.buffer = buffer, .batch.buffer = batch}, .phase = PHASE_SEALED};
    REQUIRE(store_open(&vault.store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, vault_root_key) == 0);
    REQUIRE(index_load(&vault.store) == 0);
    REQUIRE(session_table_init(&vault.sessions, SESSIONS - 2) == 0);
    for (size_t i = 0; i < sizeof child->config.guesses / sizeof child->config.guesses[0]; i++)
        child->config.guesses[i] = (struct guess_limits){3, 4, 4, SESSION_GUESSES, 9, TENANT_GUESSES};
    REQUIRE(call_engine_init(&vault.engine, &vault.store, &vault.sessions, child->config.guesses) == 0);
    uint8_t backup_key[HPKE_KEY_LEN];
    world_backup_key(backup_key);
    REQUIRE(!world.backup_key || backup_set_key(&vault.store, backup_key) == 0);
    vault.upkeep.retention_days = world.retention ? RETENTION_DAYS : 0;
    vault.receive_buffer = secret_alloc(FRAME_MAX);
    vault.front_buffer = front_record;
    vault.front = world.front.inner;
    vault.front.batched = world.front.outer.batched = true;
    vault.auth = world.auth.inner;
}

static void require_end(int code)
{
    switch (code) {
    case PROCESS_WAITS:
        REQUIRE(!world.started || world.answered == world.front.outer.sent);
        REQUIRE(!(world.started && (world.doomed || world.closed)) && !world.doomed_control && !world.drained);
        break;
    case EXIT_DRAINED:
        REQUIRE(world.drained);
        break;
    case EXIT_PROTOCOL:
        REQUIRE(world.doomed || world.doomed_control || world.suspect);
        break;
    case EXIT_PEER_GONE:
        REQUIRE(world.closed || world.stalled);
        break;
    default:
        REQUIRE(!"an end that no peer may cause");
    }
}

/* Store and ledger against the answers. What was committed when the vault ended may not have been answered yet. */
static void require_state(bool complete)
{
    for (size_t i = 0; i < TENANTS; i++) {
        const struct tenant_state *state = &vault.store.tenant[i].committed;
        REQUIRE(state->ledger.size >= world.leaves[i]);
        if (!complete)
            continue;
        REQUIRE(state->ledger.size == world.leaves[i]);
        REQUIRE((int64_t)state->subjects == world.subjects[i]);
    }
}

static void end_vault(void)
{
    uint64_t leaves[TENANTS], subjects[TENANTS];

    for (uint32_t i = 0; i < vault.sessions.capacity; i++)
        if (vault.sessions.slot[i].open)
            session_close(&vault.sessions, vault.sessions.slot[i].id);
    store_abort(&vault.store);
    for (size_t i = 0; i < TENANTS; i++) {
        leaves[i] = vault.store.tenant[i].committed.ledger.size;
        subjects[i] = vault.store.tenant[i].committed.subjects;
    }
    store_close(&vault.store);
    if (leaves[TENANT_A] + leaves[TENANT_B] == 0)
        return;
    REQUIRE(store_open(&vault.store, fuzz_folder(), MAP_BYTES, tenants, TENANTS, vault_root_key) == 0);
    for (size_t i = 0; i < TENANTS; i++) {
        REQUIRE(vault.store.tenant[i].now.ledger.size == leaves[i]);
        REQUIRE(vault.store.tenant[i].now.subjects == subjects[i]);
    }
    store_close(&vault.store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct child child;

    if (image_files == 0)
        make_image();
    process_reset(7, STARTED_MS);
    world = (struct world){.input = {.at = data, .left = size}};
    peer_open(&world.front, PEER_FRONT);
    peer_open(&world.auth, PEER_AUTH);
    peer_open(&process_control, PEER_WARDEN);
    uint8_t choice = input_u8(&world.input);
    world.retention = choice & 2;
    world.backup_key = !(choice & 4);
    start_vault(&child);
    if (!(choice & 1))
        world_send(PEER_WARDEN, FRAME_START, 0, NULL, 0);

    int code = process_run(serve, feed, &vault);
    require_end(code);
    world.stalled = false;
    world_read();
    require_state(code == PROCESS_WAITS);
    end_vault();
    world_forget_backup();
    process_free_secrets();
    peer_close(&world.front);
    peer_close(&world.auth);
    peer_close(&process_control);
    return 0;
}
