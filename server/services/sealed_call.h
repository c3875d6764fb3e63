/* What all methods with a sealed request have in common: a SealedCall checked and sent, a SealedReply answered. */
#ifndef SEKISHO_SERVICES_SEALED_CALL_H
#define SEKISHO_SERVICES_SEALED_CALL_H

#include "crypto/sealed.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "server/channel/vault_client.h"
#include "server/services/front.h"

/* Every such request holds one SealedCall, every response one SealedReply, at the same place. */
typedef Sekisho__V1__MatchRequest sealed_request;
typedef Sekisho__V1__MatchResponse sealed_response;

/* Fills the head of a call from a request. False: *error says why (static texts). Who may is not looked at. */
bool sealed_call_read(const Sekisho__V1__SealedCall *sealed, uint16_t operation, uint16_t *tenant,
                      struct session_call *head, struct rpc_error *error);
/* Checks a request and who sends it, and fills the head of the call. False: *error says why (static texts; copy it to
 * keep it). */
bool sealed_call_check(struct rpc_call *call, const Sekisho__V1__SealedCall *sealed, uint16_t operation,
                       struct session_call *head, struct rpc_error *error);

/* A single call, before batches that wait. On the server's thread. */
enum link_sent sealed_send(struct front *front, const struct session_call *head, const uint8_t *ciphertext,
                           vault_call_done *done, void *user);

/* Fills a response of any such type; `reply` and the answer must live as long as it is used. */
void sealed_response_fill(sealed_response *response, const ProtobufCMessageDescriptor *type,
                          Sekisho__V1__SealedReply *reply, uint64_t sequence, const struct vault_answer *answer);

/* A unary method: checks the request and sends it as `operation`; `done` gets the call as its user. */
void sealed_unary(struct rpc_call *call, const ProtobufCMessage *request, enum operation operation,
                  vault_call_done *done);
/* For `done`: answers the call with a response of the method's type, or with the error. */
void sealed_answer(struct rpc_call *call, const ProtobufCMessageDescriptor *type, const struct vault_answer *answer);

#endif
