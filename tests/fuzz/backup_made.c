#include "backup_made.h"

#include <stdlib.h>
#include <string.h>

#include "support/process.h"
#include "vault/backup.h"
#include "vault/call.h"
#include "vault/ledger.h"
#include "vault_client.h"

#define MAP_BYTES (64u << 20)
#define PEOPLE    24

const uint8_t made_backup_key[HPKE_KEY_LEN] = {0x24}, made_root_key[32] = {0x42};
static const uint16_t tenants[] = {11, 13};

static struct store store;
static struct session_table sessions;
static struct call_engine engine;
static const struct call_clock clock_now = {.now_us = 1800000000000000, .boot_ms = 1000000};
static struct client_answer answer;
static struct made made;

static void open_store(void)
{
    static struct guess_limits limits[PURPOSE_COUNT];

    REQUIRE(crypto_init() == 0);
    process_reset(3, clock_now.boot_ms);
    REQUIRE(store_open(&store, fuzz_folder(), MAP_BYTES, tenants, 2, made_root_key) == 0);
    REQUIRE(session_table_init(&sessions, SESSIONS) == 0);
    for (size_t i = 0; i < PURPOSE_COUNT; i++)
        limits[i] = (struct guess_limits){9, 9, 9, 9, 9, 9};
    REQUIRE(call_engine_init(&engine, &store, &sessions, limits) == 0);
    for (uint8_t i = 0; i < 2; i++) {
        struct session_open open = {.role = 3, .account = "officer", .tenant = tenants[i], .ttl_ms = 60000};
        client_session(i, &open);
        client_permit(1, open.permit);
        REQUIRE(session_open(&sessions, &store, &open, clock_now.boot_ms));
    }
}

/* A call that is committed and answered; its results are in `answer`. */
static void call(uint8_t session, uint16_t operation, uint16_t purpose, const struct call_item *items, uint32_t count)
{
    static uint64_t call_seq;
    static uint8_t plain[sizeof(struct call_head) + PEOPLE * sizeof(struct call_item)], body[4096],
        reply[CALL_REPLY_MAX];
    const struct call_head head = {.version = 1, .operation = operation, .purpose = purpose, .count = count};
    struct call_answer handled;
    int rc = 0;

    memcpy(plain, &head, sizeof head);
    memcpy(plain + sizeof head, items, count * sizeof *items);
    size_t length = client_seal(session, ++call_seq, operation, plain, sizeof head + count * sizeof *items, body);
    REQUIRE(store_begin(&store) == 0);
    REQUIRE(call_handle(&engine, &clock_now, body, length, reply, &handled, &rc) && rc == 0);
    REQUIRE(handled.status == CALL_OK && ledger_sign(&store) == 0 && call_seal(&handled, reply) == 0);
    REQUIRE(store_commit(&store) == 0);
    client_open(session, call_seq, &store.tenant[session], reply, handled.length, &answer);
}

static void fill_store(void)
{
    struct call_item items[PEOPLE] = {0}, item = {.request_id = {7}};

    for (uint8_t i = 0; i < PEOPLE; i++) {
        client_number((uint16_t)(FURTHER_NUMBERS + i), items[i].number);
        items[i].request_id[0] = (uint8_t)(i + 1);
    }
    call(1, OPERATION_ENROLL, PURPOSE_REGISTER, items, 2);
    call(0, OPERATION_ENROLL, PURPOSE_REGISTER, items, PEOPLE);
    memcpy(item.reference, answer.results[3].reference, REFERENCE_LEN);
    client_number(FURTHER_NUMBERS + PEOPLE, item.number);
    call(0, OPERATION_REPLACE, PURPOSE_CHANGE, &item, 1);
    memset(item.request_id, 0, sizeof item.request_id);
    client_number(1, item.number);
    call(0, OPERATION_MATCH, PURPOSE_CHANGE, &item, 1);
}

static void erase_one(void)
{
    struct call_item item = {0};

    client_number(FURTHER_NUMBERS + 5, item.number);
    call(0, OPERATION_LOOKUP, PURPOSE_DELETE, &item, 1);
    memcpy(item.reference, answer.results[0].reference, REFERENCE_LEN);
    memset(item.number, 0, sizeof item.number);
    item.request_id[0] = 8;
    call(0, OPERATION_ERASE, PURPOSE_DELETE, &item, 1);
}

static void read_backup(void)
{
    static uint8_t out[BACKUP_REPLY_MAX];
    uint8_t public_key[HPKE_KEY_LEN];
    struct backup_read_request request = {0};
    struct backup_read_reply reply = {0};
    size_t length;

    REQUIRE(x25519_public(made_backup_key, public_key) == 0 && backup_set_key(&store, public_key) == 0);
    call(0, OPERATION_BACKUP, PURPOSE_CHANGE, &(struct call_item){0}, 1);
    memcpy(request.id, answer.results[0].reference, sizeof request.id);
    for (; !reply.last; request.piece++) {
        REQUIRE(backup_read(&store, (const uint8_t *)&request, out, &length) == 0);
        memcpy(&reply, out, sizeof reply);
        REQUIRE(reply.status == BACKUP_OK && reply.length <= MADE_MAX - made.file_length);
        memcpy(made.file + made.file_length, out + sizeof reply, reply.length);
        made.file_length += reply.length;
    }
}

static void open_chunks(void)
{
    uint8_t info[BACKUP_INFO_LEN];
    struct hpke_context context;
    struct backup_chunk chunk = {0};
    struct backup_head head;
    size_t at = sizeof head;

    memcpy(&head, made.file, sizeof head);
    backup_info(&head, info);
    REQUIRE(hpke_setup_recipient(made_backup_key, head.encapsulated, info, sizeof info, &context) == 0);
    for (; !chunk.last; at += chunk.length) {
        memcpy(&chunk, made.file + at, sizeof chunk);
        at += sizeof chunk;
        REQUIRE(hpke_open(&context, &chunk, sizeof chunk, made.file + at, chunk.length,
                          made.plain + made.plain_length) == 0);
        made.plain_length += chunk.length - HPKE_TAG_LEN;
    }
}

const struct made *made_backup(void)
{
    if (made.file)
        return &made;
    made = (struct made){.file = malloc(MADE_MAX), .plain = malloc(MADE_MAX)};
    REQUIRE(made.file && made.plain);
    open_store();
    fill_store();
    erase_one();
    read_backup();
    open_chunks();
    /* The store stays open, for its ledger key. */
    process_keep_secrets();
    return &made;
}

/* ---- files of other rows ---- */

void making_begin(struct making *making, uint8_t *out, uint16_t tenant)
{
    uint8_t public_key[HPKE_KEY_LEN], info[BACKUP_INFO_LEN];
    struct backup_head head;

    memcpy(&head, made_backup()->file, sizeof head);
    if (tenant)
        head.tenant = tenant;
    backup_info(&head, info);
    *making = (struct making){.out = out, .length = sizeof head};
    REQUIRE(x25519_public(made_backup_key, public_key) == 0);
    REQUIRE(hpke_setup_sender(public_key, info, sizeof info, NULL, 0, head.encapsulated, &making->seal) == 0);
    REQUIRE(backup_hash_head(&head, making->hash) == 0);
    memcpy(out, &head, sizeof head);
}

bool making_chunk(struct making *making, const uint8_t *plain, size_t length, bool last)
{
    const struct backup_chunk chunk = {.length = (uint32_t)(length + HPKE_TAG_LEN), .last = last};
    uint8_t *sealed = making->out + making->length + sizeof chunk;

    if (making->length + sizeof chunk + chunk.length + sizeof(struct backup_end) > MADE_MAX)
        return false;
    memcpy(making->out + making->length, &chunk, sizeof chunk);
    REQUIRE(hpke_seal(&making->seal, &chunk, sizeof chunk, plain, length, sealed) == 0);
    REQUIRE(backup_hash_chunk(&chunk, sealed, making->hash) == 0);
    making->length += sizeof chunk + chunk.length;
    return true;
}

void making_end(struct making *making, bool other_key)
{
    static const uint8_t seed[ED25519_KEY_LEN] = {9};
    struct backup_end end = {.magic = BACKUP_END_MAGIC};
    const struct tenant_keys *keys = store.tenant[0].keys;
    struct ed25519 *other = other_key ? ed25519_new(seed, end.ledger_key) : NULL;

    memcpy(end.hash, making->hash, sizeof end.hash);
    if (!other)
        memcpy(end.ledger_key, keys->ledger_public, sizeof end.ledger_key);
    REQUIRE(backup_sign(other ? other : keys->ledger, &end) == 0);
    ed25519_free(other);
    memcpy(making->out + making->length, &end, sizeof end);
    making->length += sizeof end;
}
