/* Roles of accounts (roles.def) and the permit each gives: which operations of the vault under which purposes (INV-06).
 */
#ifndef SEKISHO_AUTH_ROLES_H
#define SEKISHO_AUTH_ROLES_H

#include <stddef.h>
#include <stdint.h>

#include "wire/messages.h"

#define ROLE_CODE_LEN 3

enum role {
    ROLE_NONE,
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
    ROLE_COUNT
};

/* The role of a three-letter code, ROLE_NONE when there is none. `text` needs no terminator. */
enum role role_by_code(const char *text, size_t length);

/* Three letters, or NULL for a value that is no role. */
const char *role_code(uint16_t role);

/* Fills the permit; all zero for a value that is no role. */
void role_permit(uint16_t role, uint16_t permit[PERMIT_LEN]);

#endif
