/* The two halves of a round (main.c). Both return 0, or 1 when something was found, which they print. */
#ifndef SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_CAMPAIGN_H
#define SEKISHO_TESTS_SYSTEM_CRASH_REGISTER_CAMPAIGN_H

/* Load until the set is gone or the time is over. */
int campaign_load(unsigned seconds);
/* Everything acknowledged is there, nothing is half done, register and vault agree. */
int campaign_audit(void);

#endif
