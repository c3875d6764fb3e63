#include "crypto/secret.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNMENT 16

static uint8_t *arena;
static size_t arena_size, arena_used;

/* The usable pages of a fresh mapping: readable and writable, in RAM only, in no dump and in no child. */
static int protect(uint8_t *inner, size_t size)
{
    if (mprotect(inner, size, PROT_READ | PROT_WRITE) != 0)
        return -1;
    if (madvise(inner, size, MADV_DONTDUMP) != 0 || madvise(inner, size, MADV_WIPEONFORK) != 0)
        return -1;
    /* mlock2 without flags is mlock; a sanitizer's runtime makes a call to mlock do nothing. */
    return mlock2(inner, size, 0);
}

int secret_arena_open(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (arena) {
        errno = EALREADY;
        return -1;
    }
    if (bytes == 0 || bytes > SIZE_MAX / 2) {
        errno = EINVAL;
        return -1;
    }
    size_t size = (bytes + page - 1) / page * page;
    size_t whole = size + 2 * page;
    /* Everything starts inaccessible, so the pages on both sides stay guards. */
    /* cppcheck-suppress invalidFunctionArg; no descriptor: -1 goes with MAP_ANONYMOUS (mmap(2)) */
    uint8_t *mapping = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return -1;
    if (protect(mapping + page, size) != 0) {
        int reason = errno;
        munmap(mapping, whole);
        errno = reason;
        return -1;
    }
    arena = mapping + page;
    arena_size = size;
    return 0;
}

void *secret_alloc(size_t bytes)
{
    if (!arena || bytes == 0 || bytes > arena_size - arena_used)
        return NULL;
    void *memory = arena + arena_used;
    size_t taken = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    /* arena_size is a multiple of ALIGNMENT, so rounding up stays inside. */
    arena_used += taken;
    return memory;
}
