/* Requests of the front to the vault, typed. Callbacks run on the reader's thread, exactly once for each LINK_SENT. */
#ifndef SEKISHO_CHANNEL_VAULT_CLIENT_H
#define SEKISHO_CHANNEL_VAULT_CLIENT_H

#include "server/channel/link.h"
#include "wire/messages.h"

extern const struct link_options vault_link_options;

/* The vault's answer to a sealed call; the pointers live until the callback returns. */
struct vault_answer {
    enum call_status status;
    const uint8_t *clear, *sealed; /* lengths 0 unless CALL_OK */
    size_t clear_length, sealed_length;
};

/* Everywhere below NULL as the answer: the vault did not answer in time. */
typedef void vault_call_done(void *user, const struct vault_answer *answer);
typedef void vault_key_done(void *user, const struct citizen_key_reply *reply);
typedef void vault_status_done(void *user, const struct vault_status_reply *reply);

/* head->sealed_length bytes of `sealed` follow the head. */
enum link_sent vault_call(struct link *vault, const struct session_call *head, const uint8_t *sealed,
                          vault_call_done *done, void *user);
enum link_sent vault_citizen_key(struct link *vault, uint16_t tenant, vault_key_done *done, void *user);
enum link_sent vault_status(struct link *vault, vault_status_done *done, void *user);

#endif
