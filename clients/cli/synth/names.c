#include "synth/names.h"

#include <stdio.h>
#include <string.h>

#define FAMILY(text, kana)
#define SHAPE(family, shape)
#define GIVEN(text, kana, sex, first, last)
#define FOREIGN(nationality, roman, kana, kanji)
#define FOREIGN_GIVEN(nationality, roman, kana, kanji)

#undef FAMILY
#define FAMILY(text, kana) {text, kana},
static const struct pair {
    const char *text, *kana;
} families[] = {
#include "synth/names.def"
};
#undef FAMILY
#define FAMILY(text, kana)

#undef SHAPE
#define SHAPE(family, shape) {family, shape},
static const struct shape {
    const char *family, *text;
} shapes[] = {
#include "synth/names.def"
};
#undef SHAPE
#define SHAPE(family, shape)

#undef GIVEN
#define GIVEN(text, kana, sex, first, last) {text, kana, sex, first, last},
static const struct given {
    const char *text, *kana;
    unsigned sex;
    int first, last;
} givens[] = {
#include "synth/names.def"
};
#undef GIVEN
#define GIVEN(text, kana, sex, first, last)

struct foreign {
    const char *nationality, *roman, *kana, *kanji;
};
#undef FOREIGN
#define FOREIGN(nationality, roman, kana, kanji) {nationality, roman, kana, kanji},
static const struct foreign foreigns[] = {
#include "synth/names.def"
};
#undef FOREIGN
#define FOREIGN(nationality, roman, kana, kanji)

#undef FOREIGN_GIVEN
#define FOREIGN_GIVEN(nationality, roman, kana, kanji) {nationality, roman, kana, kanji},
static const struct foreign foreign_givens[] = {
#include "synth/names.def"
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* One of those that fit; there is one for every sex and year. */
static const struct given *pick_given(uint64_t dice, unsigned sex, int year)
{
    const struct given *fitting[COUNT(givens)] = {&givens[0]};
    size_t count = 0;

    for (size_t i = 0; i < COUNT(givens); i++) {
        if (givens[i].sex == sex && year >= givens[i].first && year <= givens[i].last)
            fitting[count++] = &givens[i];
    }
    return fitting[count ? dice % count : 0];
}

/* The family name as the person's register has it: in a twelfth of cases a shape of its own. */
static const char *shape_of(const struct synth *synth, uint64_t index, const char *family)
{
    uint64_t dice = synth_throw(synth, index, THROW_SHAPE, 12 * COUNT(shapes));

    for (size_t i = 0; dice < COUNT(shapes) && i < COUNT(shapes); i++) {
        const struct shape *shape = &shapes[(dice + i) % COUNT(shapes)];
        if (strcmp(shape->family, family) == 0)
            return shape->text;
    }
    return family;
}

static void japanese(const struct synth *synth, uint64_t index, struct person *person)
{
    uint64_t dice = synth_throw(synth, index, THROW_FAMILY, COUNT(families) * COUNT(families));
    const struct pair *family = &families[dice % COUNT(families)];
    const struct given *given =
        pick_given(synth_throw(synth, index, THROW_GIVEN, 1000003), person->sex, person->birth.year);
    uint64_t gaiji = synth_throw(synth, index, THROW_GAIJI, 300);

    snprintf(person->name, sizeof person->name, "%s\u3000%s", shape_of(synth, index, family->text), given->text);
    /* 外字: a character that only one office has, at the end of the given name */
    if (gaiji < 16)
        snprintf(person->name, sizeof person->name, "%s\u3000%.3s\xEE\x80%c", family->text, given->text,
                 (char)(0x80 + gaiji));
    snprintf(person->kana, sizeof person->kana, "%s\u3000%s", family->kana, given->kana);
    if (person->sex == 2 && synth_throw(synth, index, THROW_FORMER, 20) == 0)
        snprintf(person->former_surname, sizeof person->former_surname, "%s", families[dice / COUNT(families)].text);
    person->nationality = "";
}

/* Juki-net has a foreigner's Latin name in capitals; of some also the name in kanji, and a 通称. */
static void foreigner(const struct synth *synth, uint64_t index, struct person *person)
{
    uint64_t dice = synth_throw(synth, index, THROW_FAMILY, COUNT(foreigns) * 1000);
    const struct foreign *family = &foreigns[dice % COUNT(foreigns)], *given = NULL;

    for (size_t i = 0; !given || strcmp(given->nationality, family->nationality) != 0; i++)
        given = &foreign_givens[(dice / COUNT(foreigns) + i) % COUNT(foreign_givens)];
    snprintf(person->roman_name, sizeof person->roman_name, "%s %s", family->roman, given->roman);
    snprintf(person->kana, sizeof person->kana, "%s\u3000%s", family->kana, given->kana);
    if (family->kanji[0])
        snprintf(person->name, sizeof person->name, "%s\u3000%s", family->kanji, given->kanji);
    else
        snprintf(person->name, sizeof person->name, "%s", person->roman_name);
    if (synth_throw(synth, index, THROW_COMMON, 5) < 2) {
        const struct pair *common = &families[dice % COUNT(families)];
        const struct given *first = pick_given(dice, person->sex, person->birth.year);
        snprintf(person->common_name, sizeof person->common_name, "%s\u3000%s", common->text, first->text);
    }
    person->nationality = family->nationality;
}

void synth_names(const struct synth *synth, uint64_t index, struct person *person)
{
    if (synth_throw(synth, index, THROW_FOREIGN, 60) == 0)
        foreigner(synth, index, person);
    else
        japanese(synth, index, person);
}
