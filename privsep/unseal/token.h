/*
 * A root key that a PKCS#11 token wraps: an AES-256 key on the token, made there and never leaving it, does the
 * AES-256-GCM of the file (wrapped_key.h, method 2). Over p11-kit, which finds the key by its URI (RFC 7512).
 */
#ifndef SEKISHO_UNSEAL_TOKEN_H
#define SEKISHO_UNSEAL_TOKEN_H

#include <stdbool.h>

#include "unseal/wrapped_key.h"

struct token; /* owns the loaded module and its session */

/* Loads the module and finds the token. *token is NULL unless UNSEAL_DONE. */
enum unseal_status token_open(const char *module_path, const char *uri, struct token **token);
void token_close(struct token *token); /* logs out; NULL is fine */

/* Opens a session, writable to make a key, and logs the user in. */
enum unseal_status token_login(struct token *token, bool writable, const char *pin, size_t length);

/* Finds the key that the URI names. */
enum unseal_status token_find_key(struct token *token);
/* Makes it: AES-256, on the token, sensitive, not extractable, named as the URI says. */
enum unseal_status token_make_key(struct token *token);

/* With the key found or made. */
enum unseal_status token_wrap(struct token *token, struct wrapped_key *file, const uint8_t key[ROOT_KEY_LEN]);
enum unseal_status token_unwrap(struct token *token, const struct wrapped_key *file, uint8_t key[ROOT_KEY_LEN]);

#endif
