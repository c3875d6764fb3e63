/* The front put together: its channel ends, its services and the gRPC server. */
#ifndef SEKISHO_FRONT_START_H
#define SEKISHO_FRONT_START_H

#include <stdbool.h>

#include "server/channel/reader.h"
#include "server/channel/vault_source.h"
#include "server/front/pem.h"
#include "server/rpc/rpc.h"
#include "server/services/front.h"
#include "wire/messages.h"

struct front_process {
    struct front front;
    struct channel vault, auth;
    struct vault_source vault_source;
    struct reader *reader;
    struct rpc_server *server;
};

/* Makes the channel ends, the reader's thread (waiting) and the session table. False: no memory or no thread. */
bool front_connect(struct front_process *process, const struct launch_config *config, struct channel *control,
                   int vault_fd, int auth_fd);

/* Starts gRPC and binds; health stays NOT_SERVING. `socket_path` is inside the front's own root, NULL for none. False
 * with a text in error[256]. */
bool front_listen(struct front_process *process, const struct launch_config *config, const char *socket_path,
                  const struct pem_files *pem, char error[256]);

#endif
