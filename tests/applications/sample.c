#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/payments/gate.h"
#include "server/payments/receipts.h"
#include "wire/messages.h"

#define KIND(kind) SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind

static const uint8_t tags[3][PERSON_TAG_LEN] = {{1}, {2}, {3}};
const struct application_actor reception = {.account = "reception01", .person = tags[0]},
                               reviewer = {.account = "reviewer01", .person = tags[1]},
                               approver = {.account = "approver01", .person = tags[2]},
                               reviewer_as_approver = {.account = "approver02", .person = tags[1]};

static void *take(void *data, size_t size)
{
    struct sample *sample = data;
    void *memory = sample->memory + sample->used;

    sample->used += (size + 15) & ~(size_t)15;
    assert_true(sample->used <= SAMPLE_ARENA);
    return memory;
}

static void give_back(void *data, void *pointer)
{
    (void)data, (void)pointer;
}

int sample_set_up(void **state)
{
    struct sample *sample = aligned_alloc(16, (sizeof *sample + 15) / 16 * 16);

    assert_non_null(sample);
    memset(sample, 0, offsetof(struct sample, memory));
    sample->arena = (ProtobufCAllocator){.alloc = take, .free = give_back, .allocator_data = sample};
    register_folder_make(&sample->folder);
    *state = sample;
    return 0;
}

int sample_tear_down(void **state)
{
    struct sample *sample = *state;

    register_folder_remove(&sample->folder);
    free(sample);
    return 0;
}

int sample_step(struct step *step)
{
    struct reg *reg = &step->sample->folder.reg;
    struct application_context context = {
        .reg = reg,
        .now_us = step->now_us ? step->now_us : reg_now_us(),
        .actor = step->actor,
        .arena = &step->sample->arena,
    };

    step->sample->used = 0;
    assert_int_equal(mdb_txn_begin(reg->env, NULL, 0, &context.txn), 0);
    int rc = step->run(step, &context);
    if (rc == 0)
        assert_int_equal(mdb_txn_commit(context.txn), 0);
    else
        mdb_txn_abort(context.txn);
    return rc;
}

void *sample_alloc(struct application_context *context, size_t size)
{
    return memset(context->arena->alloc(context->arena->allocator_data, size), 0, size);
}

void *sample_new(struct application_context *context, size_t size, const void *init)
{
    return memcpy(sample_alloc(context, size), init, size);
}

static Sekisho__V1__Date *date(struct application_context *context, int year, int month, int day)
{
    Sekisho__V1__Date *made = SAMPLE_NEW(context, Sekisho__V1__Date, SEKISHO__V1__DATE__INIT);

    made->year = year;
    made->month = month;
    made->day = day;
    return made;
}

stored_application *sample_application(struct application_context *context, Sekisho__V1__ApplicationKind kind,
                                       const char *registration)
{
    stored_application *application =
        SAMPLE_NEW(context, stored_application, SEKISHO__STORED__STORED_APPLICATION__INIT);
    Sekisho__V1__Application *shown = SAMPLE_NEW(context, Sekisho__V1__Application, SEKISHO__V1__APPLICATION__INIT);
    Sekisho__V1__Person *person = SAMPLE_NEW(context, Sekisho__V1__Person, SEKISHO__V1__PERSON__INIT);

    person->name = SAMPLE_NEW(context, Sekisho__V1__Name, SEKISHO__V1__NAME__INIT);
    person->name->text = TEXT("関所　花子");
    person->kana = TEXT("セキショ　ハナコ");
    person->birth_date = date(context, 1988, 4, 1);
    person->sex = SEKISHO__V1__SEX__SEX_FEMALE;
    person->address = TEXT("埼玉県さいたま市浦和区高砂三丁目15番1号");
    person->honseki_prefecture = TEXT("11");
    shown->person = person;
    shown->kind = kind;
    shown->channel = SEKISHO__V1__APPLICATION_CHANNEL__APPLICATION_CHANNEL_PAPER_OFFICE;
    shown->registration = TEXT(registration ? registration : "");
    if (kind == KIND(NEW)) {
        shown->route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
        shown->qualified_month = date(context, 2010, 3, 0);
    } else if (kind != KIND(REISSUE) && kind != KIND(DELETE) && kind != KIND(FOUND_CARD)) {
        shown->cause = TEXT("婚姻による氏名の変更");
        shown->event_date = date(context, 2026, 1, 15);
        shown->reporter = TEXT("本人");
    }
    application->application = shown;
    return application;
}

void sample_receipt(struct application_context *context, const stored_application *application)
{
    static unsigned slips;
    struct receipt_key key;
    Sekisho__V1__Receipt receipt = SEKISHO__V1__RECEIPT__INIT;
    char slip[32];
    struct fee fee;

    assert_true(fee_on(context->reg->tenant, application->application->kind,
                       fee_day(application->application->receive_time_us), &fee));
    snprintf(slip, sizeof slip, "SLIP-%u", ++slips);
    memcpy(key.application, application->id.data, REGISTER_ID_LEN);
    receipt.method = (Sekisho__V1__PaymentMethod)1;
    receipt.slip_number = slip;
    receipt.amount_yen = fee.yen;
    receipt.received_on = date(context, 2026, 1, 15);
    assert_int_equal(receipt_add(context->reg, context->txn, &key, &receipt), 0);
}
