#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int journal_fd = -1;

static void give_up(const char *what)
{
    fprintf(stderr, "journal: %s: %s\n", what, strerror(errno));
    exit(2);
}

void journal_open(const char *path, void (*take)(const struct record *record))
{
    struct record record;
    ssize_t got;

    journal_fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal_fd < 0)
        give_up(path);
    while ((got = read(journal_fd, &record, sizeof record)) == (ssize_t)sizeof record)
        take(&record);
    if (got != 0)
        give_up("a record is not whole");
}

void journal_add(const struct record *record)
{
    if (write(journal_fd, record, sizeof *record) != (ssize_t)sizeof *record)
        give_up("append");
}
