#include "server/rpc/validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Wire types of the protobuf encoding; 3 and 4 (groups) exist in no proto3 file. */
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_LENGTH = 2, WIRE_FIXED32 = 5 };

struct reader {
    const uint8_t *at, *end;
};

struct wire_field {
    uint32_t number;
    unsigned wire_type;
    struct reader content; /* of WIRE_LENGTH */
};

static bool read_varint(struct reader *reader, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct reader *reader, uint64_t length)
{
    if (length > (uint64_t)(reader->end - reader->at))
        return false;
    reader->at += length;
    return true;
}

static bool read_field(struct reader *reader, struct wire_field *field)
{
    uint64_t key, length;
    if (!read_varint(reader, &key) || key > UINT32_MAX || key >> 3 == 0)
        return false;
    field->number = (uint32_t)(key >> 3);
    field->wire_type = key & 7;
    switch (field->wire_type) {
    case WIRE_VARINT:
        return read_varint(reader, &length);
    case WIRE_FIXED64:
        return skip(reader, 8);
    case WIRE_FIXED32:
        return skip(reader, 4);
    case WIRE_LENGTH:
        if (!read_varint(reader, &length))
            return false;
        field->content.at = reader->at;
        if (!skip(reader, length))
            return false;
        field->content.end = reader->at;
        return true;
    default:
        return false;
    }
}

/* Length of the well-formed UTF-8 sequence at `at` (RFC 3629 section 4), 0 when there is none. */
static size_t utf8_sequence(const uint8_t *at, size_t left)
{
    uint8_t lead = at[0], low = 0x80, high = 0xbf;
    size_t length;
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead == 0xe0)
        low = 0xa0; /* shorter form exists */
    else if (lead == 0xed)
        high = 0x9f; /* surrogates */
    else if (lead == 0xf0)
        low = 0x90; /* shorter form exists */
    else if (lead == 0xf4)
        high = 0x8f; /* above U+10FFFF */
    if (left < length || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

static bool good_text(struct reader text)
{
    while (text.at < text.end) {
        size_t length = utf8_sequence(text.at, (size_t)(text.end - text.at));
        if (length == 0 || text.at[0] == '\0')
            return false;
        text.at += length;
    }
    return true;
}

/* Puts a path element before what is there: the recursion unwinds from the innermost field. */
static void prepend(struct rpc_fault *fault, const char *element)
{
    char path[sizeof fault->path];
    snprintf(path, sizeof path, "%.127s%s%.127s", element, fault->path[0] ? "." : "", fault->path);
    memcpy(fault->path, path, sizeof path);
}

/* Index of the element of a repeated field that ends at `end`: how many came before it. */
static size_t index_of(struct reader message, const uint8_t *end, uint32_t number)
{
    struct wire_field field = {0};
    size_t count = 0;
    while (read_field(&message, &field) && message.at < end)
        count += field.number == number;
    return count;
}

static bool fail(struct rpc_fault *fault, enum rpc_fault_kind kind)
{
    fault->kind = kind;
    fault->path[0] = '\0';
    return false;
}

static bool validate(const ProtobufCMessageDescriptor *descriptor, struct reader message, unsigned depth,
                     struct rpc_fault *fault);

static bool validate_field(const ProtobufCFieldDescriptor *descriptor, const struct wire_field *field, unsigned depth,
                           struct rpc_fault *fault)
{
    if (field->wire_type != WIRE_LENGTH)
        return true;
    if (descriptor->type == PROTOBUF_C_TYPE_STRING)
        return good_text(field->content) || fail(fault, RPC_FAULT_BAD_TEXT);
    if (descriptor->type == PROTOBUF_C_TYPE_MESSAGE)
        return validate(descriptor->descriptor, field->content, depth + 1, fault);
    return true;
}

static bool validate(const ProtobufCMessageDescriptor *descriptor, struct reader message, unsigned depth,
                     struct rpc_fault *fault)
{
    struct reader rest = message;
    if (depth >= RPC_MAX_NESTING)
        return fail(fault, RPC_FAULT_MALFORMED);
    while (rest.at < rest.end) {
        struct wire_field field = {0};
        const ProtobufCFieldDescriptor *known;
        char element[128];
        if (!read_field(&rest, &field))
            return fail(fault, RPC_FAULT_MALFORMED);
        known = protobuf_c_message_descriptor_get_field(descriptor, field.number);
        if (!known) {
            fail(fault, RPC_FAULT_UNKNOWN_FIELD);
            snprintf(element, sizeof element, "#%" PRIu32, field.number);
            prepend(fault, element);
            return false;
        }
        if (validate_field(known, &field, depth, fault))
            continue;
        if (known->label == PROTOBUF_C_LABEL_REPEATED)
            snprintf(element, sizeof element, "%.100s[%zu]", known->name, index_of(message, rest.at, field.number));
        else
            snprintf(element, sizeof element, "%.100s", known->name);
        prepend(fault, element);
        return false;
    }
    return true;
}

bool rpc_validate(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                  struct rpc_fault *fault)
{
    fault->kind = RPC_FAULT_NONE;
    fault->path[0] = '\0';
    return validate(descriptor, (struct reader){bytes, bytes + length}, 0, fault);
}
