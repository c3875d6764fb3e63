/* What becomes of a failed call: google.rpc details, and texts that a hostile front chose. */
#include <stdlib.h>
#include <string.h>

#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"
#include "support/fixture.h"

static void test_printable(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"\033[31mred\007", "[31mred"},
        {"a\r\nb\tc\x7f", "abc"},
        {"\xc2\x9b"
         "31m",
         "31m"}, /* CSI as one C1 character */
        {"封印", "封印"},
        {"a\xffz", "az"},
        {"\xc0\x80z", "z"},         /* overlong */
        {"\xed\xa0\x80z", "z"},     /* a surrogate */
        {"\xf4\x90\x80\x80z", "z"}, /* beyond U+10FFFF */
        {"end\xe5\xb0", "end"},     /* broken off */
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        copy_printable(out, sizeof out, cases[i].in, strlen(cases[i].in));
        if (strcmp(out, cases[i].out) != 0)
            fail_msg("case %zu: \"%s\"", i, out);
    }
    copy_printable(out, 6, "封印", 6); /* five bytes: one whole character */
    assert_string_equal(out, "封");
}

static Google__Protobuf__Any pack(const char *type, const ProtobufCMessage *message)
{
    Google__Protobuf__Any any = GOOGLE__PROTOBUF__ANY__INIT;
    size_t length = protobuf_c_message_get_packed_size(message);

    any.type_url = (char *)type;
    any.value.data = malloc(length + 1);
    any.value.len = protobuf_c_message_pack(message, any.value.data);
    return any;
}

static size_t full_status(uint8_t *out)
{
    Google__Rpc__ErrorInfo info = GOOGLE__RPC__ERROR_INFO__INIT;
    Google__Rpc__RetryInfo retry = GOOGLE__RPC__RETRY_INFO__INIT;
    Google__Rpc__LocalizedMessage japanese = GOOGLE__RPC__LOCALIZED_MESSAGE__INIT;
    Google__Rpc__BadRequest bad = GOOGLE__RPC__BAD_REQUEST__INIT;
    Google__Rpc__BadRequest__FieldViolation violation = GOOGLE__RPC__BAD_REQUEST__FIELD_VIOLATION__INIT;
    Google__Rpc__BadRequest__FieldViolation *violations[] = {&violation};
    Google__Protobuf__Duration delay = GOOGLE__PROTOBUF__DURATION__INIT;
    Google__Rpc__Status status = GOOGLE__RPC__STATUS__INIT;

    info.reason = (char *)"BUSY", info.domain = (char *)"sekisho.dev";
    delay.seconds = 1, delay.nanos = 500000000;
    retry.retry_delay = &delay;
    japanese.locale = (char *)"ja", japanese.message = (char *)"混み合っています\033[0m";
    violation.field = (char *)"call.ciphertext", violation.description = (char *)"too long";
    bad.n_field_violations = 1, bad.field_violations = violations;
    Google__Protobuf__Any details[] = {pack("type.googleapis.com/google.rpc.ErrorInfo", &info.base),
                                       pack("type.googleapis.com/google.rpc.RetryInfo", &retry.base),
                                       pack("type.googleapis.com/google.rpc.LocalizedMessage", &japanese.base),
                                       pack("type.googleapis.com/google.rpc.BadRequest", &bad.base),
                                       pack("type.googleapis.com/google.rpc.Unheard", &delay.base)};
    Google__Protobuf__Any *list[] = {&details[0], &details[1], &details[2], &details[3], &details[4]};
    status.n_details = 5, status.details = list;
    size_t length = google__rpc__status__pack(&status, out);
    for (size_t i = 0; i < 5; i++)
        free(details[i].value.data);
    return length;
}

static void test_details(void **state)
{
    struct sekisho_error error;
    uint8_t details[1024];
    size_t length = full_status(details);

    (void)state;
    assert_int_equal(error_from_status(&error, 8, "busy", 4, details, length), SEKISHO_ERROR_REFUSED);
    assert_int_equal(error.code, 8);
    assert_string_equal(error.reason, "BUSY");
    assert_string_equal(error.message, "busy");
    assert_string_equal(error.message_ja, "混み合っています[0m");
    assert_string_equal(error.field, "call.ciphertext");
    assert_string_equal(error.field_description, "too long");
    assert_int_equal(error.retry_ms, 1500);
    /* Cut short anywhere: whatever is there is used, or nothing; never a crash. */
    for (size_t i = 0; i < length; i++)
        assert_int_equal(error_from_status(&error, 8, "busy", 4, details, i), SEKISHO_ERROR_REFUSED);
}

static void test_transport(void **state)
{
    struct sekisho_error error;
    uint8_t details[1024];
    size_t length = full_status(details);

    (void)state;
    assert_int_equal(error_from_status(&error, 14, "no route", 8, NULL, 0), SEKISHO_ERROR_UNREACHABLE);
    assert_true(error.message_ja[0] != '\0');
    assert_int_equal(error.retry_ms, -1);
    assert_int_equal(error_from_status(&error, 4, "late", 4, NULL, 0), SEKISHO_ERROR_UNREACHABLE);
    /* UNAVAILABLE with a reason: the server itself speaks (the vault is down). */
    assert_int_equal(error_from_status(&error, 14, "vault", 5, details, length), SEKISHO_ERROR_REFUSED);
    assert_int_equal(error_from_status(NULL, 14, "vault", 5, details, length), SEKISHO_ERROR_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_transport),
    };

    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
