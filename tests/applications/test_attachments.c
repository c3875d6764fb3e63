/* Files of an application (F023): pieces, limits, types by first bytes, the whole's hash, an upload that goes on. */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "sample.h"
#include "server/applications/attachments.h"

#define KIND(kind) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define SIZE       (2 * (size_t)ATTACHMENT_PIECE + 777)

static uint8_t file[SIZE];

static int set_up(void **state)
{
    for (size_t i = 0; i < SIZE; i++)
        file[i] = (uint8_t)(i * 31);
    memcpy(file, "%PDF-1.7", 8);
    return crypto_init() == 0 ? sample_set_up(state) : -1;
}

static stored_application *created(struct application_context *context)
{
    stored_application *application = sample_application(context, KIND(NEW), NULL);

    assert_int_equal(application_create(context, application), APPLICATION_OK);
    return application;
}

static Sekisho__V1__Attachment announced(uint8_t hash[HASH_LEN])
{
    Sekisho__V1__Attachment attachment = SEKISHO__V1__ATTACHMENT__INIT;

    assert_int_equal(sha256(file, SIZE, hash), 0);
    attachment.title = TEXT("卒業証明書.pdf");
    attachment.media_type = TEXT("application/pdf");
    attachment.size = SIZE;
    attachment.sha256 = (ProtobufCBinaryData){HASH_LEN, hash};
    return attachment;
}

static enum attachment_result append(struct application_context *context, MDB_txn *files,
                                     stored_application *application, Sekisho__V1__Attachment *attachment,
                                     size_t offset)
{
    size_t length = SIZE - offset < ATTACHMENT_PIECE ? SIZE - offset : ATTACHMENT_PIECE;

    return attachment_append(context, files, application, attachment, (int64_t)offset, file + offset, length);
}

static MDB_txn *begin(const struct application_context *context)
{
    MDB_txn *files;

    assert_int_equal(mdb_txn_begin(context->reg->files, NULL, 0, &files), 0);
    return files;
}

static int64_t received(const struct application_context *context, MDB_txn *files,
                        const stored_application *application, const Sekisho__V1__Attachment *attachment)
{
    int64_t bytes;

    assert_int_equal(attachment_received(context->reg, files, application->id.data, attachment, &bytes), 0);
    return bytes;
}

static int upload(struct step *step, struct application_context *context)
{
    stored_application *application = created(context);
    uint8_t hash[HASH_LEN];
    Sekisho__V1__Attachment wanted = announced(hash), *made;
    MDB_txn *files = begin(context);
    const uint8_t *data;
    size_t length;

    (void)step;
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    assert_int_equal(received(context, files, application, made), 0);
    /* Not the next piece, and a piece that is too short. */
    assert_int_equal(append(context, files, application, made, ATTACHMENT_PIECE), ATTACHMENT_BAD_OFFSET);
    assert_int_equal(attachment_append(context, files, application, made, 0, file, 100), ATTACHMENT_BAD_OFFSET);
    assert_int_equal(append(context, files, application, made, 0), ATTACHMENT_OK);
    /* Cut off: what was confirmed counts, and it goes on there. */
    assert_int_equal(received(context, files, application, made), ATTACHMENT_PIECE);
    assert_int_equal(append(context, files, application, made, 0), ATTACHMENT_BAD_OFFSET);
    assert_int_equal(append(context, files, application, made, ATTACHMENT_PIECE), ATTACHMENT_OK);
    assert_false(made->complete);
    assert_int_equal(attachment_read(context, files, application->id.data, made, 0, &data, &length),
                     ATTACHMENT_BAD_OFFSET);
    assert_int_equal(append(context, files, application, made, 2 * (size_t)ATTACHMENT_PIECE), ATTACHMENT_OK);
    assert_true(application_get(context, application->id.data)->application->attachments[0]->complete);
    for (size_t at = 0; at < SIZE; at += length) {
        assert_int_equal(attachment_read(context, files, application->id.data, made, (int64_t)at, &data, &length),
                         ATTACHMENT_OK);
        assert_memory_equal(data, file + at, length);
    }
    mdb_txn_abort(files);
    return 0;
}

static void test_F023_upload_in_pieces_goes_on_where_it_was_cut_off(void **state)
{
    struct step step = {.sample = *state, .run = upload};

    assert_int_equal(sample_step(&step), 0);
}

/* A crash between the two stores: all pieces are there, the application does not say so. */
static int last_piece_again(struct step *step, struct application_context *context)
{
    stored_application *application = created(context);
    uint8_t hash[HASH_LEN];
    Sekisho__V1__Attachment wanted = announced(hash), *made;
    MDB_txn *files = begin(context);

    (void)step;
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    for (size_t at = 0; at < SIZE; at += ATTACHMENT_PIECE)
        assert_int_equal(append(context, files, application, made, at), ATTACHMENT_OK);
    made->complete = false;
    assert_int_equal(received(context, files, application, made), 2 * ATTACHMENT_PIECE);
    assert_int_equal(append(context, files, application, made, 2 * (size_t)ATTACHMENT_PIECE), ATTACHMENT_OK);
    assert_true(made->complete);
    mdb_txn_abort(files);
    return 0;
}

static void test_F023_a_crash_between_the_two_stores_costs_one_piece(void **state)
{
    struct step step = {.sample = *state, .run = last_piece_again};

    assert_int_equal(sample_step(&step), 0);
}

static int refuse(struct step *step, struct application_context *context)
{
    stored_application *application = created(context);
    uint8_t hash[HASH_LEN];
    Sekisho__V1__Attachment wanted = announced(hash), *made;
    MDB_txn *files = begin(context);

    (void)step;
    wanted.title = TEXT("../secret");
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_BAD_FIELD);
    wanted.title = TEXT("x");
    wanted.media_type = TEXT("text/html");
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_BAD_FIELD);
    wanted.media_type = TEXT("image/png");
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    assert_int_equal(append(context, files, application, made, 0), ATTACHMENT_BAD_TYPE); /* a PDF */
    hash[0] ^= 1;
    wanted.media_type = TEXT("application/pdf");
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    assert_int_equal(append(context, files, application, made, 0), ATTACHMENT_OK);
    assert_int_equal(append(context, files, application, made, ATTACHMENT_PIECE), ATTACHMENT_OK);
    assert_int_equal(append(context, files, application, made, 2 * (size_t)ATTACHMENT_PIECE), ATTACHMENT_HASH_MISMATCH);
    assert_int_equal(received(context, files, application, made), 0);
    assert_false(made->complete);
    mdb_txn_abort(files);
    return 0;
}

static void test_F023_titles_types_and_hashes_that_do_not_fit_are_refused(void **state)
{
    struct step step = {.sample = *state, .run = refuse};

    assert_int_equal(sample_step(&step), 0);
}

static int limits(struct step *step, struct application_context *context)
{
    stored_application *application = created(context);
    uint8_t hash[HASH_LEN];
    Sekisho__V1__Attachment wanted = announced(hash), *made;
    MDB_txn *files = begin(context);

    (void)step;
    wanted.size = ATTACHMENT_BYTES_MAX + 1;
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_BAD_FIELD);
    wanted.size = ATTACHMENT_BYTES_MAX;
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    wanted.size = 1;
    Sekisho__V1__Attachment *whole = made;
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_TOO_MUCH);
    assert_int_equal(attachment_delete(context, files, application, whole), ATTACHMENT_OK);
    for (size_t i = 0; i < ATTACHMENTS_MAX; i++)
        assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_OK);
    assert_int_equal(attachment_number(made), ATTACHMENTS_MAX + 1); /* numbers are not used again */
    assert_int_equal(attachment_create(context, application, &wanted, &made), ATTACHMENT_TOO_MUCH);
    assert_null(attachment_find(application, 1));
    mdb_txn_abort(files);
    return 0;
}

static void test_F023_at_most_20_files_and_20_mib(void **state)
{
    struct step step = {.sample = *state, .run = limits};

    assert_int_equal(sample_step(&step), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F023_upload_in_pieces_goes_on_where_it_was_cut_off),
        TEST(test_F023_a_crash_between_the_two_stores_costs_one_piece),
        TEST(test_F023_titles_types_and_hashes_that_do_not_fit_are_refused),
        TEST(test_F023_at_most_20_files_and_20_mib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
