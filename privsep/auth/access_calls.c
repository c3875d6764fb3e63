#include "auth/access_calls.h"

#include <string.h>

#include "auth/access_records.h"
#include "crypto/hash.h"

/* Leaves that one call looks at, so that logins do not wait for it: a few milliseconds. */
#define SCAN_LEAVES 4096
#define ROWS_MAX    (ACCOUNT_ROWS_LEN / sizeof(struct access_row))
#define FIELD(name) offsetof(struct account_call_plain, name)

static int bad_field(struct account_reply_plain *reply, size_t field, enum account_result *result)
{
    reply->field = (uint16_t)field;
    *result = ACCOUNT_BAD_FIELD;
    return 0;
}

static bool same_name(const char wanted[ACCOUNT_LEN], const char name[ACCOUNT_LEN])
{
    return memcmp(wanted, name, ACCOUNT_LEN) == 0;
}

static bool wanted(const struct account_call_plain *call, const struct access_entry *entry)
{
    return (call->state == 0 || entry->event == call->state) && (call->role == 0 || entry->role == call->role) &&
           (call->from_us == 0 || entry->time_us >= call->from_us) &&
           (call->until_us == 0 || entry->time_us < call->until_us) &&
           (crypto_all_zero(call->account, ACCOUNT_LEN) || same_name(call->account, entry->account) ||
            same_name(call->account, entry->object)) &&
           (crypto_all_zero(call->terminal, TERMINAL_ID_LEN) ||
            memcmp(call->terminal, entry->terminal, TERMINAL_ID_LEN) == 0);
}

static int scan(struct account_store *store, const struct account_tenant *tenant, const struct account_call_plain *call,
                uint64_t *index, struct account_reply_plain *reply)
{
    uint64_t end = tenant->committed.tree.size;
    size_t most = call->count > 0 && call->count < ROWS_MAX ? call->count : ROWS_MAX;
    struct access_row row;

    if (*index < end && end - *index > SCAN_LEAVES)
        end = *index + SCAN_LEAVES;
    for (; *index < end && reply->count < most; ++*index) {
        int rc = access_get(store, tenant, *index, &row);
        if (rc != 0)
            return rc;
        if (wanted(call, &row.entry))
            memcpy(reply->rows + reply->count++ * sizeof row, &row, sizeof row);
    }
    return 0;
}

int access_list(struct account_store *store, const struct account_tenant *tenant, const struct account_call_plain *call,
                struct account_reply_plain *reply, enum account_result *result)
{
    uint64_t index;

    if (call->state >= ACCESS_EVENT_END)
        return bad_field(reply, FIELD(state), result);
    if (call->from_us < 0 || call->until_us < 0 || (call->until_us != 0 && call->until_us < call->from_us))
        return bad_field(reply, FIELD(until_us), result);
    if (!crypto_all_zero(call->next + sizeof index, sizeof call->next - sizeof index))
        return bad_field(reply, FIELD(next), result);
    memcpy(&index, call->next, sizeof index);
    reply->row_length = sizeof(struct access_row);
    int rc = scan(store, tenant, call, &index, reply);
    if (rc == 0 && index < tenant->committed.tree.size)
        memcpy(reply->next, &index, sizeof index);
    *result = ACCOUNT_DONE;
    return rc;
}

int access_review(const struct account_call_plain *call, int64_t now_us, struct account_reply_plain *reply,
                  enum account_result *result)
{
    if (call->from_us <= 0)
        return bad_field(reply, FIELD(from_us), result);
    if (call->until_us <= call->from_us || call->until_us > now_us)
        return bad_field(reply, FIELD(until_us), result);
    if (call->count > 0 && call->note[0] == '\0')
        return bad_field(reply, FIELD(note), result);
    *result = ACCOUNT_DONE;
    return 0;
}
