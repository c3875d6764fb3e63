/* auth's side of account calls for the fake server: opens a call, lets the test answer it, seals the answer. */
#ifndef SEKISHO_CLIENT_TEST_FAKE_ACCOUNTS_H
#define SEKISHO_CLIENT_TEST_FAKE_ACCOUNTS_H

#include <stdatomic.h>

#include "internal.h"
#include "server/rpc/rpc.h"

/* Fills a reply that has version, operation and ACCOUNT_DONE already. On the server's thread. */
typedef void fake_account(const struct account_call_plain *call, struct account_reply_plain *reply);

struct fake_accounts {
    const struct session_keys *keys;
    const uint8_t *session;
    atomic_int *lie; /* enum lie */
    _Atomic(fake_account *) answer;
    const char *terms; /* NULL: there are none */
    size_t terms_length;
    uint64_t last_sequence;                                       /* auth takes them in ascending order */
    uint8_t last[ACCOUNT_REPLY_PLAIN_LEN + ACCOUNT_SEAL_TAG_LEN]; /* the former answer, for LIE_SWAP */
};

/* Contexts of these are a struct fake_accounts. */
extern const struct rpc_method fake_account_methods[], fake_terminal_methods[], fake_system_methods[];
extern const size_t fake_account_method_count, fake_terminal_method_count, fake_system_method_count;

#endif
