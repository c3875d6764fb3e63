/*
 * Signatures of cards: CMS, raw signature with certificate, revocation list, stapled answer, against one pinned
 * authority whose key is forgotten (card/make.c). Requires: what is taken as CMS is strict DER; nothing verifies but
 * the one certificate that the authority issued, over the one text that its card signed; no list and no answer speaks
 * but those that the authority signed; the same input gives the same code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/fixture.h"
#include "crypto/hash.h"
#include "server/card/card.h"
#include "server/card/der.h"
#include "support/fuzz.h"

#define US INT64_C(1000000)

enum what { CMS, CMS_AND_ANSWER, RAW, LIST, BARE_DER, WHATS };

static const struct identity applicant = {
    .name = FIXTURE_NAME, .address = FIXTURE_ADDRESS, .birth = {2001, 4, 3}, .sex = 2};

static struct card_trust *trust;         /* with the list */
static struct card_trust *without_lists; /* knows nobody's status */
static uint8_t leaf_hash[HASH_LEN];
static uint8_t good_cms[CARD_CMS_MAX];
static size_t good_cms_length;

static size_t load(const char *name, void *bytes, size_t room)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", CARD_FIXTURE, name);
    FILE *file = fopen(path, "re");
    REQUIRE(file != NULL);
    size_t length = fread(bytes, 1, room, file);
    REQUIRE(length > 0 && length < room);
    fclose(file);
    return length;
}

static enum card_code check(const struct card_trust *by, struct card_signature *signature, const char *text,
                            struct card_evidence *evidence)
{
    struct card_submission *submission;

    signature->content = (const uint8_t *)text;
    signature->content_length = strlen(text);
    enum card_code code = card_parse(signature, &submission);
    REQUIRE((code == CARD_GOOD) == (submission != NULL));
    if (!submission)
        return code;
    REQUIRE(!signature->cms || der_strict(signature->cms, signature->cms_length));
    code = card_check(by, submission, &applicant, FIXTURE_RECEIVED * US, FIXTURE_RECEIVED * US, evidence);
    struct card_evidence again;
    REQUIRE(card_check(by, submission, &applicant, FIXTURE_RECEIVED * US, FIXTURE_RECEIVED * US, &again) == code);
    card_submission_free(submission);
    return code;
}

static void begin(void)
{
    static uint8_t bytes[CARD_CMS_MAX];
    struct card_crl_info info;
    char error[256], pem[8192] = "";

    if (trust)
        return;
    REQUIRE(crypto_init() == 0);
    load("sign.pem", pem, sizeof pem - 1);
    trust = card_trust_new(pem, "", FIXTURE_POLICY, error);
    without_lists = card_trust_new(pem, "", FIXTURE_POLICY, error);
    REQUIRE(trust && without_lists);
    size_t length = load("list.crl", bytes, sizeof bytes);
    REQUIRE(card_trust_crl(trust, bytes, length, FIXTURE_RECEIVED * US, true, &info) == CARD_CRL_TAKEN);
    length = load("leaf.der", bytes, sizeof bytes);
    REQUIRE(sha256(bytes, length, leaf_hash) == 0);
    good_cms_length = load("good.cms", good_cms, sizeof good_cms);
    struct card_signature good = {.cms = good_cms, .cms_length = good_cms_length};
    REQUIRE(check(trust, &good, FIXTURE_TEXT, &(struct card_evidence){0}) == CARD_GOOD);
}

static void check_signature(struct card_signature *signature)
{
    struct card_evidence evidence;

    enum card_code code = check(trust, signature, FIXTURE_TEXT, &evidence);
    REQUIRE(code != CARD_NONCE_REPLAY && code != CARD_NONCE_EXPIRED);
    if (code == CARD_GOOD) {
        REQUIRE(memcmp(evidence.certificate_sha256, leaf_hash, HASH_LEN) == 0);
        REQUIRE(evidence.match.level == MATCH_MATCH);
    }
    if (!signature->ocsp)
        REQUIRE(check(without_lists, signature, FIXTURE_TEXT, &evidence) != CARD_GOOD);
    REQUIRE(check(trust, signature, FIXTURE_TEXT "x", &evidence) != CARD_GOOD);
}

/* Only the answer that was made speaks: it is a minute old. */
static void check_answer(const uint8_t *bytes, size_t length)
{
    struct card_signature signature = {
        .cms = good_cms, .cms_length = good_cms_length, .ocsp = bytes, .ocsp_length = length};
    struct card_evidence evidence;

    enum card_code code = check(without_lists, &signature, FIXTURE_TEXT, &evidence);
    REQUIRE(code == CARD_GOOD || code == CARD_STATUS_UNKNOWN || code == CARD_SIG_MALFORMED);
    if (code == CARD_GOOD)
        REQUIRE(evidence.this_update_us == (FIXTURE_RECEIVED - 60) * US);
}

static void check_list(const uint8_t *bytes, size_t length)
{
    struct card_crl_info info;

    if (card_trust_crl(trust, bytes, length, FIXTURE_RECEIVED * US, false, &info) != CARD_CRL_TAKEN)
        return;
    REQUIRE(der_strict(bytes, length));
    REQUIRE(info.revoked == 1 && !info.partial && info.this_update_us == (FIXTURE_RECEIVED - 86400) * US);
}

/* Strict values and what is in them end where they say, and end with the bytes. */
static void check_der(struct der rest, unsigned depth)
{
    struct der_value value;

    while (rest.length > 0) {
        REQUIRE(der_next(&rest, &value));
        REQUIRE(value.whole.length > value.content.length);
        REQUIRE(value.content.bytes + value.content.length == value.whole.bytes + value.whole.length);
        if (value.tag & 0x20) {
            REQUIRE(depth <= DER_DEPTH_MAX);
            check_der(value.content, depth + 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    enum what what = input_u8(&input) % WHATS;
    size_t certificate = what == RAW ? input_u16(&input) : 0;
    struct input first = input_part(&input, certificate);
    struct card_signature signature = {0};

    begin();
    switch (what) {
    case CMS:
        signature.cms = input.at;
        signature.cms_length = input.left;
        check_signature(&signature);
        break;
    case RAW:
        signature.certificate = first.at;
        signature.certificate_length = first.left;
        signature.raw_signature = input.at;
        signature.raw_signature_length = input.left;
        check_signature(&signature);
        break;
    case CMS_AND_ANSWER:
        check_answer(input.at, input.left);
        break;
    case LIST:
        check_list(input.at, input.left);
        break;
    default:
        if (der_strict(input.at, input.left))
            check_der((struct der){input.at, input.left}, 0);
    }
    return 0;
}
