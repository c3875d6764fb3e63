/*
 * Account calls, logins, sweeps and steps of the clock, in any order, against a store. Requires:
 *   - a call leaves one leaf, its own; one that is not done changes nothing else, or what a bad password changes;
 *   - accounts go the ways of domain 10.4, written here a second time, and only the account that was named goes;
 *   - who approves is another person than who asked, and none of the accounts' own holder;
 *   - a login is granted for an account that is open, its password, a terminal that is on the list, when no delay
 *     holds, and a code that was not used; every other one is recorded as refused.
 */
#include <string.h>

#include "accounts_call.h"
#include "auth/account_calls.h"
#include "auth/account_sweep.h"
#include "auth/login_check.h"
#include "auth/otp.h"
#include "crypto/hash.h"
#include "support/process.h"

#define STEPS_MAX 200
#define MINUTE_US INT64_C(60000000)

static struct world world;

static struct moment before, after;
static struct account_call_plain call;
static struct account_reply_plain reply;

/* ---- what may come of it ---- */

#define AT(state) (1u << ACCOUNT_##state)
#define OPEN      (AT(ISSUED) | AT(ACTIVE))

static bool may_go(uint16_t operation, uint16_t from, uint16_t to)
{
    switch (operation) {
    case ACCOUNT_CHANGE_PASSWORD:
        return (from == ACCOUNT_ISSUED && to == ACCOUNT_ACTIVE) || ((OPEN >> from & 1) && to == ACCOUNT_LOCKED);
    case ACCOUNT_ENROLL_OTP:
        return (OPEN >> from & 1) && to == ACCOUNT_LOCKED;
    case ACCOUNT_AGREE_TERMS:
        return from == ACCOUNT_ISSUED && to == ACCOUNT_ACTIVE;
    case ACCOUNT_REQUEST:
        return from == 0 && to == ACCOUNT_REQUESTED;
    case ACCOUNT_APPROVE:
        return from == ACCOUNT_REQUESTED && to == ACCOUNT_APPROVED;
    case ACCOUNT_ISSUE:
        return from == ACCOUNT_APPROVED && to == ACCOUNT_ISSUED;
    case ACCOUNT_LOCK:
        return (OPEN >> from & 1) && to == ACCOUNT_LOCKED;
    case ACCOUNT_UNLOCK:
        return from == ACCOUNT_LOCKED && (OPEN >> to & 1);
    case ACCOUNT_SUSPEND:
        return ((OPEN | AT(LOCKED)) >> from & 1) && to == ACCOUNT_SUSPENDED;
    case ACCOUNT_RESUME:
        return from == ACCOUNT_SUSPENDED && (OPEN >> to & 1);
    case ACCOUNT_RESET_PASSWORD:
        return from == ACCOUNT_ACTIVE && to == ACCOUNT_ISSUED;
    case ACCOUNT_RETURN:
        return from >= ACCOUNT_REQUESTED && from < ACCOUNT_RETURNED && to == ACCOUNT_RETURNED;
    default:
        return false;
    }
}

static bool same_row(size_t which)
{
    return before.exists[which] == after.exists[which] &&
           memcmp(&before.account[which], &after.account[which], sizeof after.account[which]) == 0;
}

/* But for what a bad password, or the passing of time, may change. */
static bool same_but_for_lock_out(size_t which)
{
    struct stored_account was = before.account[which];
    const struct stored_account *is = &after.account[which];

    was.failed_count = is->failed_count;
    was.failed_last_us = is->failed_last_us;
    was.lock_count = is->lock_count;
    was.locked_until_us = is->locked_until_us;
    if ((OPEN >> was.state & 1) && is->state == ACCOUNT_LOCKED)
        was.state = is->state;
    return before.exists[which] == after.exists[which] && memcmp(&was, is, sizeof was) == 0;
}

static size_t index_of(const char id[ACCOUNT_LEN])
{
    for (size_t i = 0; i < WORLD_ACCOUNTS; i++)
        if (memcmp(world_ids[i], id, ACCOUNT_LEN) == 0)
            return i;
    return WORLD_ACCOUNTS;
}

static void check_done(const struct session_entry *actor)
{
    bool own = call.operation < ACCOUNT_REQUEST;
    size_t actor_index = index_of(actor->account), named = own ? actor_index : index_of(call.account);

    for (size_t i = 0; i < WORLD_ACCOUNTS; i++) {
        REQUIRE(i == named || same_row(i));
        uint16_t from = before.account[i].state, to = after.account[i].state;
        REQUIRE(from == to || may_go(call.operation, from, to));
    }
    if (call.operation == ACCOUNT_APPROVE) {
        const struct stored_account *account = &before.account[named], *approver = &before.account[actor_index];
        size_t asked = index_of(account->requested_by);
        REQUIRE(actor->role == ROLE_OWN && asked < WORLD_ACCOUNTS);
        REQUIRE(memcmp(before.account[asked].person, approver->person, sizeof approver->person) != 0);
        REQUIRE(memcmp(account->person, approver->person, sizeof approver->person) != 0);
    }
    bool terminals = call.operation == TERMINAL_ADD || call.operation == TERMINAL_REMOVE;
    REQUIRE(terminals || memcmp(before.terminals, after.terminals, sizeof after.terminals) == 0);
}

static void check_not_done(const struct session_entry *actor)
{
    size_t own = index_of(actor->account);

    for (size_t i = 0; i < WORLD_ACCOUNTS; i++)
        REQUIRE(same_row(i) || (reply.result == ACCOUNT_WRONG_PASSWORD && i == own && same_but_for_lock_out(i)));
    REQUIRE(memcmp(before.terminals, after.terminals, sizeof after.terminals) == 0);
    REQUIRE(reply.count == 0 && reply.temporary_length == 0);
    REQUIRE(crypto_all_zero(reply.temporary, sizeof reply.temporary));
    REQUIRE(crypto_all_zero(reply.otp_secret, sizeof reply.otp_secret));
}

/* ---- steps ---- */

static void step_call(struct input *input, bool spoiled)
{
    if (world.sessions.count == 0)
        return;
    struct session_entry actor = world.entries[input_u8(input) % world.sessions.count];

    call_fill(&call, input, &world, &actor);
    if (spoiled)
        call_spoil(&call, input);
    if (!account_call_well_formed(&call))
        return;
    REQUIRE(account_store_begin(&world.store) == 0);
    REQUIRE(account_call(&world.store, &world.sessions, &world.rules, &actor, world.now_us, &call, &reply) == 0);
    REQUIRE(account_store_commit(&world.store) == 0);
    world_look(&world, &after);
    struct access_entry entry = world_record(&world, 0);
    bool locked = after.records == before.records + 2 && world_record(&world, 1).event == ACCESS_LOCKED;
    REQUIRE(after.records == before.records + 1 || locked);
    REQUIRE(entry.event == ACCESS_OPERATION && entry.operation == call.operation && entry.result == reply.result);
    REQUIRE(entry.index == reply.access_index && memcmp(entry.account, actor.account, ACCOUNT_LEN) == 0);
    REQUIRE(reply.result > ACCOUNT_RESULT_NONE && reply.result < ACCOUNT_RESULT_END);
    if (reply.result == ACCOUNT_DONE)
        check_done(&actor);
    else
        check_not_done(&actor);
    if (reply.temporary_length > 0)
        password_given(reply.temporary);
}

static void check_login(const struct login_plain *plain, size_t which, unsigned certificate,
                        const struct login_grant *grant)
{
    const struct stored_account *was = &before.account[which], *is = &after.account[which];
    struct access_entry entry = world_record(&world, 0);

    for (size_t i = 0; i < WORLD_ACCOUNTS; i++)
        REQUIRE(i == which || same_row(i));
    if (!grant->granted) {
        REQUIRE(entry.event == ACCESS_LOGIN_FAILED && entry.result != LOGIN_REFUSAL_NONE);
        bool ended = is->state == ACCOUNT_SUSPENDED && was->state != ACCOUNT_SUSPENDED;
        REQUIRE(same_but_for_lock_out(which) || (ended && grant->closed));
        return;
    }
    REQUIRE(entry.event == ACCESS_LOGIN && before.exists[which] && (OPEN >> was->state & 1) && is->state == was->state);
    REQUIRE(password_verify(plain->password, plain->password_length, &was->hash));
    REQUIRE(before.bound[certificate] && was->locked_until_us <= world.now_us);
    REQUIRE(was->otp_state != OTP_IN_USE || is->otp_last_step > was->otp_last_step);
    REQUIRE(!was->must_change || (grant->flags & WELCOME_CHANGE_PASSWORD));
    REQUIRE(was->terms_version == world.rules.terms_version || (grant->flags & WELCOME_AGREE_TERMS));
}

static void step_login(struct input *input)
{
    struct login_plain plain = {.version = 1, .tenant = WORLD_TENANT};
    uint8_t hash[CERT_HASH_LEN], session[SESSION_ID_LEN] = {1};
    size_t which = input_u8(input) % WORLD_ACCOUNTS;
    uint8_t choice = input_u8(input);
    unsigned certificate = choice / 4 % 8 < WORLD_CERTIFICATES ? choice / 4 % 8 : 0;
    struct login_grant grant;

    memcpy(plain.account, world_ids[which], ACCOUNT_LEN);
    plain.account_length = (uint16_t)strnlen(plain.account, ACCOUNT_LEN);
    plain.password_length = password_put(input, plain.password);
    if (choice & 1 || before.account[which].otp_state == OTP_IN_USE)
        code_put(&world, plain.account, &before.account[which], plain.otp);
    world_certificate(certificate, hash);
    const struct login_attempt attempt = {
        .plain = &plain, .certificate = hash, .session = session, .now_us = world.now_us};
    REQUIRE(account_store_begin(&world.store) == 0);
    REQUIRE(login_check(&world.store, world.tenant, &world.rules, &attempt, &grant) == 0);
    REQUIRE(account_store_commit(&world.store) == 0);
    world_look(&world, &after);
    check_login(&plain, which, certificate, &grant);
    if (grant.closed)
        sessions_end_account(&world.sessions, WORLD_TENANT, grant.account, ACCESS_SESSION_TERMINATED);
    if (grant.granted)
        world_enter(&world, grant.account, grant.role, grant.terminal, grant.flags != 0);
}

static void step_sweep(void)
{
    REQUIRE(account_store_begin(&world.store) == 0);
    REQUIRE(account_sweep(&world.store, world.tenant, &world.rules, &world.sessions, world.now_us) == 0);
    REQUIRE(account_store_commit(&world.store) == 0);
    world_look(&world, &after);
    for (size_t i = 0; i < WORLD_ACCOUNTS; i++) {
        bool in_use = (OPEN | AT(LOCKED)) >> before.account[i].state & 1;
        REQUIRE(same_row(i) || (in_use && after.account[i].state == ACCOUNT_SUSPENDED));
    }
}

/* Minutes, days or months, also back. */
static void step_clock(struct input *input)
{
    static const int64_t units[] = {MINUTE_US / 2, MINUTE_US, 24 * 60 * MINUTE_US, 23 * 24 * 60 * MINUTE_US};
    uint8_t choice = input_u8(input);

    world.now_us += units[choice % 4] * ((int8_t)input_u8(input) / 4);
    if (world.now_us < WORLD_NOW / 2 || world.now_us > 2 * WORLD_NOW)
        world.now_us = WORLD_NOW;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};

    if (!world.store.env && crypto_init() != 0)
        return 0;
    world.rules = (struct account_rules){.password_min_chars = 12,
                                         .password_history = 10,
                                         .lock_failures = 5,
                                         .lock_window_s = 900,
                                         .lock_delay_s = 60,
                                         .dormant_days = 45,
                                         .terms_version = 1,
                                         .terms_digest = {7}};
    world.rules.otp_roles = input_u8(&input) & 1 ? 1u << ROLE_OWN : 0;
    password_given(NULL);
    process_reset(1, 0);
    world_begin(&world);
    for (unsigned step = 0; step < STEPS_MAX && input.left > 0; step++) {
        uint8_t kind = input_u8(&input) % 16;
        world_look(&world, &before);
        if (kind < 8)
            step_call(&input, kind == 7);
        else if (kind < 13)
            step_login(&input);
        else if (kind == 13)
            step_sweep();
        else
            step_clock(&input);
        world_end_marked(&world);
    }
    return 0;
}
