/*
 * sekisho-crash-register load|audit|audit-entries FOLDER SEED
 * One half of a round of the crash campaign across front and vault (tests/system/crash_campaign.sh) against the set in
 * FOLDER/set, with the journal FOLDER/journal. Ends with 0; 1: the audit or an answer found something, which is
 * printed; 2: could not work. What is done when is the desks' affair: the seed gives the kills alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "cases.h"
#include "office.h"

#define LOAD_SECONDS 10

int main(int count, char **arguments)
{
    char path[512];

    if (count != 4) {
        fprintf(stderr, "usage: sekisho-crash-register load|audit|audit-entries FOLDER SEED\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(path, sizeof path, "%s/journal", arguments[2]);
    cases_open(path);
    if (!office_open(arguments[2]))
        return 2;
    int code = strcmp(arguments[1], "load") == 0 ? campaign_load(LOAD_SECONDS) : campaign_audit();
    office_close();
    return code;
}
