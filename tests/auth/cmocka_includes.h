/* cmocka wants these before itself. */
#ifndef SEKISHO_TESTS_AUTH_CMOCKA_INCLUDES_H
#define SEKISHO_TESTS_AUTH_CMOCKA_INCLUDES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
