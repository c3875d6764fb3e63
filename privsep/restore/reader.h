/* Reads a backup chunk by chunk, and says what is wrong with it where it is. */
#ifndef SEKISHO_RESTORE_READER_H
#define SEKISHO_RESTORE_READER_H

#include <stdbool.h>

#include "restore/restore.h"

struct backup_reader {
    int fd;
    uint64_t size, at;
    bool ended; /* the last bytes of the file are those of a backup's end: it has not been cut */
    struct backup_head head;
    struct backup_end end;
    struct hpke_context open;
    uint64_t chunk; /* number of the last one opened */
    bool last;      /* it was the last */
    uint8_t hash[HASH_LEN];
    uint8_t sealed[BACKUP_PLAIN_MAX + HPKE_TAG_LEN];
    int code; /* errno of RESTORE_UNREADABLE */
};

/* All: RESTORE_DONE or what is wrong. `reader` is to be closed in every case. */
enum restore_status reader_open(struct backup_reader *reader, int fd, const uint8_t private_key[HPKE_KEY_LEN]);
/* The next chunk, opened; not after the last. */
enum restore_status reader_next(struct backup_reader *reader, uint8_t plain[BACKUP_PLAIN_MAX], size_t *length);
/* After the last: the end is there, nothing is behind it, and it is signed with reader->end.ledger_key. */
enum restore_status reader_finish(struct backup_reader *reader);
void reader_close(struct backup_reader *reader);

#endif
