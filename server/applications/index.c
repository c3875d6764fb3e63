/* The indexes of applications: which rows one has, and how they follow its changes. */
#include <string.h>

#include "server/applications/correction.h"
#include "server/applications/internal.h"
#include "server/register/entry.h"

#define KEY_MAX 160
#define ROWS    6

struct row {
    size_t key_length, value_length; /* key_length 0: there is none */
    enum register_table table;
    bool dup; /* the value is part of what identifies it */
    uint8_t key[KEY_MAX], value[REGISTER_ID_LEN];
};

static void add_key(struct row *row, const void *bytes, size_t length)
{
    memcpy(row->key + row->key_length, bytes, length);
    row->key_length += length;
}

static void add_be32(struct row *row, uint32_t value)
{
    put_be32(row->key + row->key_length, value);
    row->key_length += 4;
}

static void add_be64(struct row *row, int64_t value)
{
    put_be64(row->key + row->key_length, (uint64_t)value);
    row->key_length += 8;
}

static void set_id_value(struct row *row, const stored_application *application)
{
    memcpy(row->value, application->id.data, REGISTER_ID_LEN);
    row->value_length = REGISTER_ID_LEN;
    row->dup = true;
}

static uint32_t date_of(const Sekisho__V1__Date *date)
{
    return (uint32_t)(date->year * 10000 + date->month * 100 + date->day);
}

static void rows_of(const stored_application *application, struct row rows[ROWS])
{
    const Sekisho__V1__Application *shown = application->application;
    size_t applicant = strlen(application->applicant);
    struct row *row = rows;
    const char *rest;
    const uint8_t state = (uint8_t)shown->state;
    uint16_t tenant;
    uint32_t serial;

    memset(rows, 0, ROWS * sizeof *rows);
    row->table = TABLE_application_by_state;
    add_key(row, &state, sizeof state);
    add_be64(row, shown->update_time_us);
    add_key(row, application->id.data, REGISTER_ID_LEN);
    row->value[0] = CORRECTION_IS_PENDING;
    row->value_length = correction_is_pending(application);
    (++row)->table = TABLE_application_by_time;
    if (shown->receive_time_us != 0) {
        add_be64(row, shown->receive_time_us);
        add_key(row, application->id.data, REGISTER_ID_LEN);
        row->value[0] = (uint8_t)shown->kind;
        row->value[1] = (uint8_t)shown->state;
        row->value_length = 2;
    }
    (++row)->table = TABLE_application_by_serial;
    if (entry_name_parse(shown->registration, &tenant, &serial, &rest)) {
        add_be32(row, serial);
        set_id_value(row, application);
    }
    (++row)->table = TABLE_application_by_applicant;
    if (applicant > 0 && applicant <= 128) {
        add_key(row, application->applicant, applicant);
        set_id_value(row, application);
    }
    (++row)->table = TABLE_application_by_birth;
    if (shown->person && shown->person->birth_date) {
        add_be32(row, date_of(shown->person->birth_date));
        set_id_value(row, application);
    }
    (++row)->table = TABLE_application_deadline;
    if (shown->correction_deadline && !correction_is_pending(application)) { /* it was handed in in time */
        add_be32(row, date_of(shown->correction_deadline));
        add_key(row, application->id.data, REGISTER_ID_LEN);
    }
}

static bool same_row(const struct row *a, const struct row *b)
{
    return a->key_length == b->key_length && a->value_length == b->value_length &&
           memcmp(a->key, b->key, a->key_length) == 0 && memcmp(a->value, b->value, a->value_length) == 0;
}

static int remove_row(const struct application_context *context, struct row *row)
{
    MDB_val key = {row->key_length, row->key}, value = {row->value_length, row->value};

    return mdb_del(context->txn, context->reg->table[row->table], &key, row->dup ? &value : NULL);
}

static int add_row(const struct application_context *context, struct row *row)
{
    MDB_val key = {row->key_length, row->key}, value = {row->value_length, row->value};

    return mdb_put(context->txn, context->reg->table[row->table], &key, &value, 0);
}

int application_index(const struct application_context *context, const stored_application *former,
                      const stored_application *application)
{
    struct row old[ROWS] = {0}, new[ROWS];
    int rc = 0;

    if (former)
        rows_of(former, old);
    rows_of(application, new);
    for (size_t i = 0; i < ROWS && rc == 0; i++) {
        if (same_row(&old[i], &new[i]))
            continue;
        if (old[i].key_length > 0)
            rc = remove_row(context, &old[i]);
        if (rc == 0 && new[i].key_length > 0)
            rc = add_row(context, &new[i]);
    }
    return rc;
}
