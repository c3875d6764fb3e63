/* PortalService: submission with a card's signature, what is used up by it, and how the portal's part ends. */
#include <stdio.h>
#include <string.h>

#include <openssl/ocsp.h>

#include "crypto/hash.h"
#include "portal_world.h"
#include "server/applications/name.h"
#include "server/portal/nonce.h"
#include "server/register/record.h"
#include "server/register/stored.pb-c.h"

static Sekisho__Stored__StoredApplication *stored_of(struct draft *draft)
{
    struct reg *reg = &draft->fixture->folder.reg;
    ProtobufCMessage *message;
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;
    int rc;
    MDB_txn *txn = reg_read_begin(reg, &rc);

    assert_non_null(txn);
    assert_true(application_name_parse(draft->application, &tenant, id, NULL));
    assert_int_equal(record_get(txn, reg->table[TABLE_application], id, sizeof id,
                                &sekisho__stored__stored_application__descriptor, NULL, &message),
                     0);
    reg_read_end(reg, txn);
    return (Sekisho__Stored__StoredApplication *)message;
}

static void test_F024_F060_F061_a_signed_application_is_received(void **state)
{
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
    assert_string_equal(draft_code(&draft), "");
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    assert_int_equal(stored->signing_text.len, draft.length);
    assert_memory_equal(stored->signing_text.data, draft.text, draft.length);
    assert_int_equal(stored->certificate_sha256.len, 32);
    assert_int_equal(stored->serial_sha256.len, 32);
    assert_int_equal(stored->issuer_key_id.len, CARD_KEY_ID_LEN);
    assert_int_equal(stored->n_matches, 1);
    assert_string_equal(stored->matches[0]->with, "certificate");
    assert_int_equal(stored->matches[0]->level, MATCH_MATCH);
    assert_int_equal(stored->status_next_update_us, US(world_received + DAY));
    assert_int_equal(stored->application->number_state, SEKISHO__V1__NUMBER_STATE__NUMBER_STATE_SEALED);
    assert_int_equal(stored->number_blob.len, BLOB_LEN);
    answer_free(stored);
}

static void test_F024_the_cards_own_signature_is_taken(void **state)
{
    Sekisho__V1__SubmitApplicationRequest request = SEKISHO__V1__SUBMIT_APPLICATION_REQUEST__INIT;
    struct jpki_leaf_spec spec = world_leaf();
    X509 *leaf = jpki_leaf(&spec);
    uint8_t *der = NULL;
    size_t length;
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    uint8_t *raw = jpki_sign_raw(draft.text, draft.length, world.card, &length);
    request.name = draft.name;
    request.raw_signature = (ProtobufCBinaryData){length, raw};
    request.certificate = (ProtobufCBinaryData){(size_t)i2d_X509(leaf, &der), der};
    request.certificate.data = der;
    Sekisho__V1__SubmitApplicationResponse *answer =
        portal_call(*state, "SubmitApplication", request, submit_application_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(RECEIVED));
    answer_free(answer);
    OPENSSL_free(raw);
    OPENSSL_free(der);
    X509_free(leaf);
}

/* Step 2 comes before the cryptography: whatever comes of it, the nonce is gone. */
static void test_F024_the_nonce_is_used_up_by_a_bad_signature(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    struct draft draft;

    spec.usage = "critical,digitalSignature";
    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, &spec), STATE(REJECTED_SIGNATURE));
    assert_string_equal(draft_code(&draft), "WRONG_CERT_KIND");
    draft_submit_refused(&draft, "NONCE_REPLAY");
    assert_int_equal(draft_state(&draft), STATE(REJECTED_SIGNATURE));
}

static void test_F024_a_submission_is_once(void **state)
{
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
    draft_submit_refused(&draft, "NONCE_REPLAY");
}

/* A text that was signed for one application is not another's. */
static void test_F024_a_signature_is_for_its_application(void **state)
{
    struct draft one, other;

    draft_create(*state, KIND(NEW), &one);
    draft_render(&one);
    draft_create(*state, KIND(NEW), &other);
    draft_render(&other);
    snprintf(one.name, sizeof one.name, "%s", other.name);
    assert_int_equal(draft_submit(&one, NULL), STATE(REJECTED_SIGNATURE));
    assert_string_equal(draft_code(&other), "DIGEST_MISMATCH");
}

/* The signed text names the sealed number: exchanged on its way, it is not what was signed. */
static void test_F003_an_exchanged_number_is_not_what_was_signed(void **state)
{
    static const uint8_t sealed[BLOB_LEN] = "the applicant's", exchanged[BLOB_LEN] = "the portal's";
    static struct draft signed_one;
    uint8_t hash[HASH_LEN];
    char line[128] = "暗号化した個人番号のSHA-256:";
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    draft_render_with(&draft, sealed);
    assert_int_equal(sha256(sealed, sizeof sealed, hash), 0);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(line + strlen(line), 3, "%02x", hash[i]);
    assert_non_null(strstr((const char *)draft.text, line));
    signed_one = draft;
    draft_render_with(&draft, exchanged);
    assert_int_equal(draft_submit(&signed_one, NULL), STATE(REJECTED_SIGNATURE));
    assert_string_equal(draft_code(&draft), "DIGEST_MISMATCH");
}

static void test_F024_malformed_uses_nothing_up(void **state)
{
    Sekisho__V1__SubmitApplicationRequest request = SEKISHO__V1__SUBMIT_APPLICATION_REQUEST__INIT;
    static uint8_t garbage[] = {0x30, 0x80, 0x00, 0x00};
    struct draft draft;

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    request.name = draft.name;
    portal_refused(*state, "SubmitApplication", request, "SIG_MALFORMED");
    request.cms = (ProtobufCBinaryData){sizeof garbage, garbage};
    portal_refused(*state, "SubmitApplication", request, "SIG_MALFORMED");
    request.certificate = request.cms;
    portal_refused(*state, "SubmitApplication", request, "SIG_MALFORMED");
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
}

static int expire(void *context, MDB_txn *txn, int64_t now_us)
{
    struct draft *draft = context;
    Sekisho__Stored__StoredNonce stored = SEKISHO__STORED__STORED_NONCE__INIT;
    uint8_t id[REGISTER_ID_LEN];
    uint16_t tenant;

    if (!application_name_parse(draft->application, &tenant, id, NULL))
        return MDB_CORRUPTED;
    stored.application = (ProtobufCBinaryData){sizeof id, id};
    stored.expire_us = now_us - 1;
    return record_put(txn, draft->fixture->folder.reg.table[TABLE_nonce], draft->nonce, NONCE_LEN, &stored.base);
}

static void test_F024_an_old_nonce_is_renewed_by_an_update(void **state)
{
    Sekisho__V1__UpdateApplicationRequest request = SEKISHO__V1__UPDATE_APPLICATION_REQUEST__INIT;
    struct register_fixture *fixture = *state;
    struct draft draft;

    draft_create(fixture, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(register_folder_write(&fixture->folder, expire, &draft), 0);
    draft_submit_refused(&draft, "NONCE_EXPIRED");
    request.name = draft.name;
    Sekisho__V1__UpdateApplicationResponse *answer =
        portal_call(fixture, "UpdateApplication", request, update_application_response);
    assert_non_null(answer);
    assert_memory_not_equal(answer->nonce->nonce.data, draft.nonce, NONCE_LEN);
    answer_free(answer);
    draft_submit_refused(&draft, "TEXT_CHANGED"); /* made with the former nonce */
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
}

static void test_F002_somebody_elses_card(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();
    struct draft draft;

    spec.names[0].text = "大宮　太郎";
    spec.names[4].text = "00000";
    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, &spec), STATE(REJECTED_SIGNATURE));
    assert_string_equal(draft_code(&draft), "SUBJECT_MISMATCH");
}

static void test_F024_without_authorities_nothing_is_received(void **state)
{
    struct register_fixture *fixture = *state;
    struct draft draft;

    draft_create(fixture, KIND(NEW), &draft);
    draft_render(&draft);
    fixture->front.card = NULL;
    draft_submit_refused(&draft, "NO_CARD_TRUST");
}

/* ---- status not known ---- */

static void test_F024_an_unknown_status_waits_and_is_asked_again(void **state)
{
    Sekisho__V1__RetrySignatureRequest request = SEKISHO__V1__RETRY_SIGNATURE_REQUEST__INIT;
    struct register_fixture *fixture = *state;
    struct jpki_leaf_spec spec = world_leaf();
    struct draft draft;

    fixture->front.card = world_trust();
    draft_create(fixture, KIND(NEW), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(SIGNATURE_PENDING));
    assert_string_equal(draft_code(&draft), "STATUS_UNKNOWN");
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    int64_t received_us = stored->application->receive_time_us;
    answer_free(stored);
    request.name = draft.name;
    Sekisho__V1__RetrySignatureResponse *answer =
        portal_call(fixture, "RetrySignature", request, retry_signature_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(SIGNATURE_PENDING));
    answer_free(answer);

    X509 *leaf = jpki_leaf(&spec);
    const struct jpki_ocsp_spec ocsp = {.issuer = &world.sign,
                                        .leaf = leaf,
                                        .status = V_OCSP_CERTSTATUS_GOOD,
                                        .this_update = world_received - 60,
                                        .next_update = world_received + 3600};
    size_t length;
    uint8_t *der = jpki_ocsp(&ocsp, &length);
    request.ocsp_response = (ProtobufCBinaryData){length, der};
    answer = portal_call(fixture, "RetrySignature", request, retry_signature_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(RECEIVED));
    assert_int_equal(answer->status->receive_time_us, received_us);
    answer_free(answer);
    portal_refused(fixture, "RetrySignature", request, "WRONG_STATE");
    OPENSSL_free(der);
    X509_free(leaf);
    card_trust_free(fixture->front.card);
}

/* ---- the end of the portal's part ---- */

static void test_F026_F050_INV04_a_purge_has_a_receipt(void **state)
{
    static const char label[] = "sekisho/v1 purge";
    Sekisho__V1__ConfirmPurgeRequest request = SEKISHO__V1__CONFIRM_PURGE_REQUEST__INIT;
    struct draft draft;
    uint8_t digest[HASH_LEN], id[REGISTER_ID_LEN];
    uint16_t tenant;

    draft_create(*state, KIND(NEW), &draft);
    draft_render(&draft);
    request.name = draft.name;
    request.content_sha256 = (ProtobufCBinaryData){HASH_LEN, draft.hash};
    portal_refused(*state, "ConfirmPurge", request, "WRONG_STATE"); /* not handed in */
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
    draft.hash[0] ^= 1;
    portal_refused(*state, "ConfirmPurge", request, "BAD_FIELD"); /* of another text */
    draft.hash[0] ^= 1;
    Sekisho__V1__ConfirmPurgeResponse *answer = portal_call(*state, "ConfirmPurge", request, confirm_purge_response);
    assert_non_null(answer);
    assert_true(answer->status->portal_purged);
    assert_int_equal(answer->status->state, STATE(RECEIVED));
    assert_true(application_name_parse(draft.application, &tenant, id, NULL));
    const struct iovec parts[] = {{(void *)(uintptr_t)label, sizeof label - 1},
                                  {id, sizeof id},
                                  {draft.hash, HASH_LEN},
                                  {&answer->purge_time_us, sizeof answer->purge_time_us}};
    assert_int_equal(sha256_parts(parts, 4, digest), 0);
    assert_memory_equal(answer->digest.data, digest, HASH_LEN);
    int64_t purged_us = answer->purge_time_us;
    answer_free(answer);
    Sekisho__Stored__StoredApplication *stored = stored_of(&draft);
    assert_memory_equal(stored->purge_digest.data, digest, HASH_LEN);
    assert_true(stored->application->portal_purged);
    answer_free(stored);
    answer = portal_call(*state, "ConfirmPurge", request, confirm_purge_response);
    assert_int_equal(answer->purge_time_us, purged_us); /* the same receipt again */
    assert_memory_equal(answer->digest.data, digest, HASH_LEN);
    answer_free(answer);
}

static void test_F060_an_applicant_withdraws(void **state)
{
    Sekisho__V1__PortalServiceWithdrawApplicationRequest request =
        SEKISHO__V1__PORTAL_SERVICE_WITHDRAW_APPLICATION_REQUEST__INIT;
    struct draft draft;

    draft_create(*state, KIND(REWRITE), &draft);
    draft_render(&draft);
    assert_int_equal(draft_submit(&draft, NULL), STATE(RECEIVED));
    request.name = draft.name;
    Sekisho__V1__PortalServiceWithdrawApplicationResponse *answer =
        portal_call(*state, "WithdrawApplication", request, portal_service_withdraw_application_response);
    assert_non_null(answer);
    assert_int_equal(answer->status->state, STATE(WITHDRAWN));
    answer_free(answer);
    portal_refused(*state, "WithdrawApplication", request, "WRONG_STATE");
}

static void test_F051_an_applicants_applications_are_listed_in_pages(void **state)
{
    Sekisho__V1__ListApplicationStatusesRequest request = SEKISHO__V1__LIST_APPLICATION_STATUSES_REQUEST__INIT;
    struct register_fixture *fixture = *state;
    struct draft drafts[5];
    char token[1024] = "";
    unsigned seen = 0;

    for (unsigned i = 0; i < 5; i++)
        draft_create(fixture, i % 2 ? KIND(NEW) : KIND(REISSUE), &drafts[i]);
    request.parent = (char *)(uintptr_t)APPLICANT;
    request.page_size = 2;
    do {
        request.page_token = token;
        Sekisho__V1__ListApplicationStatusesResponse *answer =
            portal_call(fixture, "ListApplicationStatuses", request, list_application_statuses_response);
        assert_non_null(answer);
        assert_true(answer->n_statuses <= 2);
        for (size_t i = 0; i < answer->n_statuses; i++)
            for (unsigned j = 0; j < 5; j++)
                if (strcmp(answer->statuses[i]->name, drafts[j].name) == 0) {
                    assert_false(seen & 1u << j);
                    seen |= 1u << j;
                }
        snprintf(token, sizeof token, "%s", answer->next_page_token);
        answer_free(answer);
    } while (token[0] != '\0');
    assert_int_equal(seen, 31);
    request.page_token = token;
    register_fixture_caller(fixture, ROLE_SYS, "portal02");
    Sekisho__V1__ListApplicationStatusesResponse *answer =
        portal_call(fixture, "ListApplicationStatuses", request, list_application_statuses_response);
    assert_int_equal(answer->n_statuses, 0); /* another portal's */
    answer_free(answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, portal_world_set_up, portal_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_F024_F060_F061_a_signed_application_is_received),
        TEST(test_F024_the_cards_own_signature_is_taken),
        TEST(test_F024_the_nonce_is_used_up_by_a_bad_signature),
        TEST(test_F024_a_submission_is_once),
        TEST(test_F024_a_signature_is_for_its_application),
        TEST(test_F003_an_exchanged_number_is_not_what_was_signed),
        TEST(test_F024_malformed_uses_nothing_up),
        TEST(test_F024_an_old_nonce_is_renewed_by_an_update),
        TEST(test_F002_somebody_elses_card),
        TEST(test_F024_without_authorities_nothing_is_received),
        TEST(test_F024_an_unknown_status_waits_and_is_asked_again),
        TEST(test_F026_F050_INV04_a_purge_has_a_receipt),
        TEST(test_F060_an_applicant_withdraws),
        TEST(test_F051_an_applicants_applications_are_listed_in_pages),
    };

    return cmocka_run_group_tests_name("portal: submission", tests, NULL, NULL);
}
