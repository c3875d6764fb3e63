#include "vault/rules.h"

#include "crypto/sealed.h"
#include "wire/backup_messages.h"
#include "wire/ledger_messages.h"

const struct frame_rule vault_rules[] = {
    /* type                from          phases                 min and max length of the body */
    {FRAME_START, PEER_WARDEN, IN(PHASE_SEALED), 0, 0},
    {FRAME_DRAIN, PEER_WARDEN, IN(PHASE_SERVING), 0, 0},
    {FRAME_SESSION_OPEN, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_open), sizeof(struct session_open)},
    {FRAME_SESSION_CLOSE, PEER_AUTH, IN(PHASE_SERVING), sizeof(struct session_close), sizeof(struct session_close)},
    {FRAME_SESSION_CALL, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct session_call) + SEAL_TAG_LEN,
     FRAME_MAX - sizeof(struct frame_header)},
    {FRAME_CITIZEN_KEY, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct citizen_key_request),
     sizeof(struct citizen_key_request)},
    {FRAME_VAULT_STATUS, PEER_FRONT, IN(PHASE_SERVING), 0, 0},
    {FRAME_LEDGER_HEAD, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_head_request),
     sizeof(struct ledger_head_request)},
    {FRAME_LEDGER_PROOF, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_proof_request),
     sizeof(struct ledger_proof_request)},
    {FRAME_LEDGER_HASHES, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct ledger_hashes_request),
     sizeof(struct ledger_hashes_request)},
    {FRAME_BACKUP_READ, PEER_FRONT, IN(PHASE_SERVING), sizeof(struct backup_read_request),
     sizeof(struct backup_read_request)},
};
const size_t vault_rule_count = sizeof vault_rules / sizeof vault_rules[0];
