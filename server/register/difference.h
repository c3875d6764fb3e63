/* Where two entries differ in what is registered, for synchronising with another system (F019). */
#ifndef SEKISHO_REGISTER_DIFFERENCE_H
#define SEKISHO_REGISTER_DIFFERENCE_H

#include "sekisho/v1/register.pb-c.h"

/* Path of the first item that differs, byte for byte, e.g. "person.kana"; NULL: none. Annotations, ids and what is
 * output only are not compared, the state is. */
const char *registration_difference(const Sekisho__V1__Registration *ours, const Sekisho__V1__Registration *theirs);

#endif
