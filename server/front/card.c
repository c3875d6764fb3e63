#include "server/front/card.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/card/card.h"
#include "server/portal/revocation.h"

#define AUTHORITIES_MAX ((size_t)1 << 18) /* bytes of PEM */
#define LISTS_MAX       ((size_t)32 << 20)
#define FIRST_BYTES     ((size_t)1 << 14)

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Reads on into a text with room for `*room` bytes; -1: failed, else what read(2) said last. */
static ssize_t read_on(int fd, char **text, size_t *length, size_t *room)
{
    if (*length + 1 == *room) {
        char *larger = realloc(*text, *room * 2);
        if (!larger)
            return -1;
        *text = larger;
        *room *= 2;
    }
    ssize_t got = read(fd, *text + *length, *room - 1 - *length);
    if (got > 0)
        *length += (size_t)got;
    return got < 0 && errno == EINTR ? 1 : got;
}

/* The whole text of a descriptor, which is closed; "" of an empty one. NULL: it cannot be read, is too long, or is no
 * text. Part of a list of authorities would be another list. */
static char *read_text(int fd, size_t max)
{
    size_t length = 0, room = FIRST_BYTES;
    char *text = malloc(room);
    ssize_t got = text ? 1 : -1;

    while (got > 0 && length <= max)
        got = read_on(fd, &text, &length, &room);
    if (text)
        text[length] = '\0';
    if (close(fd) == 0 && got == 0 && length <= max && strlen(text) == length)
        return text;
    free(text);
    return NULL;
}

static bool take(struct front *front, const char *policies, const char *sign, const char *auth, const char *crl)
{
    char error[256];

    if (sign[0] == '\0' && auth[0] == '\0' && crl[0] == '\0' && policies[0] == '\0')
        return true; /* not configured */
    front->card = card_trust_new(sign, auth, policies, error);
    return front->card && (crl[0] == '\0' || card_trust_crl_pem(front->card, crl, now_us()));
}

bool card_read(struct front *front, const struct launch_config *config, const struct card_files *files)
{
    char *sign = read_text(files->sign_authorities, AUTHORITIES_MAX);
    char *auth = read_text(files->auth_authorities, AUTHORITIES_MAX);
    char *crl = read_text(files->crl, LISTS_MAX);
    bool good = sign && auth && crl && take(front, config->sign_policies, sign, auth, crl);

    free(sign);
    free(auth);
    free(crl);
    return good;
}

int card_lists_read(struct front *front)
{
    int rc = 0;

    for (uint16_t tenant = 1; tenant <= TENANTS_MAX && rc == 0; tenant++)
        if (front->card && front->regs[tenant])
            rc = revocation_load(front->regs[tenant], front->card, now_us());
    return rc;
}
