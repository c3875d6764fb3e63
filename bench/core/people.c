#include "core/people.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "number/individual_number.h"

#define BODIES 100000000000u /* eleven digits */
/* Coprime to 10^11, so that multiplication scatters without collisions; PEOPLE_MAX times it fits 64 bits. */
#define SCATTER 61803398887u
_Static_assert(UINT64_MAX / SCATTER > PEOPLE_MAX, "an index too large");

void people_number(uint64_t index, char number[NUMBER_LEN])
{
    uint64_t body = (index + 1) * SCATTER % BODIES;
    for (int i = NUMBER_LEN - 2; i >= 0; i--) {
        number[i] = (char)('0' + body % 10);
        body /= 10;
    }
    number[NUMBER_LEN - 1] = individual_number_check_digit(number);
}

struct person *people_make(uint64_t count)
{
    struct person *people = calloc(count, sizeof(*people));
    for (uint64_t i = 0; people != NULL && i < count; i++) {
        people_number(i, people[i].number);
    }
    return people;
}

int people_save(const char *path, const struct person *people, uint64_t count)
{
    FILE *file = fopen(path, "wxe");
    if (file == NULL) {
        return -1;
    }
    int result = fwrite(people, sizeof(*people), count, file) == count ? 0 : -1;
    return fclose(file) == 0 ? result : -1;
}

int people_load(const char *path, struct person **people, uint64_t *count)
{
    FILE *file = fopen(path, "re");
    struct stat status;
    if (file == NULL) {
        return -1;
    }
    int result = fstat(fileno(file), &status);
    if (result == 0 && (status.st_size == 0 || status.st_size % (off_t)sizeof(**people) != 0)) {
        errno = EINVAL;
        result = -1;
    }
    if (result == 0) {
        *count = (uint64_t)status.st_size / sizeof(**people);
        *people = malloc((size_t)status.st_size);
        result = *people != NULL && fread(*people, sizeof(**people), *count, file) == *count ? 0 : -1;
    }
    fclose(file);
    return result;
}

uint64_t people_pick(uint64_t *state, uint64_t count)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return ((*state * 2685821657736338717u) >> 32) % count;
}
