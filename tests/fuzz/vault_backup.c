/* The front that reads backups out of a fuzzed vault, in order and out of it; and what its answers must be. */
#include <stdlib.h>
#include <string.h>

#include "restored.h"
#include "vault_world.h"

#define FILE_BYTES (1u << 20)
/* A restore is dear: an input has few. */
#define RESTORES_MAX 2

static const uint8_t private_key[HPKE_KEY_LEN] = {0x24};
static unsigned restores;

void world_backup_key(uint8_t public_key[HPKE_KEY_LEN])
{
    REQUIRE(x25519_public(private_key, public_key) == 0);
}

void world_forget_backup(void)
{
    free(world.backup.file);
    world.backup = (struct backup_read){0};
    restores = 0;
}

static void ask(const uint8_t id[BACKUP_ID_LEN], uint64_t piece)
{
    struct backup_read_request request = {.piece = piece};

    memcpy(request.id, id, sizeof request.id);
    world_send(PEER_FRONT, FRAME_BACKUP_READ, 0, &request, sizeof request);
}

void world_read_backup(struct input *input)
{
    static const uint8_t none[BACKUP_ID_LEN];
    uint8_t choice = input_u8(input);
    uint64_t count = choice / 4 % 8 + 1u;

    switch (choice % 4) {
    case 0:
        ask(none, choice / 4);
        break;
    case 1:
        ask(world.backup.id, choice & 0x80 ? BACKUP_STOP : choice / 4);
        break;
    default:
        for (uint64_t i = 0; i < count; i++)
            ask(world.backup.id, world.backup.next + i);
    }
}

void world_on_backup(const struct client_answer *answer)
{
    for (uint32_t i = 0; i < answer->head.count; i++) {
        uint8_t detail = answer->details[i].detail;
        REQUIRE((detail == DETAIL_NO_BACKUP_KEY) == !world.backup_key);
        REQUIRE(detail != DETAIL_BACKUP_RUNNING || world.backup.begun);
        /* One at a time: another one only when the vault may have given this one up. */
        REQUIRE(detail != DETAIL_DONE || !world.backup.running || !world.backup.sure);
        if (detail != DETAIL_DONE)
            continue;
        uint8_t *file = world.backup.file ? world.backup.file : malloc(FILE_BYTES);
        REQUIRE(file != NULL);
        world.backup = (struct backup_read){
            .begun = true, .running = true, .sure = world.answered > world.clock_moved, .file = file};
        memcpy(world.backup.id, answer->results[i].reference, BACKUP_ID_LEN);
        memcpy(world.backup.leaves, world.leaves, sizeof world.backup.leaves);
    }
}

/* Read to its end: the client who takes it takes it for whole, and it restores to what the vault had acknowledged. */
static void require_restores(void)
{
    static struct restore_report report;

    client_require_no_number(world.backup.file, world.backup.length);
    REQUIRE(client_takes(world.backup.file, world.backup.length));
    if (restores++ >= RESTORES_MAX)
        return;
    REQUIRE(restored(world.backup.file, world.backup.length, private_key, vault_root_key, &report) == RESTORE_DONE);
    REQUIRE(report.tenant_count == TENANTS);
    for (size_t i = 0; i < TENANTS; i++) {
        const struct tenant *tenant = &vault.store.tenant[i];
        REQUIRE(report.tenants[i].tenant == tenant->id);
        REQUIRE(report.tenants[i].checkpoint.size >= world.backup.leaves[i]);
        REQUIRE(report.tenants[i].checkpoint.size <= tenant->committed.ledger.size);
    }
}

static void take_piece(const struct backup_read_reply *reply, const uint8_t *bytes)
{
    struct backup_read *backup = &world.backup;

    REQUIRE(reply->length > 0 && reply->length <= BACKUP_PIECE_MAX && reply->last <= 1);
    backup->next++;
    backup->running = !reply->last;
    if (reply->length > FILE_BYTES - backup->length)
        return;
    memcpy(backup->file + backup->length, bytes, reply->length);
    backup->length += reply->length;
    if (reply->last)
        require_restores();
}

void world_on_piece(const struct request *request, const struct frame_view *view)
{
    struct backup_read *backup = &world.backup;
    bool named = backup->running && memcmp(request->read.id, backup->id, BACKUP_ID_LEN) == 0;
    bool in_turn = named && request->read.piece == backup->next;
    struct backup_read_reply reply;

    memcpy(&reply, view->body, sizeof reply);
    REQUIRE(reply.status < BACKUP_STATUS_COUNT && view->body_length == sizeof reply + reply.length);
    REQUIRE(reply.status == BACKUP_GONE || in_turn);
    REQUIRE(reply.status == BACKUP_OK || !in_turn || !backup->sure);
    if (reply.status == BACKUP_OK) {
        take_piece(&reply, (const uint8_t *)view->body + sizeof reply);
        return;
    }
    REQUIRE(reply.length == 0 && reply.last == 0);
    backup->running = backup->running && !named;
}
