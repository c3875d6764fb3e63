/* The front's one request to the warden. The callback runs on the reader's thread, exactly once for LINK_SENT. */
#ifndef SEKISHO_CHANNEL_WARDEN_CLIENT_H
#define SEKISHO_CHANNEL_WARDEN_CLIENT_H

#include "server/channel/link.h"
#include "wire/messages.h"

extern const struct link_options warden_link_options;

/* NULL as the reply: the warden did not answer in time. */
typedef void warden_attestation_done(void *user, const struct attestation_reply *reply);

enum link_sent warden_attestation(struct link *warden, warden_attestation_done *done, void *user);

#endif
