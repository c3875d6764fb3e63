#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/individual_number.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/payment_desk_service.pb-c.h"

#define APPLICATIONS PREFECTURE_NAME "/applications/"
#define DATABASE     SEKISHO__V1__CHECK_SOURCE__CHECK_SOURCE_CANCELLED_DATABASE
#define TEXT(text)   ((char *)(uintptr_t)(text))

enum desk step_desk(enum step step)
{
    switch (step) {
    case STEP_CREATE:
    case STEP_ACCEPT:
        return DESK_RECEPTION;
    case STEP_PAY:
        return DESK_CASHIER;
    case STEP_APPROVE:
        return DESK_APPROVAL;
    default:
        return DESK_REVIEW;
    }
}

void case_number(uint32_t number, char out[SEKISHO_NUMBER_LEN])
{
    char text[SEKISHO_NUMBER_LEN];

    snprintf(text, sizeof text, "%011u", 70000000u + number);
    memcpy(out, text, sizeof text - 1);
    out[SEKISHO_NUMBER_LEN - 1] = individual_number_check_digit(out);
}

void case_person_name(uint32_t number, char name[CASE_NAME_LEN])
{
    static const char *const digits[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    size_t length = (size_t)snprintf(name, CASE_NAME_LEN, "衝突\u3000");

    for (uint32_t place = 100000; place > 0; place /= 10)
        length += (size_t)snprintf(name + length, CASE_NAME_LEN - length, "%s", digits[number / place % 10]);
}

void application_name(const uint8_t id[16], char name[APPLICATION_NAME_LEN])
{
    int length = snprintf(name, APPLICATION_NAME_LEN, APPLICATIONS);

    for (int i = 0; i < 16; i++)
        length += snprintf(name + length, APPLICATION_NAME_LEN - (size_t)length, "%02x", id[i]);
}

bool application_id(const char *name, uint8_t id[16])
{
    const char *hex = name + sizeof APPLICATIONS - 1;

    if (strncmp(name, APPLICATIONS, sizeof APPLICATIONS - 1) != 0 || strlen(hex) != 32)
        return false;
    for (int i = 0; i < 16; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        id[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static enum ended send_application(enum desk which, const char *method, const ProtobufCMessage *request)
{
    ProtobufCMessage *answer;
    enum ended ended = office_call(which, &sekisho__v1__application_service__descriptor, method, request, &answer);

    if (ended == ENDED_WELL)
        sekisho_message_free(answer);
    return ended;
}

static enum ended create(uint32_t number, uint8_t id[16])
{
    Sekisho__V1__CreatePaperApplicationRequest request = SEKISHO__V1__CREATE_PAPER_APPLICATION_REQUEST__INIT;
    Sekisho__V1__Application application = SEKISHO__V1__APPLICATION__INIT;
    Sekisho__V1__Person person = SEKISHO__V1__PERSON__INIT;
    Sekisho__V1__Name name = SEKISHO__V1__NAME__INIT;
    Sekisho__V1__Date born = SEKISHO__V1__DATE__INIT, qualified = SEKISHO__V1__DATE__INIT;
    char text[CASE_NAME_LEN], request_id[33];
    ProtobufCMessage *answer;

    case_person_name(number, text);
    snprintf(request_id, sizeof request_id, "%032x", number + 1);
    name.text = text;
    born.year = 1990, born.month = 1 + (int32_t)number % 12, born.day = 1 + (int32_t)number % 28;
    qualified.year = 2020, qualified.month = 3;
    person.name = &name;
    person.kana = TEXT("ショウトツ\u3000シケン");
    person.birth_date = &born;
    person.sex = SEKISHO__V1__SEX__SEX_FEMALE;
    person.address = TEXT("埼玉県さいたま市浦和区高砂三丁目15番1号");
    person.honseki_prefecture = TEXT("11");
    application.kind = SEKISHO__V1__APPLICATION_KIND__APPLICATION_KIND_NEW;
    application.person = &person;
    application.register_kind = SEKISHO__V1__REGISTER_KIND__REGISTER_KIND_CHILDCARE_WORKER;
    application.route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    application.qualified_month = &qualified;
    application.no_disqualification_declared = true;
    request.parent = TEXT(PREFECTURE_NAME);
    request.application = &application;
    request.identity_checked = true;
    request.request_id = request_id;
    enum ended ended = office_call(DESK_RECEPTION, &sekisho__v1__application_service__descriptor,
                                   "CreatePaperApplication", &request.base, &answer);
    if (ended != ENDED_WELL)
        return ended;
    if (!application_id(((Sekisho__V1__CreatePaperApplicationResponse *)answer)->application->name, id))
        ended = ENDED_WRONG;
    sekisho_message_free(answer);
    return ended;
}

static enum ended accept(uint32_t number, const uint8_t id[16], char *name)
{
    Sekisho__V1__AcceptApplicationRequest request = SEKISHO__V1__ACCEPT_APPLICATION_REQUEST__INIT;
    char typed[SEKISHO_NUMBER_LEN];

    case_number(number, typed);
    struct sekisho_sealed *sealed = office_seal(DESK_RECEPTION, SEKISHO_ENROLL, id, typed);
    request.name = name;
    request.documents_complete = true;
    request.call = sekisho_sealed_call(sealed);
    enum ended ended = send_application(DESK_RECEPTION, "AcceptApplication", &request.base);
    sekisho_sealed_free(sealed);
    return ended;
}

static enum ended start_checks(char *name)
{
    Sekisho__V1__StartChecksRequest request = SEKISHO__V1__START_CHECKS_REQUEST__INIT;
    Sekisho__V1__CheckSource source = DATABASE;

    request.name = name;
    request.sources = &source;
    request.n_sources = 1;
    return send_application(DESK_REVIEW, "StartChecks", &request.base);
}

static enum ended record_result(char *name)
{
    Sekisho__V1__RecordCheckRequest request = SEKISHO__V1__RECORD_CHECK_REQUEST__INIT;

    request.name = name;
    request.source = DATABASE;
    request.result = SEKISHO__V1__CHECK_RESULT__CHECK_RESULT_MATCH;
    return send_application(DESK_REVIEW, "RecordCheck", &request.base);
}

static enum ended pay(uint32_t number, char *name)
{
    Sekisho__V1__RecordReceiptRequest request = SEKISHO__V1__RECORD_RECEIPT_REQUEST__INIT;
    Sekisho__V1__Receipt receipt = SEKISHO__V1__RECEIPT__INIT;
    Sekisho__V1__Date day = SEKISHO__V1__DATE__INIT;
    char slip[24];
    ProtobufCMessage *answer;

    snprintf(slip, sizeof slip, "C-%u", number);
    day.year = 2026, day.month = 1, day.day = 5;
    receipt.method = SEKISHO__V1__PAYMENT_METHOD__PAYMENT_METHOD_POSTAL_TRANSFER;
    receipt.slip_number = slip;
    receipt.amount_yen = 4200;
    receipt.received_on = &day;
    request.parent = name;
    request.receipt = &receipt;
    enum ended ended = office_call(DESK_CASHIER, &sekisho__v1__payment_desk_service__descriptor, "RecordReceipt",
                                   &request.base, &answer);
    if (ended == ENDED_WELL)
        sekisho_message_free(answer);
    return ended;
}

static enum ended review(char *name)
{
    Sekisho__V1__ReviewApplicationRequest request = SEKISHO__V1__REVIEW_APPLICATION_REQUEST__INIT;

    request.name = name;
    request.route_evidence = SEKISHO__V1__ROUTE_EVIDENCE__ROUTE_EVIDENCE_GRADUATION_CERTIFICATE;
    request.no_disqualification = true;
    return send_application(DESK_REVIEW, "ReviewApplication", &request.base);
}

static enum ended approve(const uint8_t id[16], char *name)
{
    Sekisho__V1__ApproveApplicationRequest request = SEKISHO__V1__APPROVE_APPLICATION_REQUEST__INIT;
    struct sekisho_sealed *sealed = office_seal(DESK_APPROVAL, SEKISHO_CONFIRM, id, NULL);

    request.name = name;
    request.call = sekisho_sealed_call(sealed);
    enum ended ended = send_application(DESK_APPROVAL, "ApproveApplication", &request.base);
    sekisho_sealed_free(sealed);
    return ended;
}

static enum ended send_back(const uint8_t id[16], char *name)
{
    Sekisho__V1__ReturnApplicationRequest request = SEKISHO__V1__RETURN_APPLICATION_REQUEST__INIT;
    struct sekisho_sealed *sealed = office_seal(DESK_REVIEW, SEKISHO_RELEASE, id, NULL);

    request.name = name;
    request.reason = TEXT("書類の不備");
    request.call = sekisho_sealed_call(sealed);
    enum ended ended = send_application(DESK_REVIEW, "ReturnApplication", &request.base);
    sekisho_sealed_free(sealed);
    return ended;
}

enum ended step_send(enum step step, uint32_t number, uint8_t id[16])
{
    char name[APPLICATION_NAME_LEN];

    if (step == STEP_CREATE)
        return create(number, id);
    application_name(id, name);
    switch (step) {
    case STEP_ACCEPT:
        return accept(number, id, name);
    case STEP_START:
        return start_checks(name);
    case STEP_RESULT:
        return record_result(name);
    case STEP_PAY:
        return pay(number, name);
    case STEP_REVIEW:
        return review(name);
    case STEP_APPROVE:
        return approve(id, name);
    default:
        return send_back(id, name);
    }
}
