/* Reading a backup out of the vault, typed. As in vault_client.h. */
#ifndef SEKISHO_CHANNEL_VAULT_BACKUP_H
#define SEKISHO_CHANNEL_VAULT_BACKUP_H

#include "server/channel/link.h"
#include "wire/backup_messages.h"

struct vault_piece {
    enum backup_status status;
    bool last;
    const uint8_t *bytes; /* live until the callback returns */
    size_t length;        /* 0 unless BACKUP_OK */
};

/* NULL: the vault did not answer in time. */
typedef void vault_piece_done(void *user, const struct vault_piece *piece);

enum link_sent vault_backup_read(struct link *vault, const struct backup_read_request *request, vault_piece_done *done,
                                 void *user);

#endif
