/* One connection, a session for each role that the campaign plays, and their calls. */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_OFFICE_H
#define SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_OFFICE_H

#include "sekisho_rpc.h"

#define PREFECTURE      11
#define PREFECTURE_NAME "prefectures/11"

enum desk { DESK_RECEPTION, DESK_REVIEW, DESK_CASHIER, DESK_APPROVAL, DESK_AUDIT, DESK_COUNT };

extern struct sekisho_client *client;
extern struct sekisho_session *desk[DESK_COUNT];

/* Connects as SEKISHO_ADDRESS, SEKISHO_CA, SEKISHO_CERT, SEKISHO_KEY and SEKISHO_PIN say, and logs in with the
 * passwords of the folder. False, with the reason on standard error, when the server does not let it. */
bool office_open(const char *folder);
void office_close(void);

/* How a call ended: answered, or nobody knows what has become of it, or an error that no crash explains. */
enum ended { ENDED_WELL, ENDED_UNKNOWN, ENDED_WRONG };
/* *answer is the caller's after ENDED_WELL (sekisho_message_free); ENDED_WRONG prints a line. */
enum ended office_call(enum desk which, const ProtobufCServiceDescriptor *service, const char *method,
                       const ProtobufCMessage *request, ProtobufCMessage **answer);

/* One item sealed for an application: its id is the case and the request id. NULL for ERASE-like calls' number. */
struct sekisho_sealed *office_seal(enum desk which, enum sekisho_operation operation, const uint8_t application[16],
                                   const char number[SEKISHO_NUMBER_LEN]);

#endif
