#include "server/front/registers.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "server/applications/applications.h"
#include "server/dispositions/suspension.h"
#include "server/register/register.h"

#define PLACE_REGISTER 9 /* of the events about stores */

static struct reg registers[TENANTS_MAX];

/* LMDB found a page that cannot be: it would abort(3), and nobody would know why. */
static void on_damage(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
    child_exit(EXIT_STORE, EVENT_STORE_DAMAGED, (uint32_t)MDB_CORRUPTED, PLACE_REGISTER, 0);
}

/* The warden starts a new front, which reads what the disk has. */
static void on_doubt(const struct reg *reg, int rc)
{
    (void)reg;
    child_exit(EXIT_STORE, EVENT_STORE_FAILED, (uint32_t)rc, PLACE_REGISTER, 0);
}

static int open_one(struct reg *reg, uint16_t tenant, uint64_t bytes)
{
    char error[256];
    int rc = reg_open(".", tenant, bytes, reg, error);

    if (rc == 0) {
        reg->on_doubt = on_doubt;
        mdb_env_set_assert(reg->env, on_damage);
        mdb_env_set_assert(reg->files, on_damage);
    }
    return rc;
}

/* Back into the front's own root, proven: what is relative would be outside of it. */
static int leave(int folder)
{
    struct stat here, root;

    if (chdir("/") < 0 || close(folder) < 0 || stat(".", &here) < 0 || stat("/", &root) < 0)
        return errno;
    return here.st_dev == root.st_dev && here.st_ino == root.st_ino ? 0 : EXDEV;
}

bool registers_open(struct front *front, const struct launch_config *config, int folder, int *rc)
{
    *rc = fchdir(folder) == 0 ? 0 : errno;
    for (uint32_t i = 0; i < config->tenant_count && *rc == 0; i++) {
        uint16_t tenant = config->tenants[i];
        *rc = open_one(&registers[i], tenant, config->store_bytes);
        front->regs[tenant] = *rc == 0 ? &registers[i] : NULL;
    }
    if (*rc == 0)
        *rc = leave(folder);
    if (*rc == 0)
        child_event(EVENT_REGISTERS_OPEN, config->tenant_count, 0, 0, 0);
    return *rc == 0;
}

static bool start_one(struct reg *reg)
{
    reg_daily(reg, suspension_sweep);
    reg_daily(reg, application_sweep);
    return reg_writer_start(reg);
}

bool registers_start(struct front *front)
{
    bool started = true;

    for (uint16_t tenant = 1; tenant <= TENANTS_MAX && started; tenant++)
        started = !front->regs[tenant] || start_one(front->regs[tenant]);
    return started;
}
