#include "server/front/start.h"

#include <sys/eventfd.h>
#include <time.h>

#include "sekisho_descriptor_set.h"
#include "server/channel/auth_client.h"
#include "server/channel/vault_client.h"
#include "server/channel/warden_client.h"
#include "server/services/services.h"

/* Calls in flight when the warden asks to drain may take this long. */
#define DRAIN_GRACE_MS 10000
/* auth counts a session as ended a moment before the front does: logins meanwhile need room. */
#define SESSION_SLACK 256

static void on_drain(void *context)
{
    struct front_process *process = context;

    rpc_server_set_serving(process->server, false);
    rpc_server_drain(process->server, DRAIN_GRACE_MS);
}

static void on_session_ended(void *context, const uint8_t session[SESSION_ID_LEN])
{
    const struct front_process *process = context;

    session_table_remove(process->front.sessions, session);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool front_connect(struct front_process *process, const struct launch_config *config, struct channel *control,
                   int vault_fd, int auth_fd)
{
    struct front *front = &process->front;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (wake_fd < 0)
        return false;
    channel_init(&process->vault, vault_fd, PEER_VAULT);
    process->vault.batched = true;
    channel_init(&process->auth, auth_fd, PEER_AUTH);
    pthread_mutex_init(&front->citizen_lock, NULL);
    front->started_at_us = now_us();
    front->sessions = session_table_new((size_t)config->session_max + SESSION_SLACK);
    front->vault = link_new(&process->vault, &vault_link_options, wake_fd);
    front->auth = link_new(&process->auth, &auth_link_options, wake_fd);
    front->warden = link_new(control, &warden_link_options, wake_fd);
    if (!front->sessions || !front->vault || !front->auth || !front->warden || !bulk_init(&front->bulk, front->vault))
        return false;
    const struct reader_config reader = {.links = {front->warden, front->auth},
                                         .watched_fd = vault_fd,
                                         .watched_peer = PEER_VAULT,
                                         .wake_fd = wake_fd,
                                         .on_drain = on_drain,
                                         .on_session_ended = on_session_ended,
                                         .context = process};
    process->reader = reader_new(&reader);
    return process->reader != NULL;
}

bool front_listen(struct front_process *process, const struct launch_config *config, const char *socket_path,
                  const struct pem_files *pem, char error[256])
{
    const struct rpc_listen listen = {
        .tcp_address = config->tcp_port ? config->tcp_address : NULL,
        .tcp_port = config->tcp_port,
        .unix_path = socket_path,
        .server_certificate = pem->certificate,
        .server_key = pem->key,
        .client_ca = pem->client_ca,
    };
    struct front *front = &process->front;
    const struct rpc_service services[] = {
#define SERVICE(name, stem) {&sekisho__v1__##stem##_service__descriptor, stem##_methods, stem##_method_count, front},
#include "server/services/services.def"
#undef SERVICE
    };
    const struct rpc_config rpc = {
        .listen = &listen,
        .listen_count = 1,
        .services = services,
        .service_count = sizeof services / sizeof services[0],
        .descriptor_set = sekisho_descriptor_set,
        .descriptor_set_length = sekisho_descriptor_set_length,
        .reflection = true,
        .limits = rpc_default_limits,
    };

    process->server = rpc_server_start(&rpc, error);
    if (!process->server)
        return false;
    process->vault_source.link = front->vault;
    const struct rpc_source source = vault_source(&process->vault_source);
    rpc_server_set_source(process->server, &source);
    return true;
}
