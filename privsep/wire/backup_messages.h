/*
 * Bodies of FRAME_BACKUP_READ, front -> vault and back: the bytes of the backup that an OPERATION_BACKUP has allowed, a
 * piece a frame. They are sealed to an offline key (crypto/backup_file.h): whoever may connect may carry them.
 */
#ifndef SEKISHO_WIRE_BACKUP_MESSAGES_H
#define SEKISHO_WIRE_BACKUP_MESSAGES_H

#include "crypto/backup_file.h"

struct backup_read_request {
    uint8_t id[BACKUP_ID_LEN];
    uint64_t piece; /* 0, 1, 2 ... each once; BACKUP_STOP: nobody reads on */
};
#define BACKUP_STOP UINT64_MAX

enum backup_status {
    BACKUP_OK,
    BACKUP_GONE, /* no such backup, one that has ended or was not read for too long, or a piece out of turn */
    BACKUP_STATUS_COUNT
};

/* `length` bytes of the file follow. */
struct backup_read_reply {
    uint16_t status; /* enum backup_status */
    uint16_t last;   /* 1: the file ends with this piece */
    uint32_t length; /* 0 unless BACKUP_OK */
};

/* The largest piece: a chunk, and the end behind it. */
#define BACKUP_PIECE_MAX (sizeof(struct backup_chunk) + BACKUP_PLAIN_MAX + HPKE_TAG_LEN + sizeof(struct backup_end))

#endif
