/*
 * libsekisho: calls of the register's services (register, applications, attachments, dispositions, lists, desks, fees,
 * portal) and of any later service that takes its session from the metadata `sekisho-session`.
 *
 * Requests and answers are the messages that protobuf-c makes of proto/sekisho/v1; their headers are public:
 *
 *     #include "sekisho/v1/register_service.pb-c.h"
 *     Sekisho__V1__GetRegistrationRequest request = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;
 *     ProtobufCMessage *answer;
 *     request.name = "prefectures/11/registrations/000001";
 *     if (sekisho_rpc(session, &sekisho__v1__register_service__descriptor, "GetRegistration", &request.base, &answer,
 *                     &error) == SEKISHO_OK) {
 *         const Sekisho__V1__Registration *registration = (const void *)answer;
 *         ...
 *         sekisho_message_free(answer);
 *     }
 *
 * A method is named by its service's descriptor and its name there. A request of another type than the method's, or a
 * name that the service does not have, is SEKISHO_ERROR_ARGUMENT `WRONG_MESSAGE` or `NO_SUCH_METHOD`, and nothing is
 * sent; answers are of the method's type. Errors, ownership, threads: as in sekisho.h. What the server refuses has
 * code, reason, both messages and, for a bad request, the field's path in struct sekisho_error.
 *
 * These calls are not sealed: the front answers them itself. Texts in answers are the server's; show them to a terminal
 * only through sekisho_printable.
 */
#ifndef SEKISHO_RPC_H
#define SEKISHO_RPC_H

#include <protobuf-c/protobuf-c.h>

#include "sekisho.h"
#include "sekisho/v1/number_service.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- one request, one answer ---- */

/* Waits for the answer, at most the client's timeout_ms. */
enum sekisho_status sekisho_rpc(struct sekisho_session *session, const ProtobufCServiceDescriptor *service,
                                const char *method, const ProtobufCMessage *request, ProtobufCMessage **answer,
                                struct sekisho_error *error);
/* Frees an answer; NULL is allowed. */
void sekisho_message_free(ProtobufCMessage *message);

/* Makes a text of an answer fit for a terminal, in place: without control characters and broken UTF-8. Returns it. */
const char *sekisho_printable(char *text);

/* ---- streams of either side or of both ---- */

/* One call with any number of requests and answers. By one thread at a time. */
struct sekisho_stream;

/* Answers that come while a request is being sent are kept, up to this number; then the server waits. */
#define SEKISHO_STREAM_KEPT_MAX 64

/* A stream has no deadline of its own; each wait below is at most the client's timeout_ms. After any status but
 * SEKISHO_OK only sekisho_stream_close is left to call. */
enum sekisho_status sekisho_stream_open(struct sekisho_session *session, const ProtobufCServiceDescriptor *service,
                                        const char *method, struct sekisho_stream **stream,
                                        struct sekisho_error *error);
/* Sends one request; when the server has ended the call meanwhile, its error. When it ended it with OK:
 * SEKISHO_ERROR_REFUSED `STREAM_ENDED`. */
enum sekisho_status sekisho_stream_send(struct sekisho_stream *stream, const ProtobufCMessage *request,
                                        struct sekisho_error *error);
/* Says that no request follows. Server-streaming methods: after the one request. */
enum sekisho_status sekisho_stream_finish(struct sekisho_stream *stream, struct sekisho_error *error);
/* The next answer, or *answer == NULL when the server has ended the call with OK. Client-streaming methods: receive the
 * one answer after sekisho_stream_finish, then the NULL. */
enum sekisho_status sekisho_stream_receive(struct sekisho_stream *stream, ProtobufCMessage **answer,
                                           struct sekisho_error *error);
/* Cancels the call if it has not ended, and frees. NULL is allowed. */
void sekisho_stream_close(struct sekisho_stream *stream);

/* ---- number operations inside other calls ---- */

/* A sealed call that travels in another message (as AcceptApplicationRequest.number_call), and what the vault's answer
 * to it must agree with. Free with sekisho_sealed_free. */
struct sekisho_sealed;

/* Seals a request as sekisho_call does. Send it once. */
enum sekisho_status sekisho_seal(struct sekisho_session *session, const struct sekisho_request *request,
                                 struct sekisho_sealed **sealed, struct sekisho_error *error);
/* The message to put into the request; lives as long as `sealed`. */
Sekisho__V1__SealedCall *sekisho_sealed_call(struct sekisho_sealed *sealed);
/* Opens and checks the vault's answer; `results` has room for the request's count; `receipt` may be NULL. */
enum sekisho_status sekisho_open(struct sekisho_session *session, const struct sekisho_sealed *sealed,
                                 const Sekisho__V1__SealedReply *reply, struct sekisho_result *results,
                                 struct sekisho_receipt *receipt, struct sekisho_error *error);
void sekisho_sealed_free(struct sekisho_sealed *sealed);

#ifdef __cplusplus
}
#endif

#endif
