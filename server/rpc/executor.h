/*
 * Core hands work of a busy connection over to threads of its own, "executors" (src/core/lib/iomgr/combiner.cc). On a
 * server whose calls are all handled by one thread that costs two wake-ups and a contended lock every twenty calls,
 * an eighth of the front's time, and gains nothing. There is no C name for switching them off: like handover.h, this
 * knows one version of core, and CMake refuses any other.
 */
#ifndef SEKISHO_RPC_EXECUTOR_H
#define SEKISHO_RPC_EXECUTOR_H

#include <stdbool.h>

/* grpc_core::Executor::SetThreadingAll(bool): false ends the executors' threads; what was for them runs where it comes
 * up. After grpc_init(), before there is a server. */
void rpc_executor_threads(bool on) __asm__("_ZN9grpc_core8Executor15SetThreadingAllEb");

#endif
