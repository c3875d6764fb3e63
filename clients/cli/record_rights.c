#include "record_rights.h"

#include <stdlib.h>
#include <string.h>

#include "auth/roles.h"
#include "crypto/account_call.h"

/* Ids of accounts and terminals as a record has them, zero-terminated. */
#define NAME_SIZE (SEKISHO_ACCOUNT_MAX + 1)
_Static_assert(SEKISHO_TERMINAL_MAX == SEKISHO_ACCOUNT_MAX, "an object is either");

bool role_uses_numbers(unsigned role)
{
    static const enum operation numbers[] = {OPERATION_ENROLL,  OPERATION_MATCH, OPERATION_LOOKUP,
                                             OPERATION_REPLACE, OPERATION_ERASE, OPERATION_ENROLL_CITIZEN};
    uint16_t permit[PERMIT_LEN];

    role_permit((uint16_t)role, permit);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (permit[numbers[i]] != 0)
            return true;
    return false;
}

bool right_now(const struct rights *rights, const struct account_right *account)
{
    return account->issued && account->changed && (account->agreed || !rights->terms) && !account->closed &&
           role_uses_numbers(account->role);
}

/* One more element of a zeroed array. */
static void *grow(void *array, size_t *count, size_t size)
{
    uint8_t *grown = realloc(array, (*count + 1) * size);

    if (!grown)
        abort();
    memset(grown + *count * size, 0, size);
    ++*count;
    return grown;
}

static struct account_right *account_of(struct rights *rights, const char name[NAME_SIZE])
{
    for (size_t i = 0; i < rights->account_count; i++)
        if (strcmp(rights->accounts[i].account, name) == 0)
            return &rights->accounts[i];
    rights->accounts = grow(rights->accounts, &rights->account_count, sizeof *rights->accounts);
    struct account_right *account = &rights->accounts[rights->account_count - 1];
    memcpy(account->account, name, sizeof account->account);
    return account;
}

static struct terminal_right *terminal_of(struct rights *rights, const char name[NAME_SIZE])
{
    for (size_t i = 0; i < rights->terminal_count; i++)
        if (strcmp(rights->terminals[i].terminal, name) == 0)
            return &rights->terminals[i];
    rights->terminals = grow(rights->terminals, &rights->terminal_count, sizeof *rights->terminals);
    struct terminal_right *terminal = &rights->terminals[rights->terminal_count - 1];
    memcpy(terminal->terminal, name, sizeof terminal->terminal);
    return terminal;
}

static void add_place(struct rights *rights, const char account[NAME_SIZE], const char terminal[NAME_SIZE])
{
    for (size_t i = 0; i < rights->place_count; i++)
        if (strcmp(rights->places[i].account, account) == 0 && strcmp(rights->places[i].terminal, terminal) == 0)
            return;
    rights->places = grow(rights->places, &rights->place_count, sizeof *rights->places);
    struct login_place *place = &rights->places[rights->place_count - 1];
    memcpy(place->account, account, sizeof place->account);
    memcpy(place->terminal, terminal, sizeof place->terminal);
}

static void list_terminal(struct rights *rights, const char name[NAME_SIZE], bool listed)
{
    struct terminal_right *terminal = terminal_of(rights, name);

    terminal->listed = listed;
    terminal->could = terminal->could || (rights->begun && listed);
}

/* Issued with a temporary password, which the holder must change. */
static void issue(struct account_right *account)
{
    account->issued = true;
    account->changed = false;
}

static void take_step(struct rights *rights, const struct sekisho_access_record *record)
{
    const char *object = record->object[0] != '\0' ? record->object : record->account;
    struct account_right *account = account_of(rights, object);

    if (record->object[0] != '\0' && record->object_role != 0)
        account->role = record->object_role;
    switch (record->operation) {
    case ACCOUNT_ISSUE:
    case ACCOUNT_RESET_PASSWORD:
        issue(account);
        break;
    case ACCOUNT_CHANGE_PASSWORD:
        account->changed = true;
        break;
    case ACCOUNT_AGREE_TERMS:
        account->agreed = rights->terms = true;
        break;
    case ACCOUNT_LOCK:
    case ACCOUNT_SUSPEND:
    case ACCOUNT_RETURN:
        account->closed = true;
        break;
    case ACCOUNT_UNLOCK:
    case ACCOUNT_RESUME:
        account->closed = false;
        break;
    default:
        break;
    }
    account->could = account->could || (rights->begun && right_now(rights, account));
}

static void take_operation(struct rights *rights, const struct sekisho_access_record *record)
{
    if (record->result != ACCOUNT_DONE)
        return;
    switch (record->operation) {
    case TERMINAL_ADD:
        list_terminal(rights, record->object, true);
        break;
    case TERMINAL_REMOVE:
        list_terminal(rights, record->object, false);
        break;
    case ACCOUNT_CHANGE_PASSWORD:
    case ACCOUNT_AGREE_TERMS:
    case ACCOUNT_ISSUE:
    case ACCOUNT_LOCK:
    case ACCOUNT_UNLOCK:
    case ACCOUNT_SUSPEND:
    case ACCOUNT_RESUME:
    case ACCOUNT_RETURN:
    case ACCOUNT_RESET_PASSWORD:
        take_step(rights, record);
        break;
    default:
        break;
    }
}

static void take_login(struct rights *rights, const struct sekisho_access_record *record)
{
    struct account_right *account = account_of(rights, record->account);

    account->role = record->role;
    if (!account->issued) /* it was there before the records were */
        account->issued = account->changed = account->agreed = true;
    account->could = account->could || (rights->begun && right_now(rights, account));
    if (!rights->begun)
        return;
    account->logins++;
    add_place(rights, record->account, record->terminal);
}

static void take(struct rights *rights, const struct sekisho_access_record *record)
{
    switch (record->event) {
    case SEKISHO_ACCESS_FIRST_ADMINISTRATOR:
        account_of(rights, record->account)->role = record->object_role;
        issue(account_of(rights, record->account));
        list_terminal(rights, record->terminal, true);
        break;
    case SEKISHO_ACCESS_LOGIN:
        take_login(rights, record);
        break;
    case SEKISHO_ACCESS_OPERATION:
        take_operation(rights, record);
        break;
    case SEKISHO_ACCESS_LOCKED:
    case SEKISHO_ACCESS_DORMANT:
    case SEKISHO_ACCESS_CONTRACT_ENDED:
        account_of(rights, record->account)->closed = true;
        break;
    default:
        break;
    }
}

static void begin(struct rights *rights)
{
    if (rights->begun)
        return;
    rights->begun = true;
    for (size_t i = 0; i < rights->account_count; i++)
        rights->accounts[i].could = right_now(rights, &rights->accounts[i]);
    for (size_t i = 0; i < rights->terminal_count; i++)
        rights->terminals[i].could = rights->terminals[i].listed;
}

void rights_take(struct rights *rights, const struct sekisho_access_record *record)
{
    if (record->time_us >= rights->end_us)
        return;
    if (record->time_us >= rights->start_us)
        begin(rights);
    take(rights, record);
}

void rights_finish(struct rights *rights)
{
    begin(rights);
}

void rights_free(struct rights *rights)
{
    free(rights->accounts);
    free(rights->terminals);
    free(rights->places);
    *rights = (struct rights){0};
}
