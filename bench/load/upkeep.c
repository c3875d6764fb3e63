#include <poll.h>
#include <stdio.h>

#include "load/beside.h"
#include "load/session.h"
#include "sekisho_backup.h"

#define LOOK_MS 10 /* between two looks at a rotation: it is begun anew when it is over */

typedef int upkeep(struct bench_session *session);

/* 1: the only prefecture of the set has a rotation under way; -1 with a line. */
static int rotation_runs(struct bench_session *session)
{
    struct sekisho_system_status *status;
    struct sekisho_error error;
    if (sekisho_get_status(session->client, &status, &error) != SEKISHO_OK) {
        bench_session_complain("status", &error);
        return -1;
    }
    int runs = status->prefecture_count == 1 && status->prefectures[0].rotation != SEKISHO_ROTATION_NONE;
    sekisho_system_status_free(status);
    return runs;
}

static int begin_rotation(struct bench_session *session)
{
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    struct sekisho_error error;
    if (sekisho_rotate_keys(session->session, SEKISHO_RECORD_KEY, &result, &receipt, &error) != SEKISHO_OK) {
        bench_session_complain("rotate", &error);
        return -1;
    }
    if (result.detail != SEKISHO_DETAIL_DONE) {
        fprintf(stderr, "bench-load: rotate: %s\n", sekisho_detail_name(result.detail));
        return -1;
    }
    return 0;
}

static int rotate(struct bench_session *session)
{
    int runs = 1;
    if (begin_rotation(session) != 0) {
        return -1;
    }
    beside_say_begun();
    while (runs > 0 || (runs == 0 && !beside_end_asked())) {
        if (runs == 0 && begin_rotation(session) != 0) {
            return -1;
        }
        poll(NULL, 0, LOOK_MS);
        runs = rotation_runs(session);
    }
    return runs;
}

static bool drop_bytes(void *context, const void *bytes, size_t length)
{
    bool *begun = context;
    (void)bytes;
    (void)length;
    if (!*begun) {
        *begun = true;
        beside_say_begun();
    }
    return !beside_end_asked();
}

static int back_up(struct bench_session *session)
{
    struct sekisho_backup backup;
    struct sekisho_result result;
    struct sekisho_error error;
    bool begun = false;
    while (!beside_end_asked()) {
        enum sekisho_status status =
            sekisho_take_backup(session->session, drop_bytes, &begun, &backup, &result, &error);
        if (status != SEKISHO_OK && !beside_end_asked()) {
            bench_session_complain("backup", &error);
            return -1;
        }
        if (status == SEKISHO_OK && result.detail != SEKISHO_DETAIL_DONE) {
            fprintf(stderr, "bench-load: backup: %s\n", sekisho_detail_name(result.detail));
            return -1;
        }
    }
    return 0;
}

static int run(const struct options *options, upkeep *work)
{
    struct bench_session session;
    beside_prepare();
    if (bench_session_open(options, options->account, &session) != 0) {
        return -1;
    }
    int result = work(&session);
    return bench_session_close(&session) == 0 ? result : -1;
}

int rotation_run(const struct options *options)
{
    return run(options, rotate);
}

int backup_run(const struct options *options)
{
    return run(options, back_up);
}
