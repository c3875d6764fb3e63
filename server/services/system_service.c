/* SystemService: evidence of the sandboxes, counts and state. No personal data passes here. */
#include <stdlib.h>
#include <time.h>

#include "build_id.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "server/channel/vault_client.h"
#include "server/channel/warden_client.h"
#include "server/services/errors.h"
#include "server/services/front.h"
#include "server/services/methods.h"
#include "server/services/resource_name.h"

/* ---- GetAttestation ---- */

static const char *const process_names[PROCESS_COUNT] = {
    [PROCESS_WARDEN] = "warden", [PROCESS_VAULT] = "vault", [PROCESS_AUTH] = "auth", [PROCESS_FRONT] = "front"};

static const char *const step_names[STEP_COUNT] = {
    [STEP_DESCRIPTORS] = "descriptors",
    [STEP_RLIMITS] = "rlimits",
    [STEP_DUMPABLE] = "not dumpable",
    [STEP_SECRETS] = "secrets",
    [STEP_NAMESPACES] = "namespaces",
    [STEP_ROOT] = "root",
    [STEP_CAPABILITIES] = "capabilities",
    [STEP_IDENTITY] = "identity",
    [STEP_STORE] = "store",
    [STEP_NO_NEW_PRIVS] = "no new privileges",
    [STEP_MDWE] = "mdwe",
    [STEP_LANDLOCK] = "landlock",
    [STEP_SECCOMP] = "seccomp",
    [STEP_SELF_CHECK] = "self-check",
};

/* One process's message with all that it points to. */
struct process_message {
    Sekisho__V1__ProcessAttestation message;
    Sekisho__V1__ProcessView reported, observed;
    char *steps[STEP_COUNT];
};

static void fill_view(Sekisho__V1__ProcessView *message, const struct process_view *view)
{
    sekisho__v1__process_view__init(message);
    message->uid = view->uid;
    message->gid = view->gid;
    message->supplementary_groups = view->groups;
    message->threads = view->threads;
    message->no_new_privs = view->no_new_privs;
    message->seccomp_mode = view->seccomp;
    message->seccomp_filters = view->seccomp_filters;
    message->effective_capabilities = view->cap_effective;
    message->permitted_capabilities = view->cap_permitted;
    message->bounding_capabilities = view->cap_bounding;
    message->inheritable_capabilities = view->cap_inheritable;
    message->ambient_capabilities = view->cap_ambient;
    message->locked_kib = view->locked_kb;
}

static void fill_steps(struct process_message *process, uint32_t steps)
{
    size_t count = 0;

    for (int step = 0; step < STEP_COUNT; step++)
        if (steps & 1u << step)
            process->steps[count++] = (char *)step_names[step];
    process->message.steps = process->steps;
    process->message.n_steps = count;
}

static void fill_process(struct process_message *process, const char *name, const struct attestation_entry *entry)
{
    const struct attest_report *report = &entry->reported;
    Sekisho__V1__ProcessAttestation *message = &process->message;

    sekisho__v1__process_attestation__init(message);
    fill_view(&process->reported, &report->view);
    fill_view(&process->observed, &entry->observed);
    fill_steps(process, report->steps);
    message->process = (char *)name;
    message->pid = report->pid;
    message->reported = &process->reported;
    message->observed = &process->observed;
    message->agrees = entry->agrees != 0;
    message->landlock_abi = report->landlock_abi;
    message->landlock_fs = report->landlock_fs;
    message->landlock_net = report->landlock_net;
    message->landlock_scope = report->landlock_scope;
    message->open_descriptors = report->open_fds;
    message->dumpable = report->dumpable;
    message->memory_deny_write_execute = report->mdwe;
    message->filter_sha256.data = (uint8_t *)report->filter_hash;
    message->filter_sha256.len = sizeof report->filter_hash;
    message->filter_rows = report->filter_rows;
    message->frame_rules_sha256.data = (uint8_t *)report->rules_hash;
    message->frame_rules_sha256.len = sizeof report->rules_hash;
    message->sanitized = report->sanitized != 0;
}

static void on_attestation(void *user, const struct attestation_reply *reply)
{
    struct rpc_call *call = user;
    Sekisho__V1__GetAttestationResponse response = SEKISHO__V1__GET_ATTESTATION_RESPONSE__INIT;
    Sekisho__V1__ProcessAttestation *messages[PROCESS_COUNT];
    struct process_message processes[PROCESS_COUNT];

    if (!reply) {
        rpc_call_finish(call, error_of_front(FRONT_WARDEN_UNAVAILABLE));
        return;
    }
    response.good = 1;
    for (int i = 0; i < PROCESS_COUNT; i++) {
        fill_process(&processes[i], process_names[i], &reply->entry[i]);
        messages[i] = &processes[i].message;
        response.good = response.good && reply->entry[i].agrees;
        response.user_namespace = response.user_namespace || reply->entry[i].reported.user_namespace;
    }
    response.processes = messages;
    response.n_processes = PROCESS_COUNT;
    rpc_call_reply(call, &response.base);
}

static void get_attestation(struct rpc_call *call, const ProtobufCMessage *request)
{
    const struct front *front = rpc_call_context(call);

    (void)request; /* has no fields */
    enum link_sent sent = warden_attestation(front->warden, on_attestation, call);
    if (sent != LINK_SENT)
        rpc_call_finish(call, error_of_link(sent, FRONT_WARDEN_UNAVAILABLE));
}

/* ---- GetStatus: the vault first, and without it when it does not answer; then the warden ---- */

_Static_assert((int)SEKISHO__V1__KEY_ROTATION__KEY_ROTATION_HALTED == (int)ROTATION_STATUS_HALTED, "rotations");

struct status_request {
    struct rpc_call *call;
    bool vault_available;
    struct vault_status_reply vault;
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void answer_status(const struct status_request *status, int64_t started_at_us, uint32_t restarts)
{
    Sekisho__V1__GetStatusResponse response = SEKISHO__V1__GET_STATUS_RESPONSE__INIT;
    Google__Protobuf__Timestamp start = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Google__Protobuf__Duration uptime = GOOGLE__PROTOBUF__DURATION__INIT;
    Sekisho__V1__PrefectureStatus prefectures[TENANTS_MAX + 1], *pointers[TENANTS_MAX + 1];
    char names[TENANTS_MAX + 1][PREFECTURE_NAME_SIZE];
    int64_t up_us = now_us() - started_at_us;

    start.seconds = started_at_us / 1000000;
    start.nanos = (int32_t)(started_at_us % 1000000) * 1000;
    /* The clock may have been set back meanwhile. */
    uptime.seconds = up_us > 0 ? up_us / 1000000 : 0;
    response.version = (char *)SEKISHO_VERSION;
    response.start_time = &start;
    response.uptime = &uptime;
    response.restarts = restarts;
    response.vault_available = status->vault_available;
    response.sessions = status->vault.sessions;
    for (uint32_t i = 0; i < status->vault.tenant_count; i++) {
        prefecture_name_format(status->vault.tenant[i].tenant, names[i]);
        sekisho__v1__prefecture_status__init(&prefectures[i]);
        prefectures[i].name = names[i];
        prefectures[i].subjects = status->vault.tenant[i].subjects;
        prefectures[i].ledger_leaves = status->vault.tenant[i].ledger_leaves;
        prefectures[i].record_key_version = status->vault.tenant[i].record_key;
        prefectures[i].index_key_version = status->vault.tenant[i].index_key;
        prefectures[i].rotation = (Sekisho__V1__KeyRotation)status->vault.tenant[i].rotation;
        prefectures[i].rotated_rows = status->vault.tenant[i].rotation_done;
        prefectures[i].rotating_rows = status->vault.tenant[i].rotation_total;
        pointers[i] = &prefectures[i];
    }
    response.prefectures = pointers;
    response.n_prefectures = status->vault.tenant_count;
    rpc_call_reply(status->call, &response.base);
}

static void on_restarts(void *user, const struct attestation_reply *reply)
{
    struct status_request *status = user;
    const struct front *front = rpc_call_context(status->call);

    if (reply)
        answer_status(status, reply->started_at_us, reply->restarts);
    else
        answer_status(status, front->started_at_us, 0);
    free(status);
}

static void ask_restarts(struct status_request *status)
{
    const struct front *front = rpc_call_context(status->call);

    if (warden_attestation(front->warden, on_restarts, status) != LINK_SENT)
        on_restarts(status, NULL);
}

static void on_vault_status(void *user, const struct vault_status_reply *reply)
{
    struct status_request *status = user;

    status->vault_available = reply != NULL;
    if (reply)
        status->vault = *reply;
    ask_restarts(status);
}

static void get_status(struct rpc_call *call, const ProtobufCMessage *request)
{
    const struct front *front = rpc_call_context(call);
    struct status_request *status = calloc(1, sizeof *status);

    (void)request; /* has no fields */
    if (!status) {
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    status->call = call;
    if (vault_status(front->vault, on_vault_status, status) != LINK_SENT)
        ask_restarts(status);
}

/* ---- GetTerms ---- */

static void get_terms(struct rpc_call *call, const ProtobufCMessage *request)
{
    const struct front *front = rpc_call_context(call);
    Sekisho__V1__GetTermsResponse response = SEKISHO__V1__GET_TERMS_RESPONSE__INIT;

    (void)request; /* has no fields */
    if (front->terms_length == 0) {
        rpc_call_finish(call, error_of_front(FRONT_NO_TERMS));
        return;
    }
    response.version = front->terms_version;
    response.text = (ProtobufCBinaryData){.data = (uint8_t *)(uintptr_t)front->terms, .len = front->terms_length};
    rpc_call_reply(call, &response.base);
}

const struct rpc_method system_methods[] = {
    {METHOD_ROW(SystemService, GetAttestation), .kind = RPC_UNARY, .on_message = get_attestation},
    {METHOD_ROW(SystemService, GetStatus), .kind = RPC_UNARY, .on_message = get_status},
    {METHOD_ROW(SystemService, GetTerms), .kind = RPC_UNARY, .on_message = get_terms},
};
const size_t system_method_count = sizeof system_methods / sizeof system_methods[0];
