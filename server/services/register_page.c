#include "server/services/register_page.h"

#include <string.h>

#include "crypto/hash.h"

static void *field_of(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    return (uint8_t *)(uintptr_t)message + field->offset;
}

/* What a token is bound to: the request's type, and all of it but the page. */
static bool digest_filter(struct register_call *call, uint8_t digest[REGISTER_ID_LEN])
{
    const ProtobufCMessageDescriptor *type = call->request->descriptor;
    ProtobufCMessage *filter = register_new(call, type->sizeof_message, call->request);
    uint8_t full[HASH_LEN];

    if (!filter)
        return false;
    *(int32_t *)field_of(filter, "page_size") = 0;
    *(char **)field_of(filter, "page_token") = (char *)(uintptr_t)protobuf_c_empty_string;
    size_t length = protobuf_c_message_get_packed_size(filter);
    uint8_t *packed = register_alloc(call, length + 1);
    if (!packed)
        return false;
    protobuf_c_message_pack(filter, packed);
    const struct iovec parts[] = {
        {.iov_base = (void *)(uintptr_t)type->name, .iov_len = strlen(type->name) + 1},
        {.iov_base = packed, .iov_len = length},
    };
    if (sha256_parts(parts, 2, full) != 0)
        return false;
    memcpy(digest, full, REGISTER_ID_LEN);
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digest and key; false when it is no token. */
static bool read_token(const char *token, struct register_page *page)
{
    uint8_t bytes[REGISTER_ID_LEN + REGISTER_PAGE_KEY_MAX];
    size_t length = strlen(token) / 2;

    if (strlen(token) % 2 != 0 || length <= REGISTER_ID_LEN || length > sizeof bytes)
        return false;
    for (size_t i = 0; i < length; i++) {
        int high = hex_value(token[2 * i]), low = hex_value(token[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    page->key_length = length - REGISTER_ID_LEN;
    memcpy(page->key, bytes + REGISTER_ID_LEN, page->key_length);
    return memcmp(bytes, page->filter, REGISTER_ID_LEN) == 0;
}

bool register_page(struct register_call *call, struct register_page *page)
{
    int32_t rows = *(const int32_t *)field_of(call->request, "page_size");
    const char *token = *(char *const *)field_of(call->request, "page_token");

    if (rows < 0 || rows > REGISTER_PAGE_ROWS_MAX) {
        register_fail(call, REGISTER_BAD_FIELD, "page_size", "must be 0..1000");
        return false;
    }
    page->rows = rows == 0 ? REGISTER_PAGE_ROWS : (uint32_t)rows;
    page->key_length = 0;
    if (!digest_filter(call, page->filter)) {
        register_fail(call, REGISTER_FULL, NULL, NULL);
        return false;
    }
    if (token[0] != '\0' && !read_token(token, page)) {
        register_fail(call, REGISTER_BAD_PAGE, "page_token", NULL);
        return false;
    }
    return true;
}

char *register_page_token(struct register_call *call, const struct register_page *page, const void *key, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = key;
    char *token = length <= REGISTER_PAGE_KEY_MAX ? register_alloc(call, 2 * (REGISTER_ID_LEN + length) + 1) : NULL;
    char *out = token;

    if (!token)
        return NULL;
    for (size_t i = 0; i < REGISTER_ID_LEN + length; i++) {
        uint8_t byte = i < REGISTER_ID_LEN ? page->filter[i] : bytes[i - REGISTER_ID_LEN];
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
    return token;
}
