#include "auth/roles.h"

#include <string.h>

#include "crypto/sealed.h"

struct role_row {
    char code[ROLE_CODE_LEN + 1];
    uint16_t permit[PERMIT_LEN];
};

#define BIT(purpose)                PURPOSE_BIT(PURPOSE_##purpose)
#define PERMIT(operation, purposes) [OPERATION_##operation] = (purposes),
#define EVERY                       (BIT(REGISTER) | BIT(CHANGE) | BIT(DELETE) | BIT(PERIODIC))
#define NO_PERMIT                   [OPERATION_NONE] = 0
#define ROLE(code, number, permits) [number] = {#code, {permits}},
static const struct role_row roles[ROLE_COUNT] = {
#include "wire/roles.def"
};

enum role role_by_code(const char *text, size_t length)
{
    if (length != ROLE_CODE_LEN)
        return ROLE_NONE;
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
        if (memcmp(roles[role].code, text, ROLE_CODE_LEN) == 0)
            return (enum role)role;
    return ROLE_NONE;
}

const char *role_code(uint16_t role)
{
    return role > ROLE_NONE && role < ROLE_COUNT ? roles[role].code : NULL;
}

void role_permit(uint16_t role, uint16_t permit[PERMIT_LEN])
{
    memset(permit, 0, PERMIT_LEN * sizeof permit[0]);
    if (role > ROLE_NONE && role < ROLE_COUNT)
        memcpy(permit, roles[role].permit, sizeof roles[role].permit);
}
