#include "synth/places.h"

#include <stdio.h>

#define PLACE(prefecture, name, code)
#define TOWN(name)

#undef PLACE
#define PLACE(prefecture, name, code) {prefecture, name, code},
static const struct place {
    unsigned prefecture;
    const char *name, *code;
} places[] = {
#include "synth/places.def"
};
#undef PLACE
#define PLACE(prefecture, name, code)

#undef TOWN
#define TOWN(name) name,
static const char *const towns[] = {
#include "synth/places.def"
};
#define TOWNS (sizeof towns / sizeof towns[0])

/* One of the prefecture's, which stand together. */
static const struct place *pick_place(unsigned prefecture, uint64_t dice)
{
    size_t first = 0, count = 0;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].prefecture == prefecture) {
            if (count == 0)
                first = i;
            count++;
        }
    }
    return &places[first + dice % count];
}

/* The ways in which one lot is written in practice. */
static void write_lot(uint64_t dice, char *text, size_t size)
{
    unsigned section = 1 + (unsigned)(dice % 5), lot = 1 + (unsigned)(dice / 5 % 30),
             house = 1 + (unsigned)(dice / 150 % 20);

    switch (dice / 3000 % 20) {
    case 0:
    case 1:
    case 2:
        snprintf(text, size, "%u-%u-%u", section, lot, house);
        break;
    case 3:
        snprintf(text, size, "%u丁目%u番地%u", section, lot, house);
        break;
    case 4:
        snprintf(text, size, "%u番地の%u", lot * 7, house);
        break;
    case 5:
    case 6:
    case 7:
        snprintf(text, size, "%u丁目%u番%u号 例示ハイツ%u0%u号室", section, lot, house, 1 + lot % 5, 1 + house % 8);
        break;
    default:
        snprintf(text, size, "%u丁目%u番%u号", section, lot, house);
        break;
    }
}

void synth_place(const struct synth *synth, uint64_t index, struct person *person)
{
    const struct place *place = pick_place(synth->prefecture, synth_throw(synth, index, THROW_PLACE, 1000003));
    uint64_t dice = synth_throw(synth, index, THROW_LOT, UINT64_C(1) << 40);
    char lot[96];

    write_lot(dice / TOWNS, lot, sizeof lot);
    snprintf(person->address, sizeof person->address, "%s%s%s%s", prefecture_name(synth->prefecture), place->name,
             towns[dice % TOWNS], lot);
    person->municipality = place->code;
}
