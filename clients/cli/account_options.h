/* What the account commands share: values of their options, and how accounts are shown. */
#ifndef SEKISHO_CLI_ACCOUNT_OPTIONS_H
#define SEKISHO_CLI_ACCOUNT_OPTIONS_H

#include "cli.h"
#include "sekisho_accounts.h"

/* The value of an option that must be there; NULL after a message. */
const char *option_needed(const struct options *options, enum option_id option, const char *name);
/* Each takes what is given, leaves *value as it is when nothing is, and returns CLI_OK, or CLI_USAGE after a message.
 */
int role_option(const struct options *options, unsigned *role);
int kind_option(const struct options *options, enum sekisho_account_kind *kind);
int state_option(const struct options *options, enum sekisho_account_state *state);
int date_option(const struct options *options, uint32_t *date);
/* "2027-03-31" -> 20270331; 0 for an empty text; false for what is no date. */
bool day_parse(const char *text, uint32_t *date);

#define DATE_TEXT_LEN 16
/* 20270331 -> "2027-03-31"; "-" for none. */
void date_format(uint32_t date, char out[DATE_TEXT_LEN]);
/* UTC to the minute, "2026-11-23 10:00Z"; "-" for never. */
#define MINUTE_TEXT_LEN 24
void minute_format(int64_t us, char out[MINUTE_TEXT_LEN]);

/* ---- account_show.c ---- */

/* All of one account, as a table or as a line of JSON. */
void account_show(const struct options *options, const struct sekisho_account *account);

#endif
