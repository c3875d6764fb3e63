/* Which role may do which account operation, and in which session: duties.def. */
#ifndef SEKISHO_AUTH_DUTIES_H
#define SEKISHO_AUTH_DUTIES_H

#include <stdbool.h>
#include <stdint.h>

/* True when there is such an operation (enum account_operation). */
bool duty_known(uint16_t operation);

/* False also for what is no operation or no role. `fresh`: the session's account has yet to change its password, to
 * agree to the terms or to get its second factor. */
bool duty_permits(uint16_t operation, uint16_t role, bool fresh);

#endif
