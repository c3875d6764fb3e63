/* The calling thread's capability sets, by the raw system calls (capabilities(7)): libcap would be one more library. */
#ifndef SEKISHO_SANDBOX_CAPABILITIES_H
#define SEKISHO_SANDBOX_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

struct capability_sets {
    uint64_t effective, permitted, inheritable;
};
/* false with errno when the kernel refuses. */
bool capabilities_get(struct capability_sets *sets);
bool capabilities_set(const struct capability_sets *sets);

#endif
