/* A synthetic register goes through the import whole: from the CSV file that `sekisho synth register` writes, by the
 * columns as `sekisho register import` reads them, into a store (F020). Its applications are what an office can take
 * in. */
#include <stdlib.h>

#include "register_folder.h"
#include "sekisho_rpc.h"
#include "server/applications/applications.h"
#include "server/register/import.h"
#include "synth_rows.h"

#define ROWS 3000

static const char *program; /* sekisho */

/* What the batch made, until it is done. */
struct kept {
    struct kept *next;
    max_align_t bytes[];
};
static struct kept *kept;

static void *take(void *data, size_t size)
{
    struct kept *piece = calloc(1, sizeof *piece + size);

    (void)data;
    assert_non_null(piece);
    piece->next = kept;
    kept = piece;
    return piece->bytes;
}

static void keep(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

static void drop_kept(void)
{
    while (kept) {
        struct kept *next = kept->next;
        free(kept);
        kept = next;
    }
}

static ProtobufCAllocator arena = {.alloc = take, .free = keep};

struct taking {
    struct reg *reg;
    struct import_batch batch;
};

static int take_over(void *context, MDB_txn *txn, int64_t now_us)
{
    struct taking *taking = context;

    return import_run(taking->reg, txn, now_us, &taking->batch);
}

static size_t rows_in(struct register_folder *folder, enum register_table table)
{
    MDB_stat facts;
    int rc;
    MDB_txn *txn = reg_read_begin(&folder->reg, &rc);

    assert_non_null(txn);
    assert_int_equal(mdb_stat(txn, folder->reg.table[table], &facts), 0);
    reg_read_end(&folder->reg, txn);
    return facts.ms_entries;
}

/* A row of the test's memory: the import puts its own texts into it. */
static Sekisho__V1__ImportRow *of_arena(Sekisho__V1__ImportRow *row)
{
    size_t length = protobuf_c_message_get_packed_size(&row->base);
    uint8_t *packed = take(NULL, length);

    protobuf_c_message_pack(&row->base, packed);
    protobuf_c_message_free_unpacked(&row->base, NULL);
    row = (Sekisho__V1__ImportRow *)protobuf_c_message_unpack(&sekisho__v1__import_row__descriptor, &arena, length,
                                                              packed);
    assert_non_null(row);
    return row;
}

static void read_register(Sekisho__V1__ImportRow *rows[ROWS])
{
    const struct synth_rows what = {program, "register", &sekisho__v1__import_row__descriptor, "registration"};

    assert_int_equal(synth_rows_make(&what, ROWS, (ProtobufCMessage **)rows), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = of_arena(rows[i]);
        rows[i]->row = (int64_t)i + 1;
    }
}

/* All rows under an import's id; faults[0..] of them, counts in *import. */
static size_t take_all(struct register_folder *folder, uint8_t id, Sekisho__V1__ImportRow *rows[ROWS],
                       Sekisho__V1__ImportFault *faults[ROWS], Sekisho__V1__Import **import)
{
    struct taking taking = {
        .reg = &folder->reg,
        .batch = {.id = {id}, .account = "importer", .rows = rows, .count = ROWS, .arena = &arena, .faults = faults}};

    assert_int_equal(register_folder_write(folder, take_over, &taking), 0);
    *import = taking.batch.import;
    return taking.batch.fault_count;
}

static void test_F020_a_synthetic_register_is_imported_whole(void **state)
{
    static Sekisho__V1__ImportRow *rows[ROWS];
    static struct register_folder folder;
    Sekisho__V1__ImportFault *faults[ROWS];
    Sekisho__V1__Import *import;

    (void)state;
    read_register(rows);
    register_folder_make(&folder);
    size_t refused = take_all(&folder, 1, rows, faults, &import);
    for (size_t i = 0; i < refused; i++)
        print_error("row %d: %s: %s\n", (int)faults[i]->row, faults[i]->field, faults[i]->message);
    assert_int_equal(refused, 0);
    assert_int_equal(rows_in(&folder, TABLE_entry), ROWS);
    register_folder_remove(&folder);
    drop_kept();
}

/* The centre's register sent again: what was taken is not taken twice, what is here just so is counted, what differs is
 * a conflict that waits in a queue, and nothing is overwritten. */
static void test_F019_what_is_sent_again_changes_nothing(void **state)
{
    static Sekisho__V1__ImportRow *rows[3][ROWS];
    static struct register_folder folder;
    Sekisho__V1__ImportFault *faults[ROWS];
    Sekisho__V1__Import *import;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        read_register(rows[i]);
    register_folder_make(&folder);
    assert_int_equal(take_all(&folder, 1, rows[0], faults, &import), 0);
    assert_int_equal(take_all(&folder, 1, rows[1], faults, &import), 0); /* the same import, as after a cut */
    assert_int_equal(import->imported, ROWS);
    assert_int_equal(import->last_row, ROWS);
    rows[2][7]->registration->registration_date->year--;
    assert_int_equal(take_all(&folder, 2, rows[2], faults, &import), 1); /* another one */
    assert_int_equal(import->imported, 0);
    assert_int_equal(import->unchanged, ROWS - 1);
    assert_int_equal(import->refused, 1);
    assert_int_equal(faults[0]->row, 8);
    assert_string_equal(faults[0]->reason, "DIFFERS");
    assert_string_equal(faults[0]->field, "registration.registration_date");
    assert_int_equal(rows_in(&folder, TABLE_import_fault), 1);
    assert_int_equal(rows_in(&folder, TABLE_entry), ROWS);
    assert_int_equal(rows_in(&folder, TABLE_entry_version), 0); /* no former versions: none was changed */
    register_folder_remove(&folder);
    drop_kept();
}

/* Each says what its kind requires, so that an office can take it in as it is. */
static void test_synthetic_applications_are_complete(void **state)
{
    static ProtobufCMessage *rows[ROWS];
    const struct synth_rows what = {program, "applications", &sekisho__v1__application__descriptor, ""};
    struct reg reg = {.tenant = 11};
    const struct application_context context = {
        .reg = &reg, .now_us = INT64_C(1796083200) * 1000000, .arena = &arena}; /* 2026-12-01 */

    (void)state;
    assert_int_equal(synth_rows_make(&what, ROWS, rows), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        const char *missing = application_missing(&context, (const Sekisho__V1__Application *)rows[i]);
        if (missing)
            print_error("row %d: %s\n", (int)i + 1, missing);
        assert_null(missing);
        sekisho_message_free(rows[i]);
    }
    drop_kept();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F020_a_synthetic_register_is_imported_whole),
        cmocka_unit_test(test_F019_what_is_sent_again_changes_nothing),
        cmocka_unit_test(test_synthetic_applications_are_complete),
    };

    assert_int_equal(argc, 2);
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
