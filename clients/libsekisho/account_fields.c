/* Fields of account calls: texts of the caller into fixed lengths, rows of auth into texts. */
#include "account_fields.h"

#include <stdio.h>
#include <string.h>

static enum sekisho_status bad_text(struct sekisho_error *error, const char *field)
{
    error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_TEXT", "a text is missing or too long", "項目が空か、長すぎます");
    if (error)
        snprintf(error->field, sizeof error->field, "%s", field);
    return SEKISHO_ERROR_ARGUMENT;
}

enum sekisho_status put_text(char *out, size_t size, const char *text, const char *field, struct sekisho_error *error)
{
    size_t length = text ? strnlen(text, size + 1) : 0;

    if (length > size)
        return bad_text(error, field);
    if (text)
        memcpy(out, text, length);
    return SEKISHO_OK;
}

enum sekisho_status put_id(char *out, const char *id, const char *field, struct sekisho_error *error)
{
    enum sekisho_status status = check_account(id, error);

    if (status == SEKISHO_OK)
        memcpy(out, id, strnlen(id, ACCOUNT_LEN));
    else if (error)
        snprintf(error->field, sizeof error->field, "%s", field);
    return status;
}

enum sekisho_status put_password(char *out, uint16_t *out_length, const char *password, size_t length,
                                 struct sekisho_error *error)
{
    if (length < 1 || length > PASSWORD_MAX)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_PASSWORD", "a password has 1 to 128 bytes",
                         "パスワードは1~128バイトです");
    memcpy(out, password, length);
    *out_length = (uint16_t)length;
    return SEKISHO_OK;
}

enum sekisho_status put_otp(char out[8], const char *otp, struct sekisho_error *error)
{
    enum sekisho_status status = check_otp(otp, error);

    if (status == SEKISHO_OK)
        memcpy(out, otp, OTP_LEN);
    return status;
}

#define TAKE(out, field) copy_printable(out, sizeof(out), field, strnlen(field, sizeof(field)))

void account_of_row(const struct account_row *row, struct sekisho_account *account)
{
    *account = (struct sekisho_account){
        .role = row->role,
        .kind = (enum sekisho_account_kind)row->kind,
        .state = (enum sekisho_account_state)row->state,
        .second_factor = row->otp != 0,
        .until = row->until,
        .terms_version = row->terms_version,
        .issue_number = row->issue_number,
        .requested_us = row->requested_us,
        .approved_us = row->approved_us,
        .issued_us = row->issued_us,
        .returned_us = row->returned_us,
        .inspected_us = row->inspected_us,
        .last_login_us = row->last_login_us,
        .locked_until_us = row->locked_until_us,
    };
    TAKE(account->account, row->account);
    TAKE(account->requested_by, row->requested_by);
    TAKE(account->approved_by, row->approved_by);
    TAKE(account->issued_by, row->issued_by);
    TAKE(account->inspected_by, row->inspected_by);
    TAKE(account->person, row->person);
    TAKE(account->organisation, row->organisation);
    TAKE(account->purpose, row->purpose);
    TAKE(account->inspection, row->inspection);
}

void session_of_row(const struct live_session_row *row, struct sekisho_live_session *session)
{
    *session = (struct sekisho_live_session){
        .role = row->role, .opened_us = row->opened_us, .last_used_us = row->last_used_us};
    TAKE(session->account, row->account);
    TAKE(session->terminal, row->terminal);
}

void terminal_of_row(const struct terminal_row *row, struct sekisho_terminal *terminal)
{
    *terminal = (struct sekisho_terminal){.kind = (enum sekisho_terminal_kind)row->kind,
                                          .removed = row->removed != 0,
                                          .added_us = row->added_us,
                                          .removed_us = row->removed_us};
    TAKE(terminal->terminal, row->terminal);
    TAKE(terminal->added_by, row->added_by);
    TAKE(terminal->place, row->place);
    memcpy(terminal->certificate, row->certificate, sizeof terminal->certificate);
}
