/* Starts that must fail, and servers that end without having run. Sanitizers watch for what is left behind. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interop_descriptor_set.h"
#include "server/rpc/rpc.h"
#include "tests/rpc/cmocka_all.h"

static char folder[] = "/tmp/rpc-test-XXXXXX";
static char socket_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(socket_path);
    return rmdir(folder);
}

static struct rpc_config good_config(const struct rpc_listen *listen)
{
    return (struct rpc_config){
        .listen = listen,
        .listen_count = 1,
        .descriptor_set = interop_descriptor_set,
        .descriptor_set_length = interop_descriptor_set_length,
        .reflection = true,
        .limits = rpc_default_limits,
    };
}

static void refused(const struct rpc_config *config, const char *fault)
{
    char error[256] = "";
    assert_null(rpc_server_start(config, error));
    if (!strstr(error, fault))
        fail_msg("expected \"%s\", got \"%s\"", fault, error);
}

static void bad_configurations(void **state)
{
    struct rpc_listen listen = {.unix_path = socket_path};
    struct rpc_config config = good_config(&listen);

    (void)state;
    config.listen_count = 0;
    refused(&config, "no listener");
    config = good_config(&listen);
    config.limits.arena_bytes = 0;
    refused(&config, "limit");
    config = good_config(&listen);
    config.descriptor_set_length = 7;
    refused(&config, "descriptor set");
    config = good_config(&listen);
    config.descriptor_set_length = 0;
    refused(&config, "grpc.health.v1.Health is not in the descriptor set");
}

static void bad_listeners(void **state)
{
    char long_path[300], missing[128];
    struct rpc_listen listen = {0};
    struct rpc_config config = good_config(&listen);

    (void)state;
    refused(&config, "neither");
    listen = (struct rpc_listen){.tcp_address = "localhost"};
    refused(&config, "not a numeric address");
    listen = (struct rpc_listen){.tcp_address = "127.0.0.1"};
    refused(&config, "server certificate");
    memset(long_path, 'p', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    listen = (struct rpc_listen){.unix_path = long_path};
    refused(&config, "too long");
    snprintf(missing, sizeof missing, "%s/missing/socket", folder);
    listen = (struct rpc_listen){.unix_path = missing};
    refused(&config, "cannot listen");
}

static void *set_serving_often(void *argument)
{
    for (int i = 0; i < 1000; i++)
        rpc_server_set_serving(argument, i % 2);
    return NULL;
}

static void freed_without_having_run(void **state)
{
    struct rpc_listen listen = {.unix_path = socket_path};
    struct rpc_config config = good_config(&listen);
    char error[256];
    struct rpc_server *server = rpc_server_start(&config, error);
    pthread_t thread;

    (void)state;
    assert_non_null(server);
    assert_int_equal(rpc_server_port(server), 0);
    assert_int_equal(pthread_create(&thread, NULL, set_serving_often, server), 0);
    rpc_server_set_service_serving(server, "grpc.health.v1.Nope", true);
    pthread_join(thread, NULL);
    rpc_server_free(server);
    rpc_server_free(NULL);
}

static void *drain(void *server)
{
    rpc_server_drain(server, 5000);
    rpc_server_drain(server, 5000);
    return NULL;
}

static void drained_from_another_thread(void **state)
{
    struct rpc_listen listen = {.unix_path = socket_path};
    struct rpc_config config = good_config(&listen);
    char error[256];

    (void)state;
    for (int i = 0; i < 20; i++) {
        struct rpc_server *server = rpc_server_start(&config, error);
        pthread_t thread;
        assert_non_null(server);
        assert_int_equal(pthread_create(&thread, NULL, drain, server), 0);
        rpc_server_run(server); /* at once: nothing runs that could use the grace */
        pthread_join(thread, NULL);
        rpc_server_free(server);
    }
}

/* A signal that a thread of core takes would end the process. */
static void core_threads_take_no_signals(void **state)
{
    struct rpc_listen listen = {.unix_path = socket_path};
    struct rpc_config config = good_config(&listen);
    char error[256];
    sigset_t signals, before;
    struct rpc_server *server = rpc_server_start(&config, error);
    const struct timespec no_wait = {0};

    (void)state;
    assert_non_null(server);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, &before);
    kill(getpid(), SIGTERM);
    usleep(20000);
    assert_int_equal(sigtimedwait(&signals, NULL, &no_wait), SIGTERM);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    rpc_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_configurations),           cmocka_unit_test(bad_listeners),
        cmocka_unit_test(freed_without_having_run),     cmocka_unit_test(drained_from_another_thread),
        cmocka_unit_test(core_threads_take_no_signals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
