#include "vault/pins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"

#define PIN_LEN (2 * HASH_LEN + 1)

static int write_pin(const char *folder, uint16_t tenant, const char *kind, const uint8_t key[32])
{
    char path[PATH_LEN + 32], text[PIN_LEN + 1];
    uint8_t hash[HASH_LEN];

    if (sha256(key, 32, hash) != 0)
        return EACCES;
    for (int i = 0; i < HASH_LEN; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    memcpy(text + PIN_LEN - 1, "\n", 2);
    snprintf(path, sizeof path, "%s/%02u.%s.pin", folder, tenant, kind);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int failed = write(fd, text, PIN_LEN) == PIN_LEN ? 0 : EIO;
    return close(fd) == 0 ? failed : errno;
}

int pins_write(const struct store *store, const char *folder)
{
    int failed = 0;

    for (size_t i = 0; i < store->tenant_count && failed == 0; i++) {
        const struct tenant *tenant = &store->tenant[i];
        failed = write_pin(folder, tenant->id, "citizen", tenant->keys->citizen_public);
        if (failed == 0)
            failed = write_pin(folder, tenant->id, "ledger", tenant->keys->ledger_public);
    }
    return failed;
}
