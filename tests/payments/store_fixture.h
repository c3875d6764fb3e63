/* A register's tables in a folder of the test's own, with a write transaction open on them. */
#ifndef SEKISHO_TESTS_STORE_FIXTURE_H
#define SEKISHO_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/register/register.h"

struct store_fixture {
    char folder[32];
    struct reg reg;
    MDB_txn *txn;
};

int store_set_up(void **state);
int store_tear_down(void **state);

#endif
