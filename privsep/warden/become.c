#include "warden/become.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "wire/exit_codes.h"

#define FIRST_FD 3
/* Above every number that a process is given, so that moving one descriptor never covers another. */
#define SAFE_FD   64
#define GIVEN_MAX 16

/* Descriptor 2 of a release build is /dev/null too: whatever a library prints never reaches the log. */
#ifdef NDEBUG
#define NULL_FDS 3
#else
#define NULL_FDS 2
#endif

int become_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    if (length < 0)
        return -1;
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    return open(path[0] ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool place_null(void)
{
    int null = open("/dev/null", O_RDWR);

    for (int fd = 0; null >= 0 && fd < NULL_FDS; fd++)
        if (dup2(null, fd) < 0)
            return false;
    return null >= 0 && (null < FIRST_FD || close(null) == 0);
}

/* Gives each descriptor its number and closes everything else. */
static bool place_descriptors(const int *give, size_t count)
{
    int moved[GIVEN_MAX];

    if (count > GIVEN_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        moved[i] = fcntl(give[i], F_DUPFD_CLOEXEC, SAFE_FD);
        if (moved[i] < 0)
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (dup2(moved[i], FIRST_FD + (int)i) < 0)
            return false;
    return place_null();
}

void become(int folder, const char *name, char *const *arguments, char *const *environment, const int *give,
            size_t count)
{
    int safe = fcntl(folder, F_DUPFD_CLOEXEC, SAFE_FD + GIVEN_MAX);
    sigset_t none;

    sigemptyset(&none);
    if (safe >= 0 && place_descriptors(give, count) && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
        close_range(FIRST_FD + (unsigned)count, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        execveat(safe, name, arguments, environment, AT_SYMLINK_NOFOLLOW);
    _exit(EXIT_SYSTEM);
}
