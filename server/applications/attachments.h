/*
 * Files of an application (F023) in pieces of 64 KiB in the register's second environment, so that large values never
 * share pages with the register. For ApplicationService and PortalService alike; callers check who may.
 *
 * A piece counts once the writer has answered: what attachment_received says is on the disk. The file is complete when
 * its last piece has come and the whole has the announced SHA-256; else nothing of it is kept.
 */
#ifndef SEKISHO_APPLICATIONS_ATTACHMENTS_H
#define SEKISHO_APPLICATIONS_ATTACHMENTS_H

#include "server/applications/applications.h"

#define ATTACHMENT_PIECE     65536u
#define ATTACHMENTS_MAX      20u
#define ATTACHMENT_BYTES_MAX (20u << 20) /* of all files of an application together */

enum attachment_result {
    ATTACHMENT_OK,
    ATTACHMENT_UNKNOWN,       /* no such file */
    ATTACHMENT_BAD_FIELD,     /* title, type, size or hash: context->field */
    ATTACHMENT_BAD_TYPE,      /* the first bytes are not of the announced type */
    ATTACHMENT_BAD_OFFSET,    /* not the next piece, or not as long as it must be */
    ATTACHMENT_HASH_MISMATCH, /* the whole is not what was announced: its pieces are gone */
    ATTACHMENT_TOO_MUCH,      /* too many files or bytes */
    ATTACHMENT_STORE,         /* context->rc */
};

/* Files come and go in DRAFT, RECEIVED and CORRECTION_WAIT alone: later they are what was decided on. */
bool attachments_may_change(const stored_application *application);

/* Announces a file: title, media_type, size and sha256 of *wanted; *made is the new one in application->attachments.
 * Stores the application. */
enum attachment_result attachment_create(struct application_context *context, stored_application *application,
                                         const Sekisho__V1__Attachment *wanted, Sekisho__V1__Attachment **made);

/* NULL: none of this number. */
Sekisho__V1__Attachment *attachment_find(const stored_application *application, uint32_t number);
uint32_t attachment_number(const Sekisho__V1__Attachment *attachment);

/* Bytes on the disk. `files`: a transaction of reg->files. An LMDB code. */
int attachment_received(const struct reg *reg, MDB_txn *files, const uint8_t application[REGISTER_ID_LEN],
                        const Sekisho__V1__Attachment *attachment, int64_t *bytes);

/* The next piece: `offset` is what attachment_received says, `length` ATTACHMENT_PIECE or what is left of the file.
 * With the last one the file is complete, and the application stored. After HASH_MISMATCH the transaction must be kept:
 * it has the removal of the pieces. */
enum attachment_result attachment_append(struct application_context *context, MDB_txn *files,
                                         stored_application *application, Sekisho__V1__Attachment *attachment,
                                         int64_t offset, const uint8_t *data, size_t length);

/* The piece that begins at `offset`, a multiple of ATTACHMENT_PIECE; *data is LMDB's, for the life of the transaction.
 */
enum attachment_result attachment_read(struct application_context *context, MDB_txn *files,
                                       const uint8_t application[REGISTER_ID_LEN],
                                       const Sekisho__V1__Attachment *attachment, int64_t offset, const uint8_t **data,
                                       size_t *length);

/* Deletes it with its pieces. Stores the application. */
enum attachment_result attachment_delete(struct application_context *context, MDB_txn *files,
                                         stored_application *application, Sekisho__V1__Attachment *attachment);

/* The pieces of all its files, in the group's transaction of `files`; its list stays. An LMDB code. */
int attachments_drop(const struct application_context *context, const stored_application *application);

#endif
