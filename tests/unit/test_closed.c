/* The library opens no file, neither a configuration when it starts nor a module later: behind the sandbox of vault and
 * auth it could not. */
#include "support/test.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"

/* From here on, opening a file or a socket or starting a program ends the process with SIGSYS. */
static bool close_off(void)
{
    const int forbidden[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(socket), SCMP_SYS(execve)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (!filter)
        return false;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, forbidden[i], 0) != 0)
            return false;
    return seccomp_load(filter) == 0;
}

static bool use_hashes(void)
{
    const uint8_t key[HASH_LEN] = {1};
    uint8_t out[HASH_LEN];
    struct prf *context = prf_new(key);
    bool good = context && prf(context, "x", 1, out) == 0 && sha256("x", 1, out) == 0 &&
                sha256_parts(NULL, 0, out) == 0 && hkdf_extract("s", 1, "k", 1, out) == 0 &&
                hkdf_expand(key, "i", 1, out, sizeof out) == 0;

    prf_free(context);
    crypto_random(out, sizeof out);
    return good;
}

static bool use_aead(void)
{
    const uint8_t key[AEAD_KEY_LEN] = {2}, nonce[AEAD_NONCE_LEN] = {3};
    uint8_t sealed[1 + AEAD_TAG_LEN], opened[1];
    struct aead *aead = aead_new(key);
    bool good = aead && aead_seal(aead, nonce, NULL, 0, "x", 1, sealed) == 0 &&
                aead_open(aead, nonce, NULL, 0, sealed, sizeof sealed, opened) == 0;

    /* A failure makes libcrypto write to its error queue, which could load text. */
    sealed[0] ^= 1;
    good = good && aead_open(aead, nonce, NULL, 0, sealed, sizeof sealed, opened) == -1;
    aead_free(aead);
    return good;
}

static bool use_hpke(void)
{
    const uint8_t zero[HPKE_KEY_LEN] = {0};
    uint8_t private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN], enc[HPKE_KEY_LEN], sealed[1 + HPKE_TAG_LEN], opened[1];
    struct hpke_context s, r;

    return x25519_key_pair(private_key, public_key) == 0 && x25519(private_key, zero, enc) == -1 &&
           hpke_setup_sender(public_key, "i", 1, NULL, 0, enc, &s) == 0 &&
           hpke_setup_recipient(private_key, enc, "i", 1, &r) == 0 && hpke_seal(&s, NULL, 0, "x", 1, sealed) == 0 &&
           hpke_open(&r, NULL, 0, sealed, sizeof sealed, opened) == 0 && hpke_export(&r, "e", 1, enc, sizeof enc) == 0;
}

static bool use_ed25519(void)
{
    const uint8_t seed[ED25519_KEY_LEN] = {4};
    uint8_t public_key[ED25519_KEY_LEN], signature[ED25519_SIGNATURE_LEN];
    struct ed25519 *key = ed25519_new(seed, public_key);
    bool good = key && ed25519_sign(key, "x", 1, signature) == 0 && ed25519_verify(public_key, "x", 1, signature);

    ed25519_free(key);
    return good;
}

/* How a child ends that starts libcrypto, closes itself off and then does `work`: an exit code, or 128 and the signal.
 */
static int end_of_child(bool (*work)(void))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (!close_off() || crypto_init() != 0)
            _exit(2);
        _exit(work() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool run_a_program(void)
{
    return execl("/bin/true", "true", (char *)NULL) == 0;
}

/* The measure itself: without this a filter that was never loaded would let everything pass. */
static void test_the_filter_is_real(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(run_a_program), 128 + SIGSYS);
}

static void test_hashes(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(use_hashes), 0);
}

static void test_aead(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(use_aead), 0);
}

static void test_hpke(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(use_hpke), 0);
}

static void test_ed25519(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(use_ed25519), 0);
}

int main(void)
{
    /* libcrypto starts in the children only: each test sees a first use. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_filter_is_real),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_aead),
        cmocka_unit_test(test_hpke),
        cmocka_unit_test(test_ed25519),
    };
    return cmocka_run_group_tests_name("closed", tests, NULL, NULL);
}
