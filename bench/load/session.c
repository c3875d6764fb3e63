#include "load/session.h"

#include <stdio.h>
#include <string.h>

#define TIMEOUT_MS 60000 /* a batch of an enrolment is durable before its answer */

void bench_session_complain(const char *what, const struct sekisho_error *error)
{
    fprintf(stderr, "bench-load: %s: %s %s\n", what, error->reason, error->message);
}

static int read_password(const char *path, char password[SEKISHO_PASSWORD_MAX], size_t *length)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        perror("bench-load: password file");
        return -1;
    }
    *length = fread(password, 1, SEKISHO_PASSWORD_MAX, file);
    fclose(file);
    while (*length > 0 && password[*length - 1] == '\n') {
        (*length)--;
    }
    return *length > 0 ? 0 : -1;
}

int bench_session_connect(const struct options *options, struct sekisho_client **client)
{
    struct sekisho_error error;
    /* Both ends of this connection are the bench's own, so the login key need not be pinned. */
    struct sekisho_options connect = {
        .address = options->endpoint.target,
        .ca_file = options->endpoint.ca_file,
        .certificate_file = options->endpoint.certificate_file,
        .key_file = options->endpoint.key_file,
        .trust_on_first_use = true,
        .timeout_ms = TIMEOUT_MS,
    };
    if (sekisho_connect(&connect, client, &error) != SEKISHO_OK) {
        bench_session_complain("connect", &error);
        return -1;
    }
    return 0;
}

int bench_session_login(const struct options *options, const char *account, struct bench_session *session)
{
    struct sekisho_error error;
    char password[SEKISHO_PASSWORD_MAX];
    size_t length;
    if (read_password(options->password_file, password, &length) != 0) {
        return -1;
    }
    if (sekisho_login(session->client, options->prefecture, account, password, length, &session->session, &error) !=
        SEKISHO_OK) {
        bench_session_complain("login", &error);
        return -1;
    }
    return 0;
}

int bench_session_logout(struct bench_session *session)
{
    struct sekisho_error error;
    enum sekisho_status status = sekisho_logout(session->session, &error);
    if (status != SEKISHO_OK) {
        bench_session_complain("logout", &error);
    }
    sekisho_session_free(session->session);
    session->session = NULL;
    return status == SEKISHO_OK ? 0 : -1;
}

int bench_session_open(const struct options *options, const char *account, struct bench_session *session)
{
    *session = (struct bench_session){0};
    if (bench_session_connect(options, &session->client) != 0) {
        return -1;
    }
    if (bench_session_login(options, account, session) != 0) {
        sekisho_disconnect(session->client);
        return -1;
    }
    return 0;
}

int bench_session_close(struct bench_session *session)
{
    int result = bench_session_logout(session);
    sekisho_disconnect(session->client);
    return result;
}
