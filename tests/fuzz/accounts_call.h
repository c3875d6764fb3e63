/* Account calls made of a few bytes of input each, mostly such as could be done. */
#ifndef SEKISHO_TESTS_FUZZ_ACCOUNTS_CALL_H
#define SEKISHO_TESTS_FUZZ_ACCOUNTS_CALL_H

#include "accounts_world.h"

void call_fill(struct account_call_plain *call, struct input *input, struct world *world,
               const struct session_entry *actor);

/* Puts any bytes over a good call, so that what is not taken is looked at, too. */
void call_spoil(struct account_call_plain *call, struct input *input);

/* One of a few passwords, the last temporary one among them; returns its length. */
uint16_t password_put(struct input *input, char field[PASSWORD_MAX]);
/* The temporary password that the world now knows; NULL: none. */
void password_given(const char *password);

/* A code of the account's second factor that is right now, if it has one, else any. */
void code_put(const struct world *world, const char account[ACCOUNT_LEN], const struct stored_account *row,
              char code[8]);

#endif
