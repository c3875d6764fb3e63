/*
 * The one thread that writes. While it waits for the disk, jobs gather; the next commit takes them all, so that the
 * disk's latency is paid once a group, not once a job.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "server/register/register.h"

/* Bounds what one group may lose to a full disk, and the time that its first job waits. */
#define GROUP_MAX 256

struct writer {
    struct reg *reg;
    pthread_t thread;
    pthread_mutex_t lock; /* of the four below */
    pthread_cond_t more;
    struct reg_job *first, *last;
    unsigned queued;
    bool stopping;
    int64_t last_us;
};

int64_t reg_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Times of a register never go back and never repeat, whatever is done to the clock while it runs. */
static int64_t next_us(struct writer *writer)
{
    int64_t us = reg_now_us();

    writer->last_us = us > writer->last_us ? us : writer->last_us + 1;
    return writer->last_us;
}

/* At most GROUP_MAX jobs, oldest first; NULL when the writer is to end. */
static struct reg_job *take_group(struct writer *writer)
{
    struct reg_job *group, *end;
    unsigned count = 1;

    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping)
        pthread_cond_wait(&writer->more, &writer->lock);
    group = end = writer->first;
    if (group) {
        for (; end->next && count < GROUP_MAX; count++)
            end = end->next;
        writer->first = end->next;
        if (!writer->first)
            writer->last = NULL;
        end->next = NULL;
        writer->queued -= count;
    }
    pthread_mutex_unlock(&writer->lock);
    return group;
}

static int run_nested(struct reg_job *job, MDB_txn *group, int64_t now_us)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(mdb_txn_env(group), group, 0, &txn);

    if (rc != 0)
        return rc;
    rc = job->run(job, txn, now_us);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

/* A job alone needs no transaction inside the group's: it is the group. */
static int run_alone(struct writer *writer, struct reg_job *job, MDB_txn *txn)
{
    job->rc = job->run(job, txn, next_us(writer));
    if (job->rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return 0;
}

static int run_together(struct writer *writer, struct reg_job *group, MDB_txn *txn)
{
    for (struct reg_job *job = group; job; job = job->next) {
        if (!job->plain) {
            job->rc = run_nested(job, txn, next_us(writer));
            continue;
        }
        job->rc = job->run(job, txn, next_us(writer));
        if (job->rc != 0) {
            int rc = job->rc;
            mdb_txn_abort(txn);
            return rc;
        }
    }
    return mdb_txn_commit(txn);
}

/* `rc` is the group's: when it is not 0, nothing of it happened. */
static void tell(struct reg_job *group, int rc)
{
    while (group) {
        struct reg_job *next = group->next; /* done may free the job */
        group->done(group, group->rc != 0 ? group->rc : rc);
        group = next;
    }
}

static void *writer_main(void *context)
{
    struct writer *writer = context;
    struct reg_job *group;

    while ((group = take_group(writer)) != NULL) {
        MDB_txn *txn;
        for (struct reg_job *job = group; job; job = job->next)
            job->rc = 0;
        int rc = mdb_txn_begin(writer->reg->env, NULL, 0, &txn);
        if (rc == 0)
            rc = group->next ? run_together(writer, group, txn) : run_alone(writer, group, txn);
        tell(group, rc);
    }
    return NULL;
}

bool reg_writer_start(struct reg *reg)
{
    struct writer *writer = calloc(1, sizeof *writer);

    if (!writer)
        return false;
    writer->reg = reg;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->more, NULL);
    reg->writer = writer;
    if (pthread_create(&writer->thread, NULL, writer_main, writer) == 0)
        return true;
    reg->writer = NULL;
    free(writer);
    return false;
}

void reg_writer_stop(struct reg *reg)
{
    struct writer *writer = reg->writer;

    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->more);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->more);
    pthread_mutex_destroy(&writer->lock);
    reg->writer = NULL;
    free(writer);
}

bool reg_write(struct reg *reg, struct reg_job *job)
{
    struct writer *writer = reg->writer;
    bool taken;

    job->next = NULL;
    pthread_mutex_lock(&writer->lock);
    taken = writer->queued < REGISTER_QUEUE_MAX;
    if (taken) {
        if (writer->last)
            writer->last->next = job;
        else
            writer->first = job;
        writer->last = job;
        writer->queued++;
        pthread_cond_signal(&writer->more);
    }
    pthread_mutex_unlock(&writer->lock);
    return taken;
}
