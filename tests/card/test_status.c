/* Step 11: revocation lists and stapled answers; what is not known is never a yes. */
#include <string.h>

#include <openssl/ocsp.h>

#include "world.h"

struct question {
    struct card_trust *trust;
    struct jpki_leaf_spec spec;
    int64_t received, now;
    struct jpki_ocsp_spec ocsp; /* status -1: none */
    struct card_evidence evidence;
};

static struct question question(struct card_trust *trust)
{
    return (struct question){.trust = trust,
                             .spec = world_leaf(),
                             .received = RECEIVED,
                             .now = RECEIVED,
                             .ocsp = {.status = -1,
                                      .issuer = &world.sign,
                                      .this_update = RECEIVED - 60,
                                      .next_update = RECEIVED + 3600,
                                      .revoked_at = RECEIVED - 3600}};
}

static enum card_code ask(struct question *question)
{
    struct card_signature signature = {.content = (const uint8_t *)world_content,
                                       .content_length = strlen(world_content)};
    struct card_submission *submission;
    X509 *leaf = jpki_leaf(&question->spec);
    uint8_t *cms =
        jpki_sign_cms(world_content, strlen(world_content), leaf, question->spec.key, NULL, &signature.cms_length);
    uint8_t *ocsp = NULL;

    signature.cms = cms;
    if (question->ocsp.status >= 0) {
        if (!question->ocsp.leaf)
            question->ocsp.leaf = leaf;
        ocsp = jpki_ocsp(&question->ocsp, &signature.ocsp_length);
        assert_non_null(ocsp);
        signature.ocsp = ocsp;
    }
    assert_code(card_parse(&signature, &submission), CARD_GOOD);
    enum card_code code = card_check(question->trust, submission, &world_applicant, US(question->received),
                                     US(question->now), &question->evidence);
    card_submission_free(submission);
    OPENSSL_free(cms);
    OPENSSL_free(ocsp);
    X509_free(leaf);
    return code;
}

static enum card_code ask_with_list(int64_t this_update, int64_t next_update, int64_t received, int64_t now,
                                    int64_t serial)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    world_give_list(trust, &world.sign, this_update, next_update);
    asked.received = received;
    asked.now = now;
    asked.spec.serial = serial;
    enum card_code code = ask(&asked);
    card_trust_free(trust);
    return code;
}

static void test_F024_without_a_list_the_status_is_unknown(void **state)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    (void)state;
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN);
    assert_int_equal(asked.evidence.match.level, MATCH_MATCH);
    assert_int_equal(asked.evidence.next_update_us, 0);
    world_give_list(trust, &world.sign_old, RECEIVED - DAY, RECEIVED + DAY); /* the other generation's says nothing */
    world_give_list(trust, &world.auth, RECEIVED - DAY, RECEIVED + DAY);
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN);
    world_give_list(trust, &world.sign, RECEIVED - DAY, RECEIVED + DAY);
    assert_code(ask(&asked), CARD_GOOD);
    card_trust_free(trust);
}

static void test_F024_a_stale_list_says_nothing(void **state)
{
    (void)state;
    assert_code(ask_with_list(RECEIVED - DAY, RECEIVED, RECEIVED, RECEIVED, GOOD_SERIAL), CARD_GOOD);
    assert_code(ask_with_list(RECEIVED - DAY, RECEIVED - 1, RECEIVED, RECEIVED, GOOD_SERIAL), CARD_STATUS_UNKNOWN);
    assert_code(ask_with_list(RECEIVED - DAY, RECEIVED - 1, RECEIVED, RECEIVED, REVOKED_SERIAL), CARD_STATUS_UNKNOWN);
    assert_code(ask_with_list(RECEIVED - DAY, RECEIVED, RECEIVED, RECEIVED, REVOKED_SERIAL), CARD_CERT_REVOKED);
}

/* A retry on a later day, with a later list, asks about the moment of reception. */
static void test_F024_status_is_that_of_reception(void **state)
{
    const int64_t later = RECEIVED + 10 * DAY;

    (void)state;
    assert_code(ask_with_list(later - 60, later + DAY, RECEIVED, later, GOOD_SERIAL), CARD_GOOD);
    /* Revoked since (world_give_list: a second before the list), so after reception: the holder moved. */
    assert_code(ask_with_list(later - 60, later + DAY, RECEIVED, later, REVOKED_SERIAL), CARD_GOOD);
    assert_code(ask_with_list(later - 60, later + DAY, later, later, REVOKED_SERIAL), CARD_CERT_REVOKED);
    assert_code(ask_with_list(RECEIVED - 60, later, RECEIVED + 1, later, REVOKED_SERIAL), CARD_CERT_REVOKED);
}

/* Entries of expired certificates may be dropped from lists. */
static void test_F024_a_list_after_the_certificates_end_says_nothing(void **state)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    (void)state;
    asked.spec.until = RECEIVED + DAY;
    asked.now = RECEIVED + 10 * DAY;
    world_give_list(trust, &world.sign, RECEIVED + 9 * DAY, RECEIVED + 11 * DAY);
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN);
    card_trust_free(trust);
}

static void give_partial_list(struct card_trust *trust, const char *scope, bool revoked)
{
    const struct jpki_revoked entry = {GOOD_SERIAL, RECEIVED - 2 * DAY};
    const struct jpki_crl_spec spec = {.issuer = &world.sign,
                                       .this_update = RECEIVED - DAY,
                                       .next_update = RECEIVED + DAY,
                                       .revoked = &entry,
                                       .count = revoked,
                                       .scope = scope};
    struct card_crl_info info;
    X509_CRL *crl = jpki_crl(&spec);
    uint8_t *der = NULL;

    assert_non_null(crl);
    int length = i2d_X509_CRL(crl, &der);
    assert_int_equal(card_trust_crl(trust, der, (size_t)length, US(RECEIVED), true, &info), CARD_CRL_TAKEN);
    assert_true(info.partial);
    OPENSSL_free(der);
    X509_CRL_free(crl);
}

/* A list of one distribution point speaks of the certificates that name it. */
static void test_F024_lists_of_distribution_points(void **state)
{
    static const char urawa[] = "[scope]\nfullname=URI:http://crl.test/urawa\n";
    static const char omiya[] = "[scope]\nfullname=URI:http://crl.test/omiya\n";
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    (void)state;
    asked.spec.points = "URI:http://crl.test/urawa";
    give_partial_list(trust, omiya, true);
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN);
    give_partial_list(trust, urawa, false);
    assert_code(ask(&asked), CARD_GOOD);
    give_partial_list(trust, urawa, true);
    assert_code(ask(&asked), CARD_CERT_REVOKED);
    asked.spec.points = NULL; /* names none: neither list is about it */
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN);
    card_trust_free(trust);
}

/* ---- stapled answers ---- */

static X509 *responder_until(const struct jpki_authority *issuer, const char *extended, int64_t serial, int64_t until)
{
    struct jpki_leaf_spec spec = world_leaf();

    spec.until = until;
    spec.points = "URI:http://crl.test/urawa";

    spec.issuer = issuer;
    spec.key = world.other;
    spec.serial = serial;
    spec.usage = "critical,digitalSignature";
    spec.policies = "";
    spec.extended = extended;
    memset(spec.names, 0, sizeof spec.names);
    X509 *certificate = jpki_leaf(&spec);
    assert_non_null(certificate);
    return certificate;
}

static X509 *responder(const struct jpki_authority *issuer, const char *extended, int64_t serial)
{
    return responder_until(issuer, extended, serial, RECEIVED + 1000 * DAY);
}

static enum card_code stapled(struct question *asked, X509 *by)
{
    asked->ocsp.responder = by;
    asked->ocsp.responder_key = by ? world.other : NULL;
    asked->ocsp.leaf = NULL;
    enum card_code code = ask(asked);
    X509_free(by);
    return code;
}

static void test_F024_a_stapled_answer(void **state)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    (void)state;
    asked.ocsp.status = V_OCSP_CERTSTATUS_GOOD;
    assert_code(stapled(&asked, NULL), CARD_GOOD);
    assert_int_equal(asked.evidence.this_update_us, US(RECEIVED - 60));
    assert_code(stapled(&asked, responder(&world.sign, "OCSPSigning", 99)), CARD_GOOD);
    asked.ocsp.status = V_OCSP_CERTSTATUS_UNKNOWN;
    assert_code(stapled(&asked, NULL), CARD_STATUS_UNKNOWN);
    asked.ocsp.status = V_OCSP_CERTSTATUS_REVOKED;
    assert_code(stapled(&asked, NULL), CARD_CERT_REVOKED);
    assert_code(stapled(&asked, responder(&world.sign, "OCSPSigning", 99)), CARD_CERT_REVOKED);
    asked.ocsp.revoked_at = RECEIVED + 1;
    assert_code(stapled(&asked, NULL), CARD_GOOD);
    card_trust_free(trust);
}

static void test_F024_who_may_not_answer(void **state)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);

    (void)state;
    asked.ocsp.status = V_OCSP_CERTSTATUS_GOOD;
    assert_code(stapled(&asked, responder(&world.sign, NULL, 99)), CARD_STATUS_UNKNOWN);
    assert_code(stapled(&asked, responder(&world.sign, "clientAuth", 99)), CARD_STATUS_UNKNOWN);
    assert_code(stapled(&asked, responder(&world.sign_old, "OCSPSigning", 99)), CARD_STATUS_UNKNOWN);
    assert_code(stapled(&asked, responder(&world.auth, "OCSPSigning", 99)), CARD_STATUS_UNKNOWN);
    assert_code(stapled(&asked, responder(&world.rogue, "OCSPSigning", 99)), CARD_STATUS_UNKNOWN);
    assert_code(stapled(&asked, responder_until(&world.sign, "OCSPSigning", 99, RECEIVED - 1)), CARD_STATUS_UNKNOWN);
    give_partial_list(trust, "[scope]\nfullname=URI:http://crl.test/urawa\n", true); /* about the responder alone */
    asked.spec.serial = 5000;
    assert_code(stapled(&asked, responder(&world.sign, "OCSPSigning", GOOD_SERIAL)), CARD_STATUS_UNKNOWN);
    asked.spec.serial = GOOD_SERIAL;
    world_give_list(trust, &world.sign, RECEIVED - DAY, RECEIVED - 1); /* stale for the leaf and the responder */
    assert_code(stapled(&asked, responder(&world.sign, "OCSPSigning", 99)), CARD_GOOD);
    world_give_list(trust, &world.sign, RECEIVED - DAY, RECEIVED + DAY);
    asked.spec.serial = REVOKED_SERIAL;
    assert_code(stapled(&asked, NULL), CARD_CERT_REVOKED); /* an answer does not undo the list */
    card_trust_free(trust);
}

static void test_F024_answers_that_say_nothing(void **state)
{
    struct card_trust *trust = world_trust();
    struct question asked = question(trust);
    struct jpki_leaf_spec other = world_leaf();

    (void)state;
    asked.ocsp.status = V_OCSP_CERTSTATUS_GOOD;
    asked.ocsp.next_update = RECEIVED - 1;
    assert_code(stapled(&asked, NULL), CARD_STATUS_UNKNOWN); /* stale */
    asked.ocsp.next_update = RECEIVED + 3600;
    asked.ocsp.this_update = RECEIVED + 3000;
    assert_code(stapled(&asked, NULL), CARD_STATUS_UNKNOWN); /* of the future */
    asked.ocsp.this_update = RECEIVED - 60;
    other.serial++;
    asked.ocsp.leaf = jpki_leaf(&other);
    assert_code(ask(&asked), CARD_STATUS_UNKNOWN); /* about another certificate */
    X509_free(asked.ocsp.leaf);
    card_trust_free(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F024_without_a_list_the_status_is_unknown),
        cmocka_unit_test(test_F024_a_stale_list_says_nothing),
        cmocka_unit_test(test_F024_status_is_that_of_reception),
        cmocka_unit_test(test_F024_a_list_after_the_certificates_end_says_nothing),
        cmocka_unit_test(test_F024_lists_of_distribution_points),
        cmocka_unit_test(test_F024_a_stapled_answer),
        cmocka_unit_test(test_F024_who_may_not_answer),
        cmocka_unit_test(test_F024_answers_that_say_nothing),
    };

    return cmocka_run_group_tests_name("card: status", tests, world_make, world_free);
}
