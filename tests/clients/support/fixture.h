/* What the client tests share. */
#ifndef SEKISHO_CLIENT_TEST_FIXTURE_H
#define SEKISHO_CLIENT_TEST_FIXTURE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"

/* A new empty folder of mode 0700; removed with everything in it by folder_free. */
struct folder {
    char path[PATH_MAX];
};
int folder_make(void **state);
int folder_free(void **state);
/* A path in the folder, in one of 16 static buffers. */
const char *in_folder(void *const *state, const char *name);

/* A descriptor to read `length` bytes from. */
int text_fd(const char *text, size_t length);

/* A session with fixed keys on a client without a connection. Free with sekisho_session_free. */
struct sekisho_session *make_session(struct sekisho_client *client);

#endif
