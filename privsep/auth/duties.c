#include "auth/duties.h"

#include "auth/roles.h"
#include "crypto/account_call.h"

enum duty_state { READY, FRESH };

#define R(code)    (1u << ROLE_##code)
#define EVERY_ROLE ((1u << ROLE_COUNT) - 2) /* all but ROLE_NONE */
#define DUTY_END   (ACCESS_REVIEW + 1)

static const struct duty {
    uint32_t roles; /* 0: no operation */
    enum duty_state state;
} duties[DUTY_END] = {
#define DUTY(operation, roles, state) [operation] = {roles, state},
#include "auth/duties.def"
#undef DUTY
};

bool duty_known(uint16_t operation)
{
    return operation < DUTY_END && duties[operation].roles != 0;
}

bool duty_permits(uint16_t operation, uint16_t role, bool fresh)
{
    return duty_known(operation) && role < ROLE_COUNT && (duties[operation].roles >> role & 1) &&
           (!fresh || duties[operation].state == FRESH);
}
