/* The two halves of a round (main.c). Both return 0, or 1 when something was found, which they print. */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_CAMPAIGN_H
#define SEKISHO_TESTS_SYSTEM_CRASH_CAMPAIGN_H

#include "sekisho_ledger.h"

/* Load until the set is gone or the time is over. */
int campaign_load(uint64_t seed, unsigned seconds);
/* Everything acknowledged is there, nothing is half done. `state`: the ledger's file of heads; `entries`: reads every
 * entry of the ledger too. */
int campaign_audit(const char *state, bool entries);

/* Each change of a person has one request id for ever. */
void campaign_request_id(uint32_t person, enum sekisho_operation operation, uint8_t id[SEKISHO_REQUEST_ID_LEN]);

#endif
