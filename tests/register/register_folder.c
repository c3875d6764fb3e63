#include "register_folder.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void open_it(struct register_folder *folder)
{
    char error[256];

    if (reg_open(folder->path, 11, FOLDER_MAP_BYTES, &folder->reg, error) != 0)
        fail_msg("%s", error);
    assert_true(reg_writer_start(&folder->reg));
}

void register_folder_make(struct register_folder *folder)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder->path, sizeof folder->path, "%.40s/register-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(folder->path));
    open_it(folder);
}

void register_folder_reopen(struct register_folder *folder)
{
    reg_close(&folder->reg);
    open_it(folder);
}

void register_folder_remove(struct register_folder *folder)
{
    static const char *const files[] = {"11.register", "11.register-lock", "11.files", "11.files-lock"};
    char path[96];

    reg_close(&folder->reg);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, files[i]);
        unlink(path);
    }
    rmdir(folder->path);
}

struct waited {
    struct reg_job job;
    int (*run)(void *context, MDB_txn *txn, int64_t now_us);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool over;
    int rc;
};

static int run(struct reg_job *job, MDB_txn *txn, int64_t now_us)
{
    struct waited *waited = (struct waited *)job;
    return waited->run(waited->context, txn, now_us);
}

static void done(struct reg_job *job, int rc)
{
    struct waited *waited = (struct waited *)job;

    pthread_mutex_lock(&waited->lock);
    waited->over = true;
    waited->rc = rc;
    pthread_cond_signal(&waited->ended);
    pthread_mutex_unlock(&waited->lock);
}

static int write_and_wait(struct register_folder *folder, bool plain,
                          int (*what)(void *context, MDB_txn *txn, int64_t now_us), void *context)
{
    struct waited waited = {.job = {.run = run, .done = done, .plain = plain},
                            .run = what,
                            .context = context,
                            .lock = PTHREAD_MUTEX_INITIALIZER,
                            .ended = PTHREAD_COND_INITIALIZER};

    assert_true(reg_write(&folder->reg, &waited.job));
    pthread_mutex_lock(&waited.lock);
    while (!waited.over)
        pthread_cond_wait(&waited.ended, &waited.lock);
    pthread_mutex_unlock(&waited.lock);
    return waited.rc;
}

int register_folder_write(struct register_folder *folder, int (*what)(void *context, MDB_txn *txn, int64_t now_us),
                          void *context)
{
    return write_and_wait(folder, false, what, context);
}

int register_folder_write_plain(struct register_folder *folder,
                                int (*what)(void *context, MDB_txn *txn, int64_t now_us), void *context)
{
    return write_and_wait(folder, true, what, context);
}
