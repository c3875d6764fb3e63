/* Wycheproof's signatures of RSA PKCS#1 v1.5, 2048 bits, SHA-256 (tests/vectors/wycheproof): no wrong answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/card/rsa.h"
#include "support/hex.h"
#include "support/test.h"

#define LINE_MAX_LEN 8192
#define BYTES_MAX    2048

struct part {
    uint8_t bytes[BYTES_MAX];
    size_t length;
};

static void take(char **rest, struct part *part)
{
    char *word = strsep(rest, " ");

    assert_non_null(word);
    part->length = strcmp(word, "-") == 0 ? 0 : unhex(word, part->bytes, BYTES_MAX);
}

static unsigned accepted_keys;

static bool verify(const struct part *key, const struct part *message, const struct part *signature)
{
    const uint8_t *at = key->bytes;
    X509_PUBKEY *public = d2i_X509_PUBKEY(NULL, &at, (long)key->length);

    assert_non_null(public);
    bool good = rsa_verify(X509_PUBKEY_get0(public), EVP_sha256(), (struct der){message->bytes, message->length},
                           (struct der){signature->bytes, signature->length});
    accepted_keys += rsa_key_accepted(public);
    X509_PUBKEY_free(public);
    return good;
}

static void test_F024_wycheproof_rsa_2048_sha256(void **state)
{
    static char line[LINE_MAX_LEN];
    static struct part key, message, signature;
    unsigned count = 0, valid = 0;
    FILE *file = fopen(WYCHEPROOF_FOLDER "/rsa_signature_2048_sha256.txt", "r");

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
        const char *id = strsep(&rest, " "), *verdict = strsep(&rest, " ");
        take(&rest, &key);
        take(&rest, &message);
        take(&rest, &signature);
        assert_null(rest);
        /* "acceptable" is a signature whose padding leaves out a NULL: not PKCS#1, and refused. */
        if (verify(&key, &message, &signature) != (strcmp(verdict, "valid") == 0))
            fail_msg("%s: wrong answer, it is %s", id, verdict);
        count++;
        valid += strcmp(verdict, "valid") == 0;
    }
    fclose(file);
    assert_int_equal(count, 259);
    assert_int_equal(valid, 9);
    assert_int_equal(accepted_keys, 257); /* the others have the exponent 3 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F024_wycheproof_rsa_2048_sha256),
    };

    return cmocka_run_group_tests_name("card: Wycheproof", tests, NULL, NULL);
}
