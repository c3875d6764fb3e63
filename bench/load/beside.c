#include "load/beside.h"

#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t end_asked;

static void ask_end(int signal)
{
    (void)signal;
    end_asked = 1;
}

void beside_prepare(void)
{
    struct sigaction action = {.sa_handler = ask_end, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, NULL);
}

bool beside_end_asked(void)
{
    return end_asked != 0;
}

void beside_say_begun(void)
{
    puts("begun");
    fflush(stdout);
}
