#include "server/applications/attachments.h"

#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "crypto/hash.h"
#include "server/applications/internal.h"
#include "server/applications/media_type.h"
#include "server/applications/name.h"

#define STATE(state)         SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state
#define TITLE_MAX_CHARACTERS 200u
#define PIECES_MAX           (ATTACHMENT_BYTES_MAX / ATTACHMENT_PIECE)

/* A piece's key: the application's id with the file's number in it (ids are random: none meets another's), the piece.
 */
struct piece_key {
    uint8_t file[REGISTER_ID_LEN];
    uint8_t piece[4];
};
_Static_assert(sizeof(struct piece_key) == REGISTER_ID_LEN + 4, "keys have no holes");

static struct piece_key piece_key(const uint8_t application[REGISTER_ID_LEN], uint32_t number, uint32_t piece)
{
    struct piece_key key;
    uint8_t bytes[4];

    memcpy(key.file, application, REGISTER_ID_LEN);
    put_be32(bytes, number);
    for (size_t i = 0; i < sizeof bytes; i++)
        key.file[REGISTER_ID_LEN - sizeof bytes + i] ^= bytes[i];
    put_be32(key.piece, piece);
    return key;
}

static enum attachment_result store_result(struct application_context *context, int rc)
{
    context->rc = rc;
    return rc == 0 ? ATTACHMENT_OK : ATTACHMENT_STORE;
}

static enum attachment_result store_application(struct application_context *context, stored_application *application)
{
    return application_update(context, application) == APPLICATION_OK ? ATTACHMENT_OK : ATTACHMENT_STORE;
}

bool attachments_may_change(const stored_application *application)
{
    Sekisho__V1__ApplicationState state = application->application->state;

    return state == STATE(DRAFT) || state == STATE(RECEIVED) || state == STATE(CORRECTION_WAIT);
}

uint32_t attachment_number(const Sekisho__V1__Attachment *attachment)
{
    uint8_t id[REGISTER_ID_LEN];
    const char *rest;
    uint16_t tenant;
    uint32_t number;

    if (!application_name_parse(attachment->name, &tenant, id, &rest) ||
        !part_number_parse(rest, "/attachments/", &number))
        return 0;
    return number;
}

Sekisho__V1__Attachment *attachment_find(const stored_application *application, uint32_t number)
{
    const Sekisho__V1__Application *shown = application->application;

    for (size_t i = 0; i < shown->n_attachments; i++)
        if (attachment_number(shown->attachments[i]) == number)
            return shown->attachments[i];
    return NULL;
}

/* ---- announcing ---- */

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* A name to be shown: it is never used as a path, and does not look like one. */
static bool title_good(const char *title)
{
    for (const char *c = title; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '/' || *c == '\\')
            return false;
    return title[0] != '\0' && characters(title) <= TITLE_MAX_CHARACTERS;
}

static size_t count_files(const Sekisho__V1__Application *shown, int64_t *bytes)
{
    for (size_t i = 0; i < shown->n_attachments; i++)
        *bytes += shown->attachments[i]->size;
    return shown->n_attachments;
}

static enum attachment_result check_wanted(struct application_context *context, const Sekisho__V1__Application *shown,
                                           const Sekisho__V1__Attachment *wanted)
{
    int64_t total = wanted->size;

    context->field = NULL;
    if (!title_good(wanted->title))
        context->field = "attachment.title";
    else if (!media_type_known(wanted->media_type))
        context->field = "attachment.media_type";
    else if (wanted->size < 1 || wanted->size > (int64_t)ATTACHMENT_BYTES_MAX)
        context->field = "attachment.size";
    else if (wanted->sha256.len != HASH_LEN)
        context->field = "attachment.sha256";
    if (context->field)
        return ATTACHMENT_BAD_FIELD;
    size_t count = count_files(shown, &total);
    if (context->corrected)
        count += count_files(context->corrected->application, &total);
    return count < ATTACHMENTS_MAX && total <= (int64_t)ATTACHMENT_BYTES_MAX ? ATTACHMENT_OK : ATTACHMENT_TOO_MUCH;
}

enum attachment_result attachment_create(struct application_context *context, stored_application *application,
                                         const Sekisho__V1__Attachment *wanted, Sekisho__V1__Attachment **made)
{
    Sekisho__V1__Application *shown = application->application;
    size_t count = shown->n_attachments;
    enum attachment_result result = check_wanted(context, shown, wanted);

    if (result != ATTACHMENT_OK)
        return result;
    Sekisho__V1__Attachment **all = arena_alloc(context, (count + 1) * sizeof(Sekisho__V1__Attachment *));
    Sekisho__V1__Attachment *new = arena_alloc(context, sizeof *new);
    char *name = arena_alloc(context, ATTACHMENT_NAME_SIZE);
    if (!all || !new || !name)
        return store_result(context, MDB_MAP_FULL);
    snprintf(name, ATTACHMENT_NAME_SIZE, "%s/attachments/%u", shown->name, application->next_attachment + 1);
    sekisho__v1__attachment__init(new);
    new->name = name;
    new->title = wanted->title;
    new->media_type = wanted->media_type;
    new->size = wanted->size;
    new->sha256 = wanted->sha256;
    if (count > 0)
        memcpy(all, shown->attachments, count * sizeof(Sekisho__V1__Attachment *));
    all[count] = new;
    shown->attachments = all;
    shown->n_attachments = count + 1;
    application->next_attachment++;
    *made = new;
    return store_application(context, application);
}

/* ---- pieces ---- */

static uint32_t pieces_of(const Sekisho__V1__Attachment *attachment)
{
    return (uint32_t)((attachment->size + ATTACHMENT_PIECE - 1) / ATTACHMENT_PIECE);
}

static size_t piece_length(const Sekisho__V1__Attachment *attachment, uint32_t piece)
{
    int64_t left = attachment->size - (int64_t)piece * ATTACHMENT_PIECE;

    return left < (int64_t)ATTACHMENT_PIECE ? (size_t)left : ATTACHMENT_PIECE;
}

static int get_piece(const struct reg *reg, MDB_txn *files, const uint8_t application[REGISTER_ID_LEN],
                     const Sekisho__V1__Attachment *attachment, uint32_t piece, MDB_val *value)
{
    struct piece_key id = piece_key(application, attachment_number(attachment), piece);
    MDB_val key = {sizeof id, &id};
    int rc = mdb_get(files, reg->pieces, &key, value);

    if (rc == 0 && value->mv_size != piece_length(attachment, piece))
        return MDB_CORRUPTED;
    return rc;
}

int attachment_received(const struct reg *reg, MDB_txn *files, const uint8_t application[REGISTER_ID_LEN],
                        const Sekisho__V1__Attachment *attachment, int64_t *bytes)
{
    uint32_t low = 0, high = pieces_of(attachment); /* pieces come in order: the first that is missing lies between */
    MDB_val value;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int rc = get_piece(reg, files, application, attachment, middle, &value);
        if (rc != 0 && rc != MDB_NOTFOUND)
            return rc;
        if (rc == 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* The last piece counts with the file: a crash may have come between the two stores. It is sent again then. */
    if (low == pieces_of(attachment) && !attachment->complete)
        low--;
    *bytes = attachment->complete ? attachment->size : (int64_t)low * ATTACHMENT_PIECE;
    return 0;
}

static int delete_pieces(const struct application_context *context, MDB_txn *files,
                         const stored_application *application, const Sekisho__V1__Attachment *attachment)
{
    for (uint32_t piece = 0; piece < pieces_of(attachment); piece++) {
        struct piece_key id = piece_key(application->id.data, attachment_number(attachment), piece);
        MDB_val key = {sizeof id, &id};
        int rc = mdb_del(files, context->reg->pieces, &key, NULL);
        if (rc != 0)
            return rc == MDB_NOTFOUND ? 0 : rc;
    }
    return 0;
}

static int hash_pieces(const struct application_context *context, MDB_txn *files, const uint8_t *application,
                       const Sekisho__V1__Attachment *attachment, uint8_t hash[HASH_LEN])
{
    struct iovec parts[PIECES_MAX];
    uint32_t count = pieces_of(attachment);

    for (uint32_t piece = 0; piece < count; piece++) {
        MDB_val value;
        int rc = get_piece(context->reg, files, application, attachment, piece, &value);
        if (rc != 0)
            return rc;
        parts[piece] = (struct iovec){.iov_base = value.mv_data, .iov_len = value.mv_size};
    }
    return sha256_parts(parts, count, hash) == 0 ? 0 : MDB_PANIC;
}

/* The last piece is there. */
static enum attachment_result complete(struct application_context *context, MDB_txn *files,
                                       stored_application *application, Sekisho__V1__Attachment *attachment)
{
    uint8_t hash[HASH_LEN];
    int rc = hash_pieces(context, files, application->id.data, attachment, hash);

    if (rc != 0)
        return store_result(context, rc);
    if (memcmp(hash, attachment->sha256.data, HASH_LEN) != 0) {
        rc = delete_pieces(context, files, application, attachment);
        return rc == 0 ? ATTACHMENT_HASH_MISMATCH : store_result(context, rc);
    }
    attachment->complete = true;
    return store_application(context, application);
}

enum attachment_result attachment_append(struct application_context *context, MDB_txn *files,
                                         stored_application *application, Sekisho__V1__Attachment *attachment,
                                         int64_t offset, const uint8_t *data, size_t length)
{
    int64_t received;
    int rc = attachment_received(context->reg, files, application->id.data, attachment, &received);

    if (rc != 0)
        return store_result(context, rc);
    if (attachment->complete || offset != received)
        return ATTACHMENT_BAD_OFFSET;
    uint32_t piece = (uint32_t)(offset / ATTACHMENT_PIECE);
    if (length != piece_length(attachment, piece))
        return ATTACHMENT_BAD_OFFSET;
    if (piece == 0 && !media_type_fits(attachment->media_type, data, length))
        return ATTACHMENT_BAD_TYPE;
    struct piece_key id = piece_key(application->id.data, attachment_number(attachment), piece);
    MDB_val key = {sizeof id, &id}, value = {length, (void *)(uintptr_t)data};
    rc = mdb_put(files, context->reg->pieces, &key, &value, 0);
    if (rc != 0 || piece + 1 < pieces_of(attachment))
        return store_result(context, rc);
    return complete(context, files, application, attachment);
}

enum attachment_result attachment_read(struct application_context *context, MDB_txn *files,
                                       const uint8_t application[REGISTER_ID_LEN],
                                       const Sekisho__V1__Attachment *attachment, int64_t offset, const uint8_t **data,
                                       size_t *length)
{
    MDB_val value;

    if (!attachment->complete || offset < 0 || offset >= attachment->size || offset % ATTACHMENT_PIECE != 0)
        return ATTACHMENT_BAD_OFFSET;
    int rc = get_piece(context->reg, files, application, attachment, (uint32_t)(offset / ATTACHMENT_PIECE), &value);
    if (rc != 0)
        return store_result(context, rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc);
    *data = value.mv_data;
    *length = value.mv_size;
    return ATTACHMENT_OK;
}

enum attachment_result attachment_delete(struct application_context *context, MDB_txn *files,
                                         stored_application *application, Sekisho__V1__Attachment *attachment)
{
    Sekisho__V1__Application *shown = application->application;
    size_t kept = 0;
    int rc = delete_pieces(context, files, application, attachment);

    if (rc != 0)
        return store_result(context, rc);
    for (size_t i = 0; i < shown->n_attachments; i++)
        if (shown->attachments[i] != attachment)
            shown->attachments[kept++] = shown->attachments[i];
    shown->n_attachments = kept;
    return store_application(context, application);
}

int attachments_drop(const struct application_context *context, const stored_application *application)
{
    const Sekisho__V1__Application *shown = application->application;
    int rc = 0;

    if (shown->n_attachments == 0)
        return 0;
    MDB_txn *files = reg_files_txn(context->reg, &rc);
    for (size_t i = 0; i < shown->n_attachments && rc == 0; i++)
        rc = delete_pieces(context, files, application, shown->attachments[i]);
    return rc;
}
