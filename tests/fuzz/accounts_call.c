#include "accounts_call.h"

#include <string.h>

#include "auth/otp.h"
#include "crypto/hash.h"

static const char *const passwords[] = {WORLD_PASSWORD, "Battery-Staple-9", "kqmvXrtbwpd-1", "Password-2025",
                                        "short",        "Wrong-Horse-7"};

static char temporary[sizeof((struct account_reply_plain *)0)->temporary + 1]; /* the last that was given out */

static const uint16_t operations[] = {
    ACCOUNT_CHANGE_PASSWORD,
    ACCOUNT_AGREE_TERMS,
    ACCOUNT_SHOW_OWN,
    ACCOUNT_ENROLL_OTP,
    ACCOUNT_CONFIRM_OTP,
    ACCOUNT_REQUEST,
    ACCOUNT_APPROVE,
    ACCOUNT_ISSUE,
    ACCOUNT_LOCK,
    ACCOUNT_UNLOCK,
    ACCOUNT_SUSPEND,
    ACCOUNT_RESUME,
    ACCOUNT_RETURN,
    ACCOUNT_RESET_PASSWORD,
    ACCOUNT_INSPECT,
    ACCOUNT_LIST,
    ACCOUNT_LIST_SESSIONS,
    ACCOUNT_END_SESSION,
    TERMINAL_ADD,
    TERMINAL_REMOVE,
    TERMINAL_LIST,
    ACCESS_LIST,
    ACCESS_REVIEW,
};

void password_given(const char *password)
{
    memset(temporary, 0, sizeof temporary);
    if (password)
        memcpy(temporary, password, sizeof temporary - 1);
}

uint16_t password_put(struct input *input, char field[PASSWORD_MAX])
{
    unsigned choice = input_u8(input) % (sizeof passwords / sizeof passwords[0] + 1);
    const char *password = choice == 0 ? temporary : passwords[choice - 1];

    memcpy(field, password, strlen(password));
    return (uint16_t)strlen(password);
}

void code_put(const struct world *world, const char account[ACCOUNT_LEN], const struct stored_account *row,
              char code[8])
{
    uint8_t secret[OTP_SECRET_LEN];

    memcpy(code, "000000", 6);
    if (otp_open(&world->store, WORLD_TENANT, account, row->otp_secret, secret) == 0)
        REQUIRE(otp_code(secret, (uint64_t)(world->now_us / 1000000 / OTP_STEP_S), code) == 0);
}

static const struct stored_account *actor_row(struct world *world, const struct session_entry *actor)
{
    static struct stored_account row;

    REQUIRE(account_store_begin(&world->store) == 0);
    REQUIRE(account_get(&world->store, world->tenant, actor->account, &row) == 0);
    account_store_abort(&world->store);
    return &row;
}

static void fill_request(struct account_call_plain *call, struct input *input)
{
    static const char names[] = "abcdefgh";

    call->role = input_u8(input) % (ROLE_COUNT + 1);
    call->kind = input_u8(input) % (ACCOUNT_KIND_END + 1);
    call->person[0] = names[input_u8(input) % 8];
    call->organisation[0] = 'x';
    if (input_u8(input) & 1)
        call->until = 20251130;
}

static void fill_own(struct account_call_plain *call, struct input *input, struct world *world,
                     const struct session_entry *actor)
{
    uint8_t choice = input_u8(input);

    if (call->operation == ACCOUNT_CHANGE_PASSWORD || call->operation == ACCOUNT_ENROLL_OTP)
        call->password_length = password_put(input, call->password);
    if (call->operation == ACCOUNT_CHANGE_PASSWORD)
        call->new_password_length = password_put(input, call->new_password);
    if (call->operation == ACCOUNT_CONFIRM_OTP)
        code_put(world, actor->account, actor_row(world, actor), call->otp);
    if (call->operation == ACCOUNT_AGREE_TERMS) {
        call->terms_version = 1 + choice % 2;
        call->digest[0] = 7;
    }
}

static void fill_about(struct account_call_plain *call, struct input *input)
{
    memcpy(call->account, world_ids[input_u8(input) % WORLD_ACCOUNTS], ACCOUNT_LEN);
    call->note[0] = 'r';
    if (call->operation == ACCOUNT_REQUEST)
        fill_request(call, input);
    if (call->operation == ACCOUNT_RESUME && (input_u8(input) & 1))
        call->until = 20260331;
}

static void fill_terminal(struct account_call_plain *call, struct input *input)
{
    uint8_t choice = input_u8(input);

    memcpy(call->terminal, world_terminals[choice % 3], TERMINAL_ID_LEN);
    call->note[0] = 'p';
    if (call->operation != TERMINAL_ADD)
        return;
    call->kind = TERMINAL_OPERATION;
    world_certificate(choice / 3 % WORLD_CERTIFICATES, call->digest);
}

static void fill_list(struct account_call_plain *call, struct input *input, const struct world *world)
{
    call->count = input_u8(input);
    if (call->operation == ACCESS_REVIEW) {
        call->from_us = 1;
        call->until_us = world->now_us;
        call->note[0] = 'f';
        return;
    }
    if (call->operation == ACCOUNT_LIST)
        call->role = input_u8(input) % ROLE_COUNT;
    if (call->operation != ACCESS_LIST && (input_u8(input) & 1))
        memcpy(call->next, world_ids[input_u8(input) % WORLD_ACCOUNTS], sizeof call->next);
}

void call_fill(struct account_call_plain *call, struct input *input, struct world *world,
               const struct session_entry *actor)
{
    *call = (struct account_call_plain){
        .version = 1, .operation = operations[input_u8(input) % (sizeof operations / sizeof operations[0])]};
    if (call->operation < ACCOUNT_REQUEST)
        fill_own(call, input, world, actor);
    else if (call->operation < ACCOUNT_LIST || call->operation == ACCOUNT_END_SESSION)
        fill_about(call, input);
    else if (call->operation == TERMINAL_ADD || call->operation == TERMINAL_REMOVE)
        fill_terminal(call, input);
    else
        fill_list(call, input, world);
}

void call_spoil(struct account_call_plain *call, struct input *input)
{
    uint8_t count = input_u8(input) % 4;

    for (uint8_t i = 0; i < count; i++) {
        uint16_t at = input_u16(input) % sizeof *call;
        ((uint8_t *)call)[at] = input_u8(input);
    }
}
