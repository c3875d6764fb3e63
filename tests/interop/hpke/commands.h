/*
 * Commands of crypto_peer. Each prints its answer as words, or the word "refused" when the cryptography refuses.
 */
#ifndef SEKISHO_INTEROP_COMMANDS_H
#define SEKISHO_INTEROP_COMMANDS_H

#include "words.h"

/* derive IKM -> PRIVATE PUBLIC */
void command_derive(const struct line *line);
/* seal RECIPIENT_PUBLIC INFO EXPORTER_CONTEXT (AAD PLAIN)... -> ENC EXPORTED SEALED... */
void command_seal(const struct line *line);
/* open RECIPIENT_PRIVATE ENC INFO EXPORTER_CONTEXT (AAD SEALED)... -> EXPORTED PLAIN... */
void command_open(const struct line *line);

/* login TENANT AUTH_PRIVATE CHALLENGE ENC SEALED SESSION WELCOME_PLAIN -> LOGIN_PLAIN SERVER_PUBLIC WELCOME CALL_KEY
 * REPLY_KEY: what auth does. */
void command_login(const struct line *line);
/* call CALL_KEY SESSION SEQ SEALED -> PLAIN: what the vault does with a call. */
void command_call(const struct line *line);
/* citizen TENANT VAULT_PRIVATE APPLICATION_NONCE PORTAL BLOB -> NUMBER: what the vault does with a citizen's blob. */
void command_citizen(const struct line *line);
/* reply REPLY_KEY SESSION SEQ CLEAR DETAILS -> SEALED: how the vault answers. */
void command_reply(const struct line *line);

#endif
