/*
 * The words of the .def tables. A row is ALLOW(call, reason, conditions...) or DENY(call, error, reason,
 * conditions...); the conditions of a row must all hold. Everything without a row kills the process.
 */
#ifndef SEKISHO_SANDBOX_POLICIES_H
#define SEKISHO_SANDBOX_POLICIES_H

#include <seccomp.h>

#include "sandbox/sandbox.h"

/* The argument is exactly this, in all 64 bits. */
#define IS(index, value)                                                                                               \
    {                                                                                                                  \
        .argument = (index), .compare = SCMP_CMP_EQ, .a = (value)                                                      \
    }
/* The argument has no bit outside `bits`, in all 64 bits. */
#define WITHIN(index, bits)                                                                                            \
    {                                                                                                                  \
        .argument = (index), .compare = SCMP_CMP_MASKED_EQ, .a = ~(uint64_t)(bits), .b = 0                             \
    }
/* Of the bits of `mask` exactly those of `value` are set. */
#define MASKED(index, mask, value)                                                                                     \
    {                                                                                                                  \
        .argument = (index), .compare = SCMP_CMP_MASKED_EQ, .a = (mask), .b = (value)                                  \
    }

#define CONDITION_COUNT(...) (sizeof((struct seccomp_condition[]){__VA_ARGS__}) / sizeof(struct seccomp_condition))

#define ALLOW(call, why, ...)                                                                                          \
    {.name = #call,                                                                                                    \
     .number = SCMP_SYS(call),                                                                                         \
     .action = SECCOMP_ALLOW,                                                                                          \
     .condition_count = CONDITION_COUNT(__VA_ARGS__),                                                                  \
     .condition = {__VA_ARGS__},                                                                                       \
     .reason = (why)},
/* For calls that a library merely tries and does without. */
#define DENY(call, error, why, ...)                                                                                    \
    {.name = #call,                                                                                                    \
     .number = SCMP_SYS(call),                                                                                         \
     .action = SECCOMP_ERRNO,                                                                                          \
     .errno_value = (error),                                                                                           \
     .condition_count = CONDITION_COUNT(__VA_ARGS__),                                                                  \
     .condition = {__VA_ARGS__},                                                                                       \
     .reason = (why)},

#endif
