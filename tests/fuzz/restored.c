#include "restored.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_check.h"
#include "disk/reserve.h"
#include "support/fuzz.h"

#define NAME "restored"

/* Room ahead in a store's file makes commits faster, and nothing else; each input would have to zero it. */
void __wrap_reserve_open(struct reserve *reserve, MDB_env *env, uint64_t map_bytes);
void __wrap_reserve_keep(struct reserve *reserve);
void __wrap_reserve_open(struct reserve *reserve, MDB_env *env, uint64_t map_bytes)
{
    (void)reserve, (void)env, (void)map_bytes;
}
void __wrap_reserve_keep(struct reserve *reserve)
{
    (void)reserve;
}

static unsigned folders(void)
{
    DIR *folder = opendir(fuzz_folder());
    const struct dirent *entry;
    unsigned count = 0;

    REQUIRE(folder != NULL);
    while ((entry = readdir(folder)) != NULL)
        count += strncmp(entry->d_name, NAME, sizeof NAME - 1) == 0;
    closedir(folder);
    return count;
}

static void remove_store(const char *store)
{
    char path[512];
    struct stat facts;

    snprintf(path, sizeof path, "%s/data.mdb", store);
    REQUIRE(stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0600);
    REQUIRE(unlink(path) == 0 && rmdir(store) == 0);
}

enum restore_status restored(const uint8_t *bytes, size_t length, const uint8_t backup_key[HPKE_KEY_LEN],
                             const uint8_t root_key[32], struct restore_report *report)
{
    char store[400];
    int fd = memfd_create("backup", MFD_CLOEXEC);

    snprintf(store, sizeof store, "%s/" NAME, fuzz_folder());
    REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
    const struct restore_request request = {
        .backup = fd, .backup_key = backup_key, .root_key = root_key, .store = store, .owner = UINT32_MAX};
    enum restore_status status = restore_store(&request, report);
    close(fd);
    REQUIRE(status < RESTORE_STATUS_COUNT);
    if (status == RESTORE_DONE)
        remove_store(store);
    REQUIRE(folders() == 0);
    return status;
}

bool client_takes(const uint8_t *bytes, size_t length)
{
    static struct backup_check check;

    backup_check_begin(&check);
    return backup_check_take(&check, bytes, length) && backup_check_complete(&check);
}
