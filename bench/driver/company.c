#include "driver/company.h"

#define BEGIN_SECONDS 60
#define END_SECONDS   600 /* a rotation goes on to its end, so that it is not in what is measured next */

static size_t wanted(enum beside beside)
{
    return beside == BESIDE_NOTHING ? 0 : beside == BESIDE_STREAMS ? COMPANY_MAX : 1;
}

int company_start(struct bench *bench, const struct side *side, struct company *company)
{
    static struct command command;
    char log[PATH_SIZE], rest[8];
    *company = (struct company){.count = 0};
    for (size_t i = 0; i < wanted(side->beside); i++) {
        words_beside(bench, side, i, &command);
        command.tells_ready = true;
        company->count++;
        if (path_make(log, "%s/beside-%zu.log", bench->folder, i) != 0 ||
            child_start(&company->load[i], &command, log) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < company->count; i++) {
        if (child_wait_line(&company->load[i], "begun", BEGIN_SECONDS, rest, sizeof(rest)) != 0) {
            return -1;
        }
    }
    return 0;
}

int company_end(struct company *company)
{
    int result = 0;
    for (size_t i = 0; i < company->count; i++) {
        if (company->load[i].pid != 0 && !child_runs(&company->load[i])) {
            result = child_fail(&company->load[i], "has ended while another load was measured");
        }
    }
    for (size_t i = 0; i < company->count; i++) {
        child_ask_end(&company->load[i]);
    }
    for (size_t i = 0; i < company->count; i++) {
        child_end(&company->load[i], END_SECONDS);
    }
    return result;
}
