#include "auth/password_common.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/sealed.h"

#define RUN_MIN      3 /* one letter again and again */
#define SEQUENCE_MIN 4 /* abcd, zyxw */
#define ID_PART_MIN  3

static const char *const words[] = {
#define COMMON(word) #word,
#include "auth/common_words.def"
#undef COMMON
};

/* The letters that each digit or sign stands in for. */
static const char *letters_for(char c)
{
    switch (c) {
    case '0':
        return "o";
    case '1':
    case '!':
    case '|':
        return "il";
    case '3':
        return "e";
    case '4':
    case '@':
        return "a";
    case '5':
    case '$':
        return "s";
    case '6':
    case '9':
        return "g";
    case '7':
    case '+':
        return "t";
    case '8':
        return "b";
    default:
        return "";
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_filler(char c)
{
    return (unsigned char)c < 0x80 && !is_letter(c);
}

static bool stands_for(char typed, char letter)
{
    return lower(typed) == letter || (is_filler(typed) && strchr(letters_for(typed), letter));
}

/* The password's positions that a sequence of known pieces reaches. */
struct reach {
    const char *text;
    size_t length;
    bool at[PASSWORD_MAX + 1];
};

static void take_word(struct reach *reach, size_t from, const char *word, size_t word_length)
{
    if (word_length > reach->length - from)
        return;
    for (size_t i = 0; i < word_length; i++)
        if (!stands_for(reach->text[from + i], word[i]))
            return;
    reach->at[from + word_length] = true;
}

/* Letters from `from` on that each differ from the one before by `step`. */
static void take_run(struct reach *reach, size_t from, int step, size_t least)
{
    if (!is_letter(reach->text[from]))
        return;
    for (size_t end = from + 1; end <= reach->length; end++) {
        if (end - from >= least)
            reach->at[end] = true;
        if (end < reach->length && lower(reach->text[end]) != lower(reach->text[end - 1]) + step)
            return;
    }
}

static void take_id(struct reach *reach, size_t from, const char account[ACCOUNT_LEN])
{
    size_t length = strnlen(account, ACCOUNT_LEN), start = 0;

    take_word(reach, from, account, length);
    for (size_t i = 0; i <= length; i++) {
        if (i < length && (is_letter(account[i]) || (account[i] >= '0' && account[i] <= '9')))
            continue;
        if (i - start >= ID_PART_MIN)
            take_word(reach, from, account + start, i - start);
        start = i + 1;
    }
}

static void take_all(struct reach *reach, size_t from, const char account[ACCOUNT_LEN])
{
    if (is_filler(reach->text[from]))
        reach->at[from + 1] = true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        take_word(reach, from, words[i], strlen(words[i]));
    take_id(reach, from, account);
    take_run(reach, from, 0, RUN_MIN);
    take_run(reach, from, 1, SEQUENCE_MIN);
    take_run(reach, from, -1, SEQUENCE_MIN);
}

bool password_is_common(const char *password, size_t length, const char account[ACCOUNT_LEN])
{
    struct reach reach = {.text = password, .length = length, .at = {[0] = true}};

    if (length > PASSWORD_MAX)
        return false;
    for (size_t from = 0; from < length; from++)
        if (reach.at[from])
            take_all(&reach, from, account);
    bool common = reach.at[length];
    crypto_wipe(&reach, sizeof reach);
    return common;
}
