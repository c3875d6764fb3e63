/*
 * ListService.ExportList. A piece at a time and each with a look of its own at the register: a slow client holds no
 * old state of the store. All on the server's thread, once the opening is recorded.
 */
#include "server/services/list_export.h"

#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>
#include <openssl/evp.h>

#include "crypto/hash.h"
#include "server/services/call_arena.h"
#include "server/services/errors.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

#define LIST(name)     SEKISHO__V1__LIST_KIND__LIST_KIND_##name
#define ENCODING(name) SEKISHO__V1__CSV_ENCODING__CSV_ENCODING_##name
#define CHANGE(name)   SEKISHO__V1__SUBSTITUTION__KIND__KIND_##name
/* Rows of a piece: a few milliseconds of the server's thread, which then serves others until it is on its way. */
#define PIECE_ROWS 200

struct export
{
    struct register_call *call;
    struct list_query query;
    struct walk_place place;
    struct csv csv;
    EVP_MD_CTX *digest;
    int64_t rows; /* without the header */
    bool begun;   /* the deferred beginning has run: before, the call must not end */
    bool whole;   /* the last piece was sent */
};

/* The method whose roles may read the list. */
static uint16_t method_of(Sekisho__V1__ListKind list)
{
    switch (list) {
    case LIST(APPLICANTS_NEW):
    case LIST(APPLICANTS_REWRITE):
    case LIST(APPLICANTS_REISSUE):
        return METHOD_ListService_ListApplicants;
    case LIST(REGISTER):
        return METHOD_ListService_ListRegister;
    case LIST(LOST_QUALIFICATIONS):
        return METHOD_ListService_ListLostQualifications;
    case LIST(CANCELLED_REGISTRATIONS):
        return METHOD_ListService_ListCancelledRegistrations;
    case LIST(RECEPTIONS):
        return METHOD_ListService_ListReceptions;
    case LIST(PAPER_CARDS):
        return METHOD_PaperCardService_ListPaperCards;
    default:
        return METHOD_NONE;
    }
}

static void end(struct rpc_call *rpc, struct export *export)
{
    struct register_call *call = export->call;

    rpc_call_set_user(rpc, NULL);
    EVP_MD_CTX_free(export->digest);
    csv_clear(&export->csv);
    register_stream_end(call, NULL);
}

/* ---- pieces ---- */

static const Sekisho__V1__Substitution__Kind change_kinds[] = {[CSV_REPLACED] = CHANGE(REPLACED),
                                                               [CSV_SIMILAR] = CHANGE(SIMILAR),
                                                               [CSV_CONTROL] = CHANGE(CONTROL),
                                                               [CSV_FORMULA] = CHANGE(FORMULA)};

/* False: no memory. */
static bool put_changes(const struct csv *csv, struct call_arena *memory, Sekisho__V1__ExportListResponse *response)
{
    if (csv->change_count == 0)
        return true;
    Sekisho__V1__Substitution *changes = call_arena_alloc(memory, csv->change_count * sizeof *changes);
    response->substitutions = call_arena_alloc(memory, csv->change_count * sizeof(void *));
    if (!changes || !response->substitutions)
        return false;
    for (size_t i = 0; i < csv->change_count; i++) {
        const struct csv_change *change = &csv->changes[i];
        sekisho__v1__substitution__init(&changes[i]);
        changes[i].row = change->row;
        changes[i].column = change->column;
        changes[i].position = change->position;
        changes[i].code_point = change->code_point;
        changes[i].kind = change_kinds[change->kind];
        response->substitutions[i] = &changes[i];
    }
    response->n_substitutions = csv->change_count;
    return true;
}

/* Reads the next rows into the CSV. 0 or the store's code. */
static int read_piece(struct export *export, struct call_arena *memory, bool *more)
{
    struct register_call *call = export->call;
    ProtobufCAllocator arena = call_arena_allocator(memory);
    ProtobufCMessage *rows[PIECE_ROWS] = {0};
    size_t count = 0;
    int rc;
    MDB_txn *txn = reg_read_begin(call->reg, &rc);

    if (!txn)
        return rc;
    const struct list_source source = {.reg = call->reg, .txn = txn, .now_us = reg_now_us(), .arena = &arena};
    rc = list_read(&source, &export->query, PIECE_ROWS, &export->place, rows, &count, more);
    for (size_t i = 0; i < count && rc == 0; i++)
        list_csv_row(&export->csv, export->query.kind, rows[i]);
    reg_read_end(call->reg, txn);
    export->rows += (int64_t)count;
    return rc;
}

static bool fail(struct export *export, int rc)
{
    (void)register_fail_store(export->call, rc);
    return false;
}

static bool send_made(struct rpc_call *rpc, struct export *export, struct call_arena *memory)
{
    Sekisho__V1__ExportListResponse response = SEKISHO__V1__EXPORT_LIST_RESPONSE__INIT;
    uint8_t digest[HASH_LEN];

    if (export->csv.failed || !put_changes(&export->csv, memory, &response) ||
        EVP_DigestUpdate(export->digest, export->csv.bytes, export->csv.length) != 1)
        return fail(export, MDB_MAP_FULL);
    response.data = (ProtobufCBinaryData){.data = export->csv.bytes, .len = export->csv.length};
    if (export->whole) {
        if (EVP_DigestFinal_ex(export->digest, digest, NULL) != 1)
            return fail(export, MDB_MAP_FULL);
        response.complete = true;
        response.row_count = export->rows;
        response.sha256 = (ProtobufCBinaryData){.data = digest, .len = sizeof digest};
    }
    bool sent = rpc_call_send(rpc, &response.base);
    csv_taken(&export->csv);
    return sent;
}

/* False: the store failed, or the client has gone. */
static bool send_piece(struct rpc_call *rpc, struct export *export)
{
    struct call_arena memory = {0};
    bool more = false;
    int rc = read_piece(export, &memory, &more);

    export->whole = rc == 0 && !more;
    bool good = rc == 0 ? send_made(rpc, export, &memory) : fail(export, rc);
    call_arena_free(&memory);
    return good;
}

static void send_more(struct rpc_call *rpc)
{
    struct export *export = rpc_call_user(rpc);

    if (export && (!send_piece(rpc, export) || export->whole))
        end(rpc, export);
}

static void begin(struct rpc_call *rpc)
{
    struct export *export = rpc_call_user(rpc);

    export->begun = true;
    csv_header(&export->csv, list_csv_titles(export->query.kind));
    send_more(rpc);
}

/* ---- the opening ---- */

static bool check(struct register_call *call, struct export *export)
{
    const Sekisho__V1__ExportListRequest *request = (const void *)call->request;
    uint16_t method = method_of(request->list), tenant;

    if (!prefecture_name_parse(request->parent, &tenant))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
    if (method == METHOD_NONE)
        return register_fail(call, REGISTER_BAD_FIELD, "list", NULL);
    if (!method_permitted(method, call->caller.role)) {
        call->error = *error_of_front(FRONT_ROLE_NOT_PERMITTED);
        return false;
    }
    if (request->encoding > ENCODING(CP932))
        return register_fail(call, REGISTER_BAD_FIELD, "encoding", NULL);
    export->csv.encoding = request->encoding == ENCODING(CP932) ? CSV_CP932 : CSV_UTF8_BOM;
    export->query.kind = request->list;
    return list_period(call, request->period, &export->query);
}

static void ready(struct register_call *call)
{
    struct export *export = register_alloc(call, sizeof *export);

    if (!export) {
        register_stream_end(call, NULL);
        return;
    }
    export->call = call;
    export->digest = EVP_MD_CTX_new();
    if (!export->digest || EVP_DigestInit_ex(export->digest, EVP_sha256(), NULL) != 1)
        (void)register_fail(call, REGISTER_FULL, NULL, NULL);
    else if (check(call, export)) {
        rpc_call_set_user(call->rpc, export);
        rpc_call_defer(call->rpc, begin);
        return;
    }
    EVP_MD_CTX_free(export->digest);
    register_stream_end(call, NULL);
}

void list_export_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_stream(call, request, ready);
}

void list_export_sent(struct rpc_call *call)
{
    send_more(call);
}

/* Finds that the client has gone: rpc_call_send says so. */
void list_export_cancel(struct rpc_call *call)
{
    const struct export *export = rpc_call_user(call);

    if (export && export->begun)
        send_more(call);
}
