/* What a new password must be (F092; 文字種の混在やパスワードの長さ), and how an account gets one. */
#ifndef SEKISHO_AUTH_PASSWORD_RULES_H
#define SEKISHO_AUTH_PASSWORD_RULES_H

#include "auth/account_store.h"

#define PASSWORD_MIN_CHARS   12 /* the least that a configuration may ask for */
#define TEMPORARY_LEN        20
#define PASSWORD_HISTORY_MIN 10

/* Fewest characters, kinds and common words: all that can be said without the account's row. */
enum password_fault password_fault(const char *password, size_t length, const char account[ACCOUNT_LEN],
                                   uint32_t min_chars);

/* A random password that has no fault: letters and digits that are not taken for one another, and signs. */
void password_temporary(char password[TEMPORARY_LEN]);

/* Whether it is the account's password or one of the `history` before it. 0 and *used, or ENOMEM. */
int password_was_used(const struct stored_account *account, const char *password, size_t length, uint32_t history,
                      bool *used);

/* Makes it the account's password and keeps the one before. `temporary`: must be changed. 0, or ENOMEM. */
int password_set(struct stored_account *account, const char *password, size_t length, bool temporary, int64_t now_us);

#endif
