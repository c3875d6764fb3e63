/*
 * NumberService.MatchStream: several sealed batches in flight, answers in order. They go to the vault in the lane of
 * bulk calls, which keeps their order, and the vault answers in the order it was asked (vault_client.c has the link
 * check that), so the stream counts and keeps no answer.
 *
 * The stream reads no further message while its window is full or its client does not read. The first message that
 * fails ends it, after the answers of those before.
 */
#include "server/services/match_stream.h"

#include <stdlib.h>

#include "crypto/sealed.h"
#include "server/services/errors.h"
#include "server/services/sealed_call.h"

/* Batches in flight: so many that the vault has a full group of batches of 256 while it waits for the disk. */
#define WINDOW 32
/* Bytes that wait for the client: about two full answers. */
#define UNREAD_MAX 262144

struct match_stream {
    struct rpc_call *call;
    pthread_mutex_t lock;
    uint64_t sequences[WINDOW]; /* of the calls in flight, from `first` on */
    unsigned first, in_flight;
    bool paused; /* the next message has not been asked for */
    bool ending; /* half-closed, cancelled or failed: no more messages */
    bool failed, vault_failed;
    bool finished;
    struct rpc_error error; /* its texts are static */
};

/* A message that was not sent: those before it are answered first, and the failure of one of them goes before its own.
 */
static void fail_unsent(struct match_stream *stream, const struct rpc_error *error)
{
    stream->ending = stream->failed = true;
    if (!stream->vault_failed)
        stream->error = *error;
}

/* A message that the vault refused: what follows it is not answered. */
static void fail_sent(struct match_stream *stream, const struct rpc_error *error)
{
    fail_unsent(stream, error);
    stream->vault_failed = true;
}

/* Reads on, or ends the stream when nothing of it is left. Called with the lock, returns without. Finishing comes last
 * and without the lock: the stream may be freed by it. */
static void go_on_and_unlock(struct match_stream *stream)
{
    struct rpc_call *call = stream->call;
    struct rpc_error error = stream->error;
    bool failed = stream->failed;
    bool finish = stream->ending && stream->in_flight == 0 && !stream->finished;

    if (finish) {
        stream->finished = true;
    } else if (stream->paused && !stream->ending && stream->in_flight < WINDOW &&
               rpc_call_queued_bytes(call) < UNREAD_MAX) {
        stream->paused = false;
        rpc_call_next(call);
    }
    pthread_mutex_unlock(&stream->lock);
    if (finish)
        rpc_call_finish(call, failed ? &error : NULL);
}

static uint64_t take_sequence(struct match_stream *stream)
{
    uint64_t sequence = stream->sequences[stream->first];

    stream->first = (stream->first + 1) % WINDOW;
    stream->in_flight--;
    return sequence;
}

static void on_answer(void *user, const struct vault_answer *answer)
{
    struct match_stream *stream = user;
    Sekisho__V1__SealedReply reply;
    sealed_response response;

    pthread_mutex_lock(&stream->lock);
    uint64_t sequence = take_sequence(stream);
    if (!answer) {
        fail_sent(stream, error_of_front(FRONT_VAULT_UNAVAILABLE));
    } else if (answer->status != CALL_OK) {
        fail_sent(stream, error_of_call(answer->status));
    } else if (!stream->vault_failed) {
        sealed_response_fill(&response, &sekisho__v1__match_stream_response__descriptor, &reply, sequence, answer);
        if (!rpc_call_send(stream->call, &response.base))
            stream->ending = true;
    }
    go_on_and_unlock(stream);
}

void match_stream_start(struct rpc_call *call)
{
    struct match_stream *stream = calloc(1, sizeof *stream);

    if (!stream || pthread_mutex_init(&stream->lock, NULL) != 0) {
        free(stream);
        rpc_call_finish(call, error_of_front(FRONT_BUSY));
        return;
    }
    stream->call = call;
    rpc_call_set_user(call, stream);
}

void match_stream_message(struct rpc_call *call, const ProtobufCMessage *request)
{
    const Sekisho__V1__SealedCall *sealed = ((const sealed_request *)request)->call;
    struct front *front = rpc_call_context(call);
    struct match_stream *stream = rpc_call_user(call);
    struct session_call head;
    struct rpc_error error;

    pthread_mutex_lock(&stream->lock);
    stream->paused = true;
    if (!sealed_call_check(call, sealed, OPERATION_MATCH, &head, &error)) {
        fail_unsent(stream, &error);
    } else if (!stream->ending) {
        /* The answer waits for the lock, so the entry may be made after the request was sent. */
        enum link_sent sent = bulk_call(&front->bulk, &head, sealed->ciphertext.data, on_answer, stream);
        if (sent == LINK_SENT)
            stream->sequences[(stream->first + stream->in_flight++) % WINDOW] = head.call_seq;
        else
            fail_unsent(stream, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
    }
    go_on_and_unlock(stream);
}

static void end(struct rpc_call *call)
{
    struct match_stream *stream = rpc_call_user(call);

    pthread_mutex_lock(&stream->lock);
    stream->ending = true;
    go_on_and_unlock(stream);
}

void match_stream_half_close(struct rpc_call *call)
{
    end(call);
}

void match_stream_cancel(struct rpc_call *call)
{
    end(call);
}

void match_stream_sent(struct rpc_call *call)
{
    struct match_stream *stream = rpc_call_user(call);

    pthread_mutex_lock(&stream->lock);
    go_on_and_unlock(stream);
}

void match_stream_done(struct rpc_call *call)
{
    struct match_stream *stream = rpc_call_user(call);

    if (!stream)
        return;
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}
