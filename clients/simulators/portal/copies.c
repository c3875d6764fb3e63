#include "clients/simulators/portal/copies.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#define PATH_SIZE   4096
#define TEXT_MAX    65536
#define ID_LEN      16
#define PURGE_LABEL "sekisho/v1 purge"

static bool path_of(char path[PATH_SIZE], const char *folder, const char *place, const char *name)
{
    const char *last = strrchr(name, '/');
    int length = snprintf(path, PATH_SIZE, "%s/%s/%s", folder, place, last ? last + 1 : name);

    return length > 0 && length < PATH_SIZE;
}

bool copies_open(const char *folder)
{
    static const char *const places[] = {"copies", "receipts"};
    char path[PATH_SIZE];

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return false;
    for (size_t i = 0; i < 2; i++) {
        int length = snprintf(path, sizeof path, "%s/%s", folder, places[i]);
        if (length < 0 || (size_t)length >= sizeof path || (mkdir(path, 0700) != 0 && errno != EEXIST))
            return false;
    }
    return true;
}

static bool write_file(const char *path, const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, bytes, length) == (ssize_t)length && fsync(fd) == 0;

    return fd >= 0 && close(fd) == 0 && good;
}

bool copy_keep(const char *folder, const char *name, const uint8_t *text, size_t length)
{
    char path[PATH_SIZE];

    return path_of(path, folder, "copies", name) && write_file(path, text, length);
}

bool copy_hash(const char *folder, const char *name, uint8_t hash[CONTENT_HASH_LEN])
{
    static uint8_t text[TEXT_MAX];
    char path[PATH_SIZE];
    FILE *file = path_of(path, folder, "copies", name) ? fopen(path, "re") : NULL;

    if (!file)
        return false;
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    SHA256(text, length, hash);
    OPENSSL_cleanse(text, length);
    return true;
}

bool copy_purge(const char *folder, const char *name)
{
    static const uint8_t zeros[TEXT_MAX];
    struct stat state;
    char path[PATH_SIZE];

    if (!path_of(path, folder, "copies", name))
        return false;
    if (stat(path, &state) != 0)
        return errno == ENOENT;
    return (size_t)state.st_size <= sizeof zeros && write_file(path, zeros, (size_t)state.st_size) && unlink(path) == 0;
}

static bool id_of(const char *name, uint8_t id[ID_LEN])
{
    const char *last = strrchr(name, '/');
    long length = 0;
    unsigned char *bytes = last ? OPENSSL_hexstr2buf(last + 1, &length) : NULL;
    bool good = bytes && length == ID_LEN;

    if (good)
        memcpy(id, bytes, ID_LEN);
    OPENSSL_free(bytes);
    return good;
}

static bool digest_good(const char *name, const uint8_t content[CONTENT_HASH_LEN],
                        const Sekisho__V1__ConfirmPurgeResponse *receipt)
{
    uint64_t time_us = htole64((uint64_t)receipt->purge_time_us);
    uint8_t id[ID_LEN], digest[SHA256_DIGEST_LENGTH];
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    bool good =
        context && id_of(name, id) && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
        EVP_DigestUpdate(context, PURGE_LABEL, strlen(PURGE_LABEL)) == 1 &&
        EVP_DigestUpdate(context, id, sizeof id) == 1 && EVP_DigestUpdate(context, content, CONTENT_HASH_LEN) == 1 &&
        EVP_DigestUpdate(context, &time_us, sizeof time_us) == 1 && EVP_DigestFinal_ex(context, digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    return good && receipt->digest.len == sizeof digest && memcmp(receipt->digest.data, digest, sizeof digest) == 0;
}

bool receipt_keep(const char *folder, const char *name, const uint8_t content[CONTENT_HASH_LEN],
                  const Sekisho__V1__ConfirmPurgeResponse *receipt)
{
    char path[PATH_SIZE], text[256];
    int length = snprintf(text, sizeof text, "%lld ", (long long)receipt->purge_time_us);

    if (!digest_good(name, content, receipt) || !path_of(path, folder, "receipts", name))
        return false;
    for (size_t i = 0; i < receipt->digest.len; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%02x", receipt->digest.data[i]);
    return write_file(path, text, (size_t)length);
}
