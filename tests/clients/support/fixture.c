#include "support/fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int folder_make(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    snprintf(folder->path, sizeof folder->path, "/tmp/sekisho-test-XXXXXX");
    *state = folder;
    return mkdtemp(folder->path) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)kind, (void)place;
    return remove(path);
}

int folder_free(void **state)
{
    struct folder *folder = *state;
    int result = nftw(folder->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);

    free(folder);
    return result;
}

const char *in_folder(void *const *state, const char *name)
{
    static char buffers[16][PATH_MAX + NAME_MAX];
    static unsigned turn;
    char *out = buffers[turn++ % 16];

    snprintf(out, sizeof buffers[0], "%s/%s", ((const struct folder *)*state)->path, name);
    return out;
}

int text_fd(const char *text, size_t length)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

struct sekisho_session *make_session(struct sekisho_client *client)
{
    struct sekisho_session *session = NULL;
    struct session_state state = {.magic = {'S', 'K', 'S', 'H', 'S', 'E', 'S', 'S'},
                                  .version = SESSION_FILE_VERSION,
                                  .tenant = 11,
                                  .role = 3,
                                  .sequence = 1};

    memset(client, 0, sizeof *client);
    memset(state.session, 0x51, sizeof state.session);
    memset(state.call_key, 0xc1, sizeof state.call_key);
    memset(state.reply_key, 0xe2, sizeof state.reply_key);
    memcpy(state.account, "reception01", 11);
    assert_int_equal(client_start(NULL), SEKISHO_OK);
    assert_int_equal(session_new(client, &state, &session, NULL), SEKISHO_OK);
    return session;
}
