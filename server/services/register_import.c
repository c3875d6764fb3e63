/*
 * RegisterService.ImportRegistrations, GetImport, ListImportFaults. Each request is a job of the writer; several are
 * under way, so that a group has more than one of them and the next is unpacked while the disk works. The first that
 * fails is the last that is done: no row behind a row that is not there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/register/import.h"
#include "server/register/record.h"
#include "server/services/call_arena.h"
#include "server/services/errors.h"
#include "server/services/hex_id.h"
#include "server/services/register_page.h"
#include "server/services/register_service.h"
#include "server/services/resource_name.h"

#define ROWS_MAX   1000
#define WINDOW     4      /* requests under way */
#define UNREAD_MAX 262144 /* bytes of answers that wait for the client */
#define IMPORTS    "/imports/"

typedef Sekisho__V1__ImportRegistrationsRequest import_request;

struct import_stream {
    struct rpc_call *rpc;
    pthread_mutex_t lock;
    struct register_call *call; /* NULL: its opening is not recorded yet */
    unsigned in_flight;
    bool paused; /* the next message has not been asked for */
    bool ending; /* half-closed, cancelled or failed: no more messages */
    bool finished;
    /* Written before the first job. */
    uint8_t id[REGISTER_ID_LEN];
    char *name, *account;
    bool dry_run;
    /* Of the writer's thread. */
    bool broken;
    struct number_set *seen;
    Sekisho__V1__Import total; /* of a dry run */
};

struct import_job {
    struct reg_job job;
    struct import_stream *stream;
    struct call_arena memory;
    ProtobufCAllocator arena;
    struct import_batch batch;
};

static bool import_name_parse(const char *name, uint8_t id[REGISTER_ID_LEN])
{
    uint16_t tenant;

    if (!name_prefecture(name, &tenant))
        return false;
    name += PREFECTURE_NAME_SIZE - 1;
    return strncmp(name, IMPORTS, sizeof IMPORTS - 1) == 0 && hex_id_parse(name + sizeof IMPORTS - 1, id);
}

/* ---- the stream ---- */

/* Reads on, or ends the stream when nothing of it is left. Called with the lock, returns without; last, because the
 * stream may be freed by its end. */
static void go_on_and_unlock(struct import_stream *stream)
{
    struct rpc_call *rpc = stream->rpc;
    struct register_call *call = stream->call;
    bool finish = call && stream->ending && stream->in_flight == 0 && !stream->finished;

    if (finish) {
        stream->finished = true;
    } else if (call && stream->paused && !stream->ending && stream->in_flight < WINDOW &&
               rpc_call_queued_bytes(rpc) < UNREAD_MAX) {
        stream->paused = false;
        rpc_call_next(rpc);
    }
    pthread_mutex_unlock(&stream->lock);
    if (finish)
        register_stream_end(call, NULL);
}

/* With the lock. The first failure is the stream's. */
static void fail(struct import_stream *stream, enum register_error error, const char *field, const char *detail)
{
    stream->ending = true;
    if (!stream->call->error.reason)
        (void)register_fail(stream->call, error, field, detail);
}

/* ---- a batch ---- */

static int run(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct import_job *import = (struct import_job *)job;
    struct import_stream *stream = import->stream;

    if (stream->broken)
        return ECANCELED;
    import->batch.fault_count = 0;
    int rc = import_run(stream->call->reg, txn, now_us, &import->batch);
    stream->broken = rc != 0;
    return rc;
}

static void answer(const struct import_job *import)
{
    Sekisho__V1__ImportRegistrationsResponse response = SEKISHO__V1__IMPORT_REGISTRATIONS_RESPONSE__INIT;

    response.last_row = import->batch.import->last_row;
    response.imported = import->batch.import->imported;
    response.refused = import->batch.import->refused;
    response.unchanged = import->batch.import->unchanged;
    response.faults = import->batch.faults;
    response.n_faults = import->batch.fault_count;
    if (!rpc_call_send(import->stream->rpc, &response.base))
        import->stream->ending = true;
}

static void fail_batch(struct import_stream *stream, int rc)
{
    if (rc == ERANGE)
        fail(stream, REGISTER_WRONG_STATE, "rows", "row numbers must ascend");
    else if (rc == EPERM)
        fail(stream, REGISTER_WRONG_STATE, "name", "the import is another account's");
    else if (rc != ECANCELED && !stream->call->error.reason)
        (void)register_fail_store(stream->call, rc);
    stream->ending = true;
}

static void done(struct reg_job *job, int rc)
{
    struct import_job *import = (struct import_job *)job;
    struct import_stream *stream = import->stream;

    stream->broken = stream->broken || rc != 0;
    pthread_mutex_lock(&stream->lock);
    stream->in_flight--;
    if (rc == 0)
        answer(import);
    else
        fail_batch(stream, rc);
    call_arena_free(&import->memory);
    free(import);
    go_on_and_unlock(stream);
}

/* A copy: the runtime's message lives until its callback returns. */
static import_request *copy_of(struct import_job *import, const ProtobufCMessage *request)
{
    size_t length = protobuf_c_message_get_packed_size(request);
    uint8_t *packed = call_arena_alloc(&import->memory, length);

    if (!packed)
        return NULL;
    protobuf_c_message_pack(request, packed);
    return (import_request *)protobuf_c_message_unpack(request->descriptor, &import->arena, length, packed);
}

static struct import_job *job_of(struct import_stream *stream, const ProtobufCMessage *request)
{
    struct import_job *import = calloc(1, sizeof *import);

    if (!import)
        return NULL;
    import->job = (struct reg_job){.run = run, .done = done};
    import->stream = stream;
    import->arena = call_arena_allocator(&import->memory);
    const import_request *copy = copy_of(import, request);
    if (copy) {
        import->batch = (struct import_batch){.account = stream->account,
                                              .rows = copy->rows,
                                              .count = copy->n_rows,
                                              .arena = &import->arena,
                                              .seen = stream->seen,
                                              .import = stream->seen ? &stream->total : NULL};
        memcpy(import->batch.id, stream->id, sizeof import->batch.id);
        import->batch.faults = call_arena_alloc(&import->memory, copy->n_rows * sizeof(void *));
    }
    if (import->batch.faults)
        return import;
    call_arena_free(&import->memory);
    free(import);
    return NULL;
}

/* With the lock. */
static void give(struct import_stream *stream, const import_request *request)
{
    if (strcmp(request->name, stream->name) != 0 || (request->validate_only != 0) != stream->dry_run) {
        fail(stream, REGISTER_BAD_FIELD, "name", "must be the same in every request of a stream, with validate_only");
        return;
    }
    if (request->n_rows == 0 || request->n_rows > ROWS_MAX) {
        fail(stream, REGISTER_BAD_FIELD, "rows", "must be 1 to 1,000");
        return;
    }
    struct import_job *import = job_of(stream, &request->base);
    if (import && reg_write(stream->call->reg, &import->job)) {
        stream->in_flight++;
        return;
    }
    fail(stream, import ? REGISTER_BUSY : REGISTER_FULL, NULL, NULL);
    if (import)
        call_arena_free(&import->memory);
    free(import);
}

/* ---- callbacks ---- */

static bool begin(struct import_stream *stream, const import_request *request)
{
    stream->dry_run = request->validate_only != 0;
    stream->name = register_strdup(stream->call, request->name);
    stream->account = register_account(stream->call);
    sekisho__v1__import__init(&stream->total);
    if (stream->dry_run)
        stream->seen = number_set_new();
    if (!stream->name || !stream->account || (stream->dry_run && !stream->seen)) {
        fail(stream, REGISTER_FULL, NULL, NULL);
        return false;
    }
    if (!import_name_parse(request->name, stream->id)) {
        fail(stream, REGISTER_BAD_RESOURCE_NAME, "name", "must be prefectures/{01..47}/imports/{32 hex digits}");
        return false;
    }
    return true;
}

static void ready(struct register_call *call)
{
    struct import_stream *stream = rpc_call_user(call->rpc);
    const import_request *first = (const void *)call->request;

    pthread_mutex_lock(&stream->lock);
    stream->call = call;
    if (!stream->ending && begin(stream, first))
        give(stream, first);
    go_on_and_unlock(stream);
}

static struct import_stream *stream_new(struct rpc_call *rpc)
{
    struct import_stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return NULL;
    pthread_mutex_init(&stream->lock, NULL);
    stream->rpc = rpc;
    stream->paused = true;
    rpc_call_set_user(rpc, stream);
    return stream;
}

void import_message(struct rpc_call *rpc, const ProtobufCMessage *request)
{
    struct import_stream *stream = rpc_call_user(rpc);

    if (!stream) {
        if (stream_new(rpc))
            register_stream(rpc, request, ready);
        else
            rpc_call_finish(rpc, error_of_front(FRONT_BUSY));
        return;
    }
    pthread_mutex_lock(&stream->lock);
    stream->paused = true;
    if (!stream->ending)
        give(stream, (const import_request *)(const void *)request);
    go_on_and_unlock(stream);
}

void import_end(struct rpc_call *rpc)
{
    struct import_stream *stream = rpc_call_user(rpc);

    if (!stream) { /* not one request */
        rpc_call_finish(rpc, NULL);
        return;
    }
    pthread_mutex_lock(&stream->lock);
    stream->ending = true;
    go_on_and_unlock(stream);
}

void import_sent(struct rpc_call *rpc)
{
    struct import_stream *stream = rpc_call_user(rpc);

    if (!stream)
        return;
    pthread_mutex_lock(&stream->lock);
    go_on_and_unlock(stream);
}

void import_done(struct rpc_call *rpc)
{
    struct import_stream *stream = rpc_call_user(rpc);

    if (!stream)
        return;
    number_set_free(stream->seen);
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

/* ---- GetImport, ListImportFaults ---- */

static const ProtobufCMessage *get(struct register_call *call)
{
    const Sekisho__V1__GetImportRequest *request = (const void *)call->request;
    Sekisho__V1__GetImportResponse *response =
        REGISTER_NEW(call, Sekisho__V1__GetImportResponse, SEKISHO__V1__GET_IMPORT_RESPONSE__INIT);
    uint8_t id[REGISTER_ID_LEN];

    if (!import_name_parse(request->name, id))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "name", "must be an import");
    int rc = response ? import_get(call->reg, call->txn, id, &call->arena, &response->import) : ENOMEM;
    if (rc != 0)
        return register_fail_store(call, rc);
    response->import->name = register_strdup(call, request->name);
    return response->import->name ? &response->base : register_fail(call, REGISTER_FULL, NULL, NULL);
}

void get_import(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, get);
}

/* From the key on; *more: there are others behind. The next one's key is then in *key. */
static int fill(struct register_call *call, MDB_cursor *cursor, const uint8_t id[REGISTER_ID_LEN], uint32_t rows,
                MDB_val *key, bool *more, Sekisho__V1__ListImportFaultsResponse *response)
{
    MDB_val value;
    int rc = mdb_cursor_get(cursor, key, &value, MDB_SET_RANGE);

    *more = false;
    for (; rc == 0; rc = mdb_cursor_get(cursor, key, &value, MDB_NEXT)) {
        if (key->mv_size < REGISTER_ID_LEN || memcmp(key->mv_data, id, REGISTER_ID_LEN) != 0)
            return 0;
        *more = response->n_faults == rows;
        if (*more)
            return 0;
        rc = record_unpack(&value, &sekisho__v1__import_fault__descriptor, &call->arena,
                           (ProtobufCMessage **)&response->faults[response->n_faults]);
        if (rc != 0)
            return rc;
        response->n_faults++;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static const ProtobufCMessage *list_faults(struct register_call *call)
{
    const Sekisho__V1__ListImportFaultsRequest *request = (const void *)call->request;
    Sekisho__V1__ListImportFaultsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListImportFaultsResponse, SEKISHO__V1__LIST_IMPORT_FAULTS_RESPONSE__INIT);
    struct register_page page;
    uint8_t id[REGISTER_ID_LEN];
    MDB_cursor *cursor;
    bool more;

    if (!import_name_parse(request->parent, id))
        return register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", "must be an import");
    if (!register_page(call, &page))
        return NULL;
    MDB_val key = page.key_length > 0 ? (MDB_val){page.key_length, page.key} : (MDB_val){sizeof id, id};
    if (!response || !(response->faults = register_alloc(call, page.rows * sizeof(void *))))
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    int rc = mdb_cursor_open(call->txn, call->reg->table[TABLE_import_fault], &cursor);
    if (rc != 0)
        return register_fail_store(call, rc);
    rc = fill(call, cursor, id, page.rows, &key, &more, response);
    if (rc == 0 && more && !(response->next_page_token = register_page_token(call, &page, key.mv_data, key.mv_size)))
        rc = ENOMEM;
    mdb_cursor_close(cursor);
    return rc == 0 ? &response->base : register_fail_store(call, rc);
}

void list_import_faults(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list_faults);
}
