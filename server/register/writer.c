/*
 * The one thread that writes. While it waits for the disk, jobs gather; the next commit takes them all, so that the
 * disk's latency is paid once a group, not once a job.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "server/register/register.h"

/* Bounds what one group may lose to a full disk, and the time that its first job waits. */
#define GROUP_MAX 256
/* How often the calendar is looked at, and what failed is tried again. */
#define CALENDAR_SECONDS 60
#define JAPAN_US         (INT64_C(9) * 3600 * 1000000)
#define DAY_US           (INT64_C(86400) * 1000000)

struct writer {
    struct reg *reg;
    pthread_t thread;
    pthread_mutex_t lock; /* of the four below */
    pthread_cond_t more;
    struct reg_job *first, *last;
    unsigned queued;
    bool stopping;
    /* Of the thread alone. */
    int64_t last_us;
    bool nearly_full;          /* only plain jobs are done */
    bool doubtful;             /* the environment's state is not known: nothing more is done */
    MDB_txn *files;            /* of the group; NULL: not begun */
    unsigned daily_next;       /* == reg->daily_count: done for `day` */
    bool daily_failed;         /* one of them: all again at the next look */
    int64_t day;               /* of Japan, since 1970 */
    struct timespec next_look; /* at the calendar; CLOCK_MONOTONIC */
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

/* ---- the queue ---- */

static bool before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static bool look_is_due(const struct writer *writer)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return !before(&now, &writer->next_look);
}

/* At most GROUP_MAX jobs, oldest first; NULL when the calendar is due or the writer is to end. */
static struct reg_job *take_group(struct writer *writer, bool *stopping)
{
    struct reg_job *group, *end;
    unsigned count = 1;
    int rc = 0;

    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping && rc == 0 &&
           (writer->nearly_full || writer->daily_next == writer->reg->daily_count)) {
        if (writer->reg->daily_count == 0)
            pthread_cond_wait(&writer->more, &writer->lock);
        else
            rc = pthread_cond_timedwait(&writer->more, &writer->lock, &writer->next_look);
    }
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
    *stopping = writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return group;
}

/* ---- transactions ---- */

MDB_txn *reg_files_txn(struct reg *reg, int *rc)
{
    struct writer *writer = reg->writer;

    *rc = writer->files ? 0 : mdb_txn_begin(reg->files, NULL, 0, &writer->files);
    return *rc == 0 ? writer->files : NULL;
}

static void abort_group(struct writer *writer, MDB_txn *txn)
{
    mdb_txn_abort(txn);
    if (writer->files)
        mdb_txn_abort(writer->files);
    writer->files = NULL;
}

/* LMDB's word for a head page that failed while it was written: what is on the disk is the former head, or the new. */
static bool head_in_doubt(MDB_env *env)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(env, NULL, 0, &txn);

    if (rc == 0)
        mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

/* No room, and the former state stands: the one failure to live with. After any other the page cache may show what the
 * disk has not, and a later sync would not say so. */
static bool only_full(const struct writer *writer, int rc)
{
    bool full = rc == ENOSPC || rc == EDQUOT || rc == EFBIG || rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOMEM;

    return full && !head_in_doubt(writer->reg->env) && !head_in_doubt(writer->reg->files);
}

/* Half of the room ahead is for plain jobs, so that reading, which is recorded, goes on when the disk is full. */
static void look_at_room(struct writer *writer)
{
    struct reserve *room = &writer->reg->room;
    uint64_t end = room->end;

    reserve_keep(room);
    uint64_t left = reserve_left(room);
    writer->nearly_full = left < RESERVE_CHUNK || (left < RESERVE_OPEN / 2 && room->end == end);
}

static int commit_group(struct writer *writer, MDB_txn *txn)
{
    int rc = writer->files ? mdb_txn_commit(writer->files) : 0;

    writer->files = NULL;
    if (rc == 0)
        rc = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    look_at_room(writer);
    if (rc != 0 && !only_full(writer, rc)) {
        writer->doubtful = true;
        if (writer->reg->on_doubt)
            writer->reg->on_doubt(writer->reg, rc);
    }
    return rc;
}

static int run_nested(struct writer *writer, struct reg_job *job, MDB_txn *group)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(writer->reg->env, group, 0, &txn);

    if (rc != 0)
        return rc;
    rc = job->run(job, txn, next_us(writer));
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
        return commit_group(writer, txn);
    abort_group(writer, txn);
    return 0;
}

static int run_together(struct writer *writer, struct reg_job *group, MDB_txn *txn)
{
    for (struct reg_job *job = group; job; job = job->next) {
        if (!job->plain) {
            job->rc = writer->nearly_full ? ENOSPC : run_nested(writer, job, txn);
            continue;
        }
        job->rc = job->run(job, txn, next_us(writer));
        if (job->rc != 0) {
            int rc = job->rc;
            abort_group(writer, txn);
            return rc;
        }
    }
    return commit_group(writer, txn);
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

static void run_group(struct writer *writer, struct reg_job *group)
{
    MDB_txn *txn;
    int rc = writer->doubtful ? MDB_PANIC : mdb_txn_begin(writer->reg->env, NULL, 0, &txn);

    for (struct reg_job *job = group; job; job = job->next)
        job->rc = 0;
    if (writer->nearly_full)
        look_at_room(writer);
    if (rc == 0)
        rc = group->next || writer->nearly_full ? run_together(writer, group, txn) : run_alone(writer, group, txn);
    tell(group, rc);
}

/* ---- the calendar ---- */

static void look_at_calendar(struct writer *writer)
{
    int64_t day = (reg_now_us() + JAPAN_US) / DAY_US;

    clock_gettime(CLOCK_MONOTONIC, &writer->next_look);
    writer->next_look.tv_sec += CALENDAR_SECONDS;
    if (day != writer->day || writer->daily_failed) {
        writer->day = day;
        writer->daily_next = 0;
        writer->daily_failed = false;
    }
}

/* One piece, so that jobs do not wait for all of it. */
static void run_daily(struct writer *writer)
{
    MDB_txn *txn;
    int rc = writer->doubtful ? MDB_PANIC : mdb_txn_begin(writer->reg->env, NULL, 0, &txn);

    if (rc == 0) {
        rc = writer->reg->daily[writer->daily_next](writer->reg, txn, next_us(writer));
        bool again = rc == REGISTER_AGAIN;
        if (rc == 0 || again)
            rc = commit_group(writer, txn);
        else
            abort_group(writer, txn);
        if (rc == 0 && again)
            return;
    }
    writer->daily_failed = writer->daily_failed || rc != 0;
    writer->daily_next++;
}

static void *writer_main(void *context)
{
    struct writer *writer = context;
    bool stopping = false;

    for (;;) {
        if (look_is_due(writer))
            look_at_calendar(writer);
        if (!stopping && !writer->nearly_full && writer->daily_next < writer->reg->daily_count)
            run_daily(writer);
        struct reg_job *group = take_group(writer, &stopping);
        if (group)
            run_group(writer, group);
        else if (stopping)
            return NULL;
    }
}

/* ---- for everybody ---- */

void reg_daily(struct reg *reg, reg_daily_work *work)
{
    reg->daily[reg->daily_count++] = work;
}

bool reg_writer_start(struct reg *reg)
{
    struct writer *writer = calloc(1, sizeof *writer);
    pthread_condattr_t clock;

    if (!writer)
        return false;
    writer->reg = reg;
    writer->daily_next = reg->daily_count; /* until the first look */
    pthread_mutex_init(&writer->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->more, &clock);
    pthread_condattr_destroy(&clock);
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
