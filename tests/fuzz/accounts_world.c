#include "accounts_world.h"

#include <string.h>

#include "auth/otp.h"
#include "crypto/hash.h"

#define MAP_BYTES (64ull << 20)

const char world_ids[WORLD_ACCOUNTS][ACCOUNT_LEN] = {"owner",  "deputy", "admin",  "auditor",
                                                     "tanaka", "sato",   "centre", "new"};
const char world_terminals[3][TERMINAL_ID_LEN] = {"desk", "counter", "spare"};

static const struct {
    uint16_t role, kind;
    uint32_t until;
    const char *person;
} people[WORLD_ACCOUNTS - 1] = {
    {ROLE_OWN, ACCOUNT_ADMINISTRATOR, 0, "a"},     {ROLE_OWN, ACCOUNT_ADMINISTRATOR, 0, "b"},
    {ROLE_ADM, ACCOUNT_ADMINISTRATOR, 0, "c"},     {ROLE_AUD, ACCOUNT_OFFICER, 0, "d"},
    {ROLE_REV, ACCOUNT_OFFICER, 0, "e"},           {ROLE_APR, ACCOUNT_OFFICER, 0, "a"},
    {ROLE_CEN, ACCOUNT_CONTRACTOR, 20251130, "f"},
};

static void empty(struct world *world)
{
    const struct account_tenant *tenant = world->tenant;
    const MDB_dbi rows[] = {tenant->account, tenant->terminal, tenant->binding, tenant->meta,
                            tenant->access,  tenant->leaf,     tenant->node};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        REQUIRE(mdb_drop(world->store.txn, rows[i], 0) == 0);
    REQUIRE(access_load(&world->store, world->tenant) == 0);
}

static void put_account(struct world *world, size_t which)
{
    struct stored_account account = {
        .version = 1,
        .role = people[which].role,
        .kind = people[which].kind,
        .state = ACCOUNT_ACTIVE,
        .until = people[which].until,
        .terms_version = world->rules.terms_version,
        .issue_number = which + 1,
        .dormant_from_us = world->now_us,
        .password_set_us = world->now_us,
    };

    memcpy(account.person, people[which].person, 1);
    memcpy(account.requested_by, world_ids[2], ACCOUNT_LEN);
    REQUIRE(password_make(WORLD_PASSWORD, strlen(WORLD_PASSWORD), &account.hash) == 0);
    REQUIRE(account_put(&world->store, world->tenant, world_ids[which], &account) == 0);
}

static void open_store(struct world *world)
{
    static const uint8_t login_private[X25519_LEN] = {1};
    const uint16_t tenants[] = {WORLD_TENANT};

    REQUIRE(access_records_key(&world->store, login_private) == 0 && otp_key(&world->store, login_private) == 0);
    REQUIRE(account_store_open(&world->store, fuzz_folder(), MAP_BYTES, tenants, 1) == 0);
    REQUIRE(mdb_env_set_flags(world->store.env, MDB_NOSYNC, 1) == 0);
}

void world_begin(struct world *world)
{
    struct stored_terminal terminal = {.version = 1, .kind = TERMINAL_OPERATION, .added_us = 1};

    if (!world->store.env)
        open_store(world);
    world->tenant = &world->store.tenant[0];
    world->now_us = WORLD_NOW;
    world->sessions = (struct sessions){.entries = world->entries, .capacity = WORLD_SESSIONS};
    REQUIRE(account_store_begin(&world->store) == 0);
    empty(world);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        put_account(world, i);
    world_certificate(0, terminal.certificate);
    REQUIRE(terminal_put(&world->store, world->tenant, world_terminals[0], &terminal) == 0);
    REQUIRE(account_store_commit(&world->store) == 0);
    world->tenant->committed = world->tenant->now; /* as short as the tree that it empties was: not seen as a change */
}

void world_certificate(unsigned which, uint8_t certificate[CERT_HASH_LEN])
{
    memset(certificate, (int)(0xc0 + which), CERT_HASH_LEN);
}

static void look_at_terminals(struct world *world, struct moment *moment)
{
    struct {
        uint8_t before[32];
        char id[TERMINAL_ID_LEN];
        struct stored_terminal row;
    } link = {0};
    uint8_t certificate[CERT_HASH_LEN];
    char bound[TERMINAL_ID_LEN];
    int rc;

    while ((rc = terminal_next(&world->store, world->tenant, link.id, &link.row)) == 0) {
        int found = terminal_of(&world->store, world->tenant, link.row.certificate, bound);
        bool own = found == 0 && memcmp(bound, link.id, sizeof bound) == 0;
        REQUIRE(own == (link.row.removed_us == 0));
        REQUIRE(sha256(&link, sizeof link, link.before) == 0);
    }
    REQUIRE(rc == MDB_NOTFOUND);
    memcpy(moment->terminals, link.before, sizeof link.before);
    for (unsigned i = 0; i < WORLD_CERTIFICATES; i++) {
        world_certificate(i, certificate);
        moment->bound[i] = terminal_of(&world->store, world->tenant, certificate, bound) == 0;
    }
}

void world_look(struct world *world, struct moment *moment)
{
    memset(moment, 0, sizeof *moment);
    REQUIRE(account_store_begin(&world->store) == 0);
    for (size_t i = 0; i < WORLD_ACCOUNTS; i++) {
        int rc = account_get(&world->store, world->tenant, world_ids[i], &moment->account[i]);
        REQUIRE(rc == 0 || rc == MDB_NOTFOUND);
        moment->exists[i] = rc == 0;
    }
    look_at_terminals(world, moment);
    account_store_abort(&world->store);
    moment->records = world->tenant->committed.tree.size;
}

struct access_entry world_record(struct world *world, uint64_t back)
{
    struct access_row row;
    uint64_t size = world->tenant->committed.tree.size;

    REQUIRE(size > back && account_store_begin(&world->store) == 0);
    REQUIRE(access_get(&world->store, world->tenant, size - 1 - back, &row) == 0);
    account_store_abort(&world->store);
    return row.entry;
}

void world_end_marked(struct world *world)
{
    for (size_t i = world->sessions.count; i-- > 0;)
        if (world->entries[i].event != 0)
            sessions_remove(&world->sessions, &world->entries[i]);
}

void world_enter(struct world *world, const char account[ACCOUNT_LEN], uint16_t role,
                 const char terminal[TERMINAL_ID_LEN], bool fresh)
{
    static uint8_t next_id;
    uint8_t id[SESSION_ID_LEN];

    sessions_end_account(&world->sessions, WORLD_TENANT, account, ACCESS_SESSION_DISPLACED);
    world_end_marked(world);
    memset(id, ++next_id, sizeof id);
    struct session_entry *entry = sessions_add(&world->sessions, id);
    if (!entry)
        return;
    entry->tenant = WORLD_TENANT;
    entry->role = role;
    entry->state = SESSION_OPEN;
    entry->fresh = fresh;
    memcpy(entry->account, account, ACCOUNT_LEN);
    memcpy(entry->terminal, terminal, TERMINAL_ID_LEN);
}
