/*
 * Entries of the register (登録簿の記載) with all their versions. Nothing here checks what an officer may do or whether
 * the items are as the law wants them (entry_check.h does): this keeps what it is given, numbers it once, keeps the
 * indexes right, and loses no version.
 *
 * All functions give 0 or a code: of LMDB, or an errno value where said. Messages are unpacked with the caller's
 * allocator. What is derived (name, etag, registration_number, qualification_pseudonym) is filled in what is read and
 * not stored.
 */
#ifndef SEKISHO_REGISTER_ENTRY_H
#define SEKISHO_REGISTER_ENTRY_H

#include "server/register/register.h"
#include "server/register/stored.pb-c.h"

typedef Sekisho__Stored__StoredEntry stored_entry;
typedef Sekisho__V1__Registration registration;
typedef Sekisho__V1__Annotation annotation;

#define ENTRY_SERIAL_MAX    99999999u /* eight digits fit every form */
#define ENTRY_PSEUDONYM_LEN 16
#define ENTRY_NAME_SIZE     40 /* "prefectures/11/registrations/012345" */
#define ENTRY_ETAG_SIZE     40
void entry_etag_format(uint32_t serial, uint64_t version, char etag[ENTRY_ETAG_SIZE]);

#endif
