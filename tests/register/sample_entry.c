#include "sample_entry.h"

#include <stdatomic.h>
#include <stdlib.h>

#define TEXT(text) ((char *)(uintptr_t)(text))

/* Every piece is remembered: what is given back with the process is no leak. */
struct piece {
    struct piece *next;
    _Alignas(max_align_t) char bytes[];
};
static struct piece *_Atomic pieces;

static void *take(void *data, size_t size)
{
    struct piece *piece = calloc(1, sizeof *piece + size);

    (void)data;
    assert_non_null(piece);
    piece->next = atomic_load(&pieces);
    while (!atomic_compare_exchange_weak(&pieces, &piece->next, piece))
        continue;
    return piece->bytes;
}

static void keep(void *data, void *pointer)
{
    (void)data;
    (void)pointer;
}

ProtobufCAllocator sample_arena = {.alloc = take, .free = keep};

Sekisho__V1__Date sample_date(int year, int month, int day)
{
    Sekisho__V1__Date date = SEKISHO__V1__DATE__INIT;

    date.year = year;
    date.month = month;
    date.day = day;
    return date;
}

static Sekisho__V1__Name name_of(const char *text)
{
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;

    name.text = TEXT(text);
    return name;
}

void sample_entry_make(struct sample_entry *sample)
{
    sample->birth = sample_date(1988, 4, 1);
    sample->registered = sample_date(2020, 4, 10);
    sample->qualified = sample_date(2020, 3, 0);
    sample->valid_from = sample->registered;
    sample->name = name_of("山田　花子");
    sample->former_surname = name_of("");
    sample->common_name = name_of("");
    sekisho__v1__person__init(&sample->person);
    sample->person.name = &sample->name;
    sample->person.kana = TEXT("ヤマダ　ハナコ");
    sample->person.birth_date = &sample->birth;
    sample->person.sex = SEKISHO__V1__SEX__SEX_FEMALE;
    sample->person.address = TEXT("埼玉県さいたま市浦和区高砂三丁目15番1号");
    sample->person.honseki_prefecture = TEXT("11");
    sekisho__v1__registration__init(&sample->registration);
    sample->registration.person = &sample->person;
    sample->registration.registration_date = &sample->registered;
    sample->registration.route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    sample->registration.qualified_month = &sample->qualified;
}

struct creation {
    struct reg *reg;
    struct sample_entry *sample;
    uint32_t serial;
};

static int create(void *context, MDB_txn *txn, int64_t now_us)
{
    struct creation *creation = context;
    stored_entry entry = SEKISHO__STORED__STORED_ENTRY__INIT;
    const struct entry_decision by = {.account = "sato",
                                      .decision = "prefectures/11/applications/00000000000000000000000000000001",
                                      .reason = "",
                                      .valid_from = &creation->sample->valid_from};

    entry.registration = &creation->sample->registration;
    return entry_create(creation->reg, txn, now_us, &by, &sample_arena, &entry, &creation->serial);
}

uint32_t sample_entry_create(struct register_folder *folder, struct sample_entry *sample)
{
    struct creation creation = {&folder->reg, sample, 0};

    assert_int_equal(register_folder_write(folder, create, &creation), 0);
    return creation.serial;
}

struct change {
    struct reg *reg;
    uint32_t serial;
    const struct entry_decision *by;
    void (*change)(stored_entry *entry);
};

static int make_version(void *context, MDB_txn *txn, int64_t now_us)
{
    const struct change *change = context;
    stored_entry *entry;
    int rc = entry_get(change->reg, txn, change->serial, &sample_arena, &entry);

    if (rc != 0)
        return rc;
    change->change(entry);
    return entry_change(change->reg, txn, now_us, change->by, &sample_arena, entry);
}

int sample_entry_change(struct register_folder *folder, uint32_t serial, const struct entry_decision *by,
                        void (*change)(stored_entry *entry))
{
    struct change context = {&folder->reg, serial, by, change};

    return register_folder_write(folder, make_version, &context);
}

stored_entry *sample_entry_get(struct register_folder *folder, uint32_t serial, int32_t valid_day, int64_t record_us,
                               int *rc)
{
    stored_entry *entry = NULL;
    MDB_txn *txn = reg_read_begin(&folder->reg, rc);

    assert_non_null(txn);
    *rc = entry_get_as_of(&folder->reg, txn, serial, valid_day, record_us, NULL, &entry);
    reg_read_end(&folder->reg, txn);
    return entry;
}

void sample_entry_free(stored_entry *entry)
{
    sekisho__stored__stored_entry__free_unpacked(entry, NULL);
}
