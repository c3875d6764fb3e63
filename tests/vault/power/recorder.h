/*
 * Records what the vault does to its files and when it answers: this executable's own definitions of write(2) and its
 * kin stand in for libc's, for the vault's code and for liblmdb alike, and keep a list in the order of the calls.
 * One thread. What it cannot record (another file, a truncation, msync of a shared map) ends the test.
 */
#ifndef SEKISHO_TESTS_VAULT_POWER_RECORDER_H
#define SEKISHO_TESTS_VAULT_POWER_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum recorded_kind {
    RECORDED_WRITE,
    RECORDED_SYNC,  /* fdatasync or fsync has returned */
    RECORDED_ANSWER /* a record is about to go to the front; bytes: the record */
};
enum recorded_file { FILE_DATA, FILE_REDO, FILE_ERASURES, FILE_COUNT };

struct recorded {
    enum recorded_kind kind;
    enum recorded_file file;
    bool durable; /* WRITE: through an O_DSYNC descriptor, so it is on the disk when the call returns */
    uint64_t offset, length;
    const uint8_t *bytes;
};

/* Names of the files in the store's folder, by enum recorded_file. */
extern const char *const recorded_names[FILE_COUNT];

/* From here on; all files of the folder must be there. `front` is the vault's descriptor. `during_sync` is called in
 * the middle of each sync: peers do not stand still while the vault waits for the disk. While it does not record, syncs
 * of this process do nothing: images are thrown away anyway. */
void recorder_begin(const char *folder, int front, void (*during_sync)(void *context), void *context);
void recorder_end(void);
const struct recorded *recorder_event(size_t i); /* NULL past the last one */

#endif
