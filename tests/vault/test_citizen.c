/* ENROLL_CITIZEN: a blob opens for its tenant, application and portal only, and once. */
#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/hpke.h"
#include "vault/pins.h"

static struct answer answer;

static struct call_item_citizen seal_blob(struct fixture *fixture, size_t tenant_index, unsigned n, uint8_t application)
{
    struct tenant *tenant = &fixture->store.tenant[tenant_index];
    struct call_item_citizen item = {.portal = "portal"};
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];
    struct hpke_context hpke;
    char number[NUMBER_LEN];

    test_number(n, number);
    memset(item.application_nonce, application, sizeof item.application_nonce);
    memset(item.request_id, application, sizeof item.request_id);
    sealed_citizen_info(tenant->id, info);
    sealed_citizen_aad(item.application_nonce, item.portal, aad);
    assert_int_equal(hpke_setup_sender(tenant->keys->citizen_public, info, sizeof info, NULL, 0, item.blob, &hpke), 0);
    assert_int_equal(hpke_seal(&hpke, aad, sizeof aad, number, NUMBER_LEN, item.blob + X25519_LEN), 0);
    return item;
}

static enum detail present(struct fixture *fixture, const struct call_item_citizen *item,
                           uint8_t reference[REFERENCE_LEN])
{
    call(fixture, SESSION_ALL, OPERATION_ENROLL_CITIZEN, PURPOSE_REGISTER, item, 1, &answer);
    assert_int_equal(answer.status, CALL_OK);
    if (reference)
        memcpy(reference, answer.results[0].reference, REFERENCE_LEN);
    return answer.details[0].detail;
}

static void a_blob_enrols_once(void **state)
{
    struct fixture *fixture = *state;
    uint8_t reference[REFERENCE_LEN], again[REFERENCE_LEN];
    struct call_item_citizen item = seal_blob(fixture, 0, 1, 0x10);
    char number[NUMBER_LEN];

    test_number(1, number);
    assert_int_equal(present(fixture, &item, reference), DETAIL_DONE);
    assert_int_equal(match(fixture, SESSION_ALL, reference, number), DETAIL_MATCHED);
    assert_int_equal(present(fixture, &item, again), DETAIL_REPEATED); /* the answer had been lost */
    assert_memory_equal(reference, again, REFERENCE_LEN);
    item.request_id[0] ^= 1;
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_USED);
    item = seal_blob(fixture, 0, 2, 0x10); /* another number for the same application */
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_USED);
    assert_int_equal(fixture->store.tenant[0].now.subjects, 1);
}

/* F003: the number that comes from the card. */
static void a_blob_is_bound_to_tenant_application_and_portal(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_citizen item = seal_blob(fixture, 1, 1, 0x20);

    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_INVALID);
    item = seal_blob(fixture, 0, 1, 0x20);
    item.application_nonce[0] ^= 1;
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_INVALID);
    item.application_nonce[0] ^= 1;
    item.portal[0] = 'P';
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_INVALID);
    item.portal[0] = 'p';
    for (size_t at = 0; at < sizeof item.blob; at += 5) {
        item.blob[at] ^= 0x40;
        assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_INVALID);
        item.blob[at] ^= 0x40;
    }
    memset(item.blob, 0, X25519_LEN); /* a point of small order */
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_INVALID);
    item = seal_blob(fixture, 0, 1, 0x20);
    assert_int_equal(present(fixture, &item, NULL), DETAIL_DONE);
}

static void a_blob_of_an_enrolled_number_is_a_duplicate_and_used(void **state)
{
    struct fixture *fixture = *state;
    struct call_item_citizen item = seal_blob(fixture, 0, 1, 0x30);
    char number[NUMBER_LEN];

    test_number(1, number);
    enroll(fixture, SESSION_ALL, number, 1, NULL);
    assert_int_equal(present(fixture, &item, NULL), DETAIL_DUPLICATE);
    item.request_id[0] ^= 1;
    assert_int_equal(present(fixture, &item, NULL), DETAIL_BLOB_USED);
}

/* What an operator gives to citizens' clients, past the front. */
static void pins_are_the_fingerprints_of_the_keys(void **state)
{
    struct fixture *fixture = *state;
    uint8_t hash[HASH_LEN];
    char path[128], text[80], expected[80];

    assert_int_equal(pins_write(&fixture->store, fixture->folder), 0);
    assert_int_equal(pins_write(&fixture->store, fixture->folder), 0); /* as at every start */
    for (int kind = 0; kind < 2; kind++) {
        const struct tenant_keys *keys = fixture->store.tenant[1].keys;
        snprintf(path, sizeof path, "%s/%02u.%s.pin", fixture->folder, TENANT_B, kind ? "ledger" : "citizen");
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        fclose(file);
        assert_int_equal(sha256(kind ? keys->ledger_public : keys->citizen_public, 32, hash), 0);
        for (int i = 0; i < HASH_LEN; i++)
            snprintf(expected + 2 * i, 3, "%02x", hash[i]);
        strcat(expected, "\n");
        assert_string_equal(text, expected);
    }
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%02u.%s.pin", fixture->folder, i & 1 ? TENANT_A : TENANT_B,
                 i & 2 ? "ledger" : "citizen");
        assert_int_equal(unlink(path), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_blob_enrols_once),
        TEST(a_blob_is_bound_to_tenant_application_and_portal),
        TEST(pins_are_the_fingerprints_of_the_keys),
        TEST(a_blob_of_an_enrolled_number_is_a_duplicate_and_used),
    };
    return cmocka_run_group_tests_name("citizen blobs", tests, NULL, NULL);
}
