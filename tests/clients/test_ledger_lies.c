/* A front that shows a ledger of its own: rolled back, forked, unsigned, with changed or left-out entries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/status.h>

#include "crypto/checkpoint_text.h"
#include "crypto/ed25519.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "sekisho_descriptor_set.h"
#include "server/rpc/rpc.h"
#include "support/fixture.h"
#include "wire/ledger_entry.h"

#define LEAVES 6

/* What the server shows; the test changes it between calls. */
static struct {
    struct rpc_server *rpc;
    pthread_t thread;
    struct ed25519 *key;
    uint8_t public_key[32];
    uint64_t size;
    struct ledger_entry entry[LEAVES];
    uint8_t leaf[LEAVES][32];
    unsigned left_out; /* bits: entries that are not listed */
    bool bad_signature, bent_page, old_answer;
} shown;

static void root_of(uint64_t size, uint8_t root[32])
{
    struct sekisho_tree tree = {0};

    for (uint64_t i = 0; i < size; i++)
        assert_true(sekisho_tree_add(&tree, shown.leaf[i]));
    assert_true(sekisho_tree_root(&tree, root));
}

static void on_checkpoint(struct rpc_call *call, const ProtobufCMessage *request)
{
    Sekisho__V1__GetCheckpointResponse response = SEKISHO__V1__GET_CHECKPOINT_RESPONSE__INIT;
    uint8_t root[32], signature[64];
    char text[CHECKPOINT_TEXT_MAX];

    (void)request;
    root_of(shown.size, root);
    size_t length = checkpoint_text(LEDGER_OF_NUMBERS, 11, shown.size, root, text);
    ed25519_sign(shown.key, text, length, signature);
    signature[0] ^= shown.bad_signature;
    response.tree_size = shown.size;
    response.root_hash = (ProtobufCBinaryData){.data = root, .len = sizeof root};
    response.signature = (ProtobufCBinaryData){.data = signature, .len = sizeof signature};
    response.public_key = (ProtobufCBinaryData){.data = shown.public_key, .len = sizeof shown.public_key};
    rpc_call_reply(call, &response.base);
}

/* From a tree of 4 leaves, the only old size here: the root of what follows is the whole proof. */
static void on_consistency(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__GetConsistencyProofRequest *request = (const void *)message;
    Sekisho__V1__GetConsistencyProofResponse response = SEKISHO__V1__GET_CONSISTENCY_PROOF_RESPONSE__INIT;
    struct sekisho_tree pair = {0};
    uint8_t hash[32];
    ProtobufCBinaryData hashes[1] = {{.data = hash, .len = sizeof hash}};

    for (uint64_t i = request->old_tree_size; i < request->tree_size; i++)
        sekisho_tree_add(&pair, shown.leaf[i]);
    sekisho_tree_root(&pair, hash);
    response.hashes = (ProtobufCBinaryData *)hashes;
    response.n_hashes = 1;
    rpc_call_reply(call, &response.base);
}

static void on_inclusion(struct rpc_call *call, const ProtobufCMessage *request)
{
    Sekisho__V1__GetInclusionProofResponse response = SEKISHO__V1__GET_INCLUSION_PROOF_RESPONSE__INIT;

    (void)request;
    rpc_call_reply(call, &response.base);
}

static void on_hashes(struct rpc_call *call, const ProtobufCMessage *message)
{
    const Sekisho__V1__ListLeafHashesRequest *request = (const void *)message;
    Sekisho__V1__ListLeafHashesResponse response = SEKISHO__V1__LIST_LEAF_HASHES_RESPONSE__INIT;

    response.hashes =
        (ProtobufCBinaryData){.data = shown.leaf[request->first], .len = (shown.size - request->first) * 32};
    rpc_call_reply(call, &response.base);
}

/* Entries that are not left out, in one page. */
static void make_page(uint8_t page[LEDGER_PAGE_LEN])
{
    struct ledger_page head = {.next = shown.size, .size = shown.size};
    uint32_t length = sizeof shown.entry[0];
    uint8_t *at = page + sizeof head;

    memset(page, 0, LEDGER_PAGE_LEN);
    for (unsigned i = 0; i < shown.size; i++) {
        if (shown.left_out >> i & 1)
            continue;
        memcpy(at, &length, sizeof length);
        memcpy(at + sizeof length, &shown.entry[i], length);
        at += sizeof length + length;
        head.count++;
    }
    memcpy(page, &head, sizeof head);
}

/* The vault's side: seals a page for the session of make_session. */
static void on_entries(struct rpc_call *call, const ProtobufCMessage *message)
{
    static uint8_t page[LEDGER_PAGE_LEN + SEAL_TAG_LEN];
    static uint64_t first_sequence;
    const Sekisho__V1__SealedCall *sealed = ((const Sekisho__V1__ListEntriesRequest *)message)->call;
    Sekisho__V1__ListEntriesResponse response = SEKISHO__V1__LIST_ENTRIES_RESPONSE__INIT;
    Sekisho__V1__SealedReply reply = SEKISHO__V1__SEALED_REPLY__INIT;
    struct {
        struct call_result_head head;
        struct call_result_item item;
    } __attribute__((packed))
    clear = {{.version = 1, .operation = OPERATION_READ_LEDGER, .purpose = PURPOSE_REGISTER, .count = 1},
             {.outcome = OUTCOME_DONE}};
    uint8_t session[SESSION_ID_LEN], key[SESSION_KEY_LEN], nonce[AEAD_NONCE_LEN], aad[REPLY_AAD_LEN];

    first_sequence = first_sequence ? first_sequence : sealed->sequence;
    memset(session, 0x51, sizeof session);
    memset(key, 0xe2, sizeof key);
    sealed_nonce(shown.old_answer ? first_sequence : sealed->sequence, nonce);
    sealed_reply_aad(session, shown.old_answer ? first_sequence : sealed->sequence, aad);
    make_page(page);
    struct aead *aead = aead_new(key);
    assert_int_equal(aead_seal2(aead, nonce, aad, sizeof aad, &clear, sizeof clear, page, LEDGER_PAGE_LEN, page), 0);
    aead_free(aead);
    page[100] ^= shown.bent_page;
    reply.sequence = sealed->sequence;
    reply.results = (ProtobufCBinaryData){.data = (uint8_t *)&clear, .len = sizeof clear};
    reply.sealed = (ProtobufCBinaryData){.data = page, .len = sizeof page};
    response.reply = &reply;
    rpc_call_reply(call, &response.base);
}

static const struct rpc_method methods[] = {
    {.name = "GetCheckpoint", .kind = RPC_UNARY, .on_message = on_checkpoint},
    {.name = "GetInclusionProof", .kind = RPC_UNARY, .on_message = on_inclusion},
    {.name = "GetConsistencyProof", .kind = RPC_UNARY, .on_message = on_consistency},
    {.name = "ListLeafHashes", .kind = RPC_UNARY, .on_message = on_hashes},
    {.name = "ListEntries", .kind = RPC_UNARY, .on_message = on_entries},
};

static void *run(void *argument)
{
    (void)argument;
    rpc_server_run(shown.rpc);
    return NULL;
}

static void reset(uint64_t size)
{
    shown.size = size;
    shown.left_out = 0;
    shown.bad_signature = shown.bent_page = shown.old_answer = false;
    for (unsigned i = 0; i < LEAVES; i++) {
        shown.entry[i] = (struct ledger_entry){
            .version = LEDGER_ENTRY_VERSION, .tenant = 11, .operation = OPERATION_MATCH, .index = i};
        assert_true(sekisho_leaf_hash(&shown.entry[i], sizeof shown.entry[i], shown.leaf[i]));
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
    const struct rpc_service service = {&sekisho__v1__ledger_service__descriptor, methods, 5, NULL};
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
    context.options =
        (struct sekisho_ledger_options){.prefecture = 11, .state_file = context.state, .trust_on_first_use = true};
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

static enum sekisho_status open_ledger(struct context *context)
{
    return sekisho_ledger_open(context->client, &context->options, &context->head, &context->last, &context->error);
}

static void expect_lie(struct context *context, enum sekisho_status status, const char *reason)
{
    if (status != SEKISHO_ERROR_FORGED || strcmp(context->error.reason, reason) != 0)
        fail_msg("%s is not noticed: %d %s", reason, status, context->error.reason);
}

static void test_growth_is_good(void **state)
{
    struct context *context = *state;

    assert_int_equal(open_ledger(context), SEKISHO_OK);
    assert_int_equal(context->last, 0);
    reset(6);
    assert_int_equal(open_ledger(context), SEKISHO_OK);
    assert_int_equal(context->last, 4);
    assert_int_equal(
        sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
        SEKISHO_OK);
}

static void test_rollback_fork_and_signature(void **state)
{
    struct context *context = *state;

    assert_int_equal(open_ledger(context), SEKISHO_OK);
    reset(3);
    expect_lie(context, open_ledger(context), "LEDGER_ROLLED_BACK");
    reset(4), shown.leaf[1][0] ^= 1; /* as long, another tree */
    expect_lie(context, open_ledger(context), "LEDGER_FORKED");
    reset(6), shown.leaf[1][0] ^= 1; /* grown, out of another tree */
    expect_lie(context, open_ledger(context), "LEDGER_FORKED");
    reset(6), shown.bad_signature = true;
    expect_lie(context, open_ledger(context), "LEDGER_SIGNATURE");
    reset(6); /* none of that has replaced the head that was seen */
    assert_int_equal(open_ledger(context), SEKISHO_OK);
    assert_int_equal(context->last, 4);
}

static void test_another_key(void **state)
{
    struct context *context = *state;
    const uint8_t seed[32] = {6};

    assert_int_equal(open_ledger(context), SEKISHO_OK);
    ed25519_free(shown.key);
    shown.key = ed25519_new(seed, shown.public_key);
    assert_int_equal(open_ledger(context), SEKISHO_ERROR_KEY_CHANGED);
    context->options.state_file = NULL;
    context->options.trust_on_first_use = false;
    assert_int_equal(open_ledger(context), SEKISHO_ERROR_ARGUMENT);
    assert_string_equal(context->error.reason, "LEDGER_KEY_UNKNOWN");
}

static enum sekisho_status count_known(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                       const struct sekisho_ledger_entry *entry, struct sekisho_error *error)
{
    (void)index, (void)leaf_hash, (void)error;
    *(unsigned *)user += entry != NULL;
    return SEKISHO_OK;
}

static void test_entries(void **state)
{
    struct context *context = *state;
    unsigned known = 0;

    assert_int_equal(open_ledger(context), SEKISHO_OK);
    shown.entry[2].purpose = PURPOSE_DELETE; /* says something else than what was hashed */
    expect_lie(context,
               sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
               "LEDGER_ENTRY_CHANGED");
    reset(4), shown.leaf[3][0] ^= 1; /* leaves that do not make the signed root */
    expect_lie(context, sekisho_ledger_walk(context->client, NULL, &context->head, NULL, NULL, &context->error),
               "LEDGER_ROOT");
    reset(4), shown.left_out = 1u << 2; /* left out: the walk does not claim to have seen it */
    assert_int_equal(
        sekisho_ledger_walk(context->client, context->session, &context->head, count_known, &known, &context->error),
        SEKISHO_OK);
    assert_int_equal(known, 3);
    reset(4), shown.bent_page = true;
    expect_lie(context,
               sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
               "FORGED_ANSWER");
    reset(4), shown.old_answer = true; /* to another question of the same session */
    expect_lie(context,
               sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
               "FORGED_ANSWER");
    reset(4), shown.entry[1].index = 0; /* twice the same */
    expect_lie(context,
               sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
               "FORGED_ANSWER");
    reset(4), shown.entry[1].tenant = 12; /* of another prefecture */
    expect_lie(context,
               sekisho_ledger_walk(context->client, context->session, &context->head, NULL, NULL, &context->error),
               "FORGED_ANSWER");
}

static void test_proofs(void **state)
{
    struct context *context = *state;
    struct sekisho_proof proof;
    struct sekisho_receipt receipt = {0};

    assert_int_equal(open_ledger(context), SEKISHO_OK);
    expect_lie(context,
               sekisho_ledger_inclusion(context->client, &context->head, 1, shown.leaf[1], &proof, &context->error),
               "LEDGER_LEAF_MISSING");
    expect_lie(context, sekisho_ledger_receipt(context->client, &context->head, &receipt, &context->error),
               "LEDGER_SIGNATURE");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_growth_is_good), CASE(test_rollback_fork_and_signature), CASE(test_another_key), CASE(test_entries),
        CASE(test_proofs),
    };

    return cmocka_run_group_tests_name("ledger_lies", tests, NULL, NULL);
}
