/* The authorities of card signatures and their revocation lists: read before the lock-down, kept for the life of the
 * process. */
#ifndef SEKISHO_FRONT_CARD_H
#define SEKISHO_FRONT_CARD_H

#include "sandbox/sandbox.h"
#include "server/services/front.h"

struct card_files {
    int sign_authorities, auth_authorities, crl; /* PEM; empty files: not configured */
};

/* Sets front->card, or leaves it NULL when neither authorities nor policies are configured. Closes the descriptors.
 * False: what is configured cannot be used. */
bool card_read(struct front *front, const struct launch_config *config, const struct card_files *files);

/* After registers_open: gives it the lists that came while running. An LMDB code. */
int card_lists_read(struct front *front);

#endif
