/* synth: CSV files of a synthetic prefecture, for demonstrations and tests. Columns are named as the API's fields. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "csv.h"
#include "synth/synth.h"

#define DATE_TEXT    16
#define COLUMNS_MOST 32

struct row {
    const char *field[COLUMNS_MOST];
    size_t count;
};

static void put(struct row *row, const char *field)
{
    row->field[row->count++] = field;
}

/* YYYY-MM-DD without the parts that are not known. */
static const char *date_text(struct civil_date date, char text[DATE_TEXT])
{
    if (date.year == 0)
        text[0] = '\0';
    else if (date.month == 0)
        snprintf(text, DATE_TEXT, "%04d", date.year % 10000);
    else if (date.day == 0)
        snprintf(text, DATE_TEXT, "%04d-%02d", date.year % 10000, date.month % 100);
    else
        snprintf(text, DATE_TEXT, "%04d-%02d-%02d", date.year % 10000, date.month % 100, date.day % 100);
    return text;
}

static const char *sex_text(unsigned sex)
{
    return sex == 1 ? "MALE" : sex == 2 ? "FEMALE" : "";
}

#define PERSON_COLUMNS                                                                                                 \
    "person.name,person.kana,person.former_surname,person.common_name,person.roman_name,person.birth_date,"            \
    "person.birth_date_text,person.sex,person.address,person.municipality_code,person.honseki_prefecture,"             \
    "person.nationality"

struct person_texts {
    char birth[DATE_TEXT], honseki[4];
};

static void put_person(struct row *row, const struct person *person, struct person_texts *texts)
{
    put(row, person->name);
    put(row, person->kana);
    put(row, person->former_surname);
    put(row, person->common_name);
    put(row, person->roman_name);
    put(row, date_text(person->birth, texts->birth));
    put(row, person->birth_text);
    put(row, sex_text(person->sex));
    put(row, person->address);
    put(row, person->municipality);
    snprintf(texts->honseki, sizeof texts->honseki, "%02u", person->honseki % 100);
    put(row, person->honseki ? texts->honseki : "");
    put(row, person->nationality);
}

static const char people_columns[] = "number,name,kana,birth_date,address";

static void write_people_row(FILE *stream, const struct person *person)
{
    char birth[DATE_TEXT];
    const char *const fields[] = {person->number, person->name, person->kana, date_text(person->birth, birth),
                                  person->address};

    csv_write_row(stream, fields, sizeof fields / sizeof fields[0]);
}

static void write_person(FILE *stream, const struct synth *synth, uint64_t index)
{
    struct person person;

    synth_person(synth, index, &person);
    write_people_row(stream, &person);
}

/* Numbers in a file of their own: what goes to the front's calls has none. */
static void write_applicant(FILE *stream, const struct synth *synth, uint64_t index)
{
    struct application application;

    synth_application(synth, index, &application);
    write_people_row(stream, &application.person);
}

static const char registration_columns[] =
    "registration_number,registration_date," PERSON_COLUMNS
    ",kind,route,qualified_month,state,suspended_until,specially_cancelled_before,annotations";

static void write_registration(FILE *stream, const struct synth *synth, uint64_t index)
{
    struct registration registration;
    struct person_texts texts;
    char registered[DATE_TEXT], qualified[DATE_TEXT], until[DATE_TEXT];
    struct row row = {0};

    synth_registration(synth, index, &registration);
    put(&row, registration.number);
    put(&row, date_text(registration.registered, registered));
    put_person(&row, &registration.person, &texts);
    put(&row, registration.kind);
    put(&row, registration.route);
    put(&row, date_text(registration.qualified, qualified));
    put(&row, registration.state);
    put(&row, date_text(registration.suspended_until, until));
    put(&row, registration.cancelled_before ? "true" : "");
    put(&row, registration.annotations);
    csv_write_row(stream, row.field, row.count);
}

static const char application_columns[] =
    "kind,wanted_channel,wanted_state,registration," PERSON_COLUMNS
    ",route,qualified_month,cause,event_date,reporter,card_attached,no_disqualification_declared";

static void write_application(FILE *stream, const struct synth *synth, uint64_t index)
{
    struct application application;
    struct person_texts texts;
    char qualified[DATE_TEXT], event[DATE_TEXT];
    struct row row = {0};

    synth_application(synth, index, &application);
    put(&row, application.kind);
    put(&row, application.channel);
    put(&row, application.state);
    put(&row, application.registration);
    put_person(&row, &application.person, &texts);
    put(&row, application.route);
    put(&row, date_text(application.qualified, qualified));
    put(&row, application.cause);
    put(&row, date_text(application.event, event));
    put(&row, application.reporter);
    put(&row, application.card_attached ? "true" : "");
    put(&row, application.registration[0] ? "" : "true");
    csv_write_row(stream, row.field, row.count);
}

typedef void row_writer(FILE *stream, const struct synth *synth, uint64_t index);

static int write_rows(FILE *stream, const struct synth *synth, uint64_t count, const char *columns,
                      row_writer *write_row)
{
    fprintf(stream, "%s\r\n", columns);
    for (uint64_t i = 0; i < count; i++)
        write_row(stream, synth, i);
    return fflush(stream) == 0 && !ferror(stream) ? 0 : -1;
}

static int run(const struct options *options, const char *columns, row_writer *write_row)
{
    const char *path = options->value[OPT_OUTPUT];
    struct synth synth;
    uint64_t seed, count;
    unsigned prefecture;

    if (prefecture_of(options, &prefecture) != CLI_OK ||
        options_number(options, OPT_SEED, 0, UINT64_MAX, 1, &seed) < 0 ||
        options_number(options, OPT_COUNT, 1, SYNTH_MAX, 10000, &count) < 0)
        return CLI_USAGE;
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(STDOUT_FILENO);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
        return CLI_USAGE;
    }
    synth_start(&synth, seed, prefecture);
    int result = write_rows(stream, &synth, count, columns, write_row);
    if (fclose(stream) != 0 || result < 0) {
        SAY(stderr, TEXT_FILE_UNWRITABLE, path ? path : "-", strerror(errno));
        return CLI_USAGE;
    }
    return CLI_OK;
}

int cmd_synth(const struct options *options)
{
    return run(options, people_columns, write_person);
}

int cmd_synth_register(const struct options *options)
{
    return run(options, registration_columns, write_registration);
}

int cmd_synth_applicants(const struct options *options)
{
    return run(options, people_columns, write_applicant);
}

int cmd_synth_applications(const struct options *options)
{
    return run(options, application_columns, write_application);
}
