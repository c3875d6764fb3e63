/* What must hold after every attack. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "evil.h"
#include "number/individual_number.h"
#include "sandbox/sandbox.h"

bool evil_has_number(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at + NUMBER_LEN <= length; at++)
        if (individual_number_valid((const char *)bytes + at))
            return true;
    return false;
}

static unsigned count_descriptors(pid_t pid)
{
    char path[64];
    unsigned count = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Ids are left out: the process in its user namespace sees others than its parent does. */
static void expect_attested(const struct evil *evil)
{
    const struct process_view *attested = &evil->report.view;
    struct process_view now;
    int status = process_view_open(evil->pid);

    assert_true(status >= 0);
    assert_true(process_view_read(status, &now));
    close(status);
    assert_int_equal(now.threads, attested->threads);
    assert_int_equal(now.no_new_privs, attested->no_new_privs);
    assert_int_equal(now.seccomp, attested->seccomp);
    assert_int_equal(now.seccomp_filters, attested->seccomp_filters);
    assert_int_equal(now.cap_effective | now.cap_permitted | now.cap_ambient | now.cap_inheritable, 0);
    assert_int_equal(now.cap_bounding, attested->cap_bounding);
    if (geteuid() == 0)
        assert_int_equal(count_descriptors(evil->pid), evil->report.open_fds);
}

void evil_expect_unchanged(struct evil *evil, const uint8_t before[32])
{
    uint8_t after[32];

    if (before) {
        evil_store_digest(evil, after);
        assert_memory_equal(before, after, sizeof after);
    }
    expect_attested(evil);
}

void evil_store_digest(struct evil *evil, uint8_t digest[32])
{
    char path[128];
    struct stat status;

    snprintf(path, sizeof path, "%s/data.mdb", evil->folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    uint8_t *bytes = malloc((size_t)status.st_size);
    assert_int_equal(read(fd, bytes, (size_t)status.st_size), status.st_size);
    assert_int_equal(sha256(bytes, (size_t)status.st_size, digest), 0);
    free(bytes);
    close(fd);
}
