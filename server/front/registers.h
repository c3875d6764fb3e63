/* The registers of the prefectures that are served: opened before the lock-down, by the front's own uid. */
#ifndef SEKISHO_FRONT_REGISTERS_H
#define SEKISHO_FRONT_REGISTERS_H

#include "server/services/front.h"

/*
 * Opens (and makes) the register of each prefecture in the folder of descriptor `folder`, which it closes: an open
 * folder would be a way out of the front's root. False: *rc is an LMDB or errno code.
 */
bool registers_open(struct front *front, const struct launch_config *config, int folder, int *rc);

/* Starts the writers' threads. False: no thread. */
bool registers_start(struct front *front);

#endif
