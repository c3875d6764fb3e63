/* After the restart: what was acknowledged is there, what was not is there wholly or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign.h"
#include "desks.h"
#include "people.h"

#define PROBES_MAX 40 /* budgets looked at in one audit */
#define SLOW_S     3  /* a call that takes longer is told: a disk's or a machine's stall, or worse */

static unsigned found;

#define FOUND(...) (found++, printf("FOUND: " __VA_ARGS__), putchar('\n'))

static bool call_ok(enum desk which, const struct sekisho_request *request, struct sekisho_result *results,
                    struct sekisho_receipt *receipt)
{
    struct sekisho_error error;
    struct timespec from, to;

    clock_gettime(CLOCK_MONOTONIC, &from);
    enum sekisho_status status = sekisho_call(desk[which], request, results, receipt, &error);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (to.tv_sec - from.tv_sec >= SLOW_S)
        printf("slow: a call of operation %d took %ld s\n", (int)request->operation, (long)(to.tv_sec - from.tv_sec));
    if (status == SEKISHO_OK)
        return true;
    FOUND("a call of the audit: %s %s", error.reason, error.message);
    return false;
}

/* ---- enrolments that were never answered: asked again, nothing is done twice ---- */

static void ask_again(uint32_t person)
{
    struct sekisho_item item = {0};
    const struct sekisho_request request = {
        .operation = SEKISHO_ENROLL, .purpose = SEKISHO_REGISTER, .items = &item, .count = 1};
    struct sekisho_result result;
    struct sekisho_receipt receipt;

    person_number(person, false, item.number);
    campaign_request_id(person, SEKISHO_ENROLL, item.request_id);
    if (!call_ok(DESK_RECEPTION, &request, &result, &receipt))
        return;
    if (result.outcome != SEKISHO_OUTCOME_DONE)
        FOUND("person %u: an enrolment asked again is refused (detail %d)", person, (int)result.detail);
    people_answer(SEKISHO_ENROLL, person, false, &result, &receipt);
}

static void settle_enrolments(void)
{
    for (uint32_t person = 0; person < people_count; person++)
        if (people[person].out == SEKISHO_ENROLL)
            ask_again(person);
}

/* ---- every number of everybody ---- */

#define NUMBERS_MAX SEKISHO_BATCH_MAX

static void look_up(uint32_t first, uint32_t count, struct sekisho_result results[NUMBERS_MAX])
{
    static struct sekisho_item items[NUMBERS_MAX];
    const struct sekisho_request request = {
        .operation = SEKISHO_LOOKUP, .purpose = SEKISHO_CHANGE, .items = items, .count = 2 * (size_t)count};
    struct sekisho_receipt receipt;

    memset(items, 0, sizeof items);
    for (uint32_t i = 0; i < count; i++) {
        person_number(first + i, false, items[2 * i].number);
        person_number(first + i, true, items[2 * i + 1].number);
    }
    if (!call_ok(DESK_REVIEW, &request, results, &receipt))
        exit(1);
    people_answer(SEKISHO_LOOKUP, NO_PERSON, false, &results[0], &receipt);
}

/* The stage that the two look-ups show; -1: none of them, something is half done. */
static int stage_shown(const struct person *person, const struct sekisho_result *before,
                       const struct sekisho_result *after)
{
    const struct {
        enum sekisho_detail before, after;
        enum stage stage;
    } shown[] = {
        {SEKISHO_DETAIL_NOT_FOUND, SEKISHO_DETAIL_NOT_FOUND, STAGE_ERASED},
        {SEKISHO_DETAIL_FOUND, SEKISHO_DETAIL_NOT_FOUND, STAGE_ENROLLED},
        {SEKISHO_DETAIL_FOUND_FORMER, SEKISHO_DETAIL_FOUND, STAGE_REPLACED},
    };

    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (before->detail != shown[i].before || after->detail != shown[i].after)
            continue;
        bool before_other = before->outcome == SEKISHO_OUTCOME_FOUND &&
                            memcmp(before->reference, person->reference, sizeof person->reference) != 0;
        bool after_other = after->outcome == SEKISHO_OUTCOME_FOUND &&
                           memcmp(after->reference, person->reference, sizeof person->reference) != 0;
        return before_other || after_other ? -1 : (int)shown[i].stage;
    }
    return -1;
}

static void audit_person(uint32_t number, const struct sekisho_result *before, const struct sekisho_result *after)
{
    struct person *person = &people[number];
    int shown = stage_shown(person, before, after);

    if (shown == person->stage) {
        if (person->out)
            people_settle((enum sekisho_operation)person->out, number, false);
        return;
    }
    bool by_unanswered = (person->out == SEKISHO_REPLACE && shown == STAGE_REPLACED) ||
                         (person->out == SEKISHO_ERASE && shown == STAGE_ERASED);
    if (by_unanswered)
        people_settle((enum sekisho_operation)person->out, number, true);
    else
        FOUND("person %u: acknowledged stage %d, out %d, but the look-ups say %d and %d", number, person->stage,
              person->out, (int)before->detail, (int)after->detail);
}

static void audit_people(void)
{
    static struct sekisho_result results[NUMBERS_MAX];

    for (uint32_t first = 0; first < people_count; first += NUMBERS_MAX / 2) {
        uint32_t count = people_count - first < NUMBERS_MAX / 2 ? people_count - first : NUMBERS_MAX / 2;
        look_up(first, count, results);
        for (uint32_t i = 0; i < count; i++)
            audit_person(first + i, &results[2 * i], &results[2 * i + 1]);
    }
}

/* Nobody is there whom the journal does not know. */
static void audit_count(void)
{
    struct sekisho_system_status *status;
    struct sekisho_error error;
    uint64_t expected = 0;

    for (uint32_t person = 0; person < people_count; person++)
        expected += people[person].stage == STAGE_ENROLLED || people[person].stage == STAGE_REPLACED;
    if (sekisho_get_status(client, &status, &error) != SEKISHO_OK) {
        FOUND("status: %s", error.reason);
        return;
    }
    if (status->prefecture_count != 1 || status->prefectures[0].subjects != expected)
        FOUND("%llu people, not %llu", (unsigned long long)status->prefectures[0].subjects,
              (unsigned long long)expected);
    sekisho_system_status_free(status);
}

/* ---- budgets: a wrong number is answered as often as is left, then no more ---- */

static void audit_budget(uint32_t number)
{
    struct person *person = &people[number];
    struct sekisho_item item = {0};
    const struct sekisho_request request = {
        .operation = SEKISHO_MATCH, .purpose = SEKISHO_CHANGE, .items = &item, .count = 1};
    struct sekisho_result result;
    struct sekisho_receipt receipt;
    unsigned answered = 0, spent = person->misses, doubtful = person->doubtful;
    bool unlock_doubtful = person->unlock_doubtful;

    memcpy(item.reference, person->reference, sizeof item.reference);
    for (;;) {
        nobodys_number(39000000000ull + answered, item.number);
        people_ask(SEKISHO_MATCH, number, true);
        if (!call_ok(DESK_REVIEW, &request, &result, &receipt))
            return;
        people_answer(SEKISHO_MATCH, number, true, &result, &receipt);
        if (result.detail == SEKISHO_DETAIL_BUDGET_SPENT || answered > MISSES_LIMIT)
            break;
        answered++;
    }
    unsigned left = spent < MISSES_LIMIT ? MISSES_LIMIT - spent : 0;
    unsigned at_least = left > doubtful ? left - doubtful : 0, at_most = unlock_doubtful ? MISSES_LIMIT : left;
    if (answered < at_least || answered > at_most)
        FOUND("person %u: %u wrong numbers are answered, with %u acknowledged and %u unanswered misses before", number,
              answered, spent, doubtful);
    people_settle(SEKISHO_MATCH, number, true);
}

static unsigned audit_budgets(void)
{
    unsigned probes = 0;

    for (uint32_t person = people_count; person-- > 0 && probes < PROBES_MAX;) {
        if (!people[person].touched || people[person].stage == STAGE_ERASED)
            continue;
        audit_budget(person);
        probes++;
    }
    return probes;
}

/* ---- the ledger ---- */

struct walk {
    struct sekisho_tree tree;
    uint64_t leaves, roots;
};

static void compare_root(struct walk *walk, struct handed_out *known)
{
    uint8_t root[SEKISHO_HASH_LEN];

    walk->roots++;
    if (!sekisho_tree_root(&walk->tree, root) || memcmp(root, known->root, sizeof root) != 0)
        FOUND("the tree is not that of the head that was handed out at size %llu", (unsigned long long)walk->tree.size);
}

static enum sekisho_status visit(void *user, uint64_t index, const uint8_t leaf_hash[SEKISHO_HASH_LEN],
                                 const struct sekisho_ledger_entry *entry, struct sekisho_error *error)
{
    struct walk *walk = user;

    (void)error;
    if (index < handed_out_end && handed_out[index].leaf_known) {
        walk->leaves++;
        if (memcmp(handed_out[index].leaf, leaf_hash, SEKISHO_HASH_LEN) != 0)
            FOUND("leaf %llu is not the acknowledged one", (unsigned long long)index);
        if (entry && entry->operation != handed_out[index].operation)
            FOUND("leaf %llu is of another operation", (unsigned long long)index);
    }
    if (!sekisho_tree_add(&walk->tree, leaf_hash))
        exit(2);
    if (walk->tree.size < handed_out_end && handed_out[walk->tree.size].root_known)
        compare_root(walk, &handed_out[walk->tree.size]);
    return SEKISHO_OK;
}

static void check_signatures(const struct sekisho_checkpoint *head)
{
    for (uint64_t size = 1; size < handed_out_end; size++) {
        if (!handed_out[size].root_known || !handed_out[size].root_new)
            continue;
        struct sekisho_checkpoint checkpoint = *head;
        checkpoint.size = size;
        memcpy(checkpoint.root, handed_out[size].root, sizeof checkpoint.root);
        memcpy(checkpoint.signature, handed_out[size].signature, sizeof checkpoint.signature);
        if (!sekisho_verify_checkpoint(&checkpoint))
            FOUND("the head handed out at size %llu is not signed", (unsigned long long)size);
    }
}

static void audit_ledger(const char *state, bool entries)
{
    const struct sekisho_ledger_options options = {
        .prefecture = PREFECTURE, .state_file = state, .trust_on_first_use = true};
    struct sekisho_checkpoint head;
    struct sekisho_error error;
    struct walk walk = {0};
    uint64_t last, leaves = 0, roots = 0;

    if (sekisho_ledger_open(client, &options, &head, &last, &error) != SEKISHO_OK ||
        sekisho_ledger_walk(client, entries ? desk[DESK_PRIVACY] : NULL, &head, visit, &walk, &error) != SEKISHO_OK) {
        FOUND("ledger: %s %s", error.reason, error.message);
        return;
    }
    for (uint64_t i = 0; i < handed_out_end; i++) {
        leaves += handed_out[i].leaf_known;
        roots += handed_out[i].root_known;
    }
    if (walk.leaves != leaves || walk.roots != roots)
        FOUND("%llu of %llu acknowledged leaves and %llu of %llu heads are in the tree",
              (unsigned long long)walk.leaves, (unsigned long long)leaves, (unsigned long long)walk.roots,
              (unsigned long long)roots);
    check_signatures(&head);
    printf("%u people, %llu leaves of %llu, %llu heads", people_count, (unsigned long long)leaves,
           (unsigned long long)head.size, (unsigned long long)roots);
}

int campaign_audit(const char *state, bool entries)
{
    uint32_t unanswered = 0;

    for (uint32_t person = 0; person < people_count; person++)
        unanswered += people[person].out != 0;
    settle_enrolments();
    audit_people();
    audit_count();
    unsigned probes = audit_budgets();
    audit_ledger(state, entries);
    printf(", %u changes unanswered, %u budgets probed\n", unanswered, probes);
    if (found == 0)
        people_audited();
    return found ? 1 : 0;
}
