#include "account_json.h"

#include "account_options.h"
#include "ledger_job.h"

static json_t *time_json(int64_t us)
{
    char text[TIME_TEXT_LEN];

    if (us == 0)
        return json_null();
    time_format(us, text);
    return json_string(text);
}

static json_t *text_json(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *date_json(uint32_t date)
{
    char text[DATE_TEXT_LEN];

    date_format(date, text);
    return date > 0 ? json_string(text) : json_null();
}

json_t *account_json(const struct sekisho_account *account)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:i, s:I}", "account", account->account, "role",
        sekisho_role_name(account->role), "kind", sekisho_account_kind_name(account->kind), "state",
        sekisho_account_state_name(account->state), "person", account->person, "organisation", account->organisation,
        "purpose", account->purpose, "until", date_json(account->until), "second_factor", (int)account->second_factor,
        "terms_version", (int)account->terms_version, "issue_number", (json_int_t)account->issue_number);
    json_t *life =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "requested",
                  time_json(account->requested_us), "requested_by", text_json(account->requested_by), "approved",
                  time_json(account->approved_us), "approved_by", text_json(account->approved_by), "issued",
                  time_json(account->issued_us), "issued_by", text_json(account->issued_by), "returned",
                  time_json(account->returned_us), "inspected", time_json(account->inspected_us), "inspected_by",
                  text_json(account->inspected_by), "inspection", text_json(account->inspection), "last_login",
                  time_json(account->last_login_us), "delayed_until", time_json(account->locked_until_us));

    if (object && life)
        json_object_update(object, life);
    json_decref(life);
    return object;
}

json_t *live_session_json(const struct sekisho_live_session *session)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "account", session->account, "role", sekisho_role_name(session->role),
                     "terminal", text_json(session->terminal), "opened", time_json(session->opened_us), "last_used",
                     time_json(session->last_used_us));
}

json_t *terminal_json(const struct sekisho_terminal *terminal)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:o}", "terminal", terminal->terminal, "kind",
                     sekisho_terminal_kind_name(terminal->kind), "place", terminal->place, "certificate",
                     hex_json(terminal->certificate, sizeof terminal->certificate), "added",
                     time_json(terminal->added_us), "added_by", terminal->added_by, "removed",
                     time_json(terminal->removed_us));
}
