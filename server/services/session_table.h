/*
 * What the front knows of the sessions that were opened through it: enough to refuse a session's name over another
 * connection or for another prefecture before the vault is asked. The vault alone decides what a session may do. Any
 * thread.
 */
#ifndef SEKISHO_SERVICES_SESSION_TABLE_H
#define SEKISHO_SERVICES_SESSION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/messages.h"

struct session_row {
    uint8_t id[SESSION_ID_LEN];
    uint8_t certificate[CERT_HASH_LEN]; /* of the connection that logged in */
    char account[ACCOUNT_LEN];
    uint8_t person[PERSON_TAG_LEN];
    uint16_t tenant, role;
    uint64_t expires_ms; /* of the clock of `now_ms` below */
};

enum session_found { SESSION_UNKNOWN, SESSION_OPEN, SESSION_EXPIRED };

struct session_table;

/* NULL when there is no memory. */
struct session_table *session_table_new(size_t capacity);
void session_table_free(struct session_table *table);

/* Takes the place of an expired session when it must. False when full of open ones. */
bool session_table_add(struct session_table *table, const struct session_row *row, uint64_t now_ms);

/* Copies the row out unless SESSION_UNKNOWN. */
enum session_found session_table_find(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms,
                                      struct session_row *row);

/* Counts a refusal that is to be recorded: each costs auth a write to the disk. False when this session has had too
 * many within a minute, or is not there. */
#define SESSION_REFUSALS_MAX 120
bool session_table_refusal(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms);

/* The session was used for the register: is auth to be told? True at most once in SESSION_USED_MS, counted from
 * session_table_add: auth knows of the login. */
bool session_table_worked(struct session_table *table, const uint8_t id[SESSION_ID_LEN], uint64_t now_ms);

void session_table_remove(struct session_table *table, const uint8_t id[SESSION_ID_LEN]);

#endif
