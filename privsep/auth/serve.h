/* The loop of the auth process, from SEALED to its end, and the table of what it accepts from whom in which phase. */
#ifndef SEKISHO_AUTH_SERVE_H
#define SEKISHO_AUTH_SERVE_H

#include "auth/auth.h"

extern const struct frame_rule auth_rules[];
extern const size_t auth_rule_count;

/* Serves until it has drained; every other end is child_exit. */
void auth_serve(struct auth *auth, struct channel *control);

#endif
