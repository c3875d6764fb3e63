/*
 * Entries of the register (登録簿の記載) with all their versions. Nothing here checks what an officer may do or whether
 * the items are as the law wants them (person_check.h does): this keeps what it is given, numbers it once, keeps the
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

#define ENTRY_SERIAL_MAX    99999999u /* eight digits fit every form */
#define ENTRY_PSEUDONYM_LEN 16
#define ENTRY_REFERENCE_LEN 16

/* ---- reading ---- */

/* The current version. MDB_NOTFOUND. */
int entry_get(const struct reg *reg, MDB_txn *txn, uint32_t serial, ProtobufCAllocator *allocator,
              stored_entry **entry);

/* Version 1, 2, 3 ... MDB_NOTFOUND. */
int entry_get_version(const struct reg *reg, MDB_txn *txn, uint32_t serial, uint64_t version,
                      ProtobufCAllocator *allocator, stored_entry **entry);

/*
 * What the register said, at record time `record_us` (0: now), of the day `valid_day` (yyyymmdd in civil time, 0: the
 * newest): of the versions recorded by then whose validity begins on that day or before, the one recorded last.
 * MDB_NOTFOUND: nothing yet.
 */
int entry_get_as_of(const struct reg *reg, MDB_txn *txn, uint32_t serial, int32_t valid_day, int64_t record_us,
                    ProtobufCAllocator *allocator, stored_entry **entry);

/* Whose a number reference of the vault is; with several entries of one person, the newest. MDB_NOTFOUND. */
int entry_of_reference(const struct reg *reg, MDB_txn *txn, const uint8_t reference[ENTRY_REFERENCE_LEN],
                       uint32_t *serial);
/* The same of a 資格仮名ID. */
int entry_of_pseudonym(const struct reg *reg, MDB_txn *txn, const uint8_t pseudonym[ENTRY_PSEUDONYM_LEN],
                       uint32_t *serial);

/* ---- writing; on the writer's thread; the allocator is an arena's ---- */

/* Who made a version, why, and since when it holds. */
struct entry_decision {
    const char *account;
    const char *decision; /* resource name of the application or disposition; "": a correction or a migration */
    Sekisho__V1__Annotation__Kind kind;  /* of the annotation that is added; KIND_UNSPECIFIED: none */
    const char *reason;                  /* of the annotation */
    const Sekisho__V1__Date *valid_from; /* copied */
};

/*
 * A new entry under the next serial number, REGISTERED, version 1. The items are taken from entry->registration; ids
 * that are empty (person, qualification_pid) are made. *entry is as it was stored afterwards. EOVERFLOW: no number
 * left.
 */
int entry_create(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                 ProtobufCAllocator *allocator, stored_entry *entry, uint32_t *serial);

/*
 * The same under a number that was issued before this system (import), in the state that entry->registration has
 * (SUSPENDED: with suspended_until); the numbers given from now on are greater. EEXIST.
 */
int entry_take_over(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                    ProtobufCAllocator *allocator, stored_entry *entry, uint32_t serial);

/*
 * A new version of an entry that entry_get gave and the caller has changed; *entry is it afterwards. EPERM: its state
 * or suspension is another, and by->decision is no disposition of this prefecture (INV-17), nor is it
 * KIND_SUSPENSION_END from a day after the suspension. ESTALE: it was not the current version.
 */
int entry_change(struct reg *reg, MDB_txn *txn, int64_t now_us, const struct entry_decision *by,
                 ProtobufCAllocator *allocator, stored_entry *entry);

/* ---- names ---- */

#define ENTRY_NAME_SIZE 48
/* `prefectures/11/registrations/012345`; *rest is what follows, "" or "/revisions/3". False: no such name. */
bool entry_name_parse(const char *name, uint16_t *tenant, uint32_t *serial, const char **rest);
void entry_name_format(uint16_t tenant, uint32_t serial, char name[ENTRY_NAME_SIZE]);

#define ENTRY_ETAG_SIZE 40
/* Weak entity tag of a version, e.g. W/"12345-3". */
void entry_etag_format(uint32_t serial, uint64_t version, char etag[ENTRY_ETAG_SIZE]);

/* 資格仮名ID as it is shown: 26 characters of base32 (RFC 4648), lower case, without padding. */
#define ENTRY_PSEUDONYM_SIZE 27
void entry_pseudonym_format(const uint8_t pseudonym[ENTRY_PSEUDONYM_LEN], char text[ENTRY_PSEUDONYM_SIZE]);
bool entry_pseudonym_parse(const char *text, uint8_t pseudonym[ENTRY_PSEUDONYM_LEN]);

#endif
