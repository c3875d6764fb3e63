#include "vault/operations.h"

static const struct op_row rows[OPERATION_COUNT] = {
    [OPERATION_ENROLL] = {PURPOSE_BIT(PURPOSE_REGISTER), false, OUTCOME_REFUSED, op_enroll},
    [OPERATION_MATCH] = {PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE), true, OUTCOME_NOT_MATCHED,
                         op_match},
    [OPERATION_LOOKUP] = {PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE), false, OUTCOME_NOT_FOUND,
                          op_lookup},
    [OPERATION_REPLACE] = {PURPOSE_BIT(PURPOSE_CHANGE), false, OUTCOME_REFUSED, op_replace},
    [OPERATION_ERASE] = {PURPOSE_BIT(PURPOSE_DELETE), false, OUTCOME_REFUSED, op_erase},
    [OPERATION_ENROLL_CITIZEN] = {PURPOSE_BIT(PURPOSE_REGISTER), false, OUTCOME_REFUSED, op_enroll_citizen},
    [OPERATION_UNLOCK] = {PURPOSE_BIT(PURPOSE_REGISTER) | PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE),
                          false, OUTCOME_REFUSED, op_unlock},
    [OPERATION_READ_LEDGER] = {PURPOSE_BIT(PURPOSE_REGISTER) | PURPOSE_BIT(PURPOSE_CHANGE) |
                                   PURPOSE_BIT(PURPOSE_DELETE) | PURPOSE_BIT(PURPOSE_PERIODIC),
                               false, OUTCOME_REFUSED, op_read_ledger},
    [OPERATION_ROTATE_KEYS] = {PURPOSE_BIT(PURPOSE_CHANGE), false, OUTCOME_REFUSED, op_rotate_keys},
    [OPERATION_CONFIRM] = {PURPOSE_BIT(PURPOSE_REGISTER), false, OUTCOME_REFUSED, op_confirm},
    [OPERATION_RELEASE] = {PURPOSE_BIT(PURPOSE_REGISTER), false, OUTCOME_REFUSED, op_release},
    [OPERATION_MATCH_CITIZEN] = {PURPOSE_BIT(PURPOSE_CHANGE) | PURPOSE_BIT(PURPOSE_DELETE), false, OUTCOME_NOT_MATCHED,
                                 op_match_citizen},
    [OPERATION_BACKUP] = {PURPOSE_BIT(PURPOSE_CHANGE), false, OUTCOME_REFUSED, op_backup},
};

const struct op_row *operation_row(uint16_t operation)
{
    return operation < OPERATION_COUNT && rows[operation].run ? &rows[operation] : NULL;
}

uint16_t operation_purposes(uint16_t operation)
{
    const struct op_row *row = operation_row(operation);

    return row ? row->purposes : 0;
}

enum outcome operation_outcome(uint16_t operation, enum detail detail)
{
    switch (detail) {
    case DETAIL_DONE:
    case DETAIL_REPEATED:
        return OUTCOME_DONE;
    case DETAIL_MATCHED:
        return OUTCOME_MATCHED;
    case DETAIL_FOUND:
    case DETAIL_FOUND_FORMER:
        return OUTCOME_FOUND;
    default:
        return rows[operation].miss;
    }
}
