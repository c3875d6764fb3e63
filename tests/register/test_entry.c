/* Entries of the register: numbered once, no version lost, indexes that follow, states that only dispositions change.
 */
#include "sample_entry.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "server/register/entry_search.h"
#include "server/register/schema.h"

#define TEXT(text) ((char *)(uintptr_t)(text))

static struct register_folder folder;
static struct sample_entry sample;

static int set_up(void **state)
{
    (void)state;
    register_folder_make(&folder);
    sample_entry_make(&sample);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    register_folder_remove(&folder);
    return 0;
}

/* How many entries a search finds; the first's serial number in *serial. */
static size_t search(struct entry_search *what, uint32_t *serial)
{
    struct search_position position = {0};
    stored_entry *found[16];
    size_t count;
    uint16_t tenant;
    const char *rest;
    int rc;
    MDB_txn *txn = reg_read_begin(&folder.reg, &rc);

    assert_non_null(txn);
    assert_int_equal(search_page(&folder.reg, txn, what, &position, NULL, 16, found, &count), 0);
    reg_read_end(&folder.reg, txn);
    if (count > 0 && serial)
        assert_true(entry_name_parse(found[0]->registration->name, &tenant, serial, &rest));
    for (size_t i = 0; i < count; i++)
        sample_entry_free(found[i]);
    return count;
}

static size_t named(const char *name, bool prefix)
{
    struct entry_search what = {0};

    assert_true(search_by_name(&what, name, prefix));
    return search(&what, NULL);
}

static void test_F073_items_come_back_byte_for_byte(void **state)
{
    int rc;

    (void)state;
    /* CJK compatibility ideograph U+FA10, an IVS, full-width letters: nothing of it is normalised. */
    sample.name.text = TEXT("\xef\xa8\x90田　葛\xf3\xa0\x84\x80子Ａ");
    sample.person.birth_date_text = TEXT("昭和六十三年四月一日");
    uint32_t serial = sample_entry_create(&folder, &sample);
    register_folder_reopen(&folder);
    stored_entry *entry = sample_entry_get(&folder, serial, 0, 0, &rc);
    assert_non_null(entry);
    assert_string_equal(entry->registration->person->name->text, "\xef\xa8\x90田　葛\xf3\xa0\x84\x80子Ａ");
    assert_string_equal(entry->registration->person->birth_date_text, "昭和六十三年四月一日");
    assert_false(entry->registration->person->name->has_gaiji);
    assert_string_equal(entry->registration->registration_number, "埼玉県-000001");
    assert_string_equal(entry->registration->name, "prefectures/11/registrations/000001");
    assert_int_equal(strlen(entry->registration->qualification_pseudonym), 26);
    assert_string_equal(entry->registration->recorded_by, "sato");
    sample_entry_free(entry);
}

static void test_F073_private_use_is_marked(void **state)
{
    int rc;

    (void)state;
    sample.name.text = TEXT("\xee\x80\x80田　花子");
    stored_entry *entry = sample_entry_get(&folder, sample_entry_create(&folder, &sample), 0, 0, &rc);
    assert_true(entry->registration->person->name->has_gaiji);
    sample_entry_free(entry);
}

static int take_over(void *context, MDB_txn *txn, int64_t now_us)
{
    const uint32_t *serial = context;
    static struct sample_entry old;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    const struct entry_decision by = {"sato", "", SEKISHO__V1__ANNOTATION__KIND__KIND_TAKEN_OVER, "", &old.registered};

    sample_entry_make(&old);
    old.registration.state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
    entry.registration = &old.registration;
    return entry_take_over(&folder.reg, txn, now_us, &by, &sample_arena, &entry, *serial);
}

static void test_F073_a_number_is_issued_once(void **state)
{
    uint32_t old = 500, low = 3;

    (void)state;
    assert_int_equal(sample_entry_create(&folder, &sample), 1);
    assert_int_equal(register_folder_write(&folder, take_over, &old), 0);
    assert_int_equal(register_folder_write(&folder, take_over, &old), EEXIST);
    assert_int_equal(register_folder_write(&folder, take_over, &low), 0);
    sample_entry_make(&sample);
    assert_int_equal(sample_entry_create(&folder, &sample), 501);
    register_folder_reopen(&folder);
    sample_entry_make(&sample);
    assert_int_equal(sample_entry_create(&folder, &sample), 502);
}

static Sekisho__V1__Date married;

static void marry(stored_entry *entry)
{
    static Sekisho__V1__Name former;

    sekisho__v1__name__init(&former);
    former.text = TEXT("山田");
    entry->registration->person->former_surname = &former;
    entry->registration->person->name->text = TEXT("鈴木　花子");
    entry->registration->person->kana = TEXT("スズキ　ハナコ");
}

static struct entry_decision by_application(void)
{
    married = sample_date(2023, 6, 1);
    return (struct entry_decision){"suzuki", "prefectures/11/applications/00000000000000000000000000000002",
                                   SEKISHO__V1__ANNOTATION__KIND__KIND_CORRECTION, "婚姻", &married};
}

static const char *name_as_of(uint32_t serial, int32_t valid_day, int64_t record_us)
{
    static char name[64];
    int rc;
    stored_entry *entry = sample_entry_get(&folder, serial, valid_day, record_us, &rc);

    if (!entry)
        return rc == MDB_NOTFOUND ? "nothing" : "failed";
    strcpy(name, entry->registration->person->name->text);
    sample_entry_free(entry);
    return name;
}

static void test_F073_the_register_answers_as_of_any_day_and_any_moment(void **state)
{
    int rc;

    (void)state;
    uint32_t serial = sample_entry_create(&folder, &sample);
    struct entry_decision by = by_application();
    stored_entry *first = sample_entry_get(&folder, serial, 0, 0, &rc);
    int64_t recorded = first->registration->record_time_us;
    assert_int_equal(sample_entry_change(&folder, serial, &by, marry), 0);
    register_folder_reopen(&folder);
    assert_string_equal(name_as_of(serial, 0, 0), "鈴木　花子");
    assert_string_equal(name_as_of(serial, 20230601, 0), "鈴木　花子");
    assert_string_equal(name_as_of(serial, 20230531, 0), "山田　花子");
    assert_string_equal(name_as_of(serial, 20200409, 0), "nothing");
    assert_string_equal(name_as_of(serial, 0, recorded), "山田　花子");
    assert_string_equal(name_as_of(serial, 20240101, recorded), "山田　花子");
    assert_string_equal(name_as_of(serial, 0, recorded - 1), "nothing");
    sample_entry_free(first);
}

static void test_F073_each_version_has_officer_time_reason_and_decision(void **state)
{
    int rc;

    (void)state;
    uint32_t serial = sample_entry_create(&folder, &sample);
    struct entry_decision by = by_application();
    assert_int_equal(sample_entry_change(&folder, serial, &by, marry), 0);
    stored_entry *first = NULL, *second = NULL;
    MDB_txn *txn = reg_read_begin(&folder.reg, &rc);
    assert_int_equal(entry_get_version(&folder.reg, txn, serial, 1, NULL, &first), 0);
    assert_int_equal(entry_get_version(&folder.reg, txn, serial, 2, NULL, &second), 0);
    stored_entry *none;
    assert_int_equal(entry_get_version(&folder.reg, txn, serial, 3, NULL, &none), MDB_NOTFOUND);
    reg_read_end(&folder.reg, txn);
    assert_string_equal(first->registration->recorded_by, "sato");
    assert_string_equal(second->registration->recorded_by, "suzuki");
    assert_string_equal(second->reason, "婚姻");
    assert_string_equal(second->decision, by.decision);
    assert_true(second->registration->record_time_us > first->registration->record_time_us);
    assert_string_equal(second->registration->etag, "W/\"1-2\"");
    assert_int_equal(second->registration->n_annotations, 1);
    assert_string_equal(second->registration->annotations[0]->reason, "婚姻");
    assert_int_equal(second->registration->annotations[0]->effective_date->year, 2023);
    assert_int_equal(first->registration->n_annotations, 0);
    assert_memory_equal(first->person.data, second->person.data, 16);
    sample_entry_free(first);
    sample_entry_free(second);
}

static void test_F073_indexes_follow_the_current_version(void **state)
{
    struct entry_search kana = {0}, old_kana = {0}, birth = {0};

    (void)state;
    uint32_t serial = sample_entry_create(&folder, &sample), found = 0;
    struct entry_decision by = by_application();
    assert_int_equal(named("山田花子", false), 1);
    assert_int_equal(sample_entry_change(&folder, serial, &by, marry), 0);
    assert_int_equal(named("鈴木 花子", false), 1);
    assert_int_equal(named("鈴木", true), 1);
    assert_int_equal(named("鈴木", false), 0);
    assert_int_equal(named("山田花子", false), 1); /* the former surname with the given name */
    assert_true(search_by_kana(&kana, "すずき　はなこ", false));
    assert_int_equal(search(&kana, &found), 1);
    assert_int_equal(found, serial);
    assert_true(search_by_kana(&old_kana, "ヤマダハナコ", false));
    assert_int_equal(search(&old_kana, NULL), 0);
    search_by_birth(&birth, 19880401);
    assert_int_equal(search(&birth, NULL), 1);
}

static void test_F073_variants_of_characters_are_found(void **state)
{
    (void)state;
    sample.name.text = TEXT("髙橋　芳江");
    sample_entry_create(&folder, &sample);
    assert_int_equal(named("高橋芳江", false), 1);
    assert_int_equal(named("髙橋　芳江", false), 1);
    assert_int_equal(named("高橋良江", false), 0);
}

static void test_F073_an_entry_with_two_names_of_one_beginning_comes_once(void **state)
{
    (void)state;
    sample.name.text = TEXT("山本　花子");
    sample.former_surname.text = TEXT("山田");
    sample.person.former_surname = &sample.former_surname;
    sample_entry_create(&folder, &sample);
    assert_int_equal(named("山", true), 1);
    assert_int_equal(named("山本", true), 1);
    assert_int_equal(named("山田", true), 1);
}

static void test_F073_pages_give_every_entry_once(void **state)
{
    struct entry_search what = {0};
    struct search_position position = {0};
    unsigned seen[41] = {0}, pages = 0;
    int rc;

    (void)state;
    for (int i = 0; i < 40; i++) {
        sample_entry_make(&sample);
        sample.name.text = TEXT(i % 2 ? "山田　花子" : "山田　太郎");
        sample_entry_create(&folder, &sample);
    }
    assert_true(search_by_name(&what, "山田", true));
    MDB_txn *txn = reg_read_begin(&folder.reg, &rc);
    do {
        stored_entry *found[7];
        size_t count;
        assert_int_equal(search_page(&folder.reg, txn, &what, &position, NULL, 7, found, &count), 0);
        for (size_t i = 0; i < count; i++) {
            uint16_t tenant;
            uint32_t serial;
            const char *rest;
            assert_true(entry_name_parse(found[i]->registration->name, &tenant, &serial, &rest));
            seen[serial]++;
            sample_entry_free(found[i]);
        }
        pages++;
    } while (position.serial != 0);
    reg_read_end(&folder.reg, txn);
    assert_int_equal(pages, 6);
    for (int i = 1; i <= 40; i++)
        assert_int_equal(seen[i], 1);
}

static void test_F073_numbers_are_found_in_their_spellings(void **state)
{
    static const char *const spellings[] = {"埼玉県-000001", "000001", "1", "埼玉県ー０００００１", "埼玉県－1"};
    static const char *const refused[] = {"東京都-000001", "埼玉県", "000001x", ""};

    (void)state;
    sample_entry_create(&folder, &sample);
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        struct entry_search what = {0};
        if (!search_by_number(&what, 11, spellings[i]))
            fail_msg("%s", spellings[i]);
        assert_int_equal(search(&what, NULL), 1);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct entry_search what = {0};
        assert_false(search_by_number(&what, 11, refused[i]));
    }
}

static void suspend(stored_entry *entry)
{
    entry->registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_SUSPENDED;
    entry->registration->suspended_until = &married;
    entry->suspension_from = 20230101;
}

static void cancel(stored_entry *entry)
{
    entry->registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_CANCELLED;
}

static void end_suspension(stored_entry *entry)
{
    entry->registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
}

static void test_INV17_only_a_disposition_changes_the_state(void **state)
{
    (void)state;
    uint32_t serial = sample_entry_create(&folder, &sample);
    struct entry_decision by = by_application();
    assert_int_equal(sample_entry_change(&folder, serial, &by, cancel), EPERM);
    assert_int_equal(sample_entry_change(&folder, serial, &by, suspend), EPERM);
    by.decision = "prefectures/12/dispositions/00000000000000000000000000000003";
    assert_int_equal(sample_entry_change(&folder, serial, &by, suspend), EPERM);
    by.decision = "prefectures/11/dispositions/00000000000000000000000000000003";
    assert_int_equal(sample_entry_change(&folder, serial, &by, suspend), 0);
    /* The calendar ends it, not before the day after its last. */
    by.decision = "";
    by.kind = SEKISHO__V1__ANNOTATION__KIND__KIND_SUSPENSION_END;
    assert_int_equal(sample_entry_change(&folder, serial, &by, end_suspension), EPERM);
    Sekisho__V1__Date next = sample_date(2023, 6, 2);
    by.valid_from = &next;
    assert_int_equal(sample_entry_change(&folder, serial, &by, end_suspension), 0);
}

static void stale(stored_entry *entry)
{
    entry->registration->version--;
}

static void test_a_change_of_an_older_version_is_refused(void **state)
{
    (void)state;
    uint32_t serial = sample_entry_create(&folder, &sample);
    struct entry_decision by = by_application();
    assert_int_equal(sample_entry_change(&folder, serial, &by, stale), ESTALE);
}

static int spoil_fold(void *context, MDB_txn *txn, int64_t now_us)
{
    (void)context;
    (void)now_us;
    int rc = mdb_drop(txn, folder.reg.table[TABLE_entry_by_name], 0);
    return rc == 0 ? meta_put(&folder.reg, txn, "fold", 0) : rc;
}

static void test_keys_of_another_fold_table_are_made_anew(void **state)
{
    (void)state;
    sample_entry_create(&folder, &sample);
    assert_int_equal(register_folder_write(&folder, spoil_fold, NULL), 0);
    assert_int_equal(named("山田花子", false), 0);
    register_folder_reopen(&folder);
    assert_int_equal(named("山田花子", false), 1);
}

static void test_names_of_entries_have_one_spelling(void **state)
{
    static const char *const bad[] = {"prefectures/11/registrations/12345",   "prefectures/11/registrations/0012345",
                                      "prefectures/00/registrations/012345",  "prefectures/48/registrations/012345",
                                      "prefectures/11/registrations/000000",  "prefectures/11/registrations/999999999",
                                      "prefectures/11/registrations/012345x", "prefectures/1/registrations/012345",
                                      "prefectures/11/registrations/",        "x"};
    uint8_t id[ENTRY_PSEUDONYM_LEN], again[ENTRY_PSEUDONYM_LEN];
    char text[ENTRY_PSEUDONYM_SIZE], name[ENTRY_NAME_SIZE];
    uint16_t tenant;
    uint32_t serial;
    const char *rest;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(entry_name_parse(bad[i], &tenant, &serial, &rest));
    entry_name_format(11, 12345, name);
    assert_true(entry_name_parse(name, &tenant, &serial, &rest));
    assert_int_equal(tenant, 11);
    assert_int_equal(serial, 12345);
    for (unsigned i = 0; i < sizeof id; i++)
        id[i] = (uint8_t)(i * 37 + 201);
    entry_pseudonym_format(id, text);
    assert_true(entry_pseudonym_parse(text, again));
    assert_memory_equal(id, again, sizeof id);
    text[25] = text[25] == '7' ? '6' : (char)(text[25] + 1); /* bits that are none */
    assert_false(entry_pseudonym_parse(text, again));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_F073_items_come_back_byte_for_byte),
        CASE(test_F073_private_use_is_marked),
        CASE(test_F073_a_number_is_issued_once),
        CASE(test_F073_the_register_answers_as_of_any_day_and_any_moment),
        CASE(test_F073_each_version_has_officer_time_reason_and_decision),
        CASE(test_F073_indexes_follow_the_current_version),
        CASE(test_F073_variants_of_characters_are_found),
        CASE(test_F073_an_entry_with_two_names_of_one_beginning_comes_once),
        CASE(test_F073_pages_give_every_entry_once),
        CASE(test_F073_numbers_are_found_in_their_spellings),
        CASE(test_INV17_only_a_disposition_changes_the_state),
        CASE(test_a_change_of_an_older_version_is_refused),
        CASE(test_keys_of_another_fold_table_are_made_anew),
        CASE(test_names_of_entries_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
