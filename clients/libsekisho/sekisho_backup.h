/*
 * Backups of a server's store (privsep/crypto/backup_file.h). The file is sealed to an offline key that the server's
 * configuration names: whoever takes it cannot open it. What can be checked without that key is checked here, so that a
 * front that cuts, exchanges or alters a backup is noticed while it is being taken.
 */
#ifndef SEKISHO_BACKUP_H
#define SEKISHO_BACKUP_H

#include "sekisho.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sekisho_backup {
    uint8_t id[16];
    int64_t taken_us; /* everything acknowledged before is in it */
    uint8_t key[32];  /* SHA-256 of the public key it is sealed to */
    uint64_t bytes;
    uint64_t chunks;
    struct sekisho_receipt receipt; /* of the leaf that records it, in the ledger of the session's prefecture */
};

/* Takes the next bytes of the file. False: stop, because they cannot be written. */
typedef bool sekisho_backup_sink(void *context, const void *bytes, size_t length);

/*
 * Takes a backup. The bytes given to the sink are a good backup only when the status is SEKISHO_OK and *result is DONE;
 * REFUSED with NO_BACKUP_KEY or BACKUP_RUNNING: there are none. SEKISHO_ERROR_LOCAL `BACKUP_NOT_WRITTEN`: the sink
 * stopped. `timeout_ms` of the client bounds the wait for each message.
 */
enum sekisho_status sekisho_take_backup(struct sekisho_session *session, sekisho_backup_sink *sink, void *context,
                                        struct sekisho_backup *backup, struct sekisho_result *result,
                                        struct sekisho_error *error);

#ifdef __cplusplus
}
#endif

#endif
