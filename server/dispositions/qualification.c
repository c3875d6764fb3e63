#include "server/dispositions/dispositions.h"

#define STATE(name) SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_##name

static const struct {
    Sekisho__V1__RegistrationState from;
    enum qualification_event event;
    Sekisho__V1__RegistrationState to;
} transitions[] = {
#define TRANSITION(from, event, to) {STATE(from), QUALIFICATION_##event, STATE(to)},
#include "server/dispositions/transitions.def"
#undef TRANSITION
};

Sekisho__V1__RegistrationState qualification_next(Sekisho__V1__RegistrationState state, enum qualification_event event)
{
    for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++)
        if (transitions[i].from == state && transitions[i].event == event)
            return transitions[i].to;
    return STATE(UNSPECIFIED);
}
