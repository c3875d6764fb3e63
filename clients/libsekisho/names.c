#include "sekisho.h"
#include "sekisho_ledger.h"

#define NAME_OF(table, value)                                                                                          \
    ((size_t)(value) < sizeof(table) / sizeof((table)[0]) && (table)[value] ? (table)[value] : "UNKNOWN")

static const char *const operations[] = {
    [SEKISHO_ENROLL] = "ENROLL",
    [SEKISHO_MATCH] = "MATCH",
    [SEKISHO_LOOKUP] = "LOOKUP",
    [SEKISHO_REPLACE] = "REPLACE",
    [SEKISHO_ERASE] = "ERASE",
    [SEKISHO_ENROLL_CITIZEN] = "ENROLL_CITIZEN",
    [SEKISHO_UNLOCK] = "UNLOCK",
    [SEKISHO_READ_LEDGER] = "READ_LEDGER",
    [SEKISHO_ROTATE_KEYS] = "ROTATE_KEYS",
    [SEKISHO_BACKUP] = "BACKUP",
    [SEKISHO_CONFIRM] = "CONFIRM",
    [SEKISHO_RELEASE] = "RELEASE",
    [SEKISHO_MATCH_CITIZEN] = "MATCH_CITIZEN",
};

static const char *const purposes[] = {
    [SEKISHO_REGISTER] = "REGISTER",
    [SEKISHO_CHANGE] = "CHANGE",
    [SEKISHO_DELETE] = "DELETE",
    [SEKISHO_PERIODIC] = "PERIODIC",
};

static const char *const outcomes[] = {
    [SEKISHO_OUTCOME_DONE] = "DONE",
    [SEKISHO_OUTCOME_MATCHED] = "MATCHED",
    [SEKISHO_OUTCOME_NOT_MATCHED] = "NOT_MATCHED",
    [SEKISHO_OUTCOME_FOUND] = "FOUND",
    [SEKISHO_OUTCOME_NOT_FOUND] = "NOT_FOUND",
    [SEKISHO_OUTCOME_REFUSED] = "REFUSED",
};

static const char *const details[] = {
    [SEKISHO_DETAIL_NONE] = "NONE",
    [SEKISHO_DETAIL_DONE] = "DONE",
    [SEKISHO_DETAIL_REPEATED] = "REPEATED",
    [SEKISHO_DETAIL_MATCHED] = "MATCHED",
    [SEKISHO_DETAIL_NOT_MATCHED] = "NOT_MATCHED",
    [SEKISHO_DETAIL_FOUND] = "FOUND",
    [SEKISHO_DETAIL_FOUND_FORMER] = "FOUND_FORMER",
    [SEKISHO_DETAIL_NOT_FOUND] = "NOT_FOUND",
    [SEKISHO_DETAIL_INVALID_NUMBER] = "INVALID_NUMBER",
    [SEKISHO_DETAIL_DUPLICATE] = "DUPLICATE",
    [SEKISHO_DETAIL_UNKNOWN_REFERENCE] = "UNKNOWN_REFERENCE",
    [SEKISHO_DETAIL_ERASED] = "ERASED",
    [SEKISHO_DETAIL_SAME_NUMBER] = "SAME_NUMBER",
    [SEKISHO_DETAIL_REQUEST_CONFLICT] = "REQUEST_CONFLICT",
    [SEKISHO_DETAIL_BLOB_USED] = "BLOB_USED",
    [SEKISHO_DETAIL_BLOB_INVALID] = "BLOB_INVALID",
    [SEKISHO_DETAIL_BUDGET_SPENT] = "BUDGET_SPENT",
    [SEKISHO_DETAIL_NOT_LOCKED] = "NOT_LOCKED",
    [SEKISHO_DETAIL_OWN_ACCOUNT] = "OWN_ACCOUNT",
    [SEKISHO_DETAIL_ROTATING] = "ROTATING",
    [SEKISHO_DETAIL_NO_BACKUP_KEY] = "NO_BACKUP_KEY",
    [SEKISHO_DETAIL_BACKUP_RUNNING] = "BACKUP_RUNNING",
    [SEKISHO_DETAIL_CONFIRMED] = "CONFIRMED",
};

static const struct {
    const char *ja, *en;
} legal_bases[] = {
#define LEGAL_BASIS(code, operations, purposes, from, until, ja, en) [code] = {ja, en},
#include "wire/legal_bases.def"
#undef LEGAL_BASIS
};

const char *sekisho_operation_name(enum sekisho_operation operation)
{
    return NAME_OF(operations, operation);
}

const char *sekisho_purpose_name(enum sekisho_purpose purpose)
{
    return NAME_OF(purposes, purpose);
}

const char *sekisho_outcome_name(enum sekisho_outcome outcome)
{
    return NAME_OF(outcomes, outcome);
}

const char *sekisho_detail_name(enum sekisho_detail detail)
{
    return NAME_OF(details, detail);
}

const char *sekisho_legal_basis_name(unsigned code, bool japanese)
{
    if (code >= sizeof legal_bases / sizeof legal_bases[0] || !legal_bases[code].ja)
        return "-";
    return japanese ? legal_bases[code].ja : legal_bases[code].en;
}
