#include "auth_rows.h"

#include <string.h>

#include "auth/access_records.h"
#include "auth/otp.h"

struct account_store auth_rows;

void auth_rows_open(const struct launch_config *config, const uint8_t login_private[X25519_LEN])
{
    REQUIRE(access_records_key(&auth_rows, login_private) == 0 && otp_key(&auth_rows, login_private) == 0);
    REQUIRE(account_store_open(&auth_rows, fuzz_folder(), config->store_bytes, config->tenants, config->tenant_count) ==
            0);
    REQUIRE(mdb_env_set_flags(auth_rows.env, MDB_NOSYNC, 1) == 0);
}

static void empty_tenant(struct account_tenant *tenant)
{
    const MDB_dbi rows[] = {tenant->account, tenant->terminal, tenant->binding, tenant->meta,
                            tenant->access,  tenant->leaf,     tenant->node};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        REQUIRE(mdb_drop(auth_rows.txn, rows[i], 0) == 0);
    REQUIRE(access_load(&auth_rows, tenant) == 0);
    tenant->committed = tenant->now;
}

void auth_rows_fill(void)
{
    static struct stored_account account;
    struct stored_terminal terminal = {.version = 1, .kind = TERMINAL_OPERATION, .added_us = 1};
    const char desk[TERMINAL_ID_LEN] = "desk";
    int64_t now_us = auth_now_us();

    memset(terminal.certificate, 0xc0, sizeof terminal.certificate);
    account_store_abort(&auth_rows); /* of an end within a transaction */
    REQUIRE(account_store_begin(&auth_rows) == 0);
    for (size_t i = 0; i < auth_rows.tenant_count; i++) {
        empty_tenant(&auth_rows.tenant[i]);
        REQUIRE(terminal_put(&auth_rows, &auth_rows.tenant[i], desk, &terminal) == 0);
    }
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const struct account_tenant *tenant = account_store_tenant(&auth_rows, world_accounts[i].tenant);
        if (!tenant)
            continue;
        account = (struct stored_account){.version = 1,
                                          .role = world_accounts[i].role,
                                          .kind = ACCOUNT_OFFICER,
                                          .state = world_accounts[i].state,
                                          .terms_version = 1,
                                          .dormant_from_us = now_us,
                                          .password_set_us = now_us};
        REQUIRE(password_make(PASSWORD, strlen(PASSWORD), &account.hash) == 0);
        REQUIRE(account_put(&auth_rows, tenant, world_accounts[i].id, &account) == 0);
    }
    REQUIRE(account_store_commit(&auth_rows) == 0);
}
