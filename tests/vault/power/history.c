#include "history.h"

#include "ledger/merkle.h"

void person_number(uint32_t person, bool replaced, char number[NUMBER_LEN])
{
    test_number(person + (replaced ? 10000 : 0), number);
}

void person_request(uint32_t person, uint8_t request_id[REQUEST_ID_LEN])
{
    uint32_t number = person + 1;

    memset(request_id, 0, REQUEST_ID_LEN);
    memcpy(request_id, &number, sizeof number);
}

struct asked *history_answer(struct history *history, uint64_t reply_to, const uint8_t *body, size_t length)
{
    struct session_call_reply head;

    assert_true(reply_to > 0 && reply_to <= history->asked_count);
    struct asked *asked = &history->asked[reply_to];
    assert_false(asked->answered);
    asked->answered = true;
    if (asked->operation == OPERATION_NONE)
        return asked;
    assert_true(length >= sizeof head + sizeof asked->answer);
    memcpy(&head, body, sizeof head);
    assert_int_equal(head.status, CALL_OK);
    memcpy(&asked->answer, body + sizeof head, sizeof asked->answer);
    assert_int_equal(asked->answer.count, asked->count);
    for (uint32_t i = 0; i < asked->count && asked->operation == OPERATION_ENROLL; i++) {
        struct call_result_item item;
        memcpy(&item, body + sizeof head + sizeof asked->answer + i * sizeof item, sizeof item);
        assert_int_equal(item.outcome, OUTCOME_DONE);
        memcpy(history->reference[asked->first + i], item.reference, REFERENCE_LEN);
    }
    return asked;
}

/* Nothing but the right edge is needed. */
static int put_nothing(void *context, unsigned level, uint64_t index, const uint8_t hash[HASH_LEN])
{
    (void)context, (void)level, (void)index, (void)hash;
    return 0;
}

static int order_by_leaf(struct history *history)
{
    history->leaves = 0;
    for (size_t i = 1; i <= history->asked_count; i++) {
        const struct asked *asked = &history->asked[i];
        if (!asked->answered)
            return -1;
        if (asked->operation == OPERATION_NONE)
            continue;
        if (asked->answer.ledger_index >= CALLS_MAX || history->by_leaf[asked->answer.ledger_index] != 0)
            return -1;
        history->by_leaf[asked->answer.ledger_index] = i;
        history->leaves++;
    }
    return 0;
}

void history_settle(struct history *history)
{
    static uint8_t root[CALLS_MAX + 1][HASH_LEN];
    const struct merkle_store nowhere = {.put = put_nothing};
    struct merkle tree = {0};

    assert_int_equal(order_by_leaf(history), 0);
    for (size_t leaf = 0; leaf < history->leaves; leaf++) {
        assert_int_not_equal(history->by_leaf[leaf], 0);
        assert_int_equal(merkle_append(&tree, &nowhere, history->asked[history->by_leaf[leaf]].answer.leaf_hash), 0);
        assert_int_equal(merkle_root(&tree, root[leaf + 1]), 0);
    }
    for (size_t leaf = 0; leaf < history->leaves; leaf++) {
        const struct call_result_head *answer = &history->asked[history->by_leaf[leaf]].answer;
        assert_in_range(answer->checkpoint.size, leaf + 1, history->leaves);
        assert_memory_equal(answer->checkpoint.root, root[answer->checkpoint.size], HASH_LEN);
    }
}

static void replay(const struct history *history, const struct asked *asked, struct state *state)
{
    struct person *person = &state->person[asked->first];

    switch (asked->operation) {
    case OPERATION_ENROLL:
        for (uint32_t i = 0; i < asked->count; i++) {
            memcpy(person[i].reference, history->reference[asked->first + i], REFERENCE_LEN);
            person[i].stage = STAGE_ENROLLED;
            person[i].in_case = person[i].provisional = asked->in_case;
        }
        state->subjects += asked->count;
        break;
    case OPERATION_MATCH:
        person->misses += asked->missed;
        state->account_misses += asked->missed;
        break;
    case OPERATION_REPLACE:
        person->stage = STAGE_REPLACED;
        person->misses++;
        break;
    case OPERATION_CONFIRM:
        person->provisional = false;
        break;
    case OPERATION_ERASE:
    case OPERATION_RELEASE:
        person->stage = STAGE_ERASED;
        state->subjects--;
        break;
    case OPERATION_UNLOCK:
        person->misses = 0;
        break;
    default:
        break;
    }
}

void history_state(const struct history *history, size_t leaves, struct state *state)
{
    *state = (struct state){0};
    for (size_t leaf = 0; leaf < leaves; leaf++)
        replay(history, &history->asked[history->by_leaf[leaf]], state);
}
