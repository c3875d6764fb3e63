#include "auth/account_fields.h"

#include "auth/account_text.h"
#include "auth/otp.h"
#include "auth/roles.h"
#include "crypto/hash.h"

static bool role_fits(const struct account_call_plain *call)
{
    return role_code(call->role) != NULL;
}

static bool kind_fits(const struct account_call_plain *call)
{
    if (call->operation == TERMINAL_ADD)
        return call->kind > 0 && call->kind < TERMINAL_KIND_END;
    return call->kind > 0 && call->kind < ACCOUNT_KIND_END;
}

/* Of ACCESS_LIST it is an event, which access_list looks at. */
static bool state_fits(const struct account_call_plain *call)
{
    return call->operation == ACCESS_LIST || call->state < ACCOUNT_STATE_END;
}

static bool until_fits(const struct account_call_plain *call)
{
    return account_date_valid(call->until);
}

static bool account_fits(const struct account_call_plain *call)
{
    return account_id_valid(call->account);
}

static bool terminal_fits(const struct account_call_plain *call)
{
    return account_id_valid(call->terminal);
}

/* Of ACCESS_LIST it is an index. */
static bool next_fits(const struct account_call_plain *call)
{
    return call->operation == ACCESS_LIST || account_id_valid((const char *)call->next);
}

static bool person_fits(const struct account_call_plain *call)
{
    return account_text_valid(call->person, sizeof call->person);
}

static bool organisation_fits(const struct account_call_plain *call)
{
    return account_text_valid(call->organisation, sizeof call->organisation);
}

static bool note_fits(const struct account_call_plain *call)
{
    return account_text_valid(call->note, sizeof call->note);
}

static bool otp_fits(const struct account_call_plain *call)
{
    for (size_t i = 0; i < sizeof call->otp; i++)
        if (i < OTP_DIGITS ? call->otp[i] < '0' || call->otp[i] > '9' : call->otp[i] != '\0')
            return false;
    return true;
}

static bool anything(const struct account_call_plain *call)
{
    (void)call;
    return true;
}

enum field {
    ROLE,
    KIND,
    STATE,
    UNTIL,
    TERMS_VERSION,
    COUNT,
    NEXT,
    FROM_US,
    UNTIL_US,
    ACCOUNT,
    TERMINAL,
    DIGEST,
    PERSON,
    ORGANISATION,
    NOTE,
    OTP,
    PASSWORD,
    NEW_PASSWORD,
    FIELD_COUNT
};

#define SIZE_OF(name) sizeof(((struct account_call_plain *)0)->name)
#define FORM(name, fits)                                                                                               \
    {                                                                                                                  \
        CALL_FIELD(name), SIZE_OF(name), fits                                                                          \
    }

static const struct form {
    uint16_t at, size;
    bool (*fits)(const struct account_call_plain *call); /* asked when it is not zero */
} forms[FIELD_COUNT] = {
    [ROLE] = FORM(role, role_fits),
    [KIND] = FORM(kind, kind_fits),
    [STATE] = FORM(state, state_fits),
    [UNTIL] = FORM(until, until_fits),
    [TERMS_VERSION] = FORM(terms_version, anything),
    [COUNT] = FORM(count, anything),
    [NEXT] = FORM(next, next_fits),
    [FROM_US] = FORM(from_us, anything),
    [UNTIL_US] = FORM(until_us, anything),
    [ACCOUNT] = FORM(account, account_fits),
    [TERMINAL] = FORM(terminal, terminal_fits),
    [DIGEST] = FORM(digest, anything),
    [PERSON] = FORM(person, person_fits),
    [ORGANISATION] = FORM(organisation, organisation_fits),
    [NOTE] = FORM(note, note_fits),
    [OTP] = FORM(otp, otp_fits),
    [PASSWORD] = FORM(password, anything),
    [NEW_PASSWORD] = FORM(new_password, anything),
};

#define F(field)     (1u << (field))
#define ABOUT        (F(ACCOUNT) | F(NOTE)) /* whom, and why */
#define PAGE         (F(COUNT) | F(NEXT))
#define NOTHING      0u
#define ACCESS_PLACE (F(ACCOUNT) | F(TERMINAL) | F(ROLE) | F(STATE))

static const struct takes {
    uint32_t must, may;
} takes[] = {
    [ACCOUNT_CHANGE_PASSWORD] = {F(PASSWORD) | F(NEW_PASSWORD), NOTHING},
    /* the text of the terms has a digest that is not zero */
    [ACCOUNT_AGREE_TERMS] = {F(TERMS_VERSION) | F(DIGEST), NOTHING},
    [ACCOUNT_SHOW_OWN] = {NOTHING, NOTHING},
    [ACCOUNT_ENROLL_OTP] = {F(PASSWORD), NOTHING},
    [ACCOUNT_CONFIRM_OTP] = {F(OTP), NOTHING},
    [ACCOUNT_REQUEST] = {ABOUT | F(ROLE) | F(KIND) | F(PERSON) | F(ORGANISATION), F(UNTIL)},
    [ACCOUNT_APPROVE] = {F(ACCOUNT), F(NOTE)},
    [ACCOUNT_ISSUE] = {F(ACCOUNT), F(NOTE)},
    [ACCOUNT_LOCK] = {ABOUT, NOTHING},
    [ACCOUNT_UNLOCK] = {ABOUT, NOTHING},
    [ACCOUNT_SUSPEND] = {ABOUT, NOTHING},
    [ACCOUNT_RESUME] = {ABOUT, F(UNTIL)},
    [ACCOUNT_RETURN] = {ABOUT, NOTHING},
    [ACCOUNT_RESET_PASSWORD] = {ABOUT, NOTHING},
    [ACCOUNT_INSPECT] = {ABOUT, NOTHING},
    [ACCOUNT_LIST] = {NOTHING, PAGE | F(ACCOUNT) | F(ROLE) | F(STATE)},
    [ACCOUNT_LIST_SESSIONS] = {NOTHING, PAGE | F(ACCOUNT)},
    [ACCOUNT_END_SESSION] = {ABOUT, NOTHING},
    /* a zero certificate is the local socket's */
    [TERMINAL_ADD] = {F(TERMINAL) | F(KIND) | F(NOTE), F(DIGEST)},
    [TERMINAL_REMOVE] = {F(TERMINAL) | F(NOTE), NOTHING},
    [TERMINAL_LIST] = {NOTHING, PAGE | F(TERMINAL)},
    [ACCESS_LIST] = {NOTHING, PAGE | ACCESS_PLACE | F(FROM_US) | F(UNTIL_US)},
    [ACCESS_REVIEW] = {F(FROM_US) | F(UNTIL_US), F(COUNT) | F(NOTE)},
};

enum account_result account_fields_check(const struct account_call_plain *call, uint16_t *field)
{
    const struct takes *row = &takes[call->operation];

    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const struct form *form = &forms[i];
        bool empty = crypto_all_zero((const uint8_t *)call + form->at, form->size);
        bool must = row->must >> i & 1, may = row->may >> i & 1;
        if (empty ? !must : (must || may) && form->fits(call))
            continue;
        *field = form->at;
        return ACCOUNT_BAD_FIELD;
    }
    return ACCOUNT_DONE;
}
