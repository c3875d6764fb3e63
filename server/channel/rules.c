#include "sandbox/sandbox.h"
#include "server/channel/reader.h"
#include "wire/account_messages.h"
#include "wire/backup_messages.h"
#include "wire/ledger_messages.h"

#define REPLIES       (IN(PHASE_SERVING) | IN(PHASE_DRAINING))
#define EXACTLY(type) sizeof(struct type), sizeof(struct type)
#define HASHES_MAX    (sizeof(struct ledger_hashes_reply) + (size_t)LEDGER_HASHES_MAX * 32)

const struct frame_rule front_rules[] = {
    CHILD_CONTROL_RULES,
    {FRAME_ATTESTATION_REPLY, PEER_WARDEN, REPLIES, EXACTLY(attestation_reply)},
    {FRAME_SESSION_CALL_REPLY, PEER_VAULT, REPLIES, sizeof(struct session_call_reply),
     FRAME_MAX - sizeof(struct frame_header)},
    {FRAME_CITIZEN_KEY_REPLY, PEER_VAULT, REPLIES, EXACTLY(citizen_key_reply)},
    {FRAME_VAULT_STATUS_REPLY, PEER_VAULT, REPLIES, EXACTLY(vault_status_reply)},
    {FRAME_LEDGER_HEAD_REPLY, PEER_VAULT, REPLIES, EXACTLY(ledger_head_reply)},
    {FRAME_LEDGER_PROOF_REPLY, PEER_VAULT, REPLIES, sizeof(struct ledger_hashes_reply), HASHES_MAX},
    {FRAME_LEDGER_HASHES_REPLY, PEER_VAULT, REPLIES, sizeof(struct ledger_hashes_reply), HASHES_MAX},
    {FRAME_BACKUP_READ_REPLY, PEER_VAULT, REPLIES, sizeof(struct backup_read_reply),
     sizeof(struct backup_read_reply) + BACKUP_PIECE_MAX},
    {FRAME_CHALLENGE_REPLY, PEER_AUTH, REPLIES, EXACTLY(challenge_reply)},
    {FRAME_LOGIN_REPLY, PEER_AUTH, REPLIES, EXACTLY(login_reply)},
    {FRAME_LOGOUT_REPLY, PEER_AUTH, REPLIES, EXACTLY(logout_reply)},
    {FRAME_ACCOUNT_CALL_REPLY, PEER_AUTH, REPLIES, EXACTLY(account_call_reply)},
    {FRAME_SESSION_ENDED, PEER_AUTH, REPLIES, EXACTLY(session_ended)},
    {FRAME_ACCESS_HEAD_REPLY, PEER_AUTH, REPLIES, EXACTLY(ledger_head_reply)},
    {FRAME_ACCESS_PROOF_REPLY, PEER_AUTH, REPLIES, sizeof(struct ledger_hashes_reply), HASHES_MAX},
    {FRAME_ACCESS_HASHES_REPLY, PEER_AUTH, REPLIES, sizeof(struct ledger_hashes_reply), HASHES_MAX},
};
const size_t front_rule_count = sizeof front_rules / sizeof front_rules[0];
