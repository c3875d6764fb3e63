#include "server/applications/internal.h"

#define G(guard)     GUARD_BIT(GUARD_##guard)
#define STATE(state) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##state

static const struct transition transitions[] = {
#define TRANSITION(from, event, to, guards) {STATE(from), STATE(to), APPLICATION_##event, guards},
#include "server/applications/transitions.def"
#undef TRANSITION
};

static const char *const event_names[APPLICATION_EVENT_COUNT] = {
#define EVENT(name, text) [APPLICATION_##name] = (text),
#include "server/applications/events.def"
#undef EVENT
};

const char *application_event_name(enum application_event event)
{
    return (unsigned)event < APPLICATION_EVENT_COUNT ? event_names[event] : "";
}

const struct transition *transition_find(Sekisho__V1__ApplicationState from, enum application_event event)
{
    for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++)
        if (transitions[i].from == from && transitions[i].event == event)
            return &transitions[i];
    return NULL;
}

bool application_event_possible(Sekisho__V1__ApplicationState state, enum application_event event)
{
    return transition_find(state, event) != NULL;
}

bool state_is_final(Sekisho__V1__ApplicationState state)
{
    return state == STATE(REJECTED_SIGNATURE) || state == STATE(COMPLETED) || state == STATE(RETURNED) ||
           state == STATE(WITHDRAWN) || state == STATE(CANCELLED);
}
