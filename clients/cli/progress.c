#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "job.h"

#define BAR_WIDTH 24
#define REDRAW_S  0.1

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_start(struct progress *progress, bool wanted)
{
    progress->shown = wanted && isatty(STDERR_FILENO);
    progress->started = now();
    progress->drawn = 0;
}

double progress_seconds(const struct progress *progress)
{
    double seconds = now() - progress->started;
    return seconds > 1e-9 ? seconds : 1e-9;
}

static void draw_bar(double share)
{
    int filled = (int)(share * BAR_WIDTH + 0.5);

    fputs(" [", stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3d%%", (int)(share * 100));
}

/* Is it time to draw? Then the line is empty, or has the bar. */
static bool begin_line(struct progress *progress, double share)
{
    if (!progress->shown || now() - progress->drawn < REDRAW_S)
        return false;
    progress->drawn = now();
    fputs("\r\033[K", stderr);
    if (share >= 0)
        draw_bar(share > 1 ? 1 : share);
    return true;
}

void progress_draw_bytes(struct progress *progress, uint64_t bytes, double share)
{
    double mib = (double)bytes / 1048576;

    if (!begin_line(progress, share))
        return;
    fprintf(stderr, "  %.1f MiB  %.1f MiB/s", mib, mib / progress_seconds(progress));
    fflush(stderr);
}

void progress_draw(struct progress *progress, const struct job_counts *counts, double share)
{
    if (!begin_line(progress, share))
        return;
    fprintf(stderr, "  %s %s  %s/s  %s %s  %s %s", count_text(counts->rows), text(TEXT_PROGRESS_ROWS),
            count_text((unsigned long long)((double)counts->rows / progress_seconds(progress))),
            text(TEXT_PROGRESS_GOOD), count_text(counts->good), text(TEXT_PROGRESS_OTHER),
            count_text(counts->refused + counts->not_sent));
    fflush(stderr);
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
