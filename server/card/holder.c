/* Step 10: the holder in SubjectAltName (domain 5.3), otherName { 1.2.392.200149.8.5.5.x, [0] UTF8String }. */
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/x509v3.h>

#include "server/card/internal.h"

/* The arc's content octets without the last: 1.2.392.200149.8.5.5 */
static const uint8_t arc[] = {0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05, 0x05};

enum item { NAME = 1, NAME_SUBSTITUTES = 2, SEX = 3, BIRTH = 4, ADDRESS = 5, ADDRESS_SUBSTITUTES = 6 };

/* 0: none of ours; unknown other names are nobody's mistake (a former surname, a kana name). */
static unsigned item_of(const ASN1_OBJECT *object)
{
    const uint8_t *bytes = OBJ_get0_data(object);

    if (OBJ_length(object) != sizeof arc + 1 || memcmp(bytes, arc, sizeof arc) != 0)
        return 0;
    return bytes[sizeof arc] <= ADDRESS_SUBSTITUTES ? bytes[sizeof arc] : 0;
}

static bool take(const ASN1_TYPE *value, char *out, size_t size)
{
    if (value->type != V_ASN1_UTF8STRING || out[0] != '\0')
        return false; /* twice, or another type */
    const ASN1_STRING *text = value->value.utf8string;
    size_t length = (size_t)ASN1_STRING_length(text);
    if (length == 0 || length >= size || memchr(ASN1_STRING_get0_data(text), '\0', length))
        return false;
    memcpy(out, ASN1_STRING_get0_data(text), length);
    out[length] = '\0';
    return true;
}

static bool take_item(struct holder *holder, unsigned item, const ASN1_TYPE *value)
{
    switch (item) {
    case NAME:
        return take(value, holder->name, sizeof holder->name);
    case NAME_SUBSTITUTES:
        return take(value, holder->name_wildcards, sizeof holder->name_wildcards);
    case SEX:
        return take(value, holder->sex, sizeof holder->sex);
    case BIRTH:
        return take(value, holder->birth, sizeof holder->birth);
    case ADDRESS:
        return take(value, holder->address, sizeof holder->address);
    case ADDRESS_SUBSTITUTES:
        return take(value, holder->address_wildcards, sizeof holder->address_wildcards);
    default:
        return true;
    }
}

static bool take_names(const X509 *leaf, struct holder *holder)
{
    int critical;
    GENERAL_NAMES *names = extension_of(leaf, NID_subject_alt_name, &critical);
    bool good = names != NULL;

    for (int i = 0; good && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_OTHERNAME)
            good = take_item(holder, item_of(name->d.otherName->type_id), name->d.otherName->value);
    }
    GENERAL_NAMES_free(names);
    return good;
}

/* Unicode scalar values of a UTF-8 text; -1: not UTF-8. */
static long characters(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    size_t left = strlen(text);
    long count = 0;
    unsigned long value;

    while (left > 0) {
        int length = UTF8_getc(at, (int)left, &value);
        if (length <= 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            return -1;
        at += length;
        left -= (size_t)length;
        count++;
    }
    return count;
}

/* One flag for each character of `text`; absent: nothing was substituted. */
static bool flags_fit(const char *flags, const char *text)
{
    long count = characters(text);

    if (count < 0)
        return false;
    return flags[0] == '\0' || (strspn(flags, "01") == strlen(flags) && strlen(flags) == (size_t)count);
}

/* 1 男, 2 女, 3 不明, as ISO 5218. */
static bool sex_of(const char *text, uint8_t *sex)
{
    if (text[0] < '1' || text[0] > '3')
        return false;
    *sex = text[0] == '3' ? 0 : (uint8_t)(text[0] - '0');
    return true;
}

bool holder_of(const X509 *leaf, struct holder *holder)
{
    *holder = (struct holder){0};
    if (!take_names(leaf, holder) || !holder->name[0] || !holder->address[0] || strlen(holder->birth) != 9 ||
        !flags_fit(holder->name_wildcards, holder->name) || !flags_fit(holder->address_wildcards, holder->address) ||
        characters(holder->address) > 200)
        return false;
    struct identity *identity = &holder->identity;
    if (!sex_of(holder->sex, &identity->sex) ||
        date_parse_jpki(holder->birth, &identity->birth, &identity->era_unknown) != DATE_OK)
        return false;
    identity->name = holder->name;
    identity->address = holder->address;
    identity->name_wildcards = holder->name_wildcards[0] ? holder->name_wildcards : NULL;
    identity->address_wildcards = holder->address_wildcards[0] ? holder->address_wildcards : NULL;
    return true;
}
