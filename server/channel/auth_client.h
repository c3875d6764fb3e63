/* Requests of the front to auth, typed. Callbacks run on the reader's thread, exactly once for each LINK_SENT. */
#ifndef SEKISHO_CHANNEL_AUTH_CLIENT_H
#define SEKISHO_CHANNEL_AUTH_CLIENT_H

#include "server/channel/link.h"
#include "wire/account_messages.h"
#include "wire/messages.h"

/* In flight at once; a login costs auth about 0.1 s, so that the last of these is answered well within the time limit.
 */
#define AUTH_IN_FLIGHT_MAX 64

extern const struct link_options auth_link_options;

/* NULL as the reply: auth did not answer in time. */
typedef void auth_challenge_done(void *user, const struct challenge_reply *reply);
typedef void auth_login_done(void *user, const struct login_reply *reply);
typedef void auth_logout_done(void *user, const struct logout_reply *reply);
typedef void auth_account_done(void *user, const struct account_call_reply *reply);

enum link_sent auth_challenge(struct link *auth, uint16_t tenant, auth_challenge_done *done, void *user);
enum link_sent auth_login(struct link *auth, const struct login_request *request, auth_login_done *done, void *user);
enum link_sent auth_logout(struct link *auth, const uint8_t session[SESSION_ID_LEN], auth_logout_done *done,
                           void *user);
enum link_sent auth_account_call(struct link *auth, const struct account_call *call, auth_account_done *done,
                                 void *user);

/* One-way: to be recorded (F103). False when it could not be sent now. */
bool auth_access_refused(struct link *auth, const struct access_refused *refused);

/* One-way: the session has been used for the register. Lost when it cannot be sent now: the session's next one says the
 * same. */
void auth_session_worked(struct link *auth, const uint8_t session[SESSION_ID_LEN]);

#endif
