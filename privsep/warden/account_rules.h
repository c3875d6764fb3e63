/*
 * What accounts are held to, in the configuration: each line may ask for more than its default, not for less (domain
 * 10.4; INV-14).
 *
 *   password_min_chars  12..64, default 12
 *   password_history    10..24, default 10: so many former passwords must not come back
 *   lock_failures       1..5, default 5: bad logins ...
 *   lock_window_s       900..86400, default 900: ... within this time delay the next one ...
 *   lock_delay_s        60..86400, default 60: ... by this, twice as long with each further row
 *   dormant_days        1..45, default 45: an account that nobody used for so long is suspended
 *   session_idle_s      30..3600, default 1800: so does a session that nobody uses end
 *   otp_roles           codes of roles, comma-separated, default none: must have a second factor
 *   terms_version       1..4294967295: of the text in terms_file, that everybody has to agree to (F165)
 */
#ifndef SEKISHO_WARDEN_ACCOUNT_RULES_H
#define SEKISHO_WARDEN_ACCOUNT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/messages.h"

extern const struct account_rules account_rules_default;

/* The number at `offset` of struct account_rules. Returns NULL, or what is wrong with the value. */
const char *account_rules_number(struct account_rules *rules, size_t offset, const char *value);
const char *account_rules_otp_roles(struct account_rules *rules, const char *value);

#define TERMS_MAX 65535 /* bytes */

/* Hashes the terms of use. False when they are empty or too long, or cannot be read. */
bool account_rules_terms(struct account_rules *rules, int fd);

#endif
