/* What the peers of a fuzzed vault can be told to do: one step for each value of an input's next byte. */
#include <string.h>

#include "vault_world.h"

static uint8_t body[FRAME_MAX];

static void step_raw(struct input *input)
{
    enum peer peer = (enum peer[]){PEER_FRONT, PEER_AUTH, PEER_WARDEN}[input_u8(input) % 3];
    struct input part = input_part(input, input_u8(input));

    world_send_record(peer, part.at, part.left);
}

static void step_frame(struct input *input)
{
    enum peer peer = (enum peer[]){PEER_FRONT, PEER_AUTH, PEER_WARDEN}[input_u8(input) % 3];
    uint16_t type = input_u16(input);
    uint8_t reply_to = input_u8(input);
    size_t length = input_u16(input) % 2048;

    input_copy(input, body, length);
    /* A session under an id of ours with keys that are not would break the harness's own bookkeeping. */
    if (type == FRAME_SESSION_OPEN)
        body[0] = 0xee;
    world_send(peer, type, reply_to, body, length);
}

static void step_open(struct input *input)
{
    uint8_t session = input_u8(input) % SESSIONS, tenant = input_u8(input);
    struct session_open open = {.role = 3, .account = "officer"};

    client_permit(input_u8(input), open.permit);
    open.ttl_ms = input_u16(input) + 1u;
    client_session(session, &open);
    open.account[0] = (char)('a' + session);
    /* A session's tenant is fixed, so that the harness knows whose ledger a call is in. */
    open.tenant = tenant == 0xff ? 47 : vault.store.tenant[world_tenant(session)].id;
    world.may_read[session] = world.may_read[session] || open.permit[OPERATION_READ_LEDGER] != 0;
    world_send(PEER_AUTH, FRAME_SESSION_OPEN, 0, &open, sizeof open);
    world_forget_sessions();
}

static void step_close(struct input *input)
{
    struct session_open keys;

    client_session(input_u8(input) % SESSIONS, &keys);
    world_send(PEER_AUTH, FRAME_SESSION_CLOSE, 0, keys.session, SESSION_ID_LEN);
    world_forget_sessions();
}

static void send_call(uint8_t session, uint8_t jump, uint16_t method, const uint8_t *plain, size_t length)
{
    /* 0: the next; else back or ahead, now and then beyond the replay window. */
    uint64_t call_seq = world.call_seq[session] + 1;

    if (jump >= 0x80)
        call_seq -= jump - 0x7fu;
    else if (jump > 0)
        call_seq += (uint64_t)jump * jump;
    else
        world.call_seq[session]++;
    size_t length_sealed = client_seal(session, call_seq, method, plain, length, body);
    world_seal(session, call_seq);
    world_send(PEER_FRONT, FRAME_SESSION_CALL, 0, body, length_sealed);
}

/* A reference that begins with 0xdd stands for one that the vault has given: the input cannot know those. */
static void put_references(uint8_t *plain, size_t length)
{
    for (size_t at = sizeof(struct call_head); at + REFERENCE_LEN <= length; at += sizeof(struct call_item))
        if (plain[at] == 0xdd)
            memcpy(plain + at, world.reference[plain[at + 1] % REFERENCES], REFERENCE_LEN);
}

static void step_plain(struct input *input)
{
    static uint8_t plain[4096];
    uint8_t session = input_u8(input) % SESSIONS, jump = input_u8(input), method = input_u8(input);
    size_t length = input_u16(input) % sizeof plain;

    input_copy(input, plain, length);
    put_references(plain, length);
    send_call(session, jump, method, plain, length);
}

static void fill_item(struct input *input, uint16_t operation, struct call_item *item)
{
    uint8_t reference = input_u8(input), request = input_u8(input), number = input_u8(input);

    if (operation == OPERATION_UNLOCK) {
        struct call_item_unlock unlock = {.account = "officer"};
        unlock.account[0] = (char)('a' + number % SESSIONS);
        if (request & 1)
            memset(unlock.account, 0, sizeof unlock.account);
        else
            reference = REFERENCES;
        if (reference < REFERENCES)
            memcpy(unlock.reference, world.reference[reference], REFERENCE_LEN);
        memcpy(item, &unlock, sizeof unlock);
        return;
    }
    if (operation == OPERATION_ROTATE_KEYS) {
        const struct call_item_rotate rotate = {.levels = request % 4};
        memcpy(item, &rotate, sizeof rotate);
        return;
    }

    if (operation == OPERATION_BACKUP)
        return;
    if (operation == OPERATION_CONFIRM || operation == OPERATION_RELEASE) {
        if (reference < REFERENCES)
            memcpy(item->reference, world.reference[reference], REFERENCE_LEN);
        memset(item->request_id, request % 16 + 1, REQUEST_ID_LEN);
        return;
    }

    if (operation != OPERATION_ENROLL && operation != OPERATION_LOOKUP)
        memcpy(item->reference, world.reference[reference % REFERENCES], REFERENCE_LEN);
    if (operation != OPERATION_MATCH && operation != OPERATION_LOOKUP)
        memset(item->request_id, request % 16 + 1, REQUEST_ID_LEN);
    if (operation != OPERATION_ERASE)
        client_number(number % 16, item->number);
}

static void step_call(struct input *input)
{
    static uint8_t plain[sizeof(struct call_head) + 16 * sizeof(struct call_item)];
    uint8_t session = input_u8(input) % SESSIONS, jump = input_u8(input);
    struct call_head head = {.version = 1, .operation = input_u8(input) % OPERATION_COUNT};

    head.purpose = input_u8(input) % PURPOSE_COUNT;
    head.count = input_u8(input) % 16 + 1u;
    head.case_ref[0] = session;
    memcpy(plain, &head, sizeof head);
    for (uint32_t i = 0; i < head.count; i++) {
        struct call_item item = {0};
        fill_item(input, head.operation, &item);
        memcpy(plain + sizeof head + i * sizeof item, &item, sizeof item);
    }
    send_call(session, jump, head.operation, plain, sizeof head + head.count * sizeof(struct call_item));
}

/* Many items at once, so that ledger and store come to more than one page and one chunk of a backup. */
static void step_bulk(struct input *input)
{
    static uint8_t plain[sizeof(struct call_head) + 512 * sizeof(struct call_item)];
    uint8_t session = input_u8(input) % SESSIONS, choice = input_u8(input);
    struct call_head head = {.version = 1, .operation = OPERATION_LOOKUP, .purpose = PURPOSE_CHANGE};

    head.count = (choice % 64 + 1u) * 8;
    if (choice & 0x40)
        head.operation = OPERATION_ENROLL, head.purpose = PURPOSE_REGISTER;
    memcpy(plain, &head, sizeof head);
    for (uint32_t i = 0; i < head.count; i++) {
        struct call_item item = {0};
        client_number(choice & 0x40 ? (uint16_t)(FURTHER_NUMBERS + i) : NUMBERS, item.number);
        if (choice & 0x40)
            memcpy(item.request_id, &i, sizeof i), item.request_id[REQUEST_ID_LEN - 1] = 1;
        memcpy(plain + sizeof head + i * sizeof item, &item, sizeof item);
    }
    send_call(session, 0, head.operation, plain, sizeof head + head.count * sizeof(struct call_item));
}

static void step_citizen(struct input *input)
{
    struct {
        struct call_head head;
        struct call_item_citizen item;
    } plain = {.head = {.version = 1, .operation = OPERATION_ENROLL_CITIZEN, .purpose = PURPOSE_REGISTER, .count = 1}};
    uint8_t session = input_u8(input) % SESSIONS, choice = input_u8(input), number = input_u8(input);
    const struct tenant *tenant = &vault.store.tenant[world_tenant(session)];

    memset(plain.item.application_nonce, choice % 4 + 1, APPLICATION_NONCE_LEN);
    memset(plain.item.request_id, choice / 4 % 4 + 1, REQUEST_ID_LEN);
    /* The account that presents the blob, or another one. */
    plain.item.portal[0] = (char)('a' + session);
    memcpy(plain.item.portal + 1, "fficer", 6);
    client_blob(number % 16, tenant->id, tenant->keys->citizen_public, &plain.item);
    if (choice & 0x40)
        plain.item.portal[0] ^= 1;
    if (choice & 0x80)
        plain.item.blob[number % CITIZEN_BLOB_LEN] ^= 1;
    uint16_t method = OPERATION_ENROLL;
    plain.head.case_ref[0] = choice / 4 % 4;
    if (choice & 0x20) {
        method = OPERATION_MATCH;
        plain.head.operation = OPERATION_MATCH_CITIZEN;
        plain.head.purpose = PURPOSE_CHANGE;
        memcpy(plain.item.reference, world.reference[choice / 4 % 4], REFERENCE_LEN);
    }
    send_call(session, 0, method, (const uint8_t *)&plain, sizeof plain);
}

static void step_key(struct input *input)
{
    struct citizen_key_request request = {.tenant = input_u8(input)};

    world_send(PEER_FRONT, FRAME_CITIZEN_KEY, 0, &request, sizeof request);
}

static void step_ledger(struct input *input)
{
    uint8_t which = input_u8(input), session = input_u8(input) % SESSIONS, first = input_u8(input);
    uint16_t tenant = vault.store.tenant[world_tenant(session)].id;
    const struct ledger_head_request head = {.tenant = tenant};
    const struct ledger_proof_request proof = {.tenant = tenant,
                                               .kind = (which & 4) ? LEDGER_INCLUSION : LEDGER_CONSISTENCY,
                                               .first = first,
                                               .size = which / 8};
    const struct ledger_hashes_request hashes = {.tenant = tenant, .count = which / 8 + 1u, .first = first};
    struct {
        struct call_head head;
        struct call_item_read item;
    } list = {.head = {.version = 1, .operation = OPERATION_READ_LEDGER, .purpose = PURPOSE_CHANGE, .count = 1},
              .item = {.next = first, .count = (uint16_t)(which / 8 + 1)}};

    if (which & 4)
        memcpy(list.item.reference, world.reference[first % REFERENCES], REFERENCE_LEN);
    switch (which % 4) {
    case 0:
        world_send(PEER_FRONT, FRAME_LEDGER_HEAD, 0, &head, sizeof head);
        break;
    case 1:
        world_send(PEER_FRONT, FRAME_LEDGER_PROOF, 0, &proof, sizeof proof);
        break;
    case 2:
        world_send(PEER_FRONT, FRAME_LEDGER_HASHES, 0, &hashes, sizeof hashes);
        break;
    default:
        send_call(session, 0, OPERATION_READ_LEDGER, (const uint8_t *)&list, sizeof list);
    }
}

bool world_step(struct input *input)
{
    switch (input_u8(input) % 32) {
    case 0:
        return true;
    case 1:
        step_raw(input);
        return false;
    case 2:
        step_frame(input);
        return false;
    case 3:
        step_open(input);
        return true;
    case 4:
        step_close(input);
        return true;
    case 5:
        step_plain(input);
        return false;
    case 6:
        step_citizen(input);
        return false;
    case 7:
        process_advance(input_u16(input) * 1024);
        world_forget_sessions();
        world.clock_moved = world.front.outer.sent;
        world.backup.sure = false;
        memset(world.tenant_guesses, 0, sizeof world.tenant_guesses);
        return true;
    case 8:
        world.stalled = !world.stalled;
        return false;
    case 9:
        step_key(input);
        return false;
    case 10:
        world_send(PEER_FRONT, FRAME_VAULT_STATUS, 0, NULL, 0);
        return false;
    case 11:
        world_send(PEER_WARDEN, input_u8(input) & 1 ? FRAME_DRAIN : FRAME_START, 0, NULL, 0);
        return true;
    case 14:
        if (world.holding)
            world_release(input_u8(input) & 1);
        else
            world.holding = true;
        return false;
    case 13:
        step_ledger(input);
        return false;
    case 15:
        world_read_backup(input);
        return true;
    case 16:
        step_bulk(input);
        return false;
    default:
        step_call(input);
        return false;
    }
}
