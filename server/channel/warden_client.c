#include "server/channel/warden_client.h"

#include <string.h>

const struct link_options warden_link_options = {
    .in_flight_max = 32,
    .timeout_ms = 3000,
    .ordered = true,
};

static bool decode_attestation(void (*callback)(void), void *user, const struct frame_view *reply)
{
    warden_attestation_done *done = (warden_attestation_done *)callback;
    struct attestation_reply attestation;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&attestation, reply->body, sizeof attestation);
    if (attestation.zero != 0)
        return false;
    for (int i = 0; i < PROCESS_COUNT; i++)
        if (attestation.entry[i].agrees > 1 || attestation.entry[i].zero != 0)
            return false;
    done(user, &attestation);
    return true;
}

enum link_sent warden_attestation(struct link *warden, warden_attestation_done *done, void *user)
{
    return link_send(warden, &(struct link_request){.type = FRAME_ATTESTATION,
                                                    .decode = decode_attestation,
                                                    .callback = (void (*)(void))done,
                                                    .user = user});
}
