/* 登録番号 (domain 2.5). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/identity/code_points.h"
#include "server/identity/identity.h"

#define NUMBER_CHARACTERS 32

/* The prefecture by its official name or by its two digits. */
static unsigned take_prefecture(const char **text)
{
    size_t used;
    unsigned code = prefecture_starting(*text, &used);

    if (code == 0 && strspn(*text, "0123456789") == 2) {
        code = (unsigned)((*text)[0] - '0') * 10 + (unsigned)((*text)[1] - '0');
        used = 2;
    }
    *text += used;
    return code <= PREFECTURES ? code : 0;
}

bool registration_number_parse(const char *text, struct registration_number *number)
{
    struct code_points points;
    char buffer[NUMBER_CHARACTERS * 4 + 1];
    const char *next = buffer;
    uint64_t serial = 0;

    *number = (struct registration_number){0};
    if (!code_points_of(text, NULL, NUMBER_CHARACTERS, &points))
        return false;
    for (size_t i = 0; i < points.count; i++) {
        if (code_point_hyphen(points.at[i]) || points.at[i] == 0x30FC)
            points.at[i] = '-';
    }
    if (!code_points_text(points.at, points.count, buffer, sizeof buffer))
        return false;
    unsigned prefecture = take_prefecture(&next);
    if (prefecture == 0 || *next++ != '-')
        return false;
    size_t digits = strspn(next, "0123456789");
    if (digits == 0 || digits > 10 || next[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        serial = serial * 10 + (uint64_t)(next[i] - '0');
    if (serial == 0 || serial > UINT32_MAX)
        return false;
    *number = (struct registration_number){.prefecture = (uint8_t)prefecture, .serial = (uint32_t)serial};
    return true;
}

bool registration_number_format(struct registration_number number, char text[REGISTRATION_NUMBER_TEXT])
{
    const char *prefecture = prefecture_name(number.prefecture);

    if (!prefecture || number.serial == 0)
        return false;
    snprintf(text, REGISTRATION_NUMBER_TEXT, "%s-%06" PRIu32, prefecture, number.serial);
    return true;
}
