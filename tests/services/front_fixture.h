/* A front over two fake peers, with one open session. */
#ifndef SEKISHO_TESTS_SERVICES_FRONT_FIXTURE_H
#define SEKISHO_TESTS_SERVICES_FRONT_FIXTURE_H

#include "fake_call.h"
#include "fake_peer.h"
#include "server/services/front.h"

#define FIXTURE_SESSION "prefectures/11/sessions/0102030405060708090a0b0c0d0e0f10"

struct fixture {
    struct front front;
    struct fake_peer *vault, *auth;
    struct rpc_call call; /* over the session's certificate */
};

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* The session, if it is there, gets another role. */
void fixture_role(struct fixture *fixture, uint16_t role);

/* A fresh call of a method over certificate 0xc0..., by a role that may call it. */
void fixture_call(struct fixture *fixture, const struct rpc_method *methods, size_t count, const char *name);

/* auth is told that the front has refused this method for this reason (enum access_event), and nothing else. */
void expect_recorded(struct fixture *fixture, uint16_t reason);

/* The call ended with this code and reason, once. */
void expect_error(const struct rpc_call *call, int code, const char *reason);

/* The vault's answer to request `seq`: OK with `count` items, or a refusal without any. */
void vault_answers(struct fixture *fixture, uint64_t seq, enum call_status status, uint32_t count);

#endif
