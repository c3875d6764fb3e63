/*
 * bench-fdatasync: how often a second this disk makes an overwritten 4 KiB page durable. A group commit cannot come
 * more often, so it bounds every call whose ledger leaf is durable before the answer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/report.h"

#define PAGE  4096
#define PAGES 256

static struct histogram latency;

static int write_page(int fd, unsigned page, uint8_t fill)
{
    static uint8_t data[PAGE];
    memset(data, fill, sizeof(data));
    return pwrite(fd, data, sizeof(data), (off_t)page * PAGE) == PAGE ? 0 : -1;
}

/* The blocks exist before the measurement: an overwrite then changes no metadata, as in LMDB's file once it has grown.
 */
static int prepare(int fd)
{
    for (unsigned page = 0; page < PAGES; page++) {
        if (write_page(fd, page, 1) != 0) {
            return -1;
        }
    }
    return fsync(fd);
}

static int measure(int fd, uint64_t duration_ns, uint64_t *elapsed_ns)
{
    uint64_t begin_ns = clock_ns();
    uint64_t before_ns = begin_ns;
    for (unsigned i = 0; before_ns - begin_ns < duration_ns; i++) {
        if (write_page(fd, i % PAGES, (uint8_t)i) != 0 || fdatasync(fd) != 0) {
            return -1;
        }
        uint64_t now_ns = clock_ns();
        histogram_record(&latency, now_ns - before_ns);
        before_ns = now_ns;
    }
    *elapsed_ns = before_ns - begin_ns;
    return 0;
}

int main(int argc, char **argv)
{
    double seconds = argc == 3 ? strtod(argv[2], NULL) : 0.0;
    if (!(seconds > 0.0)) {
        fputs("usage: bench-fdatasync FILE SECONDS   (FILE is made and removed)\n", stderr);
        return 2;
    }
    int fd = open(argv[1], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        perror("bench-fdatasync");
        return EXIT_FAILURE;
    }
    struct run_result result = {.load = "fdatasync", .in_flight = 1, .items_per_call = 1, .latency = &latency};
    int status = prepare(fd);
    if (status == 0) {
        status = measure(fd, (uint64_t)(seconds * 1e9), &result.elapsed_ns);
    }
    close(fd);
    unlink(argv[1]);
    result.calls = latency.count;
    return status == 0 && report_write(&result, stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
