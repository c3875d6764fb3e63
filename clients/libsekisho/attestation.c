#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "sekisho/v1/system_service.pb-c.h"

/* The public struct first: what the caller holds is the address of both. */
struct owned_attestation {
    struct sekisho_attestation shown;
    ProtobufCMessage *message; /* owns the names */
    struct sekisho_process processes[];
};

static void take_view(const Sekisho__V1__ProcessView *view, struct sekisho_process_view *out)
{
    if (!view)
        return;
    *out = (struct sekisho_process_view){
        .uid = view->uid,
        .gid = view->gid,
        .supplementary_groups = view->supplementary_groups,
        .threads = view->threads,
        .no_new_privs = view->no_new_privs,
        .seccomp_mode = view->seccomp_mode,
        .seccomp_filters = view->seccomp_filters,
        .effective_capabilities = view->effective_capabilities,
        .permitted_capabilities = view->permitted_capabilities,
        .bounding_capabilities = view->bounding_capabilities,
        .inheritable_capabilities = view->inheritable_capabilities,
        .ambient_capabilities = view->ambient_capabilities,
        .locked_kib = view->locked_kib,
    };
}

static void take_hash(ProtobufCBinaryData data, uint8_t out[32])
{
    if (data.len == 32)
        memcpy(out, data.data, 32);
}

static void take_process(const Sekisho__V1__ProcessAttestation *process, struct sekisho_process *out)
{
    take_view(process->reported, &out->reported);
    take_view(process->observed, &out->observed);
    out->name = make_printable(process->process);
    out->pid = process->pid;
    out->agrees = process->agrees;
    out->landlock_abi = process->landlock_abi;
    out->landlock_fs = process->landlock_fs;
    out->landlock_net = process->landlock_net;
    out->landlock_scope = process->landlock_scope;
    out->open_descriptors = process->open_descriptors;
    out->dumpable = process->dumpable;
    out->memory_deny_write_execute = process->memory_deny_write_execute;
    out->filter_rows = process->filter_rows;
    out->sanitized = process->sanitized;
    take_hash(process->filter_sha256, out->filter_sha256);
    take_hash(process->frame_rules_sha256, out->frame_rules_sha256);
    for (size_t i = 0; i < process->n_steps; i++)
        make_printable(process->steps[i]);
    out->steps = (const char *const *)process->steps;
    out->step_count = process->n_steps;
}

enum sekisho_status sekisho_get_attestation(struct sekisho_client *client, struct sekisho_attestation **attestation,
                                            struct sekisho_error *error)
{
    Sekisho__V1__GetAttestationRequest request = SEKISHO__V1__GET_ATTESTATION_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = unary_call(client, "/sekisho.v1.SystemService/GetAttestation", &request.base,
                                            &sekisho__v1__get_attestation_response__descriptor, &answer, error);

    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__GetAttestationResponse *response = (const Sekisho__V1__GetAttestationResponse *)answer;
    struct owned_attestation *owned = calloc(1, sizeof *owned + response->n_processes * sizeof owned->processes[0]);
    if (!owned) {
        protobuf_c_message_free_unpacked(answer, NULL);
        return error_memory(error);
    }
    owned->message = answer;
    owned->shown = (struct sekisho_attestation){.processes = owned->processes,
                                                .process_count = response->n_processes,
                                                .good = response->good,
                                                .user_namespace = response->user_namespace};
    for (size_t i = 0; i < response->n_processes; i++)
        take_process(response->processes[i], &owned->processes[i]);
    *attestation = &owned->shown;
    return SEKISHO_OK;
}

void sekisho_attestation_free(struct sekisho_attestation *attestation)
{
    struct owned_attestation *owned = (struct owned_attestation *)attestation;

    if (owned)
        protobuf_c_message_free_unpacked(owned->message, NULL);
    free(owned);
}
