/* The office at work: each desk takes the next case that waits for it, all at once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "campaign.h"
#include "steps.h"

#define OPEN_MAX 48 /* cases under way */
#define DESKS    4  /* that work on cases */

static atomic_bool over;
static atomic_int wrong;
static time_t end;
static uint32_t first_open; /* all before are over or wait for the audit */

/* A case whose next step is this desk's; false: there is none. */
static bool take_case(enum desk which, uint32_t *number, enum step *step)
{
    bool found = false;

    cases_lock();
    for (uint32_t i = first_open; i < case_count && !found; i++) {
        struct one_case *one = &cases[i];
        if (one->busy || one->out || !case_next(i, step) || step_desk(*step) != which)
            continue;
        one->busy = found = true;
        *number = i;
    }
    cases_unlock();
    return found;
}

static bool room_for_one(void)
{
    uint32_t under_way = 0;
    enum step step;

    cases_lock();
    for (uint32_t i = first_open; i < case_count; i++)
        under_way += !cases[i].out && case_next(i, &step);
    while (first_open < case_count && (cases[first_open].out || !case_next(first_open, &step)) &&
           !cases[first_open].busy)
        first_open++;
    cases_unlock();
    return under_way < OPEN_MAX && case_count < CASES_MAX;
}

static void leave(uint32_t number)
{
    cases_lock();
    cases[number].busy = false;
    cases_unlock();
}

static void do_step(uint32_t number, enum step step)
{
    uint8_t id[16];

    memcpy(id, cases[number].id, sizeof id);
    enum ended ended = step_send(step, number, id);
    if (ended == ENDED_WELL)
        case_answer(number, step == STEP_CREATE ? id : NULL);
    else
        atomic_store(&over, true);
    if (ended == ENDED_WRONG)
        atomic_fetch_add(&wrong, 1);
    leave(number);
}

static void *work(void *context)
{
    enum desk which = (enum desk)(uintptr_t)context;
    uint32_t number;
    enum step step;

    while (!atomic_load(&over) && time(NULL) < end) {
        if (take_case(which, &number, &step)) {
            case_ask(number);
            do_step(number, step);
        } else if (which == DESK_RECEPTION && room_for_one()) {
            do_step(case_begin(), STEP_CREATE);
        } else {
            usleep(200);
        }
    }
    return NULL;
}

int campaign_load(unsigned seconds)
{
    pthread_t threads[DESKS];

    end = time(NULL) + seconds;
    for (uintptr_t which = 0; which < DESKS; which++)
        pthread_create(&threads[which], NULL, work, (void *)which);
    for (size_t which = 0; which < DESKS; which++)
        pthread_join(threads[which], NULL);
    return atomic_load(&wrong) ? 1 : 0;
}
