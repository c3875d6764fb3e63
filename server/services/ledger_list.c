/*
 * LedgerService.ListEntries: the vault looks at a bounded number of leaves a frame; this asks until the page is full,
 * all is read, the time of the call is nearly over, or enough was asked for one call. A page token says where to go on,
 * so that ending early loses nothing.
 */
#include "server/services/ledger_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"
#include "server/channel/vault_ledger.h"
#include "server/services/errors.h"
#include "server/services/resource_name.h"
#include "server/services/session_check.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000
/* A page with its decoded fields stays well below the 4 MiB that gRPC clients take by default. */
#define PAGE_BYTES (512u << 10)
/* Frames for one call: number calls wait behind each of them. */
#define FRAMES_MAX 64
/* Kept of the call's time for the answer. */
#define ANSWER_MS 250
/* "{next}.{filters}", hexadecimal. */
#define TOKEN_SIZE (16 + 1 + 16 + 1)

struct listing {
    struct rpc_call *call;
    uint16_t tenant;
    uint16_t page_size;
    uint32_t count, frames;
    size_t used;
    struct ledger_list_request request;
    uint64_t filters; /* of the token: a token goes with the filters it was given for */
    uint8_t *bytes;   /* `used` of them */
};

static void listing_free(struct listing *listing)
{
    free(listing->bytes);
    free(listing);
}

static void listing_answer(struct listing *listing, bool more)
{
    char token[TOKEN_SIZE] = "";

    if (more)
        snprintf(token, sizeof token, "%016" PRIx64 ".%016" PRIx64, listing->request.next, listing->filters);
    ledger_list_reply_entries(listing->call, listing->tenant, listing->bytes, listing->count, token);
    listing_free(listing);
}

static void listing_fail(struct listing *listing, const struct rpc_error *error)
{
    rpc_call_finish(listing->call, error);
    listing_free(listing);
}

static bool listing_add(struct listing *listing, const struct vault_entries *answer)
{
    listing->request.next = answer->next;
    listing->frames++;
    if (answer->length == 0)
        return true;
    uint8_t *bytes = realloc(listing->bytes, listing->used + answer->length);
    if (!bytes)
        return false;
    memcpy(bytes + listing->used, answer->bytes, answer->length);
    listing->bytes = bytes;
    listing->used += answer->length;
    listing->count += answer->count;
    return true;
}

static void listing_ask(struct listing *listing);

static void on_entries(void *user, const struct vault_entries *answer)
{
    struct listing *listing = user;

    if (!answer || answer->status != LEDGER_OK) {
        listing_fail(listing, answer ? error_of_ledger(answer->status) : error_of_front(FRONT_VAULT_UNAVAILABLE));
        return;
    }
    if (!listing_add(listing, answer)) {
        listing_fail(listing, error_of_front(FRONT_BUSY));
        return;
    }
    bool more = answer->next < answer->size;
    bool full = listing->count >= listing->page_size || listing->used > PAGE_BYTES - LEDGER_LIST_MAX;
    if (!more || full || listing->frames == FRAMES_MAX || rpc_call_time_left_ms(listing->call) < ANSWER_MS)
        listing_answer(listing, more);
    else
        listing_ask(listing);
}

static void listing_ask(struct listing *listing)
{
    const struct front *front = rpc_call_context(listing->call);

    listing->request.count = (uint16_t)(listing->page_size - listing->count);
    enum link_sent sent = vault_ledger_list(front->vault, &listing->request, on_entries, listing);
    if (sent != LINK_SENT)
        listing_fail(listing, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

/* ---- the request ---- */

static bool fail_field(struct rpc_call *call, enum front_error error, const char *field, const char *description)
{
    finish_with_field(call, error, field, description);
    return false;
}

/* Microseconds of a time filter; 0 is "open" at the vault and never a time of an entry. */
static bool take_time(const Google__Protobuf__Timestamp *time, int64_t *us)
{
    const int64_t year_9999 = 253402300799;

    *us = 0;
    if (!time)
        return true;
    if (time->seconds < 0 || time->seconds > year_9999 || time->nanos < 0 || time->nanos > 999999999)
        return false;
    *us = time->seconds * 1000000 + time->nanos / 1000;
    *us += *us == 0;
    return true;
}

static bool take_filters(struct rpc_call *call, const Sekisho__V1__ListEntriesRequest *request,
                         struct ledger_list_request *filters)
{
    size_t account = strlen(request->account);

    if (request->reference.len != 0 && request->reference.len != REFERENCE_LEN)
        return fail_field(call, FRONT_BAD_LENGTH, "reference", "must have 16 bytes, or none");
    if (account > ACCOUNT_LEN)
        return fail_field(call, FRONT_BAD_FILTER, "account", "must have at most 32 characters");
    if ((int)request->purpose < PURPOSE_NONE || (int)request->purpose >= PURPOSE_COUNT)
        return fail_field(call, FRONT_BAD_FILTER, "purpose", "must be a known purpose");
    if (!take_time(request->start_time, &filters->from_us))
        return fail_field(call, FRONT_BAD_FILTER, "start_time", "must be a time from 1970 to 9999");
    if (!take_time(request->end_time, &filters->until_us))
        return fail_field(call, FRONT_BAD_FILTER, "end_time", "must be a time from 1970 to 9999");
    if (request->reference.len != 0)
        memcpy(filters->reference, request->reference.data, REFERENCE_LEN);
    memcpy(filters->account, request->account, account);
    filters->purpose = (uint16_t)request->purpose;
    return true;
}

/* Hash of prefecture and filters, so that a token of another list is noticed. */
static bool hash_filters(const struct ledger_list_request *request, uint16_t tenant, uint64_t *out)
{
    const size_t first = offsetof(struct ledger_list_request, reference);
    const size_t length = offsetof(struct ledger_list_request, count) - first;
    uint8_t hash[HASH_LEN];
    const struct iovec parts[] = {
        {.iov_base = &tenant, .iov_len = sizeof tenant},
        {.iov_base = (uint8_t *)(uintptr_t)request + first, .iov_len = length},
    };

    if (sha256_parts(parts, sizeof parts / sizeof parts[0], hash) != 0)
        return false;
    memcpy(out, hash, sizeof *out);
    return true;
}

static bool take_token(const char *token, uint64_t filters, uint64_t *next)
{
    char again[TOKEN_SIZE];

    *next = 0;
    if (*token == '\0')
        return true;
    char *end;
    *next = strtoull(token, &end, 16);
    /* One spelling only. */
    snprintf(again, sizeof again, "%016" PRIx64 ".%016" PRIx64, *next, filters);
    return strcmp(token, again) == 0;
}

static bool take_session(struct rpc_call *call, const Sekisho__V1__ListEntriesRequest *request, struct listing *listing)
{
    uint16_t tenant;
    struct rpc_error error;

    if (!prefecture_name_parse(request->parent, &listing->tenant))
        return fail_field(call, FRONT_BAD_PREFECTURE_NAME, "parent", "must be prefectures/{01..47}");
    if (!session_name_parse(request->session, &tenant, listing->request.session))
        return fail_field(call, FRONT_BAD_SESSION_NAME, "session",
                          "must be prefectures/{01..47}/sessions/{32 lower-case hex digits}");
    if (!session_check(call, tenant, listing->request.session, &error)) {
        rpc_call_finish(call, &error);
        return false;
    }
    /* The vault lists the session's own prefecture whatever is asked: say so instead of answering another question. */
    if (tenant != listing->tenant) {
        rpc_call_finish(call, error_of_front(FRONT_LEDGER_NOT_PERMITTED));
        return false;
    }
    return true;
}

static bool take_request(struct rpc_call *call, const Sekisho__V1__ListEntriesRequest *request, struct listing *listing)
{
    if (!take_session(call, request, listing) || !take_filters(call, request, &listing->request))
        return false;
    if (request->page_size < 0 || request->page_size > PAGE_MAX)
        return fail_field(call, FRONT_BAD_PAGE, "page_size", "must be 0 to 1,000");
    listing->page_size = request->page_size ? (uint16_t)request->page_size : PAGE_DEFAULT;
    if (!hash_filters(&listing->request, listing->tenant, &listing->filters)) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return false;
    }
    if (!take_token(request->page_token, listing->filters, &listing->request.next))
        return fail_field(call, FRONT_BAD_PAGE_TOKEN, "page_token", "must be next_page_token of the page before");
    return true;
}

void ledger_list_entries(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct listing *listing = calloc(1, sizeof *listing);

    if (!listing) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    listing->call = call;
    if (take_request(call, (const void *)message, listing))
        listing_ask(listing);
    else
        free(listing);
}
