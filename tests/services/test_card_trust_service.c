/* CardTrustService: revocation lists that come while the server runs, and what waited for them. */
#include <stdlib.h>
#include <string.h>

#include "portal_world.h"
#include "server/portal/revocation.h"

static uint8_t *list_der(const struct jpki_authority *authority, int64_t this_update,
                         const struct jpki_revoked *revoked, size_t count, size_t *length)
{
    const struct jpki_crl_spec spec = {.issuer = authority,
                                       .this_update = this_update,
                                       .next_update = world_received + DAY,
                                       .revoked = revoked,
                                       .count = count};
    X509_CRL *crl = jpki_crl(&spec);
    uint8_t *der = NULL;

    assert_non_null(crl);
    *length = (size_t)i2d_X509_CRL(crl, &der);
    X509_CRL_free(crl);
    return der;
}

static Sekisho__V1__UpdateRevocationListRequest part(uint8_t *data, size_t length, int64_t offset, bool last)
{
    Sekisho__V1__UpdateRevocationListRequest request = SEKISHO__V1__UPDATE_REVOCATION_LIST_REQUEST__INIT;

    request.parent = (char *)(uintptr_t) "prefectures/11";
    request.data = (ProtobufCBinaryData){length, data};
    request.offset = offset;
    request.last = last;
    return request;
}

static int set_up(void **state)
{
    if (portal_world_set_up(state) != 0)
        return -1;
    struct register_fixture *fixture = *state;
    fixture->front.card = world_trust(); /* without lists */
    return 0;
}

static int tear_down(void **state)
{
    struct register_fixture *fixture = *state;

    card_trust_free(fixture->front.card);
    return portal_world_tear_down(state);
}

static void give(struct register_fixture *fixture, uint8_t *der, size_t length, int decided, int pending)
{
    Sekisho__V1__UpdateRevocationListRequest request = part(der, length, 0, true);

    register_fixture_caller(fixture, ROLE_ADM, "admin01");
    Sekisho__V1__UpdateRevocationListResponse *answer =
        trust_call(fixture, "UpdateRevocationList", request, update_revocation_list_response);
    assert_non_null(answer);
    assert_int_equal(answer->decided_count, decided);
    assert_int_equal(answer->pending_count, pending);
    answer_free(answer);
    register_fixture_caller(fixture, ROLE_SYS, "portal01");
}

static void test_F024_a_list_decides_what_waits(void **state)
{
    const struct jpki_revoked revoked = {REVOKED_SERIAL, world_received - DAY};
    struct register_fixture *fixture = *state;
    struct jpki_leaf_spec spec = world_leaf();
    struct draft good, bad, old;
    size_t length;

    spec.serial = REVOKED_SERIAL;
    draft_create(fixture, KIND(NEW), &good);
    draft_render(&good);
    assert_int_equal(draft_submit(&good, NULL), STATE(SIGNATURE_PENDING));
    draft_create(fixture, KIND(NEW), &bad);
    draft_render(&bad);
    assert_int_equal(draft_submit(&bad, &spec), STATE(SIGNATURE_PENDING));
    spec = world_leaf();
    spec.issuer = &world.sign_old;
    draft_create(fixture, KIND(NEW), &old);
    draft_render(&old);
    assert_int_equal(draft_submit(&old, &spec), STATE(SIGNATURE_PENDING));

    uint8_t *der = list_der(&world.sign, world_received - 60, &revoked, 1, &length);
    give(fixture, der, length, 2, 1);
    assert_int_equal(draft_state(&good), STATE(RECEIVED));
    assert_int_equal(draft_state(&bad), STATE(REJECTED_SIGNATURE));
    assert_string_equal(draft_code(&bad), "CERT_REVOKED");
    assert_int_equal(draft_state(&old), STATE(SIGNATURE_PENDING)); /* another generation's */
    OPENSSL_free(der);
}

static void test_F024_a_large_list_comes_in_parts(void **state)
{
    static struct jpki_revoked revoked[6000];
    struct register_fixture *fixture = *state;
    struct card_crl_info info;
    size_t length, step = 98304;

    for (size_t i = 0; i < 6000; i++)
        revoked[i] = (struct jpki_revoked){(int64_t)(1000000 + i), world_received - DAY};
    uint8_t *der = list_der(&world.sign, world_received - 60, revoked, 6000, &length);
    assert_true(length > step);
    register_fixture_caller(fixture, ROLE_ADM, "admin01");
    Sekisho__V1__UpdateRevocationListRequest request = part(der, step, 0, false);
    Sekisho__V1__UpdateRevocationListResponse *answer =
        trust_call(fixture, "UpdateRevocationList", request, update_revocation_list_response);
    assert_non_null(answer);
    assert_int_equal(answer->received_bytes, step);
    assert_null(answer->list);
    answer_free(answer);
    request = part(der + step, length - step, (int64_t)step - 1, true);
    trust_refused(fixture, "UpdateRevocationList", request, "BAD_OFFSET");
    request = part(der + step, length - step, (int64_t)step, true);
    answer = trust_call(fixture, "UpdateRevocationList", request, update_revocation_list_response);
    assert_non_null(answer);
    assert_int_equal(answer->list->revoked_count, 6000);
    answer_free(answer);
    OPENSSL_free(der);

    /* A restart knows it. */
    struct card_trust *again = world_trust();
    assert_int_equal(revocation_load(&fixture->folder.reg, again, US(world_received)), 0);
    assert_true(card_trust_crl_info(again, 0, &info));
    assert_int_equal(info.revoked, 6000);
    assert_false(card_trust_crl_info(again, 1, &info));
    card_trust_free(again);
}

static void refused(struct register_fixture *fixture, uint8_t *der, size_t length)
{
    Sekisho__V1__UpdateRevocationListRequest request = part(der, length, 0, true);

    trust_refused(fixture, "UpdateRevocationList", request, "CRL_REFUSED");
    OPENSSL_free(der);
}

static void test_F024_lists_that_are_refused(void **state)
{
    struct register_fixture *fixture = *state;
    struct card_crl_info info;
    size_t length;

    uint8_t *der = list_der(&world.sign, world_received - 60, NULL, 0, &length);
    Sekisho__V1__UpdateRevocationListRequest request = part(der, length, 0, true);
    trust_refused(fixture, "UpdateRevocationList", request, "ROLE_NOT_PERMITTED"); /* the portal's account */
    OPENSSL_free(der);
    register_fixture_caller(fixture, ROLE_ADM, "admin01");
    der = list_der(&world.rogue, world_received - 60, NULL, 0, &length);
    refused(fixture, der, length);
    der = list_der(&world.sign, world_received - 60, NULL, 0, &length);
    refused(fixture, der, length - 1);
    der = list_der(&world.sign, world_received + 3600, NULL, 0, &length);
    refused(fixture, der, length);
    assert_false(card_trust_crl_info(fixture->front.card, 0, &info));
    der = list_der(&world.sign, world_received - 60, NULL, 0, &length);
    give(fixture, der, length, 0, 0);
    OPENSSL_free(der);
    register_fixture_caller(fixture, ROLE_ADM, "admin01");
    der = list_der(&world.sign, world_received - 61, NULL, 0, &length);
    refused(fixture, der, length);
}

static void test_lists_are_shown(void **state)
{
    Sekisho__V1__ListRevocationListsRequest request = SEKISHO__V1__LIST_REVOCATION_LISTS_REQUEST__INIT;
    struct register_fixture *fixture = *state;
    const struct jpki_authority *authorities[] = {&world.sign, &world.sign_old, &world.auth};
    size_t length;

    for (size_t i = 0; i < 3; i++) {
        uint8_t *der = list_der(authorities[i], world_received - 60, NULL, 0, &length);
        give(fixture, der, length, 0, 0);
        OPENSSL_free(der);
    }
    register_fixture_caller(fixture, ROLE_ADM, "admin01");
    request.parent = (char *)(uintptr_t) "prefectures/11";
    request.page_size = 2;
    Sekisho__V1__ListRevocationListsResponse *answer =
        trust_call(fixture, "ListRevocationLists", request, list_revocation_lists_response);
    assert_non_null(answer);
    assert_int_equal(answer->n_lists, 2);
    assert_true(answer->trial);
    char *token = strdup(answer->next_page_token);
    assert_string_not_equal(token, "");
    answer_free(answer);
    request.page_token = token;
    answer = trust_call(fixture, "ListRevocationLists", request, list_revocation_lists_response);
    assert_int_equal(answer->n_lists, 1);
    assert_true(answer->lists[0]->authentication);
    assert_int_equal(answer->lists[0]->this_update_time_us, US(world_received - 60));
    assert_string_equal(answer->next_page_token, "");
    answer_free(answer);
    free(token);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F024_a_list_decides_what_waits),
        TEST(test_F024_a_large_list_comes_in_parts),
        TEST(test_F024_lists_that_are_refused),
        TEST(test_lists_are_shown),
    };

    return cmocka_run_group_tests_name("card trust", tests, NULL, NULL);
}
