#include "load/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/grpc_security.h>

#define CONNECT_SECONDS 10
#define PEM_MAX         65536

static gpr_timespec seconds_from_now(int seconds)
{
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(seconds, GPR_TIMESPAN));
}

static char *read_pem(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, PEM_MAX);
    size_t length = file != NULL && text != NULL ? fread(text, 1, PEM_MAX - 1, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    if (length == 0) {
        fprintf(stderr, "bench-load: cannot read %s: %s\n", path, strerror(errno));
        free(text);
        return NULL;
    }
    return text;
}

static grpc_channel_credentials *tls_credentials(const struct endpoint *endpoint)
{
    grpc_channel_credentials *credentials = NULL;
    char *ca = read_pem(endpoint->ca_file);
    char *certificate = read_pem(endpoint->certificate_file);
    char *key = read_pem(endpoint->key_file);
    if (ca != NULL && certificate != NULL && key != NULL) {
        grpc_ssl_pem_key_cert_pair pair = {.private_key = key, .cert_chain = certificate};
        credentials = grpc_ssl_credentials_create(ca, &pair, NULL, NULL);
    }
    free(ca);
    free(certificate);
    free(key);
    return credentials;
}

static int wait_until_ready(struct connection *connection)
{
    gpr_timespec deadline = seconds_from_now(CONNECT_SECONDS);
    grpc_connectivity_state state = grpc_channel_check_connectivity_state(connection->channel, 1);
    while (state != GRPC_CHANNEL_READY) {
        grpc_channel_watch_connectivity_state(connection->channel, state, deadline, connection->queue, NULL);
        grpc_event event = grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        if (!event.success) {
            return -1;
        }
        state = grpc_channel_check_connectivity_state(connection->channel, 1);
    }
    return 0;
}

int connection_open(const struct endpoint *endpoint, struct connection *connection)
{
    grpc_channel_credentials *credentials =
        endpoint->ca_file != NULL ? tls_credentials(endpoint) : grpc_insecure_credentials_create();
    if (credentials == NULL) {
        return -1;
    }
    /* A connection of its own, not one shared with other channels to the same server. Retries keep a copy of every call
     * and cost the client a quarter of its throughput; a failed call must show. The name is the one in the bench's
     * server certificate. */
    grpc_arg settings[] = {
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_ENABLE_RETRIES, .value.integer = 0},
        {.type = GRPC_ARG_INTEGER, .key = (char *)GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, .value.integer = 1},
        {.type = GRPC_ARG_STRING,
         .key = (char *)GRPC_SSL_TARGET_NAME_OVERRIDE_ARG,
         .value.string = (char *)"localhost"},
    };
    grpc_channel_args args = {.num_args = sizeof(settings) / sizeof(settings[0]), .args = settings};
    connection->queue = grpc_completion_queue_create_for_next(NULL);
    connection->channel = grpc_channel_create(endpoint->target, credentials, &args);
    grpc_channel_credentials_release(credentials);
    if (wait_until_ready(connection) != 0) {
        fprintf(stderr, "bench-load: no connection to %s within %d s\n", endpoint->target, CONNECT_SECONDS);
        connection_close(connection);
        return -1;
    }
    return 0;
}

void connection_close(struct connection *connection)
{
    grpc_channel_destroy(connection->channel);
    grpc_completion_queue_shutdown(connection->queue);
    while (grpc_completion_queue_next(connection->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL).type !=
           GRPC_QUEUE_SHUTDOWN) {
    }
    grpc_completion_queue_destroy(connection->queue);
}
