/* The order of domain 5.6: what is bad in two ways gets the code of the earlier step. */
#include <string.h>

#include "world.h"

/* One way of spoiling a request for each step; all can be combined. */
enum spoiler { MALFORMED, CONTENT, ALGORITHM, LEAF, KIND, ISSUER, VALIDITY, SIGNATURE, HOLDER, REVOCATION, SPOILERS };
static const enum card_code code_of[SPOILERS] = {
    CARD_SIG_MALFORMED,  CARD_DIGEST_MISMATCH, CARD_ALG_REFUSED,   CARD_LEAF_INVALID, CARD_WRONG_CERT_KIND,
    CARD_ISSUER_UNKNOWN, CARD_CERT_EXPIRED,    CARD_SIGNATURE_BAD, CARD_SAN_MISSING,  CARD_CERT_REVOKED,
};

static enum card_code try(unsigned spoilers)
{
    static const char other[] = "another text";
    struct jpki_leaf_spec spec = world_leaf();
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};

    if (spoilers & 1u << LEAF)
        spec.constraints = "critical,CA:TRUE";
    if (spoilers & 1u << KIND)
        spec.usage = "critical,digitalSignature";
    if (spoilers & 1u << ISSUER)
        spec.issuer = &world.rogue;
    if (spoilers & 1u << VALIDITY)
        spec.until = RECEIVED - 1;
    if (spoilers & 1u << HOLDER)
        spec.names[1].oid = "1.2.392.200149.8.5.5.99";
    if (spoilers & 1u << REVOCATION)
        spec.serial = REVOKED_SERIAL;
    uint8_t *cms = world_sign(&spec, spoilers & 1u << ALGORITHM ? EVP_sha1() : NULL, &signature.cms_length);
    if (spoilers & 1u << SIGNATURE)
        cms[signature.cms_length - 1] ^= 1; /* it ends with the signature */
    if (spoilers & 1u << MALFORMED)
        cms[1] = 0x80;
    if (spoilers & 1u << CONTENT) {
        signature.content = (const uint8_t *)other;
        signature.content_length = strlen(other);
    }
    signature.cms = cms;
    enum card_code code = world_check(world.trust, &signature, NULL);
    OPENSSL_free(cms);
    return code;
}

static void test_F002_F024_F060_each_step_has_its_code(void **state)
{
    (void)state;
    assert_code(try(0), CARD_GOOD);
    for (unsigned one = 0; one < SPOILERS; one++)
        assert_code(try(1u << one), code_of[one]);
}

static void test_F024_the_earlier_step_decides(void **state)
{
    (void)state;
    for (unsigned one = 0; one < SPOILERS; one++) {
        for (unsigned other = one + 1; other < SPOILERS; other++) {
            if (one == CONTENT && other == ALGORITHM)
                continue; /* a digest that is not computed cannot be compared: the next test */
            assert_code(try(1u << one | 1u << other), code_of[one]);
        }
        unsigned from_here_on = (1u << SPOILERS) - (1u << one);
        if (one != CONTENT)
            assert_code(try(from_here_on), code_of[one]);
    }
}

static void test_F024_no_sha1_is_computed_to_compare(void **state)
{
    (void)state;
    assert_code(try(1u << CONTENT | 1u << ALGORITHM), CARD_ALG_REFUSED);
}

static void test_F024_step_12_records(void **state)
{
    struct jpki_leaf_spec spec = world_leaf(), again = world_leaf(), old = world_leaf();
    struct card_evidence one, two, three;

    (void)state;
    again.serial += 100;
    old.issuer = &world.sign_old;
    assert_code(world_try(&spec, &one), CARD_GOOD);
    assert_code(world_try_raw(&spec, &two), CARD_GOOD);
    assert_memory_equal(one.serial_sha256, two.serial_sha256, sizeof one.serial_sha256);
    assert_int_equal(one.checked_at_us, US(RECEIVED));
    assert_int_equal(one.this_update_us, US(RECEIVED - DAY));
    assert_int_equal(one.next_update_us, US(RECEIVED + DAY));
    assert_int_equal(one.match.level, MATCH_MATCH);
    assert_code(world_try(&again, &two), CARD_GOOD);
    assert_memory_not_equal(one.serial_sha256, two.serial_sha256, sizeof one.serial_sha256);
    assert_memory_not_equal(one.certificate_sha256, two.certificate_sha256, sizeof one.certificate_sha256);
    assert_memory_equal(one.issuer_key_id, two.issuer_key_id, sizeof one.issuer_key_id);
    assert_code(world_try(&old, &three), CARD_GOOD);
    assert_memory_not_equal(one.issuer_key_id, three.issuer_key_id, sizeof one.issuer_key_id);
    assert_memory_not_equal(one.serial_sha256, two.serial_sha256, sizeof one.serial_sha256);
}

static void test_codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(card_code_name(CARD_GOOD), "");
    for (unsigned code = CARD_GOOD + 1; code < CARD_CODE_COUNT; code++) {
        assert_int_equal(card_code_of(card_code_name((enum card_code)code)), code);
        assert_true(strlen(card_code_text((enum card_code)code)) > 5);
    }
    assert_int_equal(card_code_of("GOOD"), CARD_CODE_COUNT);
    assert_int_equal(card_code_of(""), CARD_CODE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F002_F024_F060_each_step_has_its_code),
        cmocka_unit_test(test_F024_the_earlier_step_decides),
        cmocka_unit_test(test_F024_no_sha1_is_computed_to_compare),
        cmocka_unit_test(test_F024_step_12_records),
        cmocka_unit_test(test_codes_have_names),
    };

    return cmocka_run_group_tests_name("card: steps", tests, world_make, world_free);
}
