/*
 * canary-scan CANARIES FILE...: searches files for secrets that must not be in them.
 *
 * CANARIES is a text file, one secret a line; "hex:" and hex digits stand for bytes, which are looked for as they are
 * and as hex and base64. Each is looked for as text, and, where it is all digits, as a 64-bit integer of either byte
 * order, as a varint, as packed decimals and in full-width digits; also as base64 at each of the three alignments, as
 * hex of either case, and as UTF-16. Prints a line a hit (file, offset, line number of the canary, form; never the
 * secret). Ends with 1 on any hit, with 2 when something could not be read, so that a scan of nothing does not pass.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMS_MAX  65536
#define NEEDLE_MAX 416
#define PREFIX_LEN 3

struct needle {
    unsigned line;
    const char *form;
    size_t length;
    uint8_t bytes[NEEDLE_MAX];
};

static struct needle needles[FORMS_MAX];
static size_t needle_count;
/* One bit for each possible start of PREFIX_LEN bytes: a memory image is walked once, whatever the number of needles.
 */
static uint8_t starts[(1u << (8 * PREFIX_LEN)) / 8];

static void add(unsigned line, const char *form, const void *bytes, size_t length)
{
    /* Shorter needles are found by chance. */
    if (length < 5 || length > NEEDLE_MAX)
        return;
    if (needle_count == FORMS_MAX) {
        fputs("canary-scan: too many canaries\n", stderr);
        exit(2);
    }
    struct needle *needle = &needles[needle_count++];
    *needle = (struct needle){.line = line, .form = form, .length = length};
    memcpy(needle->bytes, bytes, length);
}

/* The base64 characters that depend on the secret alone when `skip` bytes of something else stand before it. */
static void add_base64(unsigned line, const uint8_t *text, size_t length, size_t skip)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t padded[NEEDLE_MAX + 3] = {0};
    char out[NEEDLE_MAX];
    size_t count = 0, total = skip + length;

    if (total > 300)
        return;
    memcpy(padded + skip, text, length);
    for (size_t at = 0; at + 3 <= total; at += 3) {
        uint32_t group = (uint32_t)padded[at] << 16 | (uint32_t)padded[at + 1] << 8 | padded[at + 2];
        if (at == 0 && skip)
            continue; /* mixed with what stands before */
        for (int shift = 18; shift >= 0; shift -= 6)
            out[count++] = alphabet[group >> shift & 63];
    }
    add(line, "base64", out, count);
}

/* As protobuf writes integers. */
static void add_varint(unsigned line, uint64_t value)
{
    uint8_t bytes[10];
    size_t length = 0;

    for (; value > 0x7f; value >>= 7)
        bytes[length++] = (uint8_t)(value | 0x80);
    bytes[length++] = (uint8_t)value;
    add(line, "varint", bytes, length);
}

static void add_full_width(unsigned line, const char *text, size_t length)
{
    char wide[3 * 18 + 1] = "";

    for (size_t i = 0; i < length; i++)
        snprintf(wide + 3 * i, 4, "\xef\xbc%c", '\x90' + (text[i] - '0'));
    add(line, "full-width digits", wide, 3 * length);
}

static void add_number(unsigned line, const char *text, size_t length)
{
    uint64_t value = strtoull(text, NULL, 10);
    uint8_t packed[16] = {0}, big[8];

    /* Twelve digits fill five bytes; the zero byte beside them keeps chance hits in a large image away. */
    add(line, "integer", &value, 6);
    for (int i = 0; i < 8; i++)
        big[i] = (uint8_t)(value >> (56 - 8 * i));
    add(line, "integer, big-endian", big + 2, 6);
    add_varint(line, value);
    add_full_width(line, text, length);
    for (size_t i = 0; i + 1 < length && i / 2 < sizeof packed; i += 2)
        packed[i / 2] = (uint8_t)((text[i] - '0') << 4 | (text[i + 1] - '0'));
    add(line, "packed decimal", packed, length / 2);
}

static void add_canary(unsigned line, const char *text)
{
    size_t length = strlen(text);
    char lower[NEEDLE_MAX * 2 + 1] = "", upper[NEEDLE_MAX * 2 + 1] = "", wide[NEEDLE_MAX * 2];
    bool digits = true;

    if (length < 8 || length > 200)
        return;
    for (size_t i = 0; i < length; i++) {
        digits &= isdigit((unsigned char)text[i]) != 0;
        snprintf(lower + 2 * i, 3, "%02x", (unsigned char)text[i]);
        snprintf(upper + 2 * i, 3, "%02X", (unsigned char)text[i]);
        wide[2 * i] = text[i];
        wide[2 * i + 1] = 0;
    }
    add(line, "text", text, length);
    add(line, "hex", lower, 2 * length);
    if (strcmp(lower, upper) != 0)
        add(line, "hex", upper, 2 * length);
    add(line, "UTF-16", wide, 2 * length - 1);
    for (size_t skip = 0; skip < 3; skip++)
        add_base64(line, (const uint8_t *)text, length, skip);
    if (digits && length <= 18)
        add_number(line, text, length);
}

static void add_key(unsigned line, const char *hex)
{
    uint8_t bytes[NEEDLE_MAX];
    size_t length = strlen(hex) / 2;
    char upper[NEEDLE_MAX * 2 + 1] = "";

    if (length < 8 || length > 128)
        return;
    for (size_t i = 0; i < length; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
        snprintf(upper + 2 * i, 3, "%02X", bytes[i]);
    }
    add(line, "bytes", bytes, length);
    add(line, "hex", hex, 2 * length);
    add(line, "hex", upper, 2 * length);
    for (size_t skip = 0; skip < 3; skip++)
        add_base64(line, bytes, length, skip);
}

static void load_canaries(const char *path)
{
    char line[1024];
    unsigned number = 0;
    FILE *file = fopen(path, "r");

    if (!file) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        number++;
        if (strncmp(line, "hex:", 4) == 0)
            add_key(number, line + 4);
        else
            add_canary(number, line);
    }
    fclose(file);
    if (needle_count == 0) {
        fputs("canary-scan: no canary\n", stderr);
        exit(2);
    }
}

static uint32_t prefix_of(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
}

static int by_prefix(const void *a, const void *b)
{
    uint32_t left = prefix_of(((const struct needle *)a)->bytes), right = prefix_of(((const struct needle *)b)->bytes);

    return (left > right) - (left < right);
}

static void index_needles(void)
{
    qsort(needles, needle_count, sizeof needles[0], by_prefix);
    for (size_t i = 0; i < needle_count; i++) {
        uint32_t prefix = prefix_of(needles[i].bytes);
        starts[prefix / 8] |= (uint8_t)(1u << prefix % 8);
    }
}

static size_t first_with_prefix(uint32_t prefix)
{
    size_t low = 0, high = needle_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (prefix_of(needles[middle].bytes) < prefix)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static unsigned hits_at(const char *path, const uint8_t *bytes, size_t offset, size_t left)
{
    uint32_t prefix = prefix_of(bytes + offset);
    unsigned hits = 0;

    for (size_t i = first_with_prefix(prefix); i < needle_count && prefix_of(needles[i].bytes) == prefix; i++) {
        if (needles[i].length > left || memcmp(bytes + offset, needles[i].bytes, needles[i].length) != 0)
            continue;
        printf("%s: offset %zu: canary %u as %s\n", path, offset, needles[i].line, needles[i].form);
        hits++;
    }
    return hits;
}

static unsigned scan_bytes(const char *path, const uint8_t *bytes, size_t length)
{
    unsigned hits = 0;

    for (size_t offset = 0; offset + PREFIX_LEN <= length; offset++) {
        uint32_t prefix = prefix_of(bytes + offset);
        if (starts[prefix / 8] & (1u << prefix % 8))
            hits += hits_at(path, bytes, offset, length - offset);
    }
    return hits;
}

static unsigned scan_file(const char *path, bool *unreadable)
{
    struct stat status;
    unsigned hits = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(path);
        *unreadable = true;
    } else if (status.st_size > 0) {
        void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            perror(path);
            *unreadable = true;
        } else {
            hits = scan_bytes(path, map, (size_t)status.st_size);
            munmap(map, (size_t)status.st_size);
        }
    }
    if (fd >= 0)
        close(fd);
    return hits;
}

int main(int argc, char **argv)
{
    bool unreadable = false;
    unsigned hits = 0;

    if (argc < 3) {
        fputs("usage: canary-scan CANARIES FILE...\n", stderr);
        return 2;
    }
    load_canaries(argv[1]);
    index_needles();
    for (int i = 2; i < argc; i++)
        hits += scan_file(argv[i], &unreadable);
    return hits ? 1 : unreadable ? 2 : 0;
}
