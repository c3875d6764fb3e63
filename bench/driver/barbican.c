/*
 * OpenStack Barbican from Debian's packages, as a vault that exists: its API under gunicorn, its simple_crypto plugin
 * (AES in the process, a key of its own per project), its secrets in SQLite (Debian 12's Barbican cannot read back what
 * it has stored in PostgreSQL 15; for reads alone SQLite is no handicap). Keystone is left out, as in Barbican's own
 * developer set-up, which favours it. Each person is a secret; "is this person's number X?" is a GET of
 * the secret's payload, compared by who asks.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/people.h"
#include "driver/bench.h"
#include "driver/http.h"

#define START_SECONDS 180
#define THREADS       4
#define HEADERS       "x-project-id: 11\r\ncontent-type: application/json\r\n"

static const char configuration[] = "[DEFAULT]\n"
                                    "sql_connection = sqlite:///%s/barbican.sqlite\n"
                                    "db_auto_create = true\n"
                                    "host_href = http://localhost\n"
                                    "[secretstore]\n"
                                    "enabled_secretstore_plugins = store_crypto\n"
                                    "[crypto]\n"
                                    "enabled_crypto_plugins = simple_crypto\n"
                                    "[queue]\n"
                                    "enable = false\n";
static const char paste[] = "[composite:main]\n"
                            "use = egg:Paste#urlmap\n"
                            "/v1: barbican-api\n"
                            "[pipeline:barbican-api]\n"
                            "pipeline = unauthenticated-context apiapp\n"
                            "[app:apiapp]\n"
                            "paste.app_factory = barbican.api.app:create_main_app\n"
                            "[filter:unauthenticated-context]\n"
                            "paste.filter_factory = barbican.api.middleware.context:UnauthenticatedContextMiddleware"
                            ".factory\n";

const char *barbican_absent(const struct bench *bench)
{
    bool there = access("/usr/lib/python3/dist-packages/barbican", R_OK) == 0 && access("/usr/bin/gunicorn", X_OK) == 0;
    (void)bench;
    return there ? NULL : "OpenStack Barbican (python3-barbican, gunicorn)";
}

static int write_configuration(const struct barbican *barbican)
{
    char path[PATH_SIZE], text[4096];
    snprintf(text, sizeof(text), configuration, barbican->folder);
    /* Where oslo.config looks when no file is named: ~/.barbican. */
    int result = path_make(path, "%s/.barbican", barbican->folder);
    result = result == 0 ? folder_make_for_nobody(path) : result;
    result = result == 0 ? path_make(path, "%s/.barbican/barbican.conf", barbican->folder) : result;
    result = result == 0 ? file_write(path, text, 0644) : result;
    result = result == 0 ? path_make(path, "%s/paste.ini", barbican->folder) : result;
    return result == 0 ? file_write(path, paste, 0644) : result;
}

/* The socket is there before the workers are: ready is when a request has been answered. */
static int wait_until_ready(struct barbican *barbican)
{
    char answer[4096];
    uint64_t deadline = clock_ns() + START_SECONDS * 1000000000ull;
    int status = -1;
    while (status != 200 && !end_asked() && clock_ns() < deadline) {
        status = http_exchange(barbican->socket, "GET /v1/secrets", "x-project-id: 11\r\n", "", answer, sizeof(answer));
        poll(NULL, 0, status == 200 ? 0 : 50);
    }
    return status == 200 ? 0 : child_fail(&barbican->server, "does not answer");
}

static int start_server(struct bench *bench, long workers, int threads)
{
    struct barbican *barbican = &bench->barbican;
    struct command command;
    char log[PATH_SIZE];
    if (path_make(log, "%s/barbican.log", bench->folder) != 0) {
        return -1;
    }
    command_init(&command);
    command_add_all(&command, "/usr/bin/gunicorn --worker-class gthread --log-level warning");
    command_add(&command, "--workers=%ld", workers);
    command_add(&command, "--threads=%d", threads);
    command_add(&command, "--bind=unix:%s", barbican->socket);
    command_add(&command, "--paste=%s/paste.ini#main", barbican->folder);
    command.as_nobody = true;
    command.home = command.folder = barbican->folder;
    if (child_start(&barbican->server, &command, log) != 0 ||
        child_wait_path(&barbican->server, barbican->socket, START_SECONDS) != 0) {
        return -1;
    }
    return wait_until_ready(barbican);
}

/* Stores a person's number; its path goes to `path`. */
static int store_secret(const struct barbican *barbican, uint64_t index, char path[128])
{
    char body[256], answer[4096], number[NUMBER_LEN];
    people_number(index, number);
    snprintf(body, sizeof(body), "{\"name\":\"%llu\",\"payload\":\"%.12s\",\"payload_content_type\":\"text/plain\"}",
             (unsigned long long)index, number);
    int status = http_exchange(barbican->socket, "POST /v1/secrets", HEADERS, body, answer, sizeof(answer));
    const char *found = status == 201 ? strstr(answer, "http://localhost/v1/secrets/") : NULL;
    if (found == NULL || sscanf(found, "http://localhost%127[^\"\r\n]", path) != 1) {
        return child_fail(&barbican->server, "does not store a secret");
    }
    return 0;
}

/* That what is measured is an answer to the question: the payload is the person's number. */
static int check_secret(const struct barbican *barbican, uint64_t index, const char *path)
{
    char line[256], answer[4096], number[NUMBER_LEN + 1] = "";
    people_number(index, number);
    snprintf(line, sizeof(line), "GET %s/payload", path);
    int status =
        http_exchange(barbican->socket, line, "x-project-id: 11\r\naccept: text/plain\r\n", "", answer, sizeof(answer));
    return status == 200 && strstr(answer, number) != NULL
               ? 0
               : child_fail(&barbican->server, "does not give a number back");
}

static int load(const struct bench *bench)
{
    char path[PATH_SIZE], secret[128];
    if (path_make(path, "%s/barbican.uris", bench->folder) != 0) {
        return -1;
    }
    FILE *uris = fopen(path, "we");
    int result = uris != NULL ? 0 : bench_fail("cannot write %s", path);
    for (uint64_t i = 0; i < BARBICAN_SECRETS && result == 0; i++) {
        say("storing secret %d of %d in Barbican", (int)i + 1, BARBICAN_SECRETS);
        result = store_secret(&bench->barbican, i, secret);
        result = result == 0 && i == 0 ? check_secret(&bench->barbican, i, secret) : result;
        if (result == 0) {
            fprintf(uris, "http://localhost%s/payload\n", secret);
        }
    }
    if (uris != NULL && fclose(uris) != 0) {
        result = bench_fail("cannot write %s", path);
    }
    return result;
}

int barbican_start(struct bench *bench, enum part part)
{
    struct barbican *barbican = &bench->barbican;
    (void)part;
    say("starting Barbican");
    if (path_make(barbican->folder, "%s/barbican", bench->peers) != 0 ||
        folder_make_for_nobody(barbican->folder) != 0 ||
        path_make(barbican->socket, "%s/barbican.sock", barbican->folder) != 0 || write_configuration(barbican) != 0 ||
        start_server(bench, 1, 1) != 0) {
        return -1;
    }
    /* One writer makes the tables and fills them, since SQLite has room for one; then as many serve as there are CPUs.
     */
    int result = load(bench);
    child_end(&barbican->server, 20);
    return result == 0 ? start_server(bench, sysconf(_SC_NPROCESSORS_ONLN), THREADS) : result;
}

void barbican_end(struct bench *bench, enum part part)
{
    (void)part;
    child_end(&bench->barbican.server, 20);
}
