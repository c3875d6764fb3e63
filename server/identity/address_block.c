#include "server/identity/address_block.h"

#include "server/identity/numeral.h"

/* The words by their code points, since the text is in these. */
enum word {
    W_CHO = 0x4E01,      /* 丁 */
    W_ME = 0x76EE,       /* 目 */
    W_BAN = 0x756A,      /* 番 */
    W_CHI = 0x5730,      /* 地 */
    W_GO = 0x53F7,       /* 号 */
    W_SHITSU = 0x5BA4,   /* 室 */
    W_TO = 0x68DF,       /* 棟 */
    W_JO = 0x6761,       /* 条 */
    W_SEN = 0x7DDA,      /* 線 */
    W_DAI = 0x5927,      /* 大 */
    W_SHO = 0x5C0F,      /* 小 */
    W_AZA = 0x5B57,      /* 字 */
    W_MOJI = 0x6587,     /* 文, as in 十文字 */
    W_NO = 0x306E,       /* の */
    W_NO_KATA = 0x30CE,  /* ノ */
    W_NO_KANJI = 0x4E4B, /* 之 */
    W_MACHI = 0x753A,    /* 町 */
    W_GAI = 0x8857,      /* 街 */
    W_KAN = 0x9928,      /* 館 */
    W_LONG_VOWEL = 0x30FC,
};

struct reader {
    const uint32_t *at;
    size_t count, next;
};

static uint32_t peek(const struct reader *in, size_t ahead)
{
    return in->next + ahead < in->count ? in->at[in->next + ahead] : 0;
}

bool address_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

static bool hyphen(uint32_t point)
{
    return code_point_hyphen(point) || point == W_LONG_VOWEL;
}

static bool particle(uint32_t point)
{
    return point == W_NO || point == W_NO_KATA || point == W_NO_KANJI;
}

/* 番 of a number; not of 三番町, 一番丁, 三番街, 弐番館, which are names. */
static bool lot(uint32_t point, uint32_t after)
{
    return point == W_BAN && after != W_MACHI && after != W_CHO && after != W_GAI && after != W_KAN;
}

/* What makes the kanji numerals before it a number. */
static bool counter(uint32_t point, uint32_t after)
{
    return (point == W_CHO && after == W_ME) || lot(point, after) || point == W_GO || point == W_JO || point == W_SEN;
}

static void emit(struct code_points *out, uint32_t point)
{
    if (point == '-' && out->count > 0 && out->at[out->count - 1] == '-')
        return;
    out->at[out->count++] = point;
}

static void emit_number(struct code_points *out, int32_t value)
{
    if (value >= 10)
        emit_number(out, value / 10);
    emit(out, (uint32_t)('0' + value % 10));
}

/* Kanji numerals of a number: before a counter, or after 番地の and 番の. */
static void numerals_to_digits(const uint32_t *at, size_t count, struct code_points *out)
{
    out->count = 0;
    for (size_t i = 0; i < count;) {
        size_t run = numeral_run(at + i, count - i);
        int32_t value = run > 0 ? numeral_value(at + i, run) : -1;
        uint32_t one = i + run < count ? at[i + run] : 0, two = i + run + 1 < count ? at[i + run + 1] : 0;
        bool branch = i >= 2 && particle(at[i - 1]) && (at[i - 2] == W_CHI || at[i - 2] == W_BAN);

        if (value >= 0 && (counter(one, two) || branch)) {
            emit_number(out, value);
            i += run;
        } else {
            for (size_t end = i + (run > 0 ? run : 1); i < end; i++)
                out->at[out->count++] = at[i];
        }
    }
}

/* A counter after a digit: how many characters it has, and whether a hyphen stands for it. 0: there is none. */
static size_t take_counter(const struct reader *in, bool *divides)
{
    uint32_t one = peek(in, 0), two = peek(in, 1);

    *divides = true;
    if (one == W_CHO)
        return two == W_ME ? 2 : 1;
    if (lot(one, two))
        return two == W_CHI ? 2 : 1;
    if (one == W_JO || one == W_TO)
        return 1;
    if (one == W_GO) {
        size_t length = two == W_SHITSU || two == W_TO ? 2 : 1;
        *divides = two == W_TO || address_digit(peek(in, length)); /* 4号201 is not 4201 */
        return length;
    }
    return 0;
}

/* 大字, 小字, 字: how many characters to leave out. */
static size_t section_word(const struct reader *in, uint32_t before)
{
    if ((peek(in, 0) == W_DAI || peek(in, 0) == W_SHO) && peek(in, 1) == W_AZA)
        return 2;
    return peek(in, 0) == W_AZA && before != W_MOJI ? 1 : 0;
}

static void step(struct reader *in, struct code_points *out)
{
    uint32_t point = peek(in, 0), before = out->count > 0 ? out->at[out->count - 1] : 0;
    bool divides, numeric = address_digit(before);
    size_t counted = numeric ? take_counter(in, &divides) : 0, section = section_word(in, before);

    if (counted > 0) {
        if (divides)
            emit(out, '-');
        in->next += counted;
    } else if (section > 0) {
        in->next += section;
    } else {
        bool joins = (numeric || before == '-') && (hyphen(point) || (particle(point) && address_digit(peek(in, 1))));
        emit(out, joins || code_point_hyphen(point) ? '-' : point);
        in->next++;
    }
}

void address_block(const uint32_t *at, size_t count, struct code_points *block)
{
    struct code_points digits;
    struct reader in = {.at = digits.at};

    numerals_to_digits(at, count, &digits);
    in.count = digits.count;
    block->count = 0;
    while (in.next < in.count)
        step(&in, block);
}
