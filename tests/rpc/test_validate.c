#include <stdlib.h>
#include <string.h>

#include "google/protobuf/descriptor.pb-c.h"
#include "interop/v1/interop.pb-c.h"
#include "server/rpc/validate.h"
#include "tests/rpc/cmocka_all.h"

#define BYTES(text) ((const uint8_t *)(text)), (sizeof(text) - 1)

static void expect(const uint8_t *bytes, size_t length, enum rpc_fault_kind kind, const char *path)
{
    struct rpc_fault fault;
    /* Exactly as long as the message: a sanitizer sees each read behind its end. */
    uint8_t *copy = malloc(length + (length == 0));

    assert_non_null(copy);
    memcpy(copy, bytes, length);
    assert_int_equal(rpc_validate(&interop__v1__echo_request__descriptor, copy, length, &fault),
                     kind == RPC_FAULT_NONE);
    assert_int_equal(fault.kind, kind);
    if (path)
        assert_string_equal(fault.path, path);
    free(copy);
}

static void good_messages(void **state)
{
    (void)state;
    expect(BYTES(""), RPC_FAULT_NONE, "");
    expect(BYTES("\x0a\x00"), RPC_FAULT_NONE, "");
    expect(BYTES("\x0a\x03"
                 "abc"
                 "\x10\xff\xff\xff\xff\x0f\x1a\x02\x00\xff"),
           RPC_FAULT_NONE, "");
    expect(BYTES("\x22\x03\x0a\x01x\x2a\x00\x2a\x03\x0a\x01y"), RPC_FAULT_NONE, "");
}

static void utf8_as_rfc_3629_has_it(void **state)
{
    static const char *const good[] = {"\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",
                                       "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xe3\x81",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x9f\x98",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "\xe3\x81\x82\xe3"};
    uint8_t message[16] = {0x0a};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        message[1] = (uint8_t)strlen(good[i]);
        memcpy(message + 2, good[i], strlen(good[i]));
        expect(message, 2 + strlen(good[i]), RPC_FAULT_NONE, "");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        message[1] = (uint8_t)strlen(bad[i]);
        memcpy(message + 2, bad[i], strlen(bad[i]));
        expect(message, 2 + strlen(bad[i]), RPC_FAULT_BAD_TEXT, "text");
    }
}

static void paths_name_the_field(void **state)
{
    (void)state;
    expect(BYTES("\x0a\x02"
                 "a\0"),
           RPC_FAULT_BAD_TEXT, "text");
    expect(BYTES("\x22\x03\x0a\x01\xff"), RPC_FAULT_BAD_TEXT, "part.label");
    expect(BYTES("\x2a\x00\x0a\x01x\x2a\x00\x2a\x03\x0a\x01\xff\x2a\x00"), RPC_FAULT_BAD_TEXT, "parts[2].label");
    expect(BYTES("\x78\x01"), RPC_FAULT_UNKNOWN_FIELD, "#15");
    expect(BYTES("\x2a\x02\x78\x01"), RPC_FAULT_UNKNOWN_FIELD, "parts[0].#15");
    expect(BYTES("\xf8\xff\xff\xff\x0f\x00"), RPC_FAULT_UNKNOWN_FIELD, "#536870911");
}

static void malformed_messages(void **state)
{
    (void)state;
    expect(BYTES("\x0a"), RPC_FAULT_MALFORMED, NULL);     /* no length */
    expect(BYTES("\x0a\x01"), RPC_FAULT_MALFORMED, NULL); /* short */
    expect(BYTES("\x00\x01"), RPC_FAULT_MALFORMED, NULL); /* field number 0 */
    expect(BYTES("\x0b\x0c"), RPC_FAULT_MALFORMED, NULL); /* groups */
    expect(BYTES("\x0e"), RPC_FAULT_MALFORMED, NULL);     /* wire type 6 */
    expect(BYTES("\x10\x80"), RPC_FAULT_MALFORMED, NULL); /* varint without an end */
    expect(BYTES("\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), RPC_FAULT_MALFORMED, NULL); /* 11 bytes */
    expect(BYTES("\x09\x01\x02"), RPC_FAULT_MALFORMED, NULL);                                     /* short fixed64 */
    expect(BYTES("\x0d\x01\x02"), RPC_FAULT_MALFORMED, NULL);                                     /* short fixed32 */
    expect(BYTES("\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), RPC_FAULT_MALFORMED, NULL);     /* 2^64-1 long */
    expect(BYTES("\xf8\xff\xff\xff\x1f\x00"), RPC_FAULT_MALFORMED, NULL); /* field number above 2^29-1 */
    expect(BYTES("\x22\x02\x0a\x05"), RPC_FAULT_MALFORMED, "part");
}

/* Messages in messages, `depth` deep; protobuf-c would recurse as often. */
static bool nested_is_accepted(size_t depth)
{
    static uint8_t message[4096], inner[4096];
    struct rpc_fault fault;
    size_t length = 0;

    for (size_t i = 0; i < depth && length < sizeof message - 4; i++) {
        memcpy(inner, message, length);
        message[0] = 3 << 3 | 2; /* DescriptorProto.nested_type */
        message[1] = (uint8_t)(0x80 | (length & 0x7f));
        message[2] = (uint8_t)(length >> 7);
        memcpy(message + 3, inner, length);
        length += 3;
    }
    return rpc_validate(&google__protobuf__descriptor_proto__descriptor, message, length, &fault);
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    assert_true(nested_is_accepted(RPC_MAX_NESTING - 1));
    assert_false(nested_is_accepted(RPC_MAX_NESTING));
    assert_false(nested_is_accepted(1000));
}

/* What passes here must never be more than what protobuf-c can take, and random bytes must never hurt. */
static void random_bytes(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[24];
        struct rpc_fault fault;
        size_t length = (size_t)(rand_r(&seed) % (int)sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(rand_r(&seed) % 3 ? rand_r(&seed) % 48 : rand_r(&seed));
        if (rpc_validate(&interop__v1__echo_request__descriptor, bytes, length, &fault)) {
            Interop__V1__EchoRequest *request = interop__v1__echo_request__unpack(NULL, length, bytes);
            if (request) {
                assert_int_equal(request->base.n_unknown_fields, 0);
                interop__v1__echo_request__free_unpacked(request, NULL);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_messages),        cmocka_unit_test(utf8_as_rfc_3629_has_it),
        cmocka_unit_test(paths_name_the_field), cmocka_unit_test(malformed_messages),
        cmocka_unit_test(nesting_is_bounded),   cmocka_unit_test(random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
