/* Applications and notifications of invented people: all kinds, and the state each is to be brought to. */
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

static const struct kind {
    const char *name;
    unsigned share; /* of 100 */
    bool number, fee, notification;
    const char *cause;
} kinds[] = {
    {"NEW", 45, true, true, false, ""},
    {"REWRITE", 27, true, true, false, "婚姻による氏名の変更"},
    {"REISSUE", 14, false, true, false, "登録証の紛失"},
    {"DELETE", 2, true, false, false, "本人の希望"},
    {"FOUND_CARD", 3, false, false, false, "紛失した登録証の発見"},
    {"DEATH", 4, false, false, true, "死亡"},
    {"DISQUALIFIED_CONDITION", 1, false, false, true, "児童福祉法18条の5第1号"},
    {"DISQUALIFIED_SENTENCE", 1, false, false, true, "児童福祉法18条の5第2号"},
    {"EMPLOYER_REPORT", 2, false, false, true, "児童福祉法18条の20の3"},
    {"PREFECTURE_NOTICE", 1, false, false, true, "児童福祉法施行令20条"},
};

static const char *const states[] = {
    "DRAFT",           "SUBMITTED", "SIGNATURE_PENDING", "REJECTED_SIGNATURE", "RECEIVED", "ACCEPTED",
    "CORRECTION_WAIT", "CHECKING",  "MANUAL_CHECK",      "IN_REVIEW",          "REVIEWED", "WAIT_PAYMENT",
    "COMPLETED",       "RETURNED",  "WITHDRAWN",         "CANCELLED",
};
#define ONLINE_ONLY 4 /* of them, the first: before reception */
#define STATES      (sizeof states / sizeof states[0])

/* Each kind once among the first ten, then by its share. */
static const struct kind *kind_of(uint64_t index, uint64_t dice)
{
    size_t i = 0;

    if (index < sizeof kinds / sizeof kinds[0])
        return &kinds[index];
    for (unsigned left = (unsigned)(dice % 100); left >= kinds[i].share; i++)
        left -= kinds[i].share;
    return &kinds[i];
}

/* The name after a marriage, with the one that is in the register as 旧氏. */
static void change_surname(const struct synth *synth, uint64_t index, struct person *person)
{
    char given[sizeof person->name];
    struct person other;
    const char *space = strstr(person->name, "\u3000");

    synth_person(synth, SYNTH_MAX / 2 + index, &other);
    const char *end = strstr(other.name, "\u3000");
    if (person->nationality[0] || other.nationality[0] || !space || !end)
        return;
    snprintf(given, sizeof given, "%s", space);
    snprintf(person->former_surname, sizeof person->former_surname, "%.*s", (int)(space - person->name), person->name);
    snprintf(person->name, sizeof person->name, "%.*s%.60s", (int)(end - other.name), other.name, given);
    space = strstr(person->kana, "\u3000");
    end = strstr(other.kana, "\u3000");
    snprintf(given, sizeof given, "%s", space ? space : "");
    snprintf(person->kana, sizeof person->kana, "%.*s%.60s", (int)(end ? end - other.kana : 0), other.kana, given);
}

/* The portal takes what a registrant applies for; all else comes on paper. */
static const char *channel_of(const struct kind *kind, uint64_t dice)
{
    if (kind->notification || strcmp(kind->name, "FOUND_CARD") == 0 || dice % 10 < 4)
        return dice / 10 % 2 ? "PAPER_CENTRE" : "PAPER_OFFICE";
    return "PORTAL";
}

void synth_application(const struct synth *synth, uint64_t index, struct application *row)
{
    uint64_t dice = synth_throw(synth, index, THROW_APPLICATION, UINT64_C(1) << 40);
    const struct kind *kind = kind_of(index, dice);
    struct registration registration;
    bool new = strcmp(kind->name, "NEW") == 0;

    memset(row, 0, sizeof *row);
    synth_registration(synth, new ? SYNTH_MAX - 1 - index : index, &registration);
    row->person = registration.person;
    if (!kind->number)
        row->person.number[0] = '\0';
    if (strcmp(kind->name, "REWRITE") == 0)
        change_surname(synth, index, &row->person);
    row->kind = kind->name;
    row->channel = channel_of(kind, dice / 100);
    size_t first = strcmp(row->channel, "PORTAL") == 0 ? 0 : ONLINE_ONLY;
    row->state = states[first + dice / 10000 % (STATES - first)];
    if (!kind->fee && strcmp(row->state, "WAIT_PAYMENT") == 0)
        row->state = "COMPLETED";
    row->cause = kind->cause;
    row->reporter = kind->notification ? "同居の親族" : "";
    row->route = new ? registration.route : "";
    if (new)
        row->qualified = registration.qualified;
    else
        memcpy(row->registration, registration.number, sizeof row->registration);
    if (kind->notification)
        row->event = date_add_days((struct civil_date){2026, 4, 1}, -(int)synth_throw(synth, index, THROW_EVENT, 300));
    row->card_attached = !new &&strcmp(row->channel, "PORTAL") != 0 && dice % 2 == 0;
}
