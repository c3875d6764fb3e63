/* RegisterService.ListRegistrations. */
#include <errno.h>
#include <string.h>

#include "server/register/checks.h"
#include "server/register/entry_search.h"
#include "server/services/register_page.h"
#include "server/services/register_service.h"

typedef Sekisho__V1__ListRegistrationsRequest list_request;

static bool is_prefix(Sekisho__V1__TextMatch match)
{
    return match == SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_PREFIX;
}

static bool bad(struct register_call *call, const char *field, const char *what)
{
    (void)register_fail(call, REGISTER_BAD_FIELD, field, what);
    return false;
}

static bool known_match(Sekisho__V1__TextMatch match)
{
    return match >= SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_UNSPECIFIED &&
           match <= SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_PREFIX;
}

/* What leads is added first: the more selective before the less. */
static bool read_texts(struct register_call *call, const list_request *request, struct entry_search *search)
{
    if (!known_match(request->name_match) || !known_match(request->kana_match))
        return bad(call, "name_match", "must be EXACT or PREFIX");
    if (request->number_reference.len != 0 && request->number_reference.len != ENTRY_REFERENCE_LEN)
        return bad(call, "number_reference", "must have 16 bytes");
    if (request->number_reference.len != 0)
        search_by_reference(search, request->number_reference.data);
    if (request->name[0] != '\0' && !search_by_name(search, request->name, is_prefix(request->name_match)))
        return bad(call, "name", "must be 1 to 200 characters of a name");
    if (request->kana[0] != '\0' && !search_by_kana(search, request->kana, is_prefix(request->kana_match)))
        return bad(call, "kana", "must be 1 to 200 characters of kana");
    if (request->birth_date && !date_is_partial(request->birth_date))
        return bad(call, "birth_date", "must be a date");
    if (request->birth_date)
        search_by_birth(search, date_value(request->birth_date));
    return true;
}

static bool read_states(struct register_call *call, const list_request *request, struct entry_search *search)
{
    uint32_t states = 0;

    for (size_t i = 0; i < request->n_states; i++) {
        Sekisho__V1__RegistrationState state = request->states[i];
        if (state < SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED ||
            state > SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_ERASED)
            return bad(call, "states", "must be states of a registration");
        states |= 1u << state;
    }
    search_by_states(search, states);
    return true;
}

/* *none: nothing can be found, which is an answer. */
static bool read_ids(struct register_call *call, const list_request *request, struct entry_search *search, bool *none)
{
    uint8_t pseudonym[ENTRY_PSEUDONYM_LEN];
    uint32_t serial;

    *none = false;
    if (request->registration_number[0] != '\0' &&
        !search_by_number(search, call->reg->tenant, request->registration_number))
        return bad(call, "registration_number", "must be a registration number of this prefecture");
    if (request->qualification_pseudonym[0] == '\0')
        return true;
    if (!entry_pseudonym_parse(request->qualification_pseudonym, pseudonym))
        return bad(call, "qualification_pseudonym", "must be 26 characters of base32");
    int rc = entry_of_pseudonym(call->reg, call->txn, pseudonym, &serial);
    if (rc != 0 && rc != MDB_NOTFOUND) {
        (void)register_fail_store(call, rc);
        return false;
    }
    *none = rc == MDB_NOTFOUND || (search->serial != 0 && search->serial != serial);
    search->serial = serial;
    return true;
}

/* ---- position: serial, key ---- */

static void position_of_page(const struct register_page *page, struct search_position *position)
{
    *position = (struct search_position){0};
    if (page->key_length < sizeof position->serial || page->key_length - sizeof position->serial > sizeof position->key)
        return;
    memcpy(&position->serial, page->key, sizeof position->serial);
    position->length = (uint16_t)(page->key_length - sizeof position->serial);
    memcpy(position->key, page->key + sizeof position->serial, position->length);
}

static char *token_of_position(struct register_call *call, const struct register_page *page,
                               const struct search_position *position)
{
    uint8_t key[sizeof position->serial + sizeof position->key];

    memcpy(key, &position->serial, sizeof position->serial);
    memcpy(key + sizeof position->serial, position->key, position->length);
    return register_page_token(call, page, key, sizeof position->serial + position->length);
}

static bool fill(struct register_call *call, const struct entry_search *search, struct register_page *page,
                 Sekisho__V1__ListRegistrationsResponse *response)
{
    stored_entry **found = register_alloc(call, page->rows * sizeof(void *));
    struct search_position position;
    size_t count = 0;

    response->registrations = register_alloc(call, page->rows * sizeof(void *));
    position_of_page(page, &position);
    int rc = found && response->registrations
                 ? search_page(call->reg, call->txn, search, &position, &call->arena, page->rows, found, &count)
                 : ENOMEM;
    if (rc == 0 && position.serial != 0 && !(response->next_page_token = token_of_position(call, page, &position)))
        rc = ENOMEM;
    if (rc != 0) {
        (void)register_fail_store(call, rc);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        response->registrations[i] = registration_seen(found[i], date_today(call->now_us));
    response->n_registrations = count;
    return true;
}

static const ProtobufCMessage *list(struct register_call *call)
{
    const list_request *request = (const void *)call->request;
    Sekisho__V1__ListRegistrationsResponse *response =
        REGISTER_NEW(call, Sekisho__V1__ListRegistrationsResponse, SEKISHO__V1__LIST_REGISTRATIONS_RESPONSE__INIT);
    struct entry_search search = {0};
    struct register_page page;
    bool none;

    if (!response)
        return register_fail(call, REGISTER_FULL, NULL, NULL);
    if (!register_page(call, &page) || !read_texts(call, request, &search) ||
        !read_ids(call, request, &search, &none) || !read_states(call, request, &search))
        return NULL;
    if (!none && !fill(call, &search, &page, response))
        return NULL;
    return &response->base;
}

void list_registrations(struct rpc_call *call, const ProtobufCMessage *request)
{
    register_read(call, request, list);
}
