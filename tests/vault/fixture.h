/* A vault store in a folder of its own, with one open session for each test, and the client's side of the seals. */
#ifndef SEKISHO_TESTS_VAULT_FIXTURE_H
#define SEKISHO_TESTS_VAULT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vault/call.h"
#include "vault/ledger.h"
#include "vault/record.h"

#define TENANT_A 11
#define TENANT_B 13

struct fixture {
    char folder[64];
    uint8_t root_key[32];
    struct store store;
    struct session_table sessions;
    struct call_engine engine;
    struct call_clock clock;
    struct guess_limits limits[PURPOSE_COUNT]; /* generous; test_budget.c lowers them */
    uint64_t seq;
    uint8_t case_ref; /* every byte of the next calls' case_ref; 0: none */
};

/* A client's view of a reply. */
struct answer {
    enum call_status status;
    struct call_result_head head;
    struct call_result_item results[CALL_ITEMS_MAX];
    union {
        struct call_detail_item details[CALL_ITEMS_MAX];
        uint8_t page[LEDGER_PAGE_LEN]; /* of READ_LEDGER */
    };
};

#define SESSION_ALL    0x01 /* id byte of the session that may do everything, tenant A */
#define SESSION_LOOKUP 0x02 /* MATCH and LOOKUP for CHANGE only, tenant A */
#define SESSION_OTHER  0x03 /* may do everything, tenant B */
#define SESSION_ENROLL 0x04 /* ENROLL only, tenant A */

int fixture_setup(void **state);
int fixture_teardown(void **state);
void fixture_reopen(struct fixture *fixture);

/* Valid number number n. */
void test_number(unsigned n, char number[NUMBER_LEN]);

/* Keys of a fixture's session: 'c' of its calls, 'r' of the replies. */
void session_key(uint8_t session, uint8_t kind, uint8_t key[32]);

/* Seals a call as a client of `session` would; returns the length of the SESSION_CALL body. */
size_t seal_call(uint8_t session, uint64_t seq, uint16_t method, const struct call_head *head, const void *items,
                 size_t items_length, uint8_t *body);

/* Hands a body to the vault in a transaction of its own, commits, and opens the answer as the client does: fails the
 * test when an OK answer does not open. */
void hand_in(struct fixture *fixture, const uint8_t *body, size_t length, struct answer *answer);

/* seal_call and hand_in of `count` items of one operation, with the next sequence number. */
void call(struct fixture *fixture, uint8_t session, uint16_t operation, uint16_t purpose, const void *items,
          uint32_t count, struct answer *answer);

/* One item each; return its detail. `reference` is out for enrol and look-up. `request` fills the request id. */
enum detail enroll(struct fixture *fixture, uint8_t session, const char number[NUMBER_LEN], uint8_t request,
                   uint8_t reference[REFERENCE_LEN]);
enum detail match(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN],
                  const char number[NUMBER_LEN]);
enum detail lookup(struct fixture *fixture, uint8_t session, const char number[NUMBER_LEN],
                   uint8_t reference[REFERENCE_LEN]);
enum detail replace(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN],
                    const char number[NUMBER_LEN], uint8_t request);
enum detail erase(struct fixture *fixture, uint8_t session, const uint8_t reference[REFERENCE_LEN], uint8_t request);

/* True when `needle` stands anywhere in the store's files. */
bool store_contains(struct fixture *fixture, const void *needle, size_t length);

#endif
