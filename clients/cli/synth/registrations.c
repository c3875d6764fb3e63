/* Registrations of invented people: old and new, and what has happened to some. */
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

/* 2003-11-29: childcare workers became a registered profession; who was one before had three years for it. */
static const struct civil_date law = {2003, 11, 29};
static const struct civil_date newest = {2026, 3, 31}; /* the register was made up then */

static int32_t min_number(int32_t one, int32_t other)
{
    return one < other ? one : other;
}

/* Qualified at 20 to 30, mostly in March; registered within a year and a half, not before the law. */
static void make_days(const struct synth *synth, uint64_t index, struct registration *row)
{
    uint64_t dice = synth_throw(synth, index, THROW_REGISTERED, 1000000);
    bool school = strcmp(row->route, "SCHOOL") == 0;
    int year = row->person.birth.year + 20 + (int)(dice % 10 < 7 ? dice % 3 : dice % 11);

    if (year > 2025)
        year = 2025;
    row->qualified = (struct civil_date){(int16_t)year, (int8_t)(school ? 3 : 1 + dice / 7 % 12), 0};
    struct civil_date day = {row->qualified.year, row->qualified.month, 1};
    if (date_number(day) < date_number(law))
        day = law;
    day = date_add_days(day, 31 + (int)(dice / 100 % (day.year == law.year ? 1060 : 500)));
    row->registered = date_of_number(min_number(date_number(day), date_number(newest)));
}

static void note(struct registration *row, const char *kind, struct civil_date day, const char *reason)
{
    size_t used = strlen(row->annotations);

    snprintf(row->annotations + used, sizeof row->annotations - used, "%s%s %04d-%02d-%02d %s", used ? "; " : "", kind,
             day.year, day.month, day.day, reason);
}

/* A day between the registration and the newest one. */
static struct civil_date later(struct civil_date from, uint64_t dice)
{
    struct civil_date day = date_add_days(from, 1 + (int)(dice % 4000));
    return date_of_number(min_number(date_number(day), date_number(newest)));
}

static void make_state(const struct synth *synth, uint64_t index, struct registration *row)
{
    static const char *const grounds[] = {"CX1 児童福祉法18条の19①一", "CX2 同①二", "CX3 同①三", "CX4 同②"};
    uint64_t dice = synth_throw(synth, index, THROW_STATE, 1000), more = synth_throw(synth, index, THROW_NOTE, 1000000);
    struct civil_date day = later(row->registered, more);

    row->state = "REGISTERED";
    if (more % 100 < 12 && dice >= 30)
        note(row, "CORRECTION", day, more % 3 ? "氏名の変更(戸籍抄本)" : "本籍地都道府県の変更");
    if (dice < 20) {
        row->state = "ERASED";
        note(row, "ERASURE", day, more % 9 ? "死亡の届出" : "失踪宣告の届出");
    } else if (dice < 24) {
        row->state = "CANCELLED";
        note(row, "CANCELLATION", day, grounds[more % 4]);
    } else if (dice < 26) {
        row->state = "SUSPENDED";
        row->suspended_until = date_add_days((struct civil_date){2027, 3, 31}, (int)(more % 600));
        note(row, "SUSPENSION", newest, "CX4 児童福祉法18条の19②");
    } else if (dice < 28) {
        note(row, "SUSPENSION", row->registered, "CX4 児童福祉法18条の19②");
        note(row, "SUSPENSION_END",
             date_of_number(min_number(date_number(date_add_days(row->registered, 90)), date_number(newest))),
             "期間の満了");
    } else if (dice == 28) {
        row->cancelled_before = true;
        note(row, "REREGISTRATION", row->registered, "児童福祉法18条の20の2(審議会の意見を聴取)");
    }
}

static const char *kind_of(const struct synth *synth, uint64_t index, struct civil_date registered)
{
    uint64_t dice = synth_throw(synth, index, THROW_KIND, 200);

    if (dice < 20 && date_number(registered) >= 20251001)
        return "REGIONAL";
    if (dice < 2 && date_number(registered) >= 20151001)
        return "SPECIAL_ZONE";
    return "CHILDCARE_WORKER";
}

void synth_registration(const struct synth *synth, uint64_t index, struct registration *row)
{
    struct registration_number number = {.prefecture = (uint8_t)synth->prefecture, .serial = (uint32_t)(index + 1)};

    memset(row, 0, sizeof *row);
    registration_number_format(number, row->number);
    synth_person(synth, index, &row->person);
    row->route = synth_throw(synth, index, THROW_ROUTE, 4) ? "SCHOOL" : "EXAMINATION";
    make_days(synth, index, row);
    row->kind = kind_of(synth, index, row->registered);
    make_state(synth, index, row);
}
