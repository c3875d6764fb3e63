#include "job.h"

static const struct {
    const char *code;
    enum text explanation;
} faults[FAULT_COUNT] = {
#define ROW_FAULT(id, explanation) [FAULT_##id] = {#id, TEXT_##explanation},
#include "rows.def"
#undef ROW_FAULT
};

/* Good details need no explanation: TEXT_FAULT_NONE is empty. */
static const enum text details[] = {
    [SEKISHO_DETAIL_NONE] = TEXT_FAULT_NONE,
    [SEKISHO_DETAIL_DONE] = TEXT_FAULT_NONE,
    [SEKISHO_DETAIL_REPEATED] = TEXT_DETAIL_REPEATED,
    [SEKISHO_DETAIL_MATCHED] = TEXT_FAULT_NONE,
    [SEKISHO_DETAIL_NOT_MATCHED] = TEXT_DETAIL_NOT_MATCHED,
    [SEKISHO_DETAIL_FOUND] = TEXT_FAULT_NONE,
    [SEKISHO_DETAIL_FOUND_FORMER] = TEXT_DETAIL_FOUND_FORMER,
    [SEKISHO_DETAIL_NOT_FOUND] = TEXT_DETAIL_NOT_FOUND,
    [SEKISHO_DETAIL_INVALID_NUMBER] = TEXT_DETAIL_INVALID_NUMBER,
    [SEKISHO_DETAIL_DUPLICATE] = TEXT_DETAIL_DUPLICATE,
    [SEKISHO_DETAIL_UNKNOWN_REFERENCE] = TEXT_DETAIL_UNKNOWN_REFERENCE,
    [SEKISHO_DETAIL_ERASED] = TEXT_DETAIL_ERASED,
    [SEKISHO_DETAIL_SAME_NUMBER] = TEXT_DETAIL_SAME_NUMBER,
    [SEKISHO_DETAIL_REQUEST_CONFLICT] = TEXT_DETAIL_REQUEST_CONFLICT,
    [SEKISHO_DETAIL_BLOB_USED] = TEXT_DETAIL_BLOB_USED,
    [SEKISHO_DETAIL_BLOB_INVALID] = TEXT_DETAIL_BLOB_INVALID,
    [SEKISHO_DETAIL_BUDGET_SPENT] = TEXT_DETAIL_BUDGET_SPENT,
    [SEKISHO_DETAIL_NOT_LOCKED] = TEXT_DETAIL_NOT_LOCKED,
    [SEKISHO_DETAIL_OWN_ACCOUNT] = TEXT_DETAIL_OWN_ACCOUNT,
    [SEKISHO_DETAIL_ROTATING] = TEXT_ROTATION_RUNS,
    [SEKISHO_DETAIL_NO_BACKUP_KEY] = TEXT_DETAIL_NO_BACKUP_KEY,
    [SEKISHO_DETAIL_BACKUP_RUNNING] = TEXT_DETAIL_BACKUP_RUNNING,
    [SEKISHO_DETAIL_CONFIRMED] = TEXT_DETAIL_CONFIRMED,
};

const char *detail_explanation(enum sekisho_detail detail)
{
    return (size_t)detail < sizeof details / sizeof details[0] ? text(details[detail]) : "";
}

const char *fault_code(enum row_fault fault)
{
    return faults[fault].code;
}

const char *fault_explanation(enum row_fault fault)
{
    return text(faults[fault].explanation);
}
