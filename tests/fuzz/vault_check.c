/* What a fuzzed vault sends back, and whether it may. */
#include <string.h>

#include "vault_world.h"
#include "wire/ledger_entry.h"
#include "wire/ledger_messages.h"

struct vault vault;
struct world world;

static const struct frame_rule reply_rules[] = {
    {FRAME_SESSION_CALL_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct session_call_reply), FRAME_MAX},
    {FRAME_CITIZEN_KEY_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct citizen_key_reply),
     sizeof(struct citizen_key_reply)},
    {FRAME_VAULT_STATUS_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct vault_status_reply),
     sizeof(struct vault_status_reply)},
    {FRAME_LEDGER_HEAD_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_head_reply),
     sizeof(struct ledger_head_reply)},
    {FRAME_LEDGER_PROOF_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_hashes_reply), FRAME_MAX},
    {FRAME_LEDGER_HASHES_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_hashes_reply), FRAME_MAX},
    {FRAME_BACKUP_READ_REPLY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct backup_read_reply),
     sizeof(struct backup_read_reply) + BACKUP_PIECE_MAX},
    {FRAME_SESSION_OPEN_REPLY, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_open_reply),
     sizeof(struct session_open_reply)},
    {FRAME_SESSION_USED, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_used), sizeof(struct session_used)},
    {FRAME_SESSION_CLOSE_REPLY, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_close_reply),
     sizeof(struct session_close_reply)},
    {FRAME_READY, PEER_WARDEN, IN(PHASE_SERVING), sizeof(struct ready_report), sizeof(struct ready_report)},
};

size_t world_tenant(uint8_t session)
{
    return session % 3 == 2 ? TENANT_B : TENANT_A;
}

static void remember_reference(const uint8_t reference[REFERENCE_LEN])
{
    memcpy(world.reference[world.reference_count++ % REFERENCES], reference, REFERENCE_LEN);
}

static void count_subjects(size_t tenant, const struct client_answer *answer)
{
    for (uint32_t i = 0; i < answer->head.count; i++) {
        bool done = answer->details[i].detail == DETAIL_DONE;
        if (done && (answer->head.operation == OPERATION_ENROLL || answer->head.operation == OPERATION_ENROLL_CITIZEN))
            world.subjects[tenant]++, remember_reference(answer->results[i].reference);
        if (done && (answer->head.operation == OPERATION_ERASE || answer->head.operation == OPERATION_RELEASE))
            world.subjects[tenant]--;
    }
}

static bool wrong_guess(uint8_t detail)
{
    return detail == DETAIL_NOT_MATCHED || detail == DETAIL_NOT_FOUND;
}

static void count_guesses(uint8_t session, size_t tenant, const struct client_answer *answer)
{
    for (uint32_t i = 0; i < answer->head.count; i++) {
        world.session_guesses[session] += wrong_guess(answer->details[i].detail);
        world.tenant_guesses[tenant] += wrong_guess(answer->details[i].detail);
    }
    REQUIRE(world.session_guesses[session] <= SESSION_GUESSES);
    REQUIRE(world.tenant_guesses[tenant] <= TENANT_GUESSES);
}

static void require_first_use(const struct request *request)
{
    for (size_t i = 0; i < world.accepted_count; i++)
        REQUIRE(world.accepted[i].session != request->session || world.accepted[i].call_seq != request->call_seq);
    world.accepted[world.accepted_count++] = *request;
}

/* Only sessions that may have the right, and their own tenant's entries; nothing behind the last one. */
static void require_page(uint8_t session, const uint8_t page[LEDGER_PAGE_LEN])
{
    const uint8_t *at = page + sizeof(struct ledger_page), *end = page + LEDGER_PAGE_LEN;
    struct ledger_page head;
    struct ledger_entry entry;

    memcpy(&head, page, sizeof head);
    REQUIRE(world.may_read[session] && head.next <= head.size && head.expired <= head.size);
    REQUIRE(head.expired == 0 || (world.retention && process_now_ms() - STARTED_MS >= RETENTION_DAYS * DAY_MS));
    for (uint32_t i = 0; i < head.count; i++) {
        uint32_t length;
        REQUIRE((size_t)(end - at) >= sizeof length + sizeof entry);
        memcpy(&length, at, sizeof length);
        REQUIRE(length >= sizeof entry && length <= (size_t)(end - at) - sizeof length);
        memcpy(&entry, at + sizeof length, sizeof entry);
        REQUIRE(entry.version == LEDGER_ENTRY_VERSION && entry.tenant == vault.store.tenant[world_tenant(session)].id);
        REQUIRE(entry.index >= head.expired && entry.index < head.next);
        at += sizeof length + length;
    }
    for (; at < end; at++)
        REQUIRE(*at == 0);
}

static void on_call_reply(const struct request *request, const struct frame_view *view)
{
    static struct client_answer answer;
    struct session_call_reply reply;

    memcpy(&reply, view->body, sizeof reply);
    REQUIRE(reply.status < CALL_STATUS_COUNT);
    bool opened = reply.status != CALL_UNKNOWN_SESSION && reply.status != CALL_EXPIRED &&
                  reply.status != CALL_REPLAYED && reply.status != CALL_BAD_SEAL &&
                  reply.status != CALL_STORE_UNAVAILABLE;
    REQUIRE(!opened || request->session != NO_SESSION);
    if (reply.status != CALL_OK)
        REQUIRE(view->body_length == sizeof reply && reply.clear_length == 0 && reply.sealed_length == 0);
    if (!opened)
        return;
    size_t tenant = world_tenant(request->session);
    bool recorded = reply.status == CALL_OK || reply.status == CALL_NOT_PERMITTED;
    world.leaves[tenant] += recorded;
    if (reply.status != CALL_OK)
        return;
    client_open(request->session, request->call_seq, &vault.store.tenant[tenant], view->body, view->body_length,
                &answer);
    if (answer.head.operation == OPERATION_READ_LEDGER)
        require_page(request->session, answer.page);
    else
        count_subjects(tenant, &answer);
    if (answer.head.operation == OPERATION_BACKUP)
        world_on_backup(&answer);
    if (world.answered <= world.counted_from)
        return;
    require_first_use(request);
    if (answer.head.operation != OPERATION_READ_LEDGER)
        count_guesses(request->session, tenant, &answer);
}

static void on_head_reply(const struct frame_view *view)
{
    struct ledger_checkpoint checkpoint;
    struct ledger_head_reply reply;

    memcpy(&reply, view->body, sizeof reply);
    if (!reply.known)
        return;
    checkpoint.size = reply.size;
    memcpy(checkpoint.root, reply.root, sizeof checkpoint.root);
    memcpy(checkpoint.signature, reply.signature, sizeof checkpoint.signature);
    REQUIRE(client_signed(vault.store.tenant, vault.store.tenant_count, reply.public_key, &checkpoint));
}

static void on_front_reply(const struct frame_view *view)
{
    REQUIRE(view->header->reply_to == ++world.answered);
    REQUIRE(world.answered < SENT_MAX);
    const struct request *request = &world.request[world.answered];
    REQUIRE(view->header->type == request->type + 1);
    client_require_no_number(view->body, view->body_length);
    if (request->type == FRAME_SESSION_CALL)
        on_call_reply(request, view);
    if (request->type == FRAME_LEDGER_HEAD)
        on_head_reply(view);
    if (request->type == FRAME_BACKUP_READ)
        world_on_piece(request, view);
}

/* Reads one frame of the vault; false when there is none. */
static bool read_reply(struct peer_end *end)
{
    static _Alignas(8) uint8_t of_front[FRAME_MAX], of_others[FRAME_MAX];
    uint8_t *buffer = end == &world.front ? of_front : of_others;
    enum frame_verdict verdict;
    struct frame_view view;
    enum channel_result result = channel_receive(&end->outer, buffer, FRAME_MAX, PHASE_SERVING, reply_rules,
                                                 sizeof reply_rules / sizeof reply_rules[0], &view, &verdict);

    REQUIRE(result == CHANNEL_OK || result == CHANNEL_EMPTY);
    if (result == CHANNEL_OK && end == &world.front)
        on_front_reply(&view);
    return result == CHANNEL_OK;
}

bool world_read(void)
{
    bool any = false;

    while (read_reply(&world.front) || read_reply(&world.auth) || read_reply(&process_control))
        any = true;
    return any;
}

void world_forget_sessions(void)
{
    world.accepted_count = 0;
    world.counted_from = world.front.outer.sent;
    memset(world.session_guesses, 0, sizeof world.session_guesses);
}
