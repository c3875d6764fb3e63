/* Words for fields and values (labels.def). */
#include <string.h>
#include <strings.h>

#include "desk/fields.h"
#include "text.h"

struct label {
    const char *key, *in[2];
};

static const struct label fields[] = {
#define LABEL(path, en, ja) {path, {en, ja}},
#define VALUE(name, en, ja)
#include "desk/labels.def"
#undef LABEL
#undef VALUE
};

static const struct label values[] = {
#define LABEL(path, en, ja)
#define VALUE(name, en, ja) {#name, {en, ja}},
#include "desk/labels.def"
#undef LABEL
#undef VALUE
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])
#define VALUE_COUNT (sizeof values / sizeof values[0])

const char *label_of(const char *path)
{
    for (;;) {
        for (size_t i = 0; i < FIELD_COUNT; i++)
            if (strcmp(fields[i].key, path) == 0)
                return fields[i].in[language()];
        const char *dot = strchr(path, '.');
        if (!dot)
            return path;
        path = dot + 1;
    }
}

const char *label_path(const char *label, const char *after)
{
    bool begun = after == NULL;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (begun &&
            (strcasecmp(fields[i].in[LANGUAGE_EN], label) == 0 || strcmp(fields[i].in[LANGUAGE_JA], label) == 0))
            return fields[i].key;
        begun = begun || fields[i].key == after;
    }
    return NULL;
}

static const struct label *find_value(const char *name)
{
    for (size_t i = 0; i < VALUE_COUNT; i++)
        if (strcmp(values[i].key, name) == 0)
            return &values[i];
    return NULL;
}

const char *value_label(const char *name)
{
    const struct label *found = find_value(name);

    return found ? found->in[language()] : NULL;
}

bool value_has_label(const char *name, const char *text)
{
    const struct label *found = find_value(name);

    return found && (strcasecmp(found->in[LANGUAGE_EN], text) == 0 || strcmp(found->in[LANGUAGE_JA], text) == 0);
}
