/* A trial hierarchy, one invented holder, and one application; each test spoils what it is about. */
#ifndef SEKISHO_TESTS_CARD_WORLD_H
#define SEKISHO_TESTS_CARD_WORLD_H

#include "clients/simulators/jpki/jpki.h"
#include "server/card/card.h"
#include "support/test.h"

#define DAY            INT64_C(86400)
#define RECEIVED       world_received
#define US(seconds)    ((seconds)*INT64_C(1000000))
#define GOOD_SERIAL    4711
#define REVOKED_SERIAL 4712

extern int64_t world_received; /* 2026-06-01T00:00:00Z; to be set before world_make */

struct world {
    struct jpki_authority sign_old, sign, auth, rogue; /* sign_old, sign and rogue have one name */
    EVP_PKEY *card, *other;                            /* of holders */
    struct card_trust *trust;                          /* with fresh lists of all authorities */
};
extern struct world world;

int world_make(void **state);
int world_free(void **state);
/* The trust of the world without any list. */
struct card_trust *world_trust(void);
/* One authority for signatures and nothing else. */
struct card_trust *world_trust_of(const struct jpki_authority *authority);
/* A whole list of an authority with REVOKED_SERIAL in it. */
void world_give_list(struct card_trust *trust, const struct jpki_authority *authority, int64_t this_update,
                     int64_t next_update);

/* A good certificate's specification, to be spoiled. `flags` of jpki_names are static. */
struct jpki_leaf_spec world_leaf(void);
extern const char world_content[];
extern const struct identity world_applicant;

/* card_parse and card_check; `evidence` may be NULL. */
enum card_code world_check(const struct card_trust *trust, const struct card_signature *signature,
                           struct card_evidence *evidence);
/* Signs world_content with a card that has this certificate, and checks it against world.trust. */
enum card_code world_try(const struct jpki_leaf_spec *spec, struct card_evidence *evidence);
enum card_code world_try_raw(const struct jpki_leaf_spec *spec, struct card_evidence *evidence);
/* DER to be freed with OPENSSL_free. */
uint8_t *world_sign(const struct jpki_leaf_spec *spec, const EVP_MD *digest, size_t *length);

/* Fails with both codes' names. */
#define assert_code(got, wanted) world_assert_code((got), (wanted), __FILE__, __LINE__)
void world_assert_code(enum card_code got, enum card_code wanted, const char *file, int line);

#endif
