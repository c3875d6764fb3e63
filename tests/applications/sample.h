/* Applications for tests: invented people, a register in a folder, work in one transaction a step. */
#ifndef SEKISHO_TESTS_APPLICATIONS_SAMPLE_H
#define SEKISHO_TESTS_APPLICATIONS_SAMPLE_H

#include "register_folder.h"
#include "server/applications/applications.h"

/* protobuf-c has no constant strings. */
#define TEXT(text) ((char *)(uintptr_t)(text))

#define SAMPLE_ARENA ((size_t)8 << 20)

/* Who acts: `person` differs from the others'. */
extern const struct application_actor reception, reviewer, approver, reviewer_as_approver;

struct sample {
    struct register_folder folder;
    size_t used;
    uint8_t memory[SAMPLE_ARENA]; /* given up at the beginning of every step */
    ProtobufCAllocator arena;
};

int sample_set_up(void **state);
int sample_tear_down(void **state);

/* One step in a transaction, on the caller's thread: the writer has nothing to do meanwhile, and a check that fails is
 * the test's. 0: it is kept. At `now_us` (0: now), as `actor`. */
struct step {
    struct sample *sample;
    const struct application_actor *actor;
    int64_t now_us;
    int (*run)(struct step *step, struct application_context *context);
    void *user;
    int result;
};
int sample_step(struct step *step);

/* What a complete application of the kind says; in the context's arena. Not stored. */
stored_application *sample_application(struct application_context *context, Sekisho__V1__ApplicationKind kind,
                                       const char *registration);
/* The receipt that settles its fee. */
void sample_receipt(struct application_context *context, const stored_application *application);

void *sample_alloc(struct application_context *context, size_t size);
#define SAMPLE_NEW(context, type, init) sample_new(context, sizeof(type), &(const type)init)
void *sample_new(struct application_context *context, size_t size, const void *init);

#endif
