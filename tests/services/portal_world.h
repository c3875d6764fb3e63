/* An applicant at the portal: requests of PortalService as the portal makes them, signatures as a card does. */
#ifndef SEKISHO_TESTS_SERVICES_PORTAL_WORLD_H
#define SEKISHO_TESTS_SERVICES_PORTAL_WORLD_H

#include "register_fixture.h"
#include "sekisho/v1/card_trust_service.pb-c.h"
#include "sekisho/v1/portal_service.pb-c.h"
#include "server/card/card.h"
#include "world.h"

#define APPLICANT "prefectures/11/applicants/p-Hanako.01"
#define BLOB_LEN  60

/* Set-up and tear-down of a test: a fixture, and the card's world around the present. */
int portal_world_set_up(void **state);
int portal_world_tear_down(void **state);

/* A draft: complete content of the kind, for the holder of the world's card. */
struct draft {
    struct register_fixture *fixture;
    char name[256], application[96];
    uint8_t nonce[16];
    uint8_t text[32768], hash[32];
    size_t length;
};
/* The content's message with everything in it, in static memory until the next call. */
Sekisho__V1__ApplicationContent *content_of(Sekisho__V1__ApplicationKind kind);
void draft_create(struct register_fixture *fixture, Sekisho__V1__ApplicationKind kind, struct draft *draft);
void draft_render(struct draft *draft);
/* With another sealed number than draft_render. */
void draft_render_with(struct draft *draft, const uint8_t blob[BLOB_LEN]);

/* The state of the answer; fails the test when it is refused. `spec` NULL: the good card. */
Sekisho__V1__ApplicationState draft_submit(struct draft *draft, const struct jpki_leaf_spec *spec);
void draft_submit_refused(struct draft *draft, const char *reason);
Sekisho__V1__ApplicationState draft_state(struct draft *draft);
/* The code of the last answer. */
const char *draft_code(struct draft *draft);

/* A call of PortalService or CardTrustService; NULL when refused. */
#define portal_call(fixture, name, request, response)                                                                  \
    (void *)register_fixture_call(fixture, portal_methods, portal_method_count, name, &(request).base,                 \
                                  &sekisho__v1__##response##__descriptor)
#define portal_refused(fixture, name, request, reason)                                                                 \
    register_fixture_refused(fixture, portal_methods, portal_method_count, name, &(request).base, reason)
#define trust_call(fixture, name, request, response)                                                                   \
    (void *)register_fixture_call(fixture, card_trust_methods, card_trust_method_count, name, &(request).base,         \
                                  &sekisho__v1__##response##__descriptor)
#define trust_refused(fixture, name, request, reason)                                                                  \
    register_fixture_refused(fixture, card_trust_methods, card_trust_method_count, name, &(request).base, reason)
void answer_free(void *message);

#define KIND(kind)   SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_##kind
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#endif
