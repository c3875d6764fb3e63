#include <strings.h>

#include "sekisho_accounts.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const kinds[] = {
    [SEKISHO_OFFICER] = "OFFICER",
    [SEKISHO_ADMINISTRATOR] = "ADMINISTRATOR",
    [SEKISHO_CONTRACTOR] = "CONTRACTOR",
    [SEKISHO_MACHINE] = "MACHINE",
};

static const char *const states[] = {
    [SEKISHO_REQUESTED] = "REQUESTED", [SEKISHO_APPROVED] = "APPROVED", [SEKISHO_ISSUED] = "ISSUED",
    [SEKISHO_ACTIVE] = "ACTIVE",       [SEKISHO_LOCKED] = "LOCKED",     [SEKISHO_SUSPENDED] = "SUSPENDED",
    [SEKISHO_RETURNED] = "RETURNED",
};

static const char *const terminals[] = {
    [SEKISHO_TERMINAL_OPERATION] = "OPERATION",
    [SEKISHO_TERMINAL_JUKI] = "JUKI",
    [SEKISHO_TERMINAL_CENTRE] = "CENTRE",
    [SEKISHO_TERMINAL_MACHINE] = "MACHINE",
};

static const char *const roles[] = {
#define ROLE(code, number, permits) [number] = #code,
#include "wire/roles.def"
#undef ROLE
};

static const char *name_of(const char *const *names, size_t count, size_t value)
{
    return value < count && names[value] ? names[value] : "UNKNOWN";
}

static unsigned value_of(const char *const *names, size_t count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (names[i] && strcasecmp(names[i], name) == 0)
            return i;
    return 0;
}

const char *sekisho_account_kind_name(enum sekisho_account_kind kind)
{
    return name_of(kinds, COUNT(kinds), kind);
}

const char *sekisho_account_state_name(enum sekisho_account_state state)
{
    return name_of(states, COUNT(states), state);
}

const char *sekisho_terminal_kind_name(enum sekisho_terminal_kind kind)
{
    return name_of(terminals, COUNT(terminals), kind);
}

const char *sekisho_role_name(unsigned role)
{
    return name_of(roles, COUNT(roles), role);
}

enum sekisho_account_kind sekisho_account_kind_of(const char *name)
{
    return (enum sekisho_account_kind)value_of(kinds, COUNT(kinds), name);
}

enum sekisho_account_state sekisho_account_state_of(const char *name)
{
    return (enum sekisho_account_state)value_of(states, COUNT(states), name);
}

enum sekisho_terminal_kind sekisho_terminal_kind_of(const char *name)
{
    return (enum sekisho_terminal_kind)value_of(terminals, COUNT(terminals), name);
}

unsigned sekisho_role_of(const char *name)
{
    return value_of(roles, COUNT(roles), name);
}
