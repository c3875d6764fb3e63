#include "server/portal/name.h"

#include <stdio.h>
#include <string.h>

#include "server/applications/name.h"

#define APPLICANTS   "/applicants/"
#define APPLICATIONS "/applications/"
#define PREFIX_LEN   (sizeof "prefectures/11" - 1)

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define OTHERS  "0123456789-_."

/* The prefecture's part is read by the parser of the officers' names: one spelling. */
static bool prefecture_of(const char *name, uint16_t *tenant)
{
    char probe[APPLICATION_NAME_SIZE];
    uint8_t id[REGISTER_ID_LEN];

    if (strlen(name) < PREFIX_LEN)
        return false;
    snprintf(probe, sizeof probe, "%.*s" APPLICATIONS "%032d", (int)PREFIX_LEN, name, 0);
    return application_name_parse(probe, tenant, id, NULL);
}

bool applicant_name_parse(const char *name, struct applicant_name *applicant, const char **rest)
{
    if (!name || !prefecture_of(name, &applicant->tenant) ||
        strncmp(name + PREFIX_LEN, APPLICANTS, strlen(APPLICANTS)) != 0)
        return false;
    const char *pseudonym = name + PREFIX_LEN + strlen(APPLICANTS);
    size_t length = strspn(pseudonym, LETTERS OTHERS);
    const char *after = pseudonym + length;
    if (length == 0 || length > PSEUDONYM_MAX || strcspn(pseudonym, LETTERS) >= length)
        return false;
    if (*after != '\0' && (!rest || *after != '/'))
        return false;
    memcpy(applicant->pseudonym, pseudonym, length);
    applicant->pseudonym[length] = '\0';
    if (rest)
        *rest = after;
    return true;
}

bool portal_application_parse(const char *name, struct applicant_name *applicant, uint8_t id[REGISTER_ID_LEN])
{
    char officers[APPLICATION_NAME_SIZE];
    const char *rest;
    uint16_t tenant;

    if (!applicant_name_parse(name, applicant, &rest) || strlen(rest) >= sizeof officers - PREFIX_LEN)
        return false;
    snprintf(officers, sizeof officers, "%.*s%s", (int)PREFIX_LEN, name, rest);
    return application_name_parse(officers, &tenant, id, NULL);
}

void portal_application_format(const struct applicant_name *applicant, const uint8_t id[REGISTER_ID_LEN],
                               char name[PORTAL_APPLICATION_SIZE])
{
    char officers[APPLICATION_NAME_SIZE];

    application_name_format(applicant->tenant, id, officers);
    snprintf(name, PORTAL_APPLICATION_SIZE, "%.*s" APPLICANTS "%s%s", (int)PREFIX_LEN, officers, applicant->pseudonym,
             officers + PREFIX_LEN);
}
