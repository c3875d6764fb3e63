/*
 * The file of a wrapped root key: 100 bytes, little-endian, nothing before or after.
 *
 *     0  magic "SKSHROOT"
 *     8  version, 1
 *    10  method: 1 passphrase, 2 token
 *    12  Argon2id memory in KiB, 16 passes, 20 lanes: method 1; zero for method 2
 *    24  Argon2id salt: method 1; zero for method 2
 *    40  nonce, random
 *    52  the root key under AES-256-GCM, then its tag; associated data: bytes 0 to 39
 *
 * Method 1: the AES key is Argon2id (RFC 9106, version 0x13, no secret, no associated data, 32 bytes) of the
 * passphrase. Method 2: the AES key is on a PKCS#11 token and does not leave it; the token does the GCM (CKM_AES_GCM).
 */
#ifndef SEKISHO_UNSEAL_WRAPPED_KEY_H
#define SEKISHO_UNSEAL_WRAPPED_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/aead.h"
#include "unseal/unseal.h"

#define WRAPPED_KEY_MAGIC     "SKSHROOT"
#define WRAPPED_KEY_MAGIC_LEN 8
#define WRAPPED_KEY_VERSION   1
#define WRAPPED_SALT_LEN      16
#define WRAPPED_SEALED_LEN    (ROOT_KEY_LEN + AEAD_TAG_LEN)

enum wrap_method { WRAP_PASSPHRASE = 1, WRAP_TOKEN = 2 };

struct wrapped_key {
    char magic[WRAPPED_KEY_MAGIC_LEN];
    uint16_t version, method;
    uint32_t memory_kib, passes, lanes;
    uint8_t salt[WRAPPED_SALT_LEN];
    uint8_t nonce[AEAD_NONCE_LEN];
    uint8_t sealed[WRAPPED_SEALED_LEN];
};
#define WRAPPED_KEY_AAD_LEN offsetof(struct wrapped_key, nonce)
_Static_assert(sizeof(struct wrapped_key) == 100 && WRAPPED_KEY_AAD_LEN == 40, "wrapped_key layout");
_Static_assert(offsetof(struct wrapped_key, sealed) == 52, "wrapped_key layout");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is read as it lies in memory");

/*
 * Bounds of the costs, looked at before anything is allocated. Lanes are those of RFC 9106 section 4. From below:
 * together as much as its second recommended option (64 MiB, 3 passes), so that nobody can swap in a file that is cheap
 * to guess. From above: its first recommended option's memory (2 GiB), and a start that ends.
 */
#define WRAPPED_LANES          4
#define WRAPPED_MEMORY_KIB_MIN (64u << 10)
#define WRAPPED_MEMORY_KIB_MAX (2u << 20)
#define WRAPPED_PASSES_MAX     16

/* Is what was read (`length` bytes) such a file, for this method, within the bounds? */
enum unseal_status wrapped_key_check(const struct wrapped_key *file, size_t length, enum wrap_method method);

/* Magic, version, method, a fresh nonce; zero elsewhere. */
void wrapped_key_begin(struct wrapped_key *file, enum wrap_method method);

/* passphrase.c. memory_kib within the bounds; 1 pass at the upper bound, else 3. The caller wipes passphrase and key.
 */
enum unseal_status wrapped_key_make(struct wrapped_key *file, uint32_t memory_kib, const char *passphrase,
                                    size_t length, const uint8_t key[ROOT_KEY_LEN]);
/* `file` has been checked. */
enum unseal_status wrapped_key_open(const struct wrapped_key *file, const char *passphrase, size_t length,
                                    uint8_t key[ROOT_KEY_LEN]);

#endif
