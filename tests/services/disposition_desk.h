/* DispositionService over a register with one registrant, number 000001. */
#ifndef SEKISHO_TESTS_SERVICES_DISPOSITION_DESK_H
#define SEKISHO_TESTS_SERVICES_DISPOSITION_DESK_H

#include "register_fixture.h"
#include "server/dispositions/dispositions.h"
#include "server/register/checks.h"
#include "server/register/entry.h"
#include "server/services/call_arena.h"
#include "server/services/services.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
};

#define KIND(name)   SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define GROUND(name) SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_##name
#define DQ(name)     SEKISHO__V1__DISQUALIFICATION_GROUND__DISQUALIFICATION_GROUND_##name
#define REASON(name) SEKISHO__V1__ERASURE_REASON__ERASURE_REASON_##name
#define STATE(name)  SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name
#define CARD(name)   SEKISHO__V1__CARD_RETURN_STATE__CARD_RETURN_STATE_##name
#define TEXT(text)   ((char *)(uintptr_t)(text))
#define PREFECTURE   TEXT("prefectures/11")
#define REGISTRANT   TEXT("prefectures/11/registrations/000001")

int disposition_desk_set_up(void **state);

/* Calls by whoever the fixture says. */
#define CALL(fixture, name, request, type)                                                                             \
    register_fixture_call(fixture, disposition_methods, disposition_method_count, name, &(request).base,               \
                          &sekisho__v1__##type##_response__descriptor)
#define REFUSED(fixture, name, request, reason)                                                                        \
    register_fixture_refused(fixture, disposition_methods, disposition_method_count, name, &(request).base, reason)

/* The entry as the register has it now; freed with call_arena_free. */
stored_entry *entry_now(struct register_fixture *fixture, struct call_arena *memory);
Sekisho__V1__RegistrationState state_now(struct register_fixture *fixture);
int32_t today(void);
Sekisho__V1__Date date_of(int32_t value);

/* Proposals that are right for a registration in force. */
disposition cancellation(void);
disposition erasure(void);
/* `etag` is the registration's; the caller is the reviewer. */
Sekisho__V1__ProposeDispositionRequest proposal_of(struct register_fixture *fixture, disposition *proposed,
                                                   char etag[ENTRY_ETAG_SIZE]);
Sekisho__V1__ProposeDispositionResponse *propose(struct register_fixture *fixture, disposition proposed);
/* Refused for this reason, at this field unless it is NULL. */
void propose_refused(struct register_fixture *fixture, disposition proposed, const char *reason, const char *field);
Sekisho__V1__ApproveDispositionRequest approval_of(const disposition *made);
/* Proposed by the reviewer, approved by the approver, who is then the caller. */
Sekisho__V1__ApproveDispositionResponse *decide(struct register_fixture *fixture, disposition proposed);
void done(Sekisho__V1__ApproveDispositionResponse *approved);

#endif
