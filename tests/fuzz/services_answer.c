#include "services_answer.h"

#include <string.h>

#include "crypto/sealed.h"
#include "wire/account_messages.h"
#include "wire/backup_messages.h"
#include "wire/ledger_entry.h"
#include "wire/ledger_messages.h"

static size_t fill_call_answer(struct input *input, uint32_t count, uint8_t *body)
{
    static const struct call_result_item done = {.reference = {1}, .outcome = OUTCOME_DONE};
    struct session_call_reply reply = {.status = CALL_OK};

    reply.clear_length = (uint32_t)(sizeof(struct call_result_head) + count * sizeof(struct call_result_item));
    reply.sealed_length = (uint32_t)(count * sizeof(struct call_detail_item) + SEAL_TAG_LEN);
    uint8_t choice = count == 1 ? input_u8(input) : 0;
    if (choice & 1)
        reply.sealed_length = LEDGER_PAGE_LEN + SEAL_TAG_LEN;
    if (count == 0)
        reply = (struct session_call_reply){.status = input_u16(input)};
    memset(body, 0xa5, sizeof reply + reply.clear_length + reply.sealed_length);
    memcpy(body, &reply, sizeof reply);
    if (choice & 2)
        memcpy(body + sizeof reply + sizeof(struct call_result_head), &done, sizeof done);
    return sizeof reply + reply.clear_length + reply.sealed_length;
}

/* A piece of a backup, mostly as one may be. */
static size_t fill_piece(struct input *input, uint32_t count, uint8_t *body)
{
    uint8_t choice = input_u8(input);
    struct backup_read_reply reply = {.status = choice >> 4, .last = choice & 1 ? choice & 3 : 0};

    if (reply.status == BACKUP_OK || (choice & 4))
        reply.length = count * (BACKUP_PIECE_MAX / 31);
    memset(body + sizeof reply, 0xa5, reply.length);
    size_t length = sizeof reply + reply.length;
    reply.length += choice >> 3 & 1;
    memcpy(body, &reply, sizeof reply);
    return length;
}

static size_t fill_hashes(struct input *input, uint32_t count, uint8_t *body)
{
    const struct ledger_hashes_reply reply = {.status = count ? LEDGER_OK : input_u8(input), .count = count};

    memcpy(body, &reply, sizeof reply);
    memset(body + sizeof reply, 0xa5, count * 32);
    return sizeof reply + count * 32;
}

static size_t fill_account_answer(struct input *input, uint8_t *body)
{
    const struct account_call_reply reply = {.status = input_u8(input) & 0xf};

    memcpy(body, &reply, sizeof reply);
    memset(body + offsetof(struct account_call_reply, sealed), 0xa5, sizeof reply.sealed);
    return sizeof reply;
}

size_t services_answer(uint16_t type, struct input *input, uint8_t *body)
{
    static const uint16_t lengths[][2] = {
        {FRAME_CITIZEN_KEY_REPLY, sizeof(struct citizen_key_reply)},
        {FRAME_VAULT_STATUS_REPLY, sizeof(struct vault_status_reply)},
        {FRAME_LEDGER_HEAD_REPLY, sizeof(struct ledger_head_reply)},
        {FRAME_ACCESS_HEAD_REPLY, sizeof(struct ledger_head_reply)},
        {FRAME_CHALLENGE_REPLY, sizeof(struct challenge_reply)},
        {FRAME_LOGIN_REPLY, sizeof(struct login_reply)},
        {FRAME_LOGOUT_REPLY, sizeof(struct logout_reply)},
        {FRAME_ATTESTATION_REPLY, sizeof(struct attestation_reply)},
    };
    uint32_t count = input_u8(input) % 32;

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        if (lengths[i][0] == type) {
            input_copy(input, body, lengths[i][1]);
            return lengths[i][1];
        }
    if (type == FRAME_ACCOUNT_CALL_REPLY)
        return fill_account_answer(input, body);
    if (type == FRAME_LEDGER_PROOF_REPLY || type == FRAME_LEDGER_HASHES_REPLY || type == FRAME_ACCESS_PROOF_REPLY ||
        type == FRAME_ACCESS_HASHES_REPLY)
        return fill_hashes(input, count, body);
    if (type == FRAME_BACKUP_READ_REPLY)
        return fill_piece(input, count, body);
    return fill_call_answer(input, count, body);
}
