#include "server/front/card.h"

#include <string.h>
#include <time.h>

#include "server/card/card.h"
#include "server/front/pem.h"
#include "server/portal/revocation.h"

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

bool card_read(struct front *front, const struct launch_config *config, const struct card_files *files)
{
    static char sign[PEM_SIZE], auth[PEM_SIZE], crl[PEM_SIZE];
    char error[256];

    /* An empty file is one that is not configured; what cannot be read to its end is no PEM text either. */
    (void)pem_read(files->sign_authorities, sign);
    (void)pem_read(files->auth_authorities, auth);
    (void)pem_read(files->crl, crl);
    if (sign[0] == '\0' && auth[0] == '\0' && crl[0] == '\0' && config->sign_policies[0] == '\0')
        return true;
    front->card = card_trust_new(sign, auth, config->sign_policies, error);
    return front->card && (crl[0] == '\0' || card_trust_crl_pem(front->card, crl, now_us()));
}

int card_lists_read(struct front *front)
{
    int rc = 0;

    for (uint16_t tenant = 1; tenant <= TENANTS_MAX && rc == 0; tenant++)
        if (front->card && front->regs[tenant])
            rc = revocation_load(front->regs[tenant], front->card, now_us());
    return rc;
}
