/* The real sekisho-auth with its vault and its clients played (tests/auth/harness.h), behind a front that is evil. */
#ifndef SEKISHO_TESTS_BOUNDARY_EVIL_AUTH_H
#define SEKISHO_TESTS_BOUNDARY_EVIL_AUTH_H

#include "../auth/harness.h"
#include "auth/access_records.h"
#include "evil.h"

/* Starts it up to SERVING. */
void evil_serve_auth(struct evil *evil, struct harness *harness);

struct account_call_plain evil_account_call(uint16_t operation, const char *account);

/* The vault is asked to end a session; the front hears of it when the vault has done so. */
void evil_expect_ended(struct harness *harness, const uint8_t id[SESSION_ID_LEN]);
void evil_log_out(struct harness *harness, const uint8_t id[SESSION_ID_LEN]);

#endif
