/* What the ledger commands share: opening a ledger, filters, entries as JSON. */
#ifndef SEKISHO_CLI_LEDGER_JOB_H
#define SEKISHO_CLI_LEDGER_JOB_H

#include <jansson.h>

#include "cli.h"
#include "sekisho_ledger.h"

struct ledger_job {
    struct sekisho_client *client;
    struct sekisho_session *session; /* NULL: none given */
    struct sekisho_checkpoint head;  /* checked */
    uint64_t last_size;              /* of the head of the state file; 0: none */
};

/* Connects, takes the session when there is one (it must be there with `needs_session`), opens one of the two ledgers
 * as the options say and says so. CLI_OK or an exit code after a message; ledger_end in either case. */
int ledger_begin(const struct options *options, enum sekisho_ledger ledger, bool needs_session, struct ledger_job *job);
void ledger_end(struct ledger_job *job);
/* The session is there and has the right to read entries. */
bool ledger_may_read(const struct ledger_job *job);

/* ---- ledger_filter.c ---- */

struct ledger_filter {
    struct sekisho_ledger_filter given;
    uint8_t reference[SEKISHO_REFERENCE_LEN];
};
/* Filter of --reference, --account, --purpose, --from and --until; CLI_OK or CLI_USAGE after a message. */
int ledger_filter_of(const struct options *options, struct ledger_filter *filter);
/* RFC 3339, UTC: "2026-11-23T01:02:03.456789Z"; "-" for a time beyond the calendar. */
#define TIME_TEXT_LEN 40
void time_format(int64_t us, char out[TIME_TEXT_LEN]);
/* The time of an option, as time_parse; what is not given stays as it is. CLI_OK, or CLI_USAGE after a message. */
int time_option(const struct options *options, enum option_id option, const char *name, int64_t *us);
/* A date (local midnight), or a date and time with an offset, Z, or none (local). 0, or -1. */
int time_parse(const char *text, int64_t *us);

/* ---- ledger_json.c ---- */

json_t *hex_json(const uint8_t *bytes, size_t length);
/* Decodes a string of exactly `length` bytes in hexadecimal. */
bool hex_from_json(const json_t *value, uint8_t *out, size_t length);
/* The whole entry with its exact bytes. */
json_t *entry_json(const struct sekisho_ledger_entry *entry);
/* For a third party, with the proof: the entry's head, the items of one reference, and of all others the hashes. */
json_t *proven_json(const struct sekisho_ledger_entry *entry, const uint8_t *reference,
                    const struct sekisho_proof *proof);
json_t *receipt_json(const struct sekisho_receipt *receipt);
bool receipt_from_json(const json_t *value, struct sekisho_receipt *receipt);
/* Prints one line. Takes the object over; aborts without memory. */
void json_line(json_t *object);

#endif
