#include "warden/account_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/hash.h"

const struct account_rules account_rules_default = {
    .password_min_chars = 12,
    .password_history = 10,
    .lock_failures = 5,
    .lock_window_s = 900,
    .lock_delay_s = 60,
    .dormant_days = 45,
    .idle_s = 1800,
};

static const struct {
    size_t offset;
    uint32_t low, high;
    const char *problem;
} numbers[] = {
    {offsetof(struct account_rules, password_min_chars), 12, 64, "must be a number from 12 to 64"},
    {offsetof(struct account_rules, password_history), 10, 24, "must be a number from 10 to 24"},
    {offsetof(struct account_rules, lock_failures), 1, 5, "must be a number from 1 to 5"},
    {offsetof(struct account_rules, lock_window_s), 900, 86400, "must be a number from 900 to 86400"},
    {offsetof(struct account_rules, lock_delay_s), 60, 86400, "must be a number from 60 to 86400"},
    {offsetof(struct account_rules, dormant_days), 1, 45, "must be a number from 1 to 45"},
    {offsetof(struct account_rules, idle_s), 30, 3600, "must be a number from 30 to 3600"},
    {offsetof(struct account_rules, terms_version), 1, UINT32_MAX, "must be a number from 1 to 4294967295"},
};

const char *account_rules_number(struct account_rules *rules, size_t offset, const char *value)
{
    size_t i = 0;
    char *end;

    while (numbers[i].offset != offset)
        i++;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || errno != 0 || *end != '\0' || number < numbers[i].low ||
        number > numbers[i].high)
        return numbers[i].problem;
    uint32_t narrow = (uint32_t)number;
    memcpy((char *)rules + offset, &narrow, sizeof narrow);
    return NULL;
}

/* 0: no such role. */
static uint32_t role_bit(const char *code, size_t length)
{
    static const struct {
        char code[4];
        unsigned number;
    } roles[] = {
#define ROLE(code, number, permits) {#code, number},
#include "wire/roles.def"
#undef ROLE
    };

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strlen(roles[i].code) == length && memcmp(roles[i].code, code, length) == 0)
            return 1u << roles[i].number;
    return 0;
}

const char *account_rules_otp_roles(struct account_rules *rules, const char *value)
{
    for (const char *at = value;; at++) {
        at += strspn(at, " \t");
        size_t length = strcspn(at, ", \t");
        uint32_t bit = role_bit(at, length);
        if (bit == 0)
            return "must be codes of roles, separated by commas";
        if (rules->otp_roles & bit)
            return "names a role twice";
        rules->otp_roles |= bit;
        at += length + strspn(at + length, " \t");
        if (*at == '\0')
            return NULL;
        if (*at != ',')
            return "must be codes of roles, separated by commas";
    }
}

bool account_rules_terms(struct account_rules *rules, int fd)
{
    uint8_t text[TERMS_MAX + 1];
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length < sizeof text) {
        got = pread(fd, text + length, sizeof text - length, (off_t)length);
        length += got > 0 ? (size_t)got : 0;
    }
    return got == 0 && length > 0 && sha256(text, length, rules->terms_digest) == 0;
}
