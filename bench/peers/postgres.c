/* bench-peer-postgres: the question put to PostgreSQL, many at a time over one connection of libpq. */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "keyed.h"

#define BYTEA_OID       17
#define BYTEA_ARRAY_OID 1001
#define BINARY          1

/* PostgreSQL's binary form of a one-dimensional array: header, then length and bytes of each element. */
struct array_head {
    uint32_t dimensions, has_null, element_type, length, lower_bound;
};
struct array_element {
    uint32_t length;
    uint8_t hash[KEYED_HASH_LEN];
};
static struct {
    struct array_head head;
    struct array_element element[KEYED_BATCH_MAX];
} array;

static const struct person *asked[KEYED_BATCH_MAX];

static int failed(const PGconn *connection, const char *what)
{
    fprintf(stderr, "bench-peer-postgres: %s: %s\n", what, PQerrorMessage(connection));
    return -1;
}

/* Rows come in any order: the one of a hash is found by bisection in the sorted batch. */
static int compare_elements(const void *a, const void *b)
{
    return memcmp(((const struct array_element *)a)->hash, ((const struct array_element *)b)->hash, KEYED_HASH_LEN);
}

struct question {
    struct array_element element;
    const struct person *person;
};

static int fill_array(struct keyed *keyed, unsigned batch)
{
    static struct question questions[KEYED_BATCH_MAX];
    for (unsigned i = 0; i < batch; i++) {
        questions[i].person = keyed_pick(keyed);
        questions[i].element.length = htobe32(KEYED_HASH_LEN);
        if (keyed_hash(keyed, questions[i].person, questions[i].element.hash) != 0) {
            return -1;
        }
    }
    qsort(questions, batch, sizeof(questions[0]), compare_elements);
    for (unsigned i = 0; i < batch; i++) {
        array.element[i] = questions[i].element;
        asked[i] = questions[i].person;
    }
    array.head = (struct array_head){.dimensions = htobe32(1),
                                     .element_type = htobe32(BYTEA_OID),
                                     .length = htobe32(batch),
                                     .lower_bound = htobe32(1)};
    return 0;
}

/* How many of the batch have this row; a person can be asked for twice in one batch. */
static unsigned answers(struct keyed *keyed, unsigned batch, const PGresult *result, int row)
{
    struct array_element wanted = {0};
    if (PQgetlength(result, row, 0) != KEYED_HASH_LEN) {
        return 0;
    }
    memcpy(wanted.hash, PQgetvalue(result, row, 0), KEYED_HASH_LEN);
    const struct array_element *found =
        bsearch(&wanted, array.element, batch, sizeof(array.element[0]), compare_elements);
    if (found == NULL) {
        return 0;
    }
    size_t first = (size_t)(found - array.element);
    while (first > 0 && compare_elements(&array.element[first - 1], &wanted) == 0) {
        first--;
    }
    unsigned count = 0;
    for (size_t i = first; i < batch && compare_elements(&array.element[i], &wanted) == 0; i++) {
        count += keyed_answers(keyed, asked[i], PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
    }
    return count;
}

static int call_any(void *context, struct keyed *keyed, unsigned batch)
{
    PGconn *connection = context;
    if (fill_array(keyed, batch) != 0) {
        return -1;
    }
    const char *values[] = {(const char *)&array};
    int length = (int)(sizeof(array.head) + batch * sizeof(array.element[0]));
    const int format = BINARY;
    PGresult *result = PQexecPrepared(connection, "any", 1, values, &length, &format, BINARY);
    unsigned count = 0;
    for (int row = 0; PQresultStatus(result) == PGRES_TUPLES_OK && row < PQntuples(result); row++) {
        count += answers(keyed, batch, result, row);
    }
    PQclear(result);
    return count == batch ? 0 : failed(connection, "a wrong answer");
}

static int prepare(PGconn *connection)
{
    const Oid type = BYTEA_ARRAY_OID;
    PGresult *result = PQprepare(connection, "any", "SELECT hash, value FROM person WHERE hash = ANY ($1)", 1, &type);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done ? 0 : failed(connection, "prepare");
}

static int measure(PGconn *connection, struct keyed *keyed, char **words)
{
    struct watched server = {.name = "server", .pid = PQbackendPID(connection)};
    double seconds = strtod(words[4], NULL);
    struct keyed_loop loop = {.name = words[0],
                              .batch = (unsigned)strtoul(words[3], NULL, 10),
                              .duration_ns = (uint64_t)(seconds * 1e9),
                              .server = &server,
                              .call = call_any,
                              .context = connection};
    keyed->opened = strcmp(words[0], "any-open") == 0;
    if (loop.batch < 1 || loop.batch > KEYED_BATCH_MAX || !(seconds > 0.0)) {
        fputs("bench-peer-postgres: wrong arguments\n", stderr);
        return -1;
    }
    return prepare(connection) == 0 ? keyed_run(keyed, &loop) : -1;
}

/* A row of COPY's binary form: the number of fields, then length and bytes of each. */
struct copy_row {
    uint16_t fields;
    uint32_t hash_length;
    uint8_t hash[KEYED_HASH_LEN];
    uint32_t value_length;
    struct keyed_value value;
} __attribute__((packed));

static int copy_people(PGconn *connection, struct keyed *keyed)
{
    static const char head[19] = "PGCOPY\n\377\r\n"; /* signature with its zero byte, flags, no extension */
    static const char end[2] = "\377\377";
    bool sent = PQputCopyData(connection, head, sizeof(head)) == 1;
    for (uint64_t i = 0; i < keyed->people_count && sent; i++) {
        struct copy_row row = {.fields = htobe16(2),
                               .hash_length = htobe32(KEYED_HASH_LEN),
                               .value_length = htobe32(sizeof(struct keyed_value))};
        struct keyed_value value;
        sent =
            keyed_hash(keyed, &keyed->people[i], row.hash) == 0 && keyed_value(keyed, &keyed->people[i], &value) == 0;
        row.value = value;
        sent = sent && PQputCopyData(connection, (const char *)&row, sizeof(row)) == 1;
    }
    return sent && PQputCopyData(connection, end, sizeof(end)) == 1 && PQputCopyEnd(connection, NULL) == 1
               ? 0
               : failed(connection, "COPY");
}

static int run_sql(PGconn *connection, const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(connection, sql);
    bool done = PQresultStatus(result) == wanted;
    PQclear(result);
    return done ? 0 : failed(connection, sql);
}

static int load_people(PGconn *connection, struct keyed *keyed)
{
    if (run_sql(connection, "CREATE TABLE person (hash bytea NOT NULL, value bytea NOT NULL)", PGRES_COMMAND_OK) != 0 ||
        run_sql(connection, "COPY person FROM STDIN (FORMAT binary)", PGRES_COPY_IN) != 0 ||
        copy_people(connection, keyed) != 0) {
        return -1;
    }
    PGresult *result = PQgetResult(connection);
    bool copied = PQresultStatus(result) == PGRES_COMMAND_OK;
    for (; result != NULL; result = PQgetResult(connection)) {
        PQclear(result);
    }
    return copied ? run_sql(connection, "ALTER TABLE person ADD PRIMARY KEY (hash)", PGRES_COMMAND_OK)
                  : failed(connection, "COPY");
}

int main(int argc, char **argv)
{
    struct keyed keyed;
    bool load = argc == 4 && strcmp(argv[1], "load") == 0;
    if (!load && argc != 6) {
        fputs("usage: bench-peer-postgres load SOCKET_FOLDER TABLE\n"
              "       bench-peer-postgres any|any-open SOCKET_FOLDER TABLE BATCH SECONDS\n",
              stderr);
        return 2;
    }
    const char *const names[] = {"host", "user", "dbname", NULL};
    const char *const values[] = {argv[2], "bench", "bench", NULL};
    PGconn *connection = PQconnectdbParams(names, values, 0);
    if (PQstatus(connection) != CONNECTION_OK) {
        failed(connection, "connect");
        PQfinish(connection);
        return EXIT_FAILURE;
    }
    int result = keyed_open(&keyed, argv[3]);
    if (result == 0) {
        result = load ? load_people(connection, &keyed) : measure(connection, &keyed, argv + 1);
        keyed_close(&keyed);
    }
    PQfinish(connection);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
