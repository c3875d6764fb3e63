/* Who the warden is: root with uids to give away, or one ordinary user inside a user namespace of the keeper's making.
 */
#ifndef SEKISHO_WARDEN_IDENTITY_H
#define SEKISHO_WARDEN_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* uid 0 in a user namespace that knows uid_base .. uid_base + 3: every process gets a uid of its own. */
bool has_own_uids(uint32_t uid_base);

/* Becomes uid 0 of a new user namespace that maps nothing but the caller. false with errno. */
bool enter_user_namespace(void);

/* Root, the caller, or, in a user namespace without root, an owner that it cannot see. (The keeper checks every path
 * before it makes that namespace, when it still sees them all.) */
bool owner_is_trusted(uid_t owner);

#endif
