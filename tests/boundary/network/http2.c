/* HTTP/2 (RFC 9113) and HPACK (RFC 7541) as far as an attacker needs them. */
#include "attack.h"

#include <string.h>

/* Appendix A of RFC 7541 */
enum { STATIC_AUTHORITY = 1, STATIC_POST = 3, STATIC_PATH = 4, STATIC_HTTPS = 7, STATIC_CONTENT_TYPE = 31 };
enum { INDEXED = 0x80, INCREMENTAL = 0x40, FIRST_DYNAMIC = 62 };

void put(struct bytes *to, const void *from, size_t length)
{
    if (length > to->room - to->length)
        length = to->room - to->length;
    if (length == 0)
        return;
    memcpy(to->at + to->length, from, length);
    to->length += length;
}

static void put_byte(struct bytes *to, unsigned byte)
{
    put(to, &(uint8_t){(uint8_t)byte}, 1);
}

void put_frame(struct bytes *to, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t length)
{
    const uint8_t header[9] = {
        (uint8_t)(length >> 16), (uint8_t)(length >> 8),  (uint8_t)length,        type,           flags,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};

    put(to, header, sizeof header);
    put(to, payload, length);
}

void put_preface(struct bytes *to)
{
    static const char magic[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    put(to, magic, sizeof magic - 1);
    put_frame(to, SETTINGS, 0, 0, NULL, 0);
}

/* An integer with a prefix of `bits` bits below `pattern`. */
static void put_integer(struct bytes *to, unsigned pattern, unsigned bits, size_t value)
{
    size_t most = (1u << bits) - 1;

    if (value < most) {
        put_byte(to, pattern | (unsigned)value);
        return;
    }
    put_byte(to, pattern | (unsigned)most);
    for (value -= most; value >= 128; value >>= 7)
        put_byte(to, 128u | (value & 127));
    put_byte(to, (unsigned)value);
}

static void put_string(struct bytes *to, const char *text, size_t length)
{
    put_integer(to, 0, 7, length);
    put(to, text, length);
}

static void put_named(struct bytes *to, unsigned name, const char *value, bool indexed)
{
    put_integer(to, indexed ? INCREMENTAL : 0, indexed ? 6 : 4, name);
    put_string(to, value, strlen(value));
}

void put_request(struct bytes *to, const char *path, bool indexed)
{
    put_byte(to, INDEXED | STATIC_POST);
    put_byte(to, INDEXED | STATIC_HTTPS);
    put_named(to, STATIC_PATH, path, indexed);
    put_named(to, STATIC_AUTHORITY, "localhost", indexed);
    put_named(to, STATIC_CONTENT_TYPE, "application/grpc", indexed);
    put_byte(to, indexed ? INCREMENTAL : 0);
    put_string(to, "te", 2);
    put_string(to, "trailers", 8);
}

void put_known_request(struct bytes *to)
{
    put_byte(to, INDEXED | STATIC_POST);
    put_byte(to, INDEXED | STATIC_HTTPS);
    for (unsigned field = 0; field < 4; field++)
        put_byte(to, INDEXED | (FIRST_DYNAMIC + field));
}

void put_field(struct bytes *to, const char *name, const char *value, size_t value_length)
{
    put_byte(to, 0);
    put_string(to, name, strlen(name));
    put_string(to, value, value_length);
}
