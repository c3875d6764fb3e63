#include "support/texts.h"

uint64_t dice_roll(struct dice *dice, uint64_t sides)
{
    dice->state ^= dice->state << 13; /* xorshift64 (Marsaglia 2003) */
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return dice->state % sides;
}

size_t put_utf8(uint32_t point, char *text)
{
    if (point < 0x80) {
        text[0] = (char)point;
        return 1;
    }
    size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    text[0] = (char)(lead[more] | (point >> (6 * more)));
    for (size_t i = 1; i <= more; i++)
        text[i] = (char)(0x80 | ((point >> (6 * (more - i))) & 0x3F));
    return more + 1;
}

size_t random_text(struct dice *dice, char text[RANDOM_TEXT_CHARACTERS * 4 + 1])
{
    static const struct {
        uint32_t first, count;
    } ranges[] = {
        {0x4E00, 0x5200}, {0x20000, 0xA6DF}, {0x30A1, 0x5A}, {0x3041, 0x56}, {0xFF66, 0x3A},  {0xFF01, 0x5E},
        {0x21, 0x5E},     {0xF900, 0x16E},   {0xFA0E, 0x1C}, {0x2F00, 0xD6}, {0x00C0, 0x140}, {0x3005, 1},
        {0x3000, 1},      {0xFE00, 16},      {0xE0100, 240}, {0xE000, 100},  {0x2010, 6},     {0x3200, 0x1FF},
        {0xAC00, 0x2BA4}, {0x0300, 0x40},    {0x30FB, 2},
    };
    size_t characters = 1 + dice_roll(dice, RANDOM_TEXT_CHARACTERS), length = 0;

    for (size_t i = 0; i < characters; i++) {
        size_t range = dice_roll(dice, sizeof ranges / sizeof ranges[0]);
        length += put_utf8(ranges[range].first + (uint32_t)dice_roll(dice, ranges[range].count), text + length);
    }
    text[length] = '\0';
    return characters;
}
