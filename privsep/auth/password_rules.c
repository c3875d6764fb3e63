#include "auth/password_rules.h"

#include <errno.h>
#include <string.h>

#include "auth/account_text.h"
#include "auth/password_common.h"
#include "crypto/hash.h"

#define KINDS_MIN 3

static unsigned kind_of(uint8_t first)
{
    if (first >= 'a' && first <= 'z')
        return 1;
    if (first >= 'A' && first <= 'Z')
        return 2;
    if (first >= '0' && first <= '9')
        return 4;
    return 8;
}

enum password_fault password_fault(const char *password, size_t length, const char account[ACCOUNT_LEN],
                                   uint32_t min_chars)
{
    const uint8_t *text = (const uint8_t *)password;
    size_t characters = 0;
    unsigned kinds = 0;

    if (length > PASSWORD_MAX)
        return PASSWORD_TOO_LONG;
    if (memchr(password, '\0', length) || !account_text_valid(password, length))
        return PASSWORD_NOT_TEXT;
    for (size_t at = 0; at < length; at += utf8_sequence(text + at, length - at)) {
        characters++;
        kinds |= kind_of(text[at]);
    }
    if (characters < min_chars)
        return PASSWORD_TOO_SHORT;
    if (__builtin_popcount(kinds) < KINDS_MIN)
        return PASSWORD_FEW_KINDS;
    return password_is_common(password, length, account) ? PASSWORD_COMMON : PASSWORD_FINE;
}

/* Uniform below the alphabet's length: bytes of an incomplete last round are drawn again. */
static char draw(const char *alphabet, size_t count)
{
    uint8_t byte;

    do
        crypto_random(&byte, sizeof byte);
    while (byte >= 256 - 256 % count);
    return alphabet[byte % count];
}

void password_temporary(char password[TEMPORARY_LEN])
{
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+-=%";
    static const char nobody[ACCOUNT_LEN];

    do
        for (size_t i = 0; i < TEMPORARY_LEN; i++)
            password[i] = draw(alphabet, sizeof alphabet - 1);
    while (password_fault(password, TEMPORARY_LEN, nobody, PASSWORD_MIN_CHARS) != PASSWORD_FINE);
}

int password_was_used(const struct stored_account *account, const char *password, size_t length, uint32_t history,
                      bool *used)
{
    struct password_hash made = account->hash;

    if (password_hash_again(password, length, &made) != 0)
        return ENOMEM;
    *used = crypto_equal(made.digest, account->hash.digest, sizeof made.digest);
    for (uint32_t i = 0; i < account->former_count && i < history; i++)
        *used |= crypto_equal(made.digest, account->former[i], sizeof made.digest);
    crypto_wipe(&made, sizeof made);
    return 0;
}

int password_set(struct stored_account *account, const char *password, size_t length, bool temporary, int64_t now_us)
{
    struct password_hash made = account->hash;
    bool first = account->password_set_us == 0;

    int rc = first ? password_make(password, length, &made) : password_hash_again(password, length, &made);
    if (rc != 0)
        return ENOMEM;
    if (!first) {
        memmove(account->former[1], account->former[0], sizeof account->former - sizeof account->former[0]);
        memcpy(account->former[0], account->hash.digest, sizeof account->former[0]);
        if (account->former_count < FORMER_PASSWORDS_MAX)
            account->former_count++;
    }
    account->hash = made;
    account->must_change = temporary;
    account->password_set_us = now_us;
    crypto_wipe(&made, sizeof made);
    return 0;
}
