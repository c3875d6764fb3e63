/* Log lines: one line of text each on standard error, with time and process. The children send numbers only; all
 * wording is here and in events.def, so no child can put text of its own into the log. */
#ifndef SEKISHO_WARDEN_LOG_H
#define SEKISHO_WARDEN_LOG_H

#include <stdint.h>

#include "wire/messages.h"

/* "2026-01-31T23:59:59Z vault  text"; never longer than 512 bytes. */
__attribute__((format(printf, 2, 3))) void log_line(const char *process, const char *format, ...);

/* What a child reports of itself. */
void log_event(const char *process, const struct event_record *record);

const char *log_step_name(uint32_t step); /* enum sandbox_step; "unknown step" beyond it */

#endif
