#include "server/services/methods.h"

#include "server/services/services.h"

enum {
#define ROLE(code, number, permits) ROLE_##code = (number),
#include "wire/roles.def"
#undef ROLE
    ROLE_END
};
_Static_assert(ROLE_END <= 32, "one bit each");

#define R(code)    (UINT32_C(1) << ROLE_##code)
#define EVERY_ROLE ((UINT32_C(1) << ROLE_END) - 2)
#define PUBLIC     EVERY_ROLE

static const uint32_t roles_of[METHOD_END] = {
#define METHOD(number, service, method, roles) [number] = (roles),
#include "server/services/methods.def"
#undef METHOD
};

/* Each row is of a method of its own (an enumerator each, methods.h), and the runtime starts no service with a row that
 * is none of its methods (rpc/table.h): equal numbers mean that no method is without a row. */
enum {
#define METHOD(number, service, method, roles) ROW_##service##_##method,
#include "server/services/methods.def"
#undef METHOD
    ROWS
};
#define METHODS_OF(service) ((sizeof(service) - sizeof(ProtobufCService)) / sizeof(void (*)(void)))
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a term of the sum above */
#define SERVICE(name, stem) +METHODS_OF(Sekisho__V1__##name##_Service)
_Static_assert(ROWS == 0
#include "server/services/services.def"
               ,
               "every method of the API has a row in methods.def");
#undef SERVICE

bool method_permitted(uint16_t method, uint16_t role)
{
    return method < METHOD_END && role > 0 && role < ROLE_END && (roles_of[method] >> role & 1) != 0;
}
