/* A front, or an auth that is not the client's own, that shows access records of its own (F103). */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "crypto/checkpoint_text.h"
#include "crypto/ed25519.h"
#include "sekisho/v1/access_record_service.pb-c.h"
#include "sekisho_access.h"
#include "sekisho_descriptor_set.h"
#include "server/rpc/rpc.h"
#include "support/fixture.h"

#define LEAVES 6
#define NOTE   "the screens stay open"

/* What the server shows; the test changes it between calls. */
static struct {
    struct rpc_server *rpc;
    pthread_t thread;
    struct ed25519 *key;
    uint8_t public_key[32];
    uint64_t size;
    enum ledger_kind signed_as;
    struct access_row row[LEAVES];
    uint8_t leaf[LEAVES][32];
    unsigned left_out; /* bits: records that are not listed */
    bool bent_page, endless, short_rows;
} shown;

static void on_checkpoint(struct rpc_call *call, const ProtobufCMessage *request)
{
    Sekisho__V1__AccessRecordServiceGetCheckpointResponse response =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_CHECKPOINT_RESPONSE__INIT;
    struct sekisho_tree tree = {0};
    uint8_t root[32], signature[64];
    char text[CHECKPOINT_TEXT_MAX];

    (void)request;
    for (uint64_t i = 0; i < shown.size; i++)
        sekisho_tree_add(&tree, shown.leaf[i]);
    sekisho_tree_root(&tree, root);
    size_t length = checkpoint_text(shown.signed_as, 11, shown.size, root, text);
    ed25519_sign(shown.key, text, length, signature);
    response.tree_size = shown.size;
    response.root_hash = (ProtobufCBinaryData){.data = root, .len = sizeof root};
    response.signature = (ProtobufCBinaryData){.data = signature, .len = sizeof signature};
    response.public_key = (ProtobufCBinaryData){.data = shown.public_key, .len = sizeof shown.public_key};
    rpc_call_reply(call, &response.base);
}

/* From a tree of 4 leaves to one of 6: the root of what follows is the whole proof. */
static void on_consistency(struct rpc_call *call, const ProtobufCMessage *message)
{
    Sekisho__V1__AccessRecordServiceGetConsistencyProofResponse response =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_CONSISTENCY_PROOF_RESPONSE__INIT;
    struct sekisho_tree pair = {0};
    uint8_t hash[32];
    ProtobufCBinaryData hashes[1] = {{.data = hash, .len = sizeof hash}};

    (void)message;
    for (uint64_t i = 4; i < shown.size; i++)
        sekisho_tree_add(&pair, shown.leaf[i]);
    sekisho_tree_root(&pair, hash);
    response.hashes = hashes;
    response.n_hashes = 1;
    rpc_call_reply(call, &response.base);
}

static void on_inclusion(struct rpc_call *call, const ProtobufCMessage *request)
{
    Sekisho__V1__AccessRecordServiceGetInclusionProofResponse response =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_GET_INCLUSION_PROOF_RESPONSE__INIT;

    (void)request;
    rpc_call_reply(call, &response.base);
}

static void on_hashes(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__AccessRecordServiceListLeafHashesRequest *request = (const void *)message;
    Sekisho__V1__AccessRecordServiceListLeafHashesResponse response =
        SEKISHO__V1__ACCESS_RECORD_SERVICE_LIST_LEAF_HASHES_RESPONSE__INIT;

    response.hashes =
        (ProtobufCBinaryData){.data = shown.leaf[request->first], .len = (shown.size - request->first) * 32};
    rpc_call_reply(call, &response.base);
}

static void fill_rows(struct account_reply_plain *reply)
{
    reply->row_length = sizeof shown.row[0] - (shown.short_rows ? 8 : 0);
    for (unsigned i = 0; i < shown.size; i++)
        if (!(shown.left_out >> i & 1))
            memcpy(reply->rows + reply->count++ * sizeof shown.row[0], &shown.row[i], sizeof shown.row[0]);
    if (shown.endless)
        reply->count = 0, reply->next[0] = 1;
}

/* auth's side, for the session of make_session: its account keys are zero. */
static void on_call(struct rpc_call *call, const ProtobufCMessage *message)
{
    static const uint8_t key[SESSION_KEY_LEN];
    static struct account_reply_plain plain;
    static uint8_t sealed[sizeof plain + ACCOUNT_SEAL_TAG_LEN];
    const Sekisho__V1__SealedAccountCall *request = ((const Sekisho__V1__ListAccessRecordsRequest *)message)->call;
    Sekisho__V1__ListAccessRecordsResponse response = SEKISHO__V1__LIST_ACCESS_RECORDS_RESPONSE__INIT;
    Sekisho__V1__SealedAccountReply reply = SEKISHO__V1__SEALED_ACCOUNT_REPLY__INIT;
    uint8_t session[SESSION_ID_LEN], nonce[AEAD_NONCE_LEN], aad[ACCOUNT_REPLY_AAD_LEN];

    memset(session, 0x51, sizeof session);
    memset(&plain, 0, sizeof plain);
    plain.version = 1;
    plain.operation = ACCESS_LIST;
    plain.result = ACCOUNT_DONE;
    fill_rows(&plain);
    sealed_nonce(request->sequence, nonce);
    account_reply_aad(session, request->sequence, aad);
    struct aead *aead = aead_new(key);
    aead_seal(aead, nonce, aad, sizeof aad, &plain, sizeof plain, sealed);
    aead_free(aead);
    sealed[100] ^= shown.bent_page;
    reply.sequence = request->sequence;
    reply.sealed = (ProtobufCBinaryData){.data = sealed, .len = sizeof sealed};
    response.reply = &reply;
    rpc_call_reply(call, &response.base);
}

static const struct rpc_method methods[] = {
    {.name = "GetCheckpoint", .kind = RPC_UNARY, .on_message = on_checkpoint},
    {.name = "GetInclusionProof", .kind = RPC_UNARY, .on_message = on_inclusion},
    {.name = "GetConsistencyProof", .kind = RPC_UNARY, .on_message = on_consistency},
    {.name = "ListLeafHashes", .kind = RPC_UNARY, .on_message = on_hashes},
    {.name = "ListAccessRecords", .kind = RPC_UNARY, .on_message = on_call},
    {.name = "ReviewLogins", .kind = RPC_UNARY, .on_message = on_call},
};

static void *run(void *argument)
{
    (void)argument;
    rpc_server_run(shown.rpc);
    return NULL;
}

static void reset(uint64_t size)
{
    struct sekisho_access_record record;

    shown.size = size;
    shown.signed_as = LEDGER_OF_ACCESS;
    shown.left_out = 0;
    shown.bent_page = shown.endless = shown.short_rows = false;
    memset(shown.row, 0, sizeof shown.row);
    for (unsigned i = 0; i < LEAVES; i++) {
        struct access_entry *entry = &shown.row[i].entry;
        *entry = (struct access_entry){.version = 1, .tenant = 11, .event = ACCESS_LOGIN, .index = i};
        if (i == 1) {
            strcpy(shown.row[i].note, NOTE);
            assert_int_equal(sha256(NOTE, strlen(NOTE), entry->note_hash), 0);
        }
        assert_true(
            sekisho_access_decode((const uint8_t *)entry, shown.row[i].note, strlen(shown.row[i].note), &record));
        memcpy(shown.leaf[i], record.leaf_hash, 32);
    }
}

struct context {
    struct folder *folder;
    struct sekisho_client *client;
    struct sekisho_session *session;
    char state[512];
    struct sekisho_ledger_options options;
    struct sekisho_checkpoint head;
    uint64_t last;
    struct sekisho_error error;
};

static int set_up(void **state)
{
    static struct context context;
    static struct sekisho_client unconnected;
    const struct rpc_service service = {&sekisho__v1__access_record_service__descriptor, methods, 6, NULL};
    char address[300], socket[256], error[256] = "";
    const uint8_t seed[32] = {5};

    memset(&context, 0, sizeof context);
    assert_int_equal(folder_make(state), 0);
    context.folder = *state;
    snprintf(socket, sizeof socket, "%.200s/socket", context.folder->path);
    snprintf(address, sizeof address, "unix:%s", socket);
    snprintf(context.state, sizeof context.state, "%.200s/state", context.folder->path);
    struct rpc_listen listen = {.unix_path = socket};
    struct rpc_config config = {.listen = &listen,
                                .listen_count = 1,
                                .services = &service,
                                .service_count = 1,
                                .descriptor_set = sekisho_descriptor_set,
                                .descriptor_set_length = sekisho_descriptor_set_length,
                                .limits = rpc_default_limits};
    assert_int_equal(client_start(NULL), SEKISHO_OK);
    shown.key = ed25519_new(seed, shown.public_key);
    reset(4);
    shown.rpc = rpc_server_start(&config, error);
    assert_non_null(shown.rpc);
    assert_int_equal(pthread_create(&shown.thread, NULL, run, NULL), 0);
    const struct sekisho_options options = {.address = address, .trust_on_first_use = true};
    assert_int_equal(sekisho_connect(&options, &context.client, &context.error), SEKISHO_OK);
    context.session = make_session(&unconnected);
    context.session->client = context.client;
    context.options = (struct sekisho_ledger_options){
        .ledger = SEKISHO_LEDGER_ACCESS, .prefecture = 11, .state_file = context.state, .trust_on_first_use = true};
    *state = &context;
    return 0;
}

static int tear_down(void **state)
{
    struct context *context = *state;

    sekisho_session_free(context->session);
    sekisho_disconnect(context->client);
    rpc_server_drain(shown.rpc, 1000);
    pthread_join(shown.thread, NULL);
    rpc_server_free(shown.rpc);
    ed25519_free(shown.key);
    *state = context->folder;
    return folder_free(state);
}

static enum sekisho_status open_records(struct context *context)
{
    return sekisho_ledger_open(context->client, &context->options, &context->head, &context->last, &context->error);
}

static enum sekisho_status count_known(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                       const struct sekisho_access_record *record, struct sekisho_error *error)
{
    (void)index, (void)leaf_hash, (void)error;
    *(unsigned *)user += record != NULL;
    return SEKISHO_OK;
}

static enum sekisho_status walk(struct context *context, unsigned *known)
{
    *known = 0;
    return sekisho_access_walk(context->client, context->session, &context->head, count_known, known, &context->error);
}

static void expect_lie(struct context *context, enum sekisho_status status, const char *reason)
{
    if (status != SEKISHO_ERROR_FORGED || strcmp(context->error.reason, reason) != 0)
        fail_msg("%s is not noticed: %d %s", reason, status, context->error.reason);
}

static void test_growth_is_good(void **state)
{
    struct context *context = *state;
    unsigned known;

    assert_int_equal(open_records(context), SEKISHO_OK);
    assert_int_equal(context->head.ledger, SEKISHO_LEDGER_ACCESS);
    reset(6);
    assert_int_equal(open_records(context), SEKISHO_OK);
    assert_int_equal(context->last, 4);
    assert_int_equal(walk(context, &known), SEKISHO_OK);
    assert_int_equal(known, 6);
}

static void test_rollback_fork_and_signature(void **state)
{
    struct context *context = *state;

    assert_int_equal(open_records(context), SEKISHO_OK);
    reset(3);
    expect_lie(context, open_records(context), "LEDGER_ROLLED_BACK");
    reset(6), shown.leaf[1][0] ^= 1;
    expect_lie(context, open_records(context), "LEDGER_FORKED");
    reset(6), shown.signed_as = LEDGER_OF_NUMBERS; /* the other ledger's head under the same key */
    expect_lie(context, open_records(context), "LEDGER_SIGNATURE");
}

/* What one ledger's state file says is nothing of the other. */
static void test_state_file_of_the_other_ledger(void **state)
{
    struct context *context = *state;

    assert_int_equal(open_records(context), SEKISHO_OK);
    context->options.ledger = SEKISHO_LEDGER_NUMBERS;
    assert_int_equal(open_records(context), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(context->error.reason, "LEDGER_STATE_OTHER");
}

static void test_f103_changed_and_left_out_records(void **state)
{
    struct context *context = *state;
    unsigned known;

    assert_int_equal(open_records(context), SEKISHO_OK);
    shown.row[2].entry.event = ACCESS_LOGOUT; /* says something else than what was hashed */
    expect_lie(context, walk(context, &known), "LEDGER_ENTRY_CHANGED");
    reset(4), shown.leaf[3][0] ^= 1; /* leaves that do not make the signed root */
    expect_lie(context, sekisho_access_walk(context->client, NULL, &context->head, NULL, NULL, &context->error),
               "LEDGER_ROOT");
    reset(4), shown.left_out = 1u << 2; /* the walk does not claim to have seen it */
    assert_int_equal(walk(context, &known), SEKISHO_OK);
    assert_int_equal(known, 3);
}

static void test_answers_that_are_no_list(void **state)
{
    struct context *context = *state;
    unsigned known;

    assert_int_equal(open_records(context), SEKISHO_OK);
    shown.row[1].note[0] ^= 1; /* not the note that the leaf was made with */
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), memset(shown.row[1].note, 0, sizeof shown.row[1].note); /* left out */
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.row[1].entry.index = 0; /* twice the same */
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.row[1].entry.tenant = 12; /* of another prefecture */
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.row[1].entry.version = 2;
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.bent_page = true;
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.short_rows = true;
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
    reset(4), shown.endless = true; /* pages without an end */
    expect_lie(context, walk(context, &known), "FORGED_ANSWER");
}

static void test_records_that_do_not_fit_the_filter(void **state)
{
    struct context *context = *state;
    const struct sekisho_access_filter filter = {.event = SEKISHO_ACCESS_LOGIN_FAILED};
    const struct sekisho_access_record *record;
    struct sekisho_access_reader *reader;

    assert_int_equal(open_records(context), SEKISHO_OK);
    assert_int_equal(sekisho_access_read(context->session, &filter, context->head.size, &reader, &context->error),
                     SEKISHO_OK);
    expect_lie(context, sekisho_access_next(reader, &record, &context->error), "FORGED_ANSWER");
    sekisho_access_close(reader);
}

static void test_proofs(void **state)
{
    struct context *context = *state;
    struct sekisho_proof proof;

    assert_int_equal(open_records(context), SEKISHO_OK);
    expect_lie(context,
               sekisho_ledger_inclusion(context->client, &context->head, 1, shown.leaf[1], &proof, &context->error),
               "LEDGER_LEAF_MISSING");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_growth_is_good),
        CASE(test_rollback_fork_and_signature),
        CASE(test_state_file_of_the_other_ledger),
        CASE(test_f103_changed_and_left_out_records),
        CASE(test_answers_that_are_no_list),
        CASE(test_records_that_do_not_fit_the_filter),
        CASE(test_proofs),
    };

    return cmocka_run_group_tests_name("access_lies", tests, NULL, NULL);
}
