#include "server/identity/municipality.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define KANJI_BYTES     3 /* of each character that is sought here */
#define WARD_BYTES_MOST (6 * KANJI_BYTES)

#define DESIGNATED(prefecture, name)
#define CITY(prefecture, name)
#define NESTED(name)
#define NESTED_DISTRICT(name)

#undef NESTED
#define NESTED(name) name,
static const char *const nested[] = {
#include "server/identity/municipality.def"
};
#undef NESTED
#define NESTED(name)

#undef NESTED_DISTRICT
#define NESTED_DISTRICT(name) name,
static const char *const nested_districts[] = {
#include "server/identity/municipality.def"
};
#undef NESTED_DISTRICT
#define NESTED_DISTRICT(name)

#undef DESIGNATED
#undef CITY
#define DESIGNATED(prefecture, name) {prefecture, true, name},
#define CITY(prefecture, name)       {prefecture, false, name},
static const struct city {
    unsigned char prefecture;
    bool designated;
    const char *name;
} cities[] = {
#include "server/identity/municipality.def"
};

static size_t prefix_of(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);

        if (strncmp(text, names[i], length) == 0)
            return length;
    }
    return 0;
}

/* Bytes up to and with the first of a word from the second character on; SIZE_MAX: none. */
static size_t upto(const char *text, const char *word)
{
    size_t first = strlen(text) > KANJI_BYTES ? KANJI_BYTES : strlen(text);
    const char *found = strstr(text + first, word);
    return found ? (size_t)(found - text) + strlen(word) : SIZE_MAX;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static const struct city *city_of(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof cities / sizeof cities[0]; i++) {
        size_t city = strlen(cities[i].name);

        if (length >= city && strncmp(text, cities[i].name, city) == 0)
            return &cities[i];
    }
    return NULL;
}

size_t municipality_length(const char *text)
{
    size_t length = prefix_of(text, nested, sizeof nested / sizeof nested[0]);

    if (length > 0)
        return length;
    size_t district = prefix_of(text, nested_districts, sizeof nested_districts / sizeof nested_districts[0]);
    size_t city = least(upto(text, "市"), upto(text, "区")), town = least(upto(text, "町"), upto(text, "村"));
    if (district == 0 && upto(text, "郡") < least(city, town))
        district = upto(text, "郡");
    if (district > 0) {
        length = prefix_of(text + district, nested, sizeof nested / sizeof nested[0]);
        if (length == 0)
            length = least(upto(text + district, "町"), upto(text + district, "村"));
        return length == SIZE_MAX ? 0 : district + length;
    }
    length = least(city, town);
    if (length == SIZE_MAX)
        return 0;
    const struct city *known = city_of(text, length);
    if (known && known->designated) {
        size_t ward = upto(text + length, "区");
        if (ward <= WARD_BYTES_MOST)
            length += ward;
    }
    return length;
}

unsigned municipality_prefecture(const char *text, size_t length)
{
    const struct city *known = city_of(text, length);
    return known ? known->prefecture : 0;
}
