/* Texts that an applicant writes, as they may stand in a text that is signed: what is read is what is signed. */
#ifndef SEKISHO_PORTAL_TEXT_H
#define SEKISHO_PORTAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 of at most `max` characters, all of which can be seen: no line ends, controls, marks of direction or other
 * invisible ones that would make a text look like another. NULL and "" are. */
bool text_can_be_seen(const char *text, size_t max);

/* Twelve digits in a row, not more, of half or full width, spaces and hyphens between them aside: an individual number
 * would look so, and has no business in a text (INV-03, F076). */
bool text_has_twelve_digits(const char *text);

#endif
