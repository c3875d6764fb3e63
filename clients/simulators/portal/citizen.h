/* The applicant's client: seals the number past the portal, and looks at the text before the card signs it. */
#ifndef SEKISHO_SIMULATORS_PORTAL_CITIZEN_H
#define SEKISHO_SIMULATORS_PORTAL_CITIZEN_H

#include "clients/simulators/portal/card.h"
#include "sekisho.h"
#include "sekisho/v1/portal_service.pb-c.h"

/* The card's number, sealed to the vault whose key has this fingerprint (64 hex digits). False, with a message, also
 * when the server shows another key: it could read the number. */
bool citizen_seal(struct sekisho_client *client, const struct sekisho_session_info *portal, const char *pin,
                  const uint8_t nonce[SEKISHO_NONCE_LEN], const struct card *card, uint8_t blob[SEKISHO_BLOB_LEN]);

/* Whether the text says what the applicant entered, and names the number that was sealed (none: NULL) and the nonce.
 * What it says besides, the applicant reads. */
bool citizen_agrees(const Sekisho__V1__ApplicationContent *content, const uint8_t *blob, bool number_stays,
                    const uint8_t nonce[SEKISHO_NONCE_LEN], const uint8_t *text, size_t length);

#endif
