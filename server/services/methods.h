/* The methods of the API by number, and which roles may call them (methods.def). */
#ifndef SEKISHO_SERVICES_METHODS_H
#define SEKISHO_SERVICES_METHODS_H

#include <stdbool.h>
#include <stdint.h>

enum method {
    METHOD_NONE,
#define METHOD(number, service, method, roles) METHOD_##service##_##method = (number),
#include "server/services/methods.def"
#undef METHOD
    METHOD_END
};

/* Name and number of a row of a service's table (struct rpc_method). Without a row in methods.def it does not compile.
 */
#define METHOD_ROW(service, method) .name = #method, .number = METHOD_##service##_##method

/* May a session of this role (wire/roles.def) call the method? False for what is no method or no role. */
bool method_permitted(uint16_t method, uint16_t role);

#endif
