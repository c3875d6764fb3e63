/* interop.v1.InteropService: every kind of call, and every way to end one. */
#ifndef SEKISHO_TESTS_INTEROP_SERVICE_H
#define SEKISHO_TESTS_INTEROP_SERVICE_H

#include "server/rpc/rpc.h"

struct rpc_service interop_service(void);

#endif
