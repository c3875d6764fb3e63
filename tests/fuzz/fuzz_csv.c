/*
 * The CSV reader and the syntax of numbers, references and request ids, through the source of rows that every job of
 * the command reads. Requires: fields hold no zero byte and lie inside the row's bounds; a row without a fault has
 * twelve digits for its number; reading in small pieces gives the same rows as reading at once.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "csv.h"
#include "number_syntax.h"
#include "sekisho.h"
#include "support/fuzz.h"

static int input_fd(const uint8_t *data, size_t size)
{
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0);
    REQUIRE(pwrite(fd, data, size, 0) == (ssize_t)size);
    REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static void require_number(const char *text, size_t length)
{
    bool digits = length == SEKISHO_NUMBER_LEN;

    for (size_t i = 0; i < length; i++)
        digits = digits && text[i] >= '0' && text[i] <= '9';
    REQUIRE((number_syntax(text, length) == NUMBER_OK) == digits);
}

static void require_row(const struct csv_row *row)
{
    size_t total = 0;

    REQUIRE(row->count >= 1 && row->count <= CSV_FIELDS_MAX);
    for (size_t i = 0; i < row->count; i++) {
        REQUIRE(strlen(row->field[i]) == row->length[i]);
        require_number(row->field[i], row->length[i]);
        total += row->length[i] + 1;
    }
    REQUIRE(total <= CSV_ROW_MAX);
}

/* How many rows of each kind, and a hash over all fields. */
struct summary {
    size_t results[CSV_UNREADABLE + 1];
    uint64_t hash;
};

static void add(struct summary *summary, const void *data, size_t length)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i <= length; i++)
        summary->hash = (summary->hash ^ (i < length ? bytes[i] : 0x100)) * 0x100000001b3u;
}

static struct summary read_all(int fd, size_t size)
{
    struct summary summary = {.hash = 14695981039346656037u};
    struct csv_reader *reader = csv_open(fd);
    enum csv_result result;
    struct csv_row row;

    REQUIRE(reader != NULL);
    do {
        uint64_t before = csv_position(reader);
        result = csv_next(reader, &row);
        summary.results[result]++;
        REQUIRE(result == CSV_END || csv_position(reader) > before);
        REQUIRE(csv_position(reader) <= size);
        if (result == CSV_ROW) {
            require_row(&row);
            for (size_t i = 0; i < row.count; i++)
                add(&summary, row.field[i], row.length[i]);
        }
    } while (result != CSV_END && result != CSV_UNREADABLE);
    REQUIRE(result == CSV_END && csv_position(reader) == size);
    csv_close(reader);
    return summary;
}

/* The same bytes through a socket, a record at a time: the reader refills in the middle of fields. */
static struct summary read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    int fds[2];

    REQUIRE(pipe2(fds, O_CLOEXEC | O_DIRECT) == 0);
    for (size_t at = 0; at < size; at += piece) {
        size_t length = size - at < piece ? size - at : piece;
        REQUIRE(write(fds[1], data + at, length) == (ssize_t)length);
    }
    close(fds[1]);
    struct summary summary = read_all(fds[0], size);
    close(fds[0]);
    return summary;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct summary whole = read_all(input_fd(data, size), size);

    /* A packet pipe holds 16 pieces; a byte order mark is promised to be in one. */
    if (size >= 3 && size <= 16 * 4) {
        struct summary pieces = read_in_pieces(data, size, 4);
        REQUIRE(memcmp(&whole, &pieces, sizeof whole) == 0);
    }
    return 0;
}
