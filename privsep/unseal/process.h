/* What the two unsealing processes have in common. Each function ends the process when it cannot do its part. */
#ifndef SEKISHO_UNSEAL_PROCESS_H
#define SEKISHO_UNSEAL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"
#include "unseal/wrapped_key.h"

/* As `sekisho key wrap` accepts them (clients/cli/secret_input.c): a line's end is not part of it. */
#define SECRET_LINE_MAX 512

/* All of it in the locked arena. */
struct unsealing {
    struct wrapped_key file;
    char secret[SECRET_LINE_MAX];
    size_t secret_length;
    uint8_t key[ROOT_KEY_LEN];
};

__attribute__((noreturn)) void unseal_end(enum unseal_status status);
void unseal_step(enum sandbox_step step, bool ok);

/* The uid to change to, of the first argument; 0: none. */
uint32_t unseal_uid(int argc, char **argv, int wanted);

/* STEP_SECRETS: the locked arena, and the key's memory mapped. Descriptor 5 is closed. */
struct unsealing *unseal_open_memory(void);

/* After the lock-down: the file, checked; the line, from a terminal without echo when descriptor 4 is one. */
void unseal_read_file(struct unsealing *unsealing, enum wrap_method method);
void unseal_read_secret(struct unsealing *unsealing, const char *prompt);

/* Hands the key over, wipes what is left of it, and ends the process with UNSEAL_DONE. */
__attribute__((noreturn)) void unseal_hand_over(struct unsealing *unsealing);

#endif
