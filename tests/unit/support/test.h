/* cmocka wants these four headers before its own. */
#ifndef SEKISHO_UNIT_TEST_H
#define SEKISHO_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
