/*
 * sekisho-crash load|audit|audit-entries FOLDER SEED
 * One half of a round of the crash campaign (tests/system/crash_campaign.sh) against the set in FOLDER/set, with the
 * journal FOLDER/journal. Ends with 0; 1: the audit or an answer found something, which is printed; 2: could not work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "desks.h"
#include "people.h"

#define LOAD_SECONDS 10

void campaign_request_id(uint32_t person, enum sekisho_operation operation, uint8_t id[SEKISHO_REQUEST_ID_LEN])
{
    memset(id, 0, SEKISHO_REQUEST_ID_LEN);
    memcpy(id, &person, sizeof person);
    id[sizeof person] = (uint8_t)operation;
}

int main(int count, char **arguments)
{
    char path[512], state[512];

    if (count != 4) {
        fprintf(stderr, "usage: sekisho-crash load|audit|audit-entries FOLDER SEED\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(path, sizeof path, "%s/journal", arguments[2]);
    snprintf(state, sizeof state, "%s/heads", arguments[2]);
    people_open(path);
    if (!desks_open(arguments[2]))
        return 2;
    int code = strcmp(arguments[1], "load") == 0 ? campaign_load(strtoull(arguments[3], NULL, 10), LOAD_SECONDS)
                                                 : campaign_audit(state, strcmp(arguments[1], "audit-entries") == 0);
    desks_close();
    return code;
}
