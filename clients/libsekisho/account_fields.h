/* Fields of account calls (crypto/account_call.h) from and to the public interface. */
#ifndef SEKISHO_CLIENT_ACCOUNT_FIELDS_H
#define SEKISHO_CLIENT_ACCOUNT_FIELDS_H

#include "internal.h"
#include "sekisho_accounts.h"

/* Into a field that is zero; what does not fit is the caller's mistake, and named `field`. A NULL text is empty. */
enum sekisho_status put_text(char *out, size_t size, const char *text, const char *field, struct sekisho_error *error);
/* An id of an account or a terminal. */
enum sekisho_status put_id(char *out, const char *id, const char *field, struct sekisho_error *error);
enum sekisho_status put_password(char *out, uint16_t *out_length, const char *password, size_t length,
                                 struct sekisho_error *error);
/* Six digits of a second factor. */
enum sekisho_status put_otp(char out[8], const char *otp, struct sekisho_error *error);

void account_of_row(const struct account_row *row, struct sekisho_account *account);
void session_of_row(const struct live_session_row *row, struct sekisho_live_session *session);
void terminal_of_row(const struct terminal_row *row, struct sekisho_terminal *terminal);

/* ---- account_list.c ---- */

/* Asks for the first page of a list whose rows have `row_length` bytes. `call` says what is listed, with filters. */
enum sekisho_status list_begin(struct sekisho_session *session, const char *method, size_t row_length,
                               const struct account_call_plain *call, struct sekisho_list **list,
                               struct sekisho_error *error);
/* Copies the next row out, reading pages as long as they are empty. *more is false at the end. */
enum sekisho_status list_next(struct sekisho_list *list, void *row, size_t row_length, bool *more,
                              struct sekisho_error *error);

#endif
