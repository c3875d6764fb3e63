#include "new_password.h"

#include <string.h>

int new_password_read(const char *path, char password[SECRET_MAX], long *length)
{
    char again[SECRET_MAX];

    *length = secret_read(path, TEXT_PROMPT_NEW_PASSWORD, password);
    if (*length < 0)
        return CLI_USAGE;
    if (path)
        return CLI_OK;
    long second = secret_read(NULL, TEXT_PROMPT_PASSWORD_AGAIN, again);
    bool same = second == *length && memcmp(password, again, (size_t)second) == 0;
    sekisho_wipe(again, sizeof again);
    if (!same)
        SAY(stderr, TEXT_PASSWORDS_DIFFER);
    return same ? CLI_OK : CLI_USAGE;
}
