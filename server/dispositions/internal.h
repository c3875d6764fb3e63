/* Within server/dispositions. */
#ifndef SEKISHO_DISPOSITIONS_INTERNAL_H
#define SEKISHO_DISPOSITIONS_INTERNAL_H

#include "server/dispositions/dispositions.h"
#include "server/register/entry.h"

#define KIND(name)     SEKISHO__V1__DISPOSITION_KIND__DISPOSITION_KIND_##name
#define DECISION(name) SEKISHO__V1__DISPOSITION_STATE__DISPOSITION_STATE_##name
#define GROUND(name)   SEKISHO__V1__CANCELLATION_GROUND__CANCELLATION_GROUND_##name
#define DQ(name)       SEKISHO__V1__DISQUALIFICATION_GROUND__DISQUALIFICATION_GROUND_##name
#define REASON(name)   SEKISHO__V1__ERASURE_REASON__ERASURE_REASON_##name

/* ---- results ---- */

enum disposition_result disposition_missing(struct disposition_context *context, const char *field);
enum disposition_result disposition_bad(struct disposition_context *context, const char *field);
/* OK for 0; NOT_FOUND for MDB_NOTFOUND. */
enum disposition_result disposition_store(struct disposition_context *context, int rc);

/* ---- records (records.c) ---- */

void *disposition_take(struct disposition_context *context, size_t size);
char *disposition_copy(struct disposition_context *context, const char *text);
/* Makes id, name and time; writes it with its indexes. */
enum disposition_result disposition_add(struct disposition_context *context, uint32_t serial, stored_disposition *made,
                                        uint8_t id[REGISTER_ID_LEN]);
enum disposition_result disposition_put(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                        stored_disposition *changed);
/* Of its registration; 0 when that is none of this prefecture. */
uint32_t disposition_serial(const struct disposition_context *context, const disposition *of);

/* ---- conditions ---- */

/* Of the proposal's own items (proposal.c). */
enum disposition_result proposal_check(struct disposition_context *context, const disposition *proposed);

/* Of the register and what was decided before (former.c). */
struct former {
    int32_t cancelled_on;                   /* yyyymmdd; 0: it was not */
    Sekisho__V1__CancellationGround ground; /* UNSPECIFIED: taken over */
    bool sexual_violence, taken_over;
    bool open; /* a proposal waits */
};
enum disposition_result former_decisions(struct disposition_context *context, uint32_t serial,
                                         const stored_entry *entry, struct former *former);
/* DISPOSITION_DQ4 within the three years of 児童福祉法18条の5四. */
enum disposition_result former_dq4(const struct former *former, int32_t today);
/* May the disposition be made of this entry, today? */
enum disposition_result disposition_allowed(struct disposition_context *context, const disposition *proposed,
                                            const stored_entry *entry, const struct former *former);

/* ---- what an approval does (effect.c) ---- */

enum disposition_result disposition_effect(struct disposition_context *context, const uint8_t id[REGISTER_ID_LEN],
                                           disposition *approved, stored_entry *entry, const struct former *former);

#endif
