/* The folder of a store that no server runs on. */
#include "store_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int store_folder_lock(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        SAY(stderr, TEXT_FILE_UNREADABLE, folder, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    SAY(stderr, TEXT_STORE_IN_USE, folder);
    close(fd);
    return -1;
}
