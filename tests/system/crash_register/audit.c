/* After the restart: what is left to be done in the vault is done, then each case is compared with what was
 * acknowledged of it, and register and vault with one another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/operation_record_service.pb-c.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "steps.h"

#define STATE(name) SEKISHO__V1__APPLICATION_STATE__APPLICATION_STATE_##name
#define LOOKUPS     500
#define TEXT(text)  ((char *)(uintptr_t)(text))

static unsigned found;

#define FOUND(...) (found++, printf("FOUND: " __VA_ARGS__), putchar('\n'))

/* What the register says of a case. */
struct shown {
    bool enrolled, completed; /* its number is to be in the vault; it is in the register */
    uint8_t reference[SEKISHO_REFERENCE_LEN];
    uint32_t serial;
};
static struct shown *shown;

static ProtobufCMessage *ask(enum desk which, const ProtobufCServiceDescriptor *service, const char *method,
                             const ProtobufCMessage *request)
{
    ProtobufCMessage *answer;

    if (office_call(which, service, method, request, &answer) == ENDED_WELL)
        return answer;
    FOUND("%s of the audit is not answered", method);
    return NULL;
}

#define ASK(which, service, method, request)                                                                           \
    ask(which, &sekisho__v1__##service##_service__descriptor, method, &(request)->base)

/* ---- what is left to be done in the vault ---- */

static const struct {
    const char *action;
    enum sekisho_operation operation;
    enum desk by;
} actions[] = {
    {"ENROLL", SEKISHO_ENROLL, DESK_RECEPTION},
    {"CONFIRM", SEKISHO_CONFIRM, DESK_APPROVAL},
    {"RELEASE", SEKISHO_RELEASE, DESK_REVIEW},
};

static uint32_t case_of(const uint8_t id[16])
{
    for (uint32_t i = 0; i < case_count; i++)
        if (cases[i].done > 0 && memcmp(cases[i].id, id, 16) == 0)
            return i;
    return UINT32_MAX;
}

static void resolve(const Sekisho__V1__PendingNumberAction *pending)
{
    Sekisho__V1__ResolveNumberActionRequest request = SEKISHO__V1__RESOLVE_NUMBER_ACTION_REQUEST__INIT;
    char number[SEKISHO_NUMBER_LEN];
    uint8_t id[16];
    size_t row = 0;

    while (row < 3 && strcmp(actions[row].action, pending->action) != 0)
        row++;
    if (row == 3 || !application_id(pending->application, id) || case_of(id) == UINT32_MAX) {
        FOUND("%s waits for %s, which nobody asked for", pending->application, pending->action);
        return;
    }
    case_number(case_of(id), number);
    struct sekisho_sealed *sealed = office_seal(actions[row].by, actions[row].operation, id,
                                                actions[row].operation == SEKISHO_ENROLL ? number : NULL);
    request.name = pending->application;
    request.action = pending->action;
    request.call = sekisho_sealed_call(sealed);
    sekisho_message_free(ASK(actions[row].by, application, "ResolveNumberAction", &request));
    sekisho_sealed_free(sealed);
}

/* Actions that were pending; each is resolved. */
static size_t reconcile(void)
{
    Sekisho__V1__ListPendingNumberActionsRequest request = SEKISHO__V1__LIST_PENDING_NUMBER_ACTIONS_REQUEST__INIT;

    request.parent = TEXT(PREFECTURE_NAME);
    request.page_size = 1000;
    ProtobufCMessage *answer = ASK(DESK_RECEPTION, application, "ListPendingNumberActions", &request);
    if (!answer)
        return 0;
    const Sekisho__V1__ListPendingNumberActionsResponse *list = (const void *)answer;
    size_t count = list->n_actions;
    for (size_t i = 0; i < count; i++)
        resolve(list->actions[i]);
    sekisho_message_free(answer);
    return count;
}

/* ---- each case ---- */

/* Steps that must have been done for the application to be as it is; -1: it cannot be so. */
static int steps_shown(uint32_t number, const Sekisho__V1__Application *application)
{
    switch (application->state) {
    case STATE(RECEIVED):
        return 1;
    case STATE(ACCEPTED):
        return 2;
    case STATE(CHECKING):
        return 3;
    case STATE(IN_REVIEW):
        return application->fee_settled ? 5 : 4;
    case STATE(REVIEWED):
        return 6;
    case STATE(COMPLETED):
        return 7;
    case STATE(RETURNED):
        return case_is_returned(number) ? 5 : -1;
    default:
        return -1;
    }
}

static void compare(uint32_t number, const Sekisho__V1__Application *application)
{
    struct one_case *one = &cases[number];
    int steps = steps_shown(number, application);
    bool as_asked = steps == one->done || (one->out && steps == one->done + 1);
    struct shown *here = &shown[number];
    unsigned serial = 0;

    if (!as_asked)
        FOUND("case %u: %u steps are acknowledged%s, but it is in state %d", number, one->done,
              one->out ? " and one is out" : "", (int)application->state);
    if (application->pending_number_action[0] != '\0')
        FOUND("case %u: %s still waits", number, application->pending_number_action);
    here->completed = application->state == STATE(COMPLETED);
    here->enrolled = steps >= 2 && application->state != STATE(RETURNED);
    if (here->enrolled && application->number_reference.len == sizeof here->reference)
        memcpy(here->reference, application->number_reference.data, sizeof here->reference);
    else if (here->enrolled)
        FOUND("case %u: accepted without a reference", number);
    if (here->completed && sscanf(application->registration, PREFECTURE_NAME "/registrations/%u", &serial) != 1)
        FOUND("case %u: completed without a registration", number);
    here->serial = serial;
    if (one->out && as_asked)
        case_settle(number, steps == one->done + 1);
}

/* An application whose making was never answered: asked again, nothing is made twice. */
static bool settle_creation(uint32_t number)
{
    uint8_t id[16];

    if (step_send(STEP_CREATE, number, id) != ENDED_WELL) {
        FOUND("case %u: its making, asked again, is not answered", number);
        return false;
    }
    case_answer(number, id);
    return true;
}

static void audit_case(uint32_t number)
{
    Sekisho__V1__GetApplicationRequest request = SEKISHO__V1__GET_APPLICATION_REQUEST__INIT;
    char name[APPLICATION_NAME_LEN];

    application_name(cases[number].id, name);
    request.name = name;
    ProtobufCMessage *answer = ASK(DESK_REVIEW, application, "GetApplication", &request);
    if (!answer) {
        FOUND("case %u: acknowledged, and not there", number);
        return;
    }
    compare(number, ((const Sekisho__V1__GetApplicationResponse *)answer)->application);
    sekisho_message_free(answer);
}

/* ---- as many as there should be ---- */

static uint64_t count_applications(void)
{
    Sekisho__V1__ListApplicationsRequest request = SEKISHO__V1__LIST_APPLICATIONS_REQUEST__INIT;
    char token[1200] = "";
    uint64_t count = 0;

    request.parent = TEXT(PREFECTURE_NAME);
    request.page_size = 1000;
    request.page_token = token;
    do {
        ProtobufCMessage *answer = ASK(DESK_REVIEW, application, "ListApplications", &request);
        if (!answer)
            return UINT64_MAX;
        const Sekisho__V1__ListApplicationsResponse *page = (const void *)answer;
        count += page->n_applications;
        snprintf(token, sizeof token, "%s", page->next_page_token);
        sekisho_message_free(answer);
    } while (token[0] != '\0');
    return count;
}

/* ---- the register: exactly the completed ones, each once, with its own name and reference ---- */

static void compare_entry(const Sekisho__V1__Registration *entry, uint8_t *seen)
{
    char name[CASE_NAME_LEN];
    unsigned serial = 0;

    sscanf(entry->name, PREFECTURE_NAME "/registrations/%u", &serial);
    for (uint32_t i = 0; i < case_count; i++) {
        if (!shown[i].completed || shown[i].serial != serial)
            continue;
        case_person_name(i, name);
        if (seen[i]++ || strcmp(entry->person->name->text, name) != 0 ||
            entry->number_reference.len != sizeof shown[i].reference ||
            memcmp(entry->number_reference.data, shown[i].reference, sizeof shown[i].reference) != 0)
            FOUND("case %u: its registration %u is not its own", i, serial);
        return;
    }
    FOUND("registration %u is of no completed application", serial);
}

static void audit_register(void)
{
    Sekisho__V1__ListRegistrationsRequest request = SEKISHO__V1__LIST_REGISTRATIONS_REQUEST__INIT;
    char token[1200] = "";
    uint8_t *seen = calloc(case_count + 1, 1);

    request.parent = TEXT(PREFECTURE_NAME);
    request.page_size = 200;
    request.page_token = token;
    do {
        ProtobufCMessage *answer = ASK(DESK_REVIEW, register, "ListRegistrations", &request);
        if (!answer)
            break;
        const Sekisho__V1__ListRegistrationsResponse *page = (const void *)answer;
        for (size_t i = 0; i < page->n_registrations; i++)
            compare_entry(page->registrations[i], seen);
        snprintf(token, sizeof token, "%s", page->next_page_token);
        sekisho_message_free(answer);
    } while (token[0] != '\0');
    for (uint32_t i = 0; i < case_count; i++)
        if (shown[i].completed && !seen[i])
            FOUND("case %u: completed, but not in the register", i);
    free(seen);
}

/* ---- the vault: exactly the numbers of those that are accepted and not returned ---- */

static void look_up(uint32_t first, uint32_t count)
{
    static struct sekisho_item items[LOOKUPS];
    static struct sekisho_result results[LOOKUPS];
    const struct sekisho_request request = {
        .operation = SEKISHO_LOOKUP, .purpose = SEKISHO_CHANGE, .items = items, .count = count};
    struct sekisho_receipt receipt;
    struct sekisho_error error;

    memset(items, 0, sizeof items);
    for (uint32_t i = 0; i < count; i++)
        case_number(first + i, items[i].number);
    if (sekisho_call(desk[DESK_REVIEW], &request, results, &receipt, &error) != SEKISHO_OK) {
        FOUND("a look-up of the audit: %s", error.reason);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct shown *here = &shown[first + i];
        bool there = results[i].outcome == SEKISHO_OUTCOME_FOUND;
        if (there != here->enrolled ||
            (there && memcmp(results[i].reference, here->reference, sizeof here->reference) != 0))
            FOUND("case %u: the vault %s its number, the register says %s", first + i, there ? "has" : "does not have",
                  here->enrolled ? "it does" : "it does not");
    }
}

static void audit_vault(void)
{
    struct sekisho_system_status *status;
    struct sekisho_error error;
    uint64_t expected = 0;

    for (uint32_t first = 0; first < case_count; first += LOOKUPS)
        look_up(first, case_count - first < LOOKUPS ? case_count - first : LOOKUPS);
    for (uint32_t i = 0; i < case_count; i++)
        expected += shown[i].enrolled;
    if (sekisho_get_status(client, &status, &error) != SEKISHO_OK) {
        FOUND("status: %s", error.reason);
        return;
    }
    if (status->prefecture_count != 1 || status->prefectures[0].subjects != expected)
        FOUND("%llu numbers in the vault, not %llu", (unsigned long long)status->prefectures[0].subjects,
              (unsigned long long)expected);
    sekisho_system_status_free(status);
}

/* ---- the operation records: one for each acknowledged step at least, without a gap ---- */

static uint64_t audit_operations(void)
{
    Sekisho__V1__ListOperationsRequest request = SEKISHO__V1__LIST_OPERATIONS_REQUEST__INIT;
    char token[1200] = "";
    uint64_t count = 0, steps = 0;

    request.parent = TEXT(PREFECTURE_NAME);
    request.page_size = 1000;
    request.page_token = token;
    do {
        ProtobufCMessage *answer = ASK(DESK_AUDIT, operation_record, "ListOperations", &request);
        if (!answer)
            return 0;
        const Sekisho__V1__ListOperationsResponse *page = (const void *)answer;
        for (size_t i = 0; i < page->n_operations; i++)
            if (strtoull(strrchr(page->operations[i]->name, '/') + 1, NULL, 10) != ++count)
                FOUND("operation record %llu is missing", (unsigned long long)count);
        snprintf(token, sizeof token, "%s", page->next_page_token);
        sekisho_message_free(answer);
    } while (token[0] != '\0');
    for (uint32_t i = 0; i < case_count; i++)
        steps += cases[i].done;
    if (count < steps)
        FOUND("%llu operation records of %llu acknowledged steps", (unsigned long long)count,
              (unsigned long long)steps);
    return count;
}

int campaign_audit(void)
{
    uint32_t unanswered = 0, completed = 0;

    shown = calloc(case_count + 1, sizeof shown[0]);
    for (uint32_t i = 0; i < case_count; i++) {
        unanswered += cases[i].out;
        if (cases[i].done == 0 && !settle_creation(i))
            return 1;
    }
    size_t reconciled = reconcile();
    for (uint32_t i = 0; i < case_count; i++) {
        audit_case(i);
        completed += shown[i].completed;
    }
    uint64_t applications = count_applications();
    if (applications != case_count)
        FOUND("%llu applications, not %u", (unsigned long long)applications, case_count);
    audit_register();
    audit_vault();
    uint64_t operations = audit_operations();
    printf("%u applications, %u completed, %zu number actions left to be done, %llu operation records, %u changes "
           "unanswered\n",
           case_count, completed, reconciled, (unsigned long long)operations, unanswered);
    free(shown);
    return found ? 1 : 0;
}
