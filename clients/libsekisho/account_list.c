/* Lists of accounts, sessions and terminals, page by page. */
#include "account_fields.h"

#include <stdlib.h>
#include <string.h>

struct sekisho_list {
    struct sekisho_session *session;
    const char *method;
    size_t row_length;
    struct account_call_plain call; /* of the next page */
    struct account_reply_plain page;
    uint32_t at;
    bool last;
};

static enum sekisho_status forged(struct sekisho_error *error)
{
    return error_forged(error, "auth's answer is not a page of this list", "応答がこの一覧の形式ではありません");
}

static enum sekisho_status read_page(struct sekisho_list *list, struct sekisho_error *error)
{
    static const uint8_t end[ACCOUNT_LEN];
    enum sekisho_status status = account_exchange(list->session, list->method, &list->call, &list->page, error);

    if (status != SEKISHO_OK)
        return status;
    list->at = 0;
    list->last = memcmp(list->page.next, end, sizeof end) == 0;
    /* Without progress a list would never end. */
    if ((list->page.count > 0 && list->page.row_length != list->row_length) ||
        (!list->last && memcmp(list->page.next, list->call.next, sizeof end) == 0))
        return forged(error);
    memcpy(list->call.next, list->page.next, sizeof list->call.next);
    return SEKISHO_OK;
}

enum sekisho_status list_begin(struct sekisho_session *session, const char *method, size_t row_length,
                               const struct account_call_plain *call, struct sekisho_list **list,
                               struct sekisho_error *error)
{
    struct sekisho_list *made = calloc(1, sizeof *made);

    if (!made)
        return error_memory(error);
    made->session = session;
    made->method = method;
    made->row_length = row_length;
    made->call = *call;
    enum sekisho_status status = read_page(made, error);
    if (status == SEKISHO_OK)
        *list = made;
    else
        free(made);
    return status;
}

enum sekisho_status list_next(struct sekisho_list *list, void *row, size_t row_length, bool *more,
                              struct sekisho_error *error)
{
    *more = false;
    if (list->row_length != row_length)
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "WRONG_LIST", "the list is of another kind",
                         "一覧の種類が異なります");
    while (list->at == list->page.count && !list->last) {
        enum sekisho_status status = read_page(list, error);
        if (status != SEKISHO_OK)
            return status;
    }
    if (list->at < list->page.count) {
        memcpy(row, list->page.rows + (size_t)list->at++ * row_length, row_length);
        *more = true;
    }
    return SEKISHO_OK;
}

enum sekisho_status sekisho_list_accounts(struct sekisho_session *session, const struct sekisho_account_filter *filter,
                                          struct sekisho_list **list, struct sekisho_error *error)
{
    struct account_call_plain call = {.operation = ACCOUNT_LIST};

    if (filter) {
        call.role = (uint16_t)filter->role;
        call.state = (uint16_t)filter->state;
        if (filter->account) {
            enum sekisho_status status = put_id(call.account, filter->account, "account", error);
            if (status != SEKISHO_OK)
                return status;
        }
    }
    return list_begin(session, "/sekisho.v1.AccountService/ListAccounts", sizeof(struct account_row), &call, list,
                      error);
}

enum sekisho_status sekisho_list_sessions(struct sekisho_session *session, struct sekisho_list **list,
                                          struct sekisho_error *error)
{
    const struct account_call_plain call = {.operation = ACCOUNT_LIST_SESSIONS};

    return list_begin(session, "/sekisho.v1.AccountService/ListSessions", sizeof(struct live_session_row), &call, list,
                      error);
}

enum sekisho_status sekisho_list_terminals(struct sekisho_session *session, struct sekisho_list **list,
                                           struct sekisho_error *error)
{
    const struct account_call_plain call = {.operation = TERMINAL_LIST};

    return list_begin(session, "/sekisho.v1.TerminalService/ListTerminals", sizeof(struct terminal_row), &call, list,
                      error);
}

enum sekisho_status sekisho_next_account(struct sekisho_list *list, struct sekisho_account *account, bool *more,
                                         struct sekisho_error *error)
{
    struct account_row row;
    enum sekisho_status status = list_next(list, &row, sizeof row, more, error);

    if (*more)
        account_of_row(&row, account);
    return status;
}

enum sekisho_status sekisho_next_session(struct sekisho_list *list, struct sekisho_live_session *session, bool *more,
                                         struct sekisho_error *error)
{
    struct live_session_row row;
    enum sekisho_status status = list_next(list, &row, sizeof row, more, error);

    if (*more)
        session_of_row(&row, session);
    return status;
}

enum sekisho_status sekisho_next_terminal(struct sekisho_list *list, struct sekisho_terminal *terminal, bool *more,
                                          struct sekisho_error *error)
{
    struct terminal_row row;
    enum sekisho_status status = list_next(list, &row, sizeof row, more, error);

    if (*more)
        terminal_of_row(&row, terminal);
    return status;
}

void sekisho_list_free(struct sekisho_list *list)
{
    free(list);
}
