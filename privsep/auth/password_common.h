/* Passwords that guessers try first (F092, INV-14). */
#ifndef SEKISHO_AUTH_PASSWORD_COMMON_H
#define SEKISHO_AUTH_PASSWORD_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/messages.h"

/*
 * True when the password is nothing but a sequence of: words of common_words.def in any case and with the usual digits
 * and signs for letters, the account's id and its parts, one letter again and again, letters in the order of the
 * alphabet; with any ASCII digits and signs before, between and behind.
 */
bool password_is_common(const char *password, size_t length, const char account[ACCOUNT_LEN]);

#endif
