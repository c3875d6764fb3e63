/* What the front's services share: the context of every service. Written before the server runs, except where said. */
#ifndef SEKISHO_SERVICES_FRONT_H
#define SEKISHO_SERVICES_FRONT_H

#include <pthread.h>
#include <stdint.h>

#include "server/channel/bulk.h"
#include "server/channel/link.h"
#include "server/rpc/rpc.h"
#include "server/services/session_table.h"
#include "wire/messages.h"

struct card_trust;
struct reg;

struct front {
    struct link *warden, *vault, *auth;
    struct reg *regs[TENANTS_MAX + 1]; /* the registers, by tenant; NULL: not served here */
    struct card_trust *card;           /* authorities of card signatures; NULL: no online applications */
    struct bulk bulk;                  /* to the vault */
    struct session_table *sessions;
    int64_t started_at_us; /* UTC */
    const char *terms;     /* of use (F165); UTF-8 */
    size_t terms_length;   /* 0: there are none */
    uint32_t terms_version;
    /* The vault's keys for citizens' blobs, by tenant, once asked for: they do not change while the vault runs. */
    pthread_mutex_t citizen_lock;
    struct {
        bool known;
        uint8_t key[X25519_LEN];
    } citizen[TENANTS_MAX + 1];
};

#define SERVICE(name, stem)                                                                                            \
    extern const struct rpc_method stem##_methods[];                                                                   \
    extern const size_t stem##_method_count;
#include "server/services/services.def"
#undef SERVICE

#endif
