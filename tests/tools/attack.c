/*
 * sekisho-attack OTHER_CERTIFICATE OTHER_KEY
 * Sends what an honest client never sends, with the session of SEKISHO_SESSION over the connection of SEKISHO_ADDRESS,
 * SEKISHO_CA, SEKISHO_CERT, SEKISHO_KEY; prints what the server said, a line each. The session must be one that may
 * MATCH and LOOKUP for CHANGE and may not MATCH for REGISTER. Ends with 0 when each was refused as it should be, else
 * 1; 2: not started.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct sekisho_client *client, *other;
static struct sekisho_session *session;
static int surprises;

static void need(enum sekisho_status status, const struct sekisho_error *error)
{
    if (status == SEKISHO_OK)
        return;
    fprintf(stderr, "sekisho-attack: %s [%s]\n", error->message, error->reason);
    exit(2);
}

static void connect_with(const char *certificate, const char *key, struct sekisho_client **out)
{
    struct sekisho_error error;
    const struct sekisho_options options = {.address = getenv("SEKISHO_ADDRESS"),
                                            .ca_file = getenv("SEKISHO_CA"),
                                            .certificate_file = certificate,
                                            .key_file = key,
                                            .pin = getenv("SEKISHO_PIN")};

    need(sekisho_connect(&options, out, &error), &error);
}

/* A question about nobody: a random reference. */
static void seal(enum sekisho_operation operation, enum sekisho_purpose purpose, struct sealed_call *call)
{
    struct sekisho_item item = {.number = "000000000019"};
    struct sekisho_request request = {.operation = operation, .purpose = purpose, .items = &item, .count = 1};
    struct sekisho_error error;

    if (operation == SEKISHO_MATCH)
        sekisho_random(item.reference, sizeof item.reference);
    need(session_seal(session, &request, call, &error), &error);
}

static void expect_refusal(const char *what, const struct sealed_call *call, const char *reason)
{
    struct sekisho_result result;
    struct sekisho_error error = {.retry_ms = -1};
    enum sekisho_status status = sealed_exchange(session, number_method(SEKISHO_MATCH), call, &result, NULL, &error);
    bool as_expected = status == SEKISHO_ERROR_REFUSED && strcmp(error.reason, reason) == 0;

    surprises += !as_expected;
    printf("%-38s %s: %s%s\n", what, status == SEKISHO_OK ? "ANSWERED" : error.reason, error.message,
           as_expected ? "" : "   <-- NOT AS IT SHOULD BE");
}

static void send_forged(void)
{
    struct sealed_call call;

    seal(SEKISHO_MATCH, SEKISHO_CHANGE, &call);
    call.ciphertext[0] ^= 1;
    expect_refusal("a message with one bit changed", &call, "BAD_SEAL");
    call.ciphertext[0] ^= 1;
    call.sequence += 1000;
    expect_refusal("a message under another sequence", &call, "BAD_SEAL");
    sealed_call_free(&call);
}

static void send_replayed(void)
{
    struct sealed_call call;
    struct sekisho_result result;
    struct sekisho_error error;

    seal(SEKISHO_MATCH, SEKISHO_CHANGE, &call);
    need(sealed_exchange(session, number_method(SEKISHO_MATCH), &call, &result, NULL, &error), &error);
    expect_refusal("the same message again", &call, "REPLAYED");
    sealed_call_free(&call);
}

static void send_relabelled(void)
{
    struct sealed_call call;

    seal(SEKISHO_LOOKUP, SEKISHO_CHANGE, &call);
    expect_refusal("a LOOKUP sent as a MATCH", &call, "WRONG_METHOD");
    sealed_call_free(&call);
}

static void send_over_another_certificate(void)
{
    struct sealed_call call;

    seal(SEKISHO_MATCH, SEKISHO_CHANGE, &call);
    session->client = other;
    expect_refusal("a message over another certificate", &call, "WRONG_CERTIFICATE");
    session->client = client;
    sealed_call_free(&call);
}

static void send_under_another_session(void)
{
    struct sealed_call call;

    seal(SEKISHO_MATCH, SEKISHO_CHANGE, &call);
    session->state->session[0] ^= 1;
    expect_refusal("a message for a session that is not", &call, "UNKNOWN_SESSION");
    session->state->session[0] ^= 1;
    sealed_call_free(&call);
}

static void send_outside_the_permit(void)
{
    struct sealed_call call;

    seal(SEKISHO_MATCH, SEKISHO_REGISTER, &call);
    expect_refusal("a guess for a purpose without permit", &call, "NOT_PERMITTED");
    sealed_call_free(&call);
}

int main(int argc, char **argv)
{
    struct sekisho_error error;
    const char *file = getenv("SEKISHO_SESSION");

    setenv("GRPC_VERBOSITY", "NONE", 0);
    if (argc != 3 || !file) {
        fprintf(stderr, "usage: sekisho-attack OTHER_CERTIFICATE OTHER_KEY (and the SEKISHO_ variables)\n");
        return 2;
    }
    connect_with(getenv("SEKISHO_CERT"), getenv("SEKISHO_KEY"), &client);
    connect_with(argv[1], argv[2], &other);
    need(sekisho_session_load(client, file, &session, &error), &error);
    send_forged();
    send_replayed();
    send_relabelled();
    send_over_another_certificate();
    send_under_another_session();
    send_outside_the_permit();
    sekisho_session_free(session);
    sekisho_disconnect(other);
    sekisho_disconnect(client);
    return surprises > 0 ? 1 : 0;
}
