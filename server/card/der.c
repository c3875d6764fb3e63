#include "server/card/der.h"

#include <string.h>

#define CONSTRUCTED   0x20
#define CLASS_BITS    0xc0
#define NUMBER_BITS   0x1f
#define LENGTH_OCTETS 4

enum universal {
    DER_BOOLEAN = 1,
    DER_INTEGER = 2,
    DER_BIT_STRING = 3,
    DER_NULL = 5,
    DER_OID = 6,
    DER_ENUMERATED = 10,
    DER_SEQUENCE = 16,
    DER_SET = 17,
    DER_UTC_TIME = 23,
    DER_GENERALIZED_TIME = 24,
};

static bool read_length(struct der *rest, size_t *length)
{
    if (rest->length == 0)
        return false;
    uint8_t first = *rest->bytes++;
    rest->length--;
    if (first < 0x80) {
        *length = first;
        return true;
    }
    size_t octets = first & 0x7fu; /* 0: indefinite, BER's */
    if (octets == 0 || octets > LENGTH_OCTETS || octets > rest->length || rest->bytes[0] == 0)
        return false;
    *length = 0;
    for (size_t i = 0; i < octets; i++)
        *length = *length << 8 | rest->bytes[i];
    rest->bytes += octets;
    rest->length -= octets;
    return *length >= 0x80; /* else the short form is due */
}

bool der_next(struct der *rest, struct der_value *value)
{
    struct der left = *rest;
    size_t length;

    if (left.length == 0 || (left.bytes[0] & NUMBER_BITS) == NUMBER_BITS)
        return false;
    value->tag = *left.bytes++;
    left.length--;
    if (!read_length(&left, &length) || length > left.length)
        return false;
    value->content = (struct der){left.bytes, length};
    value->whole = (struct der){rest->bytes, (size_t)(left.bytes - rest->bytes) + length};
    *rest = (struct der){left.bytes + length, left.length - length};
    return true;
}

static bool integer(struct der content)
{
    if (content.length < 2)
        return content.length == 1;
    return !(content.bytes[0] == 0 && content.bytes[1] < 0x80) &&
           !(content.bytes[0] == 0xff && content.bytes[1] >= 0x80);
}

static bool bit_string(struct der content)
{
    if (content.length == 0 || content.bytes[0] > 7)
        return false;
    unsigned unused = content.bytes[0];
    if (content.length == 1)
        return unused == 0;
    return (content.bytes[content.length - 1] & ((1u << unused) - 1)) == 0;
}

static bool object_identifier(struct der content)
{
    bool first = true;

    for (size_t i = 0; i < content.length; i++) {
        if (first && content.bytes[i] == 0x80)
            return false;
        first = content.bytes[i] < 0x80;
    }
    return content.length > 0 && first;
}

static bool primitive(uint8_t tag, struct der content)
{
    if (tag & CLASS_BITS)
        return true;
    switch (tag) {
    case DER_BOOLEAN:
        return content.length == 1 && (content.bytes[0] == 0 || content.bytes[0] == 0xff);
    case DER_INTEGER:
    case DER_ENUMERATED:
        return integer(content);
    case DER_BIT_STRING:
        return bit_string(content);
    case DER_NULL:
        return content.length == 0;
    case DER_OID:
        return object_identifier(content);
    case DER_UTC_TIME:
    case DER_GENERALIZED_TIME:
        return content.length > 0 && content.bytes[content.length - 1] == 'Z';
    case 0:
    case DER_SEQUENCE:
    case DER_SET:
        return false;
    default:
        return true;
    }
}

/* Order of the elements of a SET OF (X.690, 11.6). */
static bool ascending(struct der before, struct der after)
{
    size_t common = before.length < after.length ? before.length : after.length;
    int order = memcmp(before.bytes, after.bytes, common);

    return order < 0 || (order == 0 && before.length <= after.length);
}

static bool strict(struct der rest, bool set, unsigned depth)
{
    struct der_value value;
    struct der before = {NULL, 0};

    if (depth > DER_DEPTH_MAX)
        return false;
    while (rest.length > 0) {
        if (!der_next(&rest, &value))
            return false;
        if (set && before.bytes && !ascending(before, value.whole))
            return false;
        before = value.whole;
        if (!(value.tag & CONSTRUCTED)) {
            if (!primitive(value.tag, value.content))
                return false;
            continue;
        }
        uint8_t number = value.tag & (uint8_t)~CONSTRUCTED;
        if (!(value.tag & CLASS_BITS) && number != DER_SEQUENCE && number != DER_SET)
            return false; /* a string in pieces */
        if (!strict(value.content, number == DER_SET, depth + 1))
            return false;
    }
    return true;
}

bool der_strict(const uint8_t *bytes, size_t length)
{
    struct der rest = {bytes, length};
    struct der_value value;

    return der_next(&rest, &value) && rest.length == 0 && strict(value.whole, false, 0);
}

bool der_first(const uint8_t *bytes, size_t length, struct der *first)
{
    struct der rest = {bytes, length};
    struct der_value outer, inner;

    if (!der_next(&rest, &outer) || outer.tag != (CONSTRUCTED | DER_SEQUENCE) || !der_next(&outer.content, &inner))
        return false;
    *first = inner.whole;
    return true;
}
