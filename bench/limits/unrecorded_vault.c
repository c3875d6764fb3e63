/* sekisho-vault-unrecorded: a vault that never records. Set before main, which never comes back. */
#include "limits/unrecorded.h"

__attribute__((constructor)) static void never_record(void)
{
    unrecorded = true;
}
