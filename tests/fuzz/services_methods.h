/* The front's methods by number, and the requests that have a sealed call. */
#ifndef SEKISHO_TESTS_FUZZ_SERVICES_METHODS_H
#define SEKISHO_TESTS_FUZZ_SERVICES_METHODS_H

#include "services_call.h"

/* Gives the call a method: any numbers do. */
void services_choose(struct rpc_call *call, uint8_t service, uint8_t method);

/* A request message of a session's call whose sealed part is zeros: free it. Bulk calls are too long for an input. */
uint8_t *services_sealed(uint64_t sequence, size_t sealed_length, size_t *length);

#endif
