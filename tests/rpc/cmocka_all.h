/* What cmocka.h wants included before itself. */
#ifndef SEKISHO_TESTS_RPC_CMOCKA_ALL_H
#define SEKISHO_TESTS_RPC_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
