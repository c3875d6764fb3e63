#include "server/channel/vault_backup.h"

#include <string.h>

static bool decode_piece(void (*callback)(void), void *user, const struct frame_view *reply)
{
    vault_piece_done *done = (vault_piece_done *)callback;
    struct backup_read_reply head;

    if (!reply) {
        done(user, NULL);
        return true;
    }
    memcpy(&head, reply->body, sizeof head);
    if (head.status >= BACKUP_STATUS_COUNT || head.last > 1 || head.length != reply->body_length - sizeof head ||
        (head.status == BACKUP_OK) != (head.length > 0))
        return false;
    const struct vault_piece piece = {.status = (enum backup_status)head.status,
                                      .last = head.last,
                                      .bytes = reply->body + sizeof head,
                                      .length = head.length};
    done(user, &piece);
    return true;
}

enum link_sent vault_backup_read(struct link *vault, const struct backup_read_request *request, vault_piece_done *done,
                                 void *user)
{
    const struct iovec part = {.iov_base = (void *)(uintptr_t)request, .iov_len = sizeof *request};

    return link_send(vault, &(struct link_request){.type = FRAME_BACKUP_READ,
                                                   .parts = &part,
                                                   .part_count = 1,
                                                   .decode = decode_piece,
                                                   .callback = (void (*)(void))done,
                                                   .user = user});
}
