/* What a new password must be (F092; 文字種の混在やパスワードの長さ). */
#ifndef SEKISHO_AUTH_PASSWORD_POLICY_H
#define SEKISHO_AUTH_PASSWORD_POLICY_H

#include <stddef.h>

/* NULL when the password may be set, else what is wrong with it, in English. */
const char *password_policy_fault(const char *password, size_t length);

#endif
