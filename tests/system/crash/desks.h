/* One connection, and a session for each role that the campaign plays. */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_DESKS_H
#define SEKISHO_TESTS_SYSTEM_CRASH_DESKS_H

#include "sekisho_ledger.h"

#define PREFECTURE 11

enum desk { DESK_RECEPTION, DESK_REVIEW, DESK_APPROVAL, DESK_PRIVACY, DESK_COUNT };

extern struct sekisho_client *client;
extern struct sekisho_session *desk[DESK_COUNT];

/* Connects as SEKISHO_ADDRESS, SEKISHO_CA, SEKISHO_CERT, SEKISHO_KEY and SEKISHO_PIN say, and logs in with the
 * passwords of the folder. False, with the reason on standard error, when the server does not let it. */
bool desks_open(const char *folder);
void desks_close(void);

#endif
