/* What auth says became of an account call, as an error. */
#include "internal.h"

#include <grpc/status.h>
#include <stdio.h>

struct refusal {
    int code;
    const char *reason, *message, *message_ja;
};

static const struct refusal results[ACCOUNT_RESULT_END] = {
    [ACCOUNT_NOT_PERMITTED] = {GRPC_STATUS_PERMISSION_DENIED, "NOT_PERMITTED",
                               "the account may not do this, or must change its password or agree to the terms first",
                               "この操作を行う権限がないか、先にパスワードの変更または規約への同意が必要です"},
    [ACCOUNT_UNKNOWN] = {GRPC_STATUS_NOT_FOUND, "UNKNOWN_OBJECT", "there is no such account or terminal",
                         "該当するアカウントまたは端末がありません"},
    [ACCOUNT_EXISTS] = {GRPC_STATUS_ALREADY_EXISTS, "ALREADY_EXISTS",
                        "it exists already: the id, the certificate, or an account of this person and role",
                        "同じID、同じ証明書、または同じ人・同じ役割のアカウントが既にあります"},
    [ACCOUNT_WRONG_STATE] = {GRPC_STATUS_FAILED_PRECONDITION, "WRONG_STATE",
                             "this cannot be done in the state that it is in", "現在の状態では、この操作はできません"},
    [ACCOUNT_SAME_PERSON] = {GRPC_STATUS_PERMISSION_DENIED, "SAME_PERSON",
                             "another person must do this than did the step before, or than the account's own",
                             "前の手続きを行った人や、アカウントの本人は、この操作を行えません"},
    [ACCOUNT_BAD_FIELD] = {GRPC_STATUS_INVALID_ARGUMENT, "BAD_FIELD", "a field is missing or not well-formed",
                           "項目が不足しているか、形式が正しくありません"},
    [ACCOUNT_WRONG_PASSWORD] = {GRPC_STATUS_UNAUTHENTICATED, "WRONG_PASSWORD", "the current password is wrong",
                                "現在のパスワードが正しくありません"},
    [ACCOUNT_WEAK_PASSWORD] = {GRPC_STATUS_INVALID_ARGUMENT, "WEAK_PASSWORD", "the new password is too weak",
                               "新しいパスワードが規則を満たしていません"},
    [ACCOUNT_WRONG_OTP] = {GRPC_STATUS_UNAUTHENTICATED, "WRONG_OTP", "the code of the second factor is wrong",
                           "ワンタイムパスワードが正しくありません"},
    [ACCOUNT_WRONG_TERMS] = {GRPC_STATUS_FAILED_PRECONDITION, "WRONG_TERMS",
                             "another version or text of the terms is current",
                             "現在の規約は、同意しようとした版または本文と異なります"},
};

static const struct refusal faults[PASSWORD_FAULT_END] = {
    [PASSWORD_NOT_TEXT] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_NOT_TEXT",
                           "a password is UTF-8 text without control characters",
                           "パスワードに使用できない文字が含まれています"},
    [PASSWORD_TOO_SHORT] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_TOO_SHORT", "the password is too short",
                            "パスワードが短すぎます"},
    [PASSWORD_TOO_LONG] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_TOO_LONG", "the password is longer than 128 bytes",
                           "パスワードが128バイトを超えています"},
    [PASSWORD_FEW_KINDS] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_FEW_KINDS",
                            "a password has three of four kinds: upper case, lower case, digits, others",
                            "英大文字・英小文字・数字・その他のうち3種類以上を使用してください"},
    [PASSWORD_COMMON] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_COMMON",
                         "the password is a common one, or made of the account's name",
                         "よく使われるパスワード、またはアカウント名を基にしたパスワードです"},
    [PASSWORD_USED] = {GRPC_STATUS_INVALID_ARGUMENT, "PASSWORD_USED", "the account has had this password before",
                       "以前に使用したパスワードは使用できません"},
};

static const struct {
    size_t offset;
    const char *name;
} fields[] = {
#define FIELD(name)                                                                                                    \
    {                                                                                                                  \
        offsetof(struct account_call_plain, name), #name                                                               \
    }
    FIELD(role),   FIELD(kind),         FIELD(state),    FIELD(until),   FIELD(terms_version), FIELD(count),
    FIELD(next),   FIELD(from_us),      FIELD(until_us), FIELD(account), FIELD(terminal),      FIELD(digest),
    FIELD(person), FIELD(organisation), FIELD(note),     FIELD(otp),     FIELD(password),      FIELD(new_password),
#undef FIELD
};

static const char *field_name(uint16_t offset)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].offset == offset)
            return fields[i].name;
    return "";
}

enum sekisho_status account_error(const struct account_reply_plain *reply, struct sekisho_error *error)
{
    const struct refusal *refusal =
        reply->result == ACCOUNT_WEAK_PASSWORD && reply->field < PASSWORD_FAULT_END && faults[reply->field].reason
            ? &faults[reply->field]
        : reply->result < ACCOUNT_RESULT_END ? &results[reply->result]
                                             : &results[ACCOUNT_RESULT_NONE];

    if (!refusal->reason)
        return error_forged(error, "auth gives a result that this version does not know",
                            "認証プロセス(auth)の応答が、この版では解釈できません");
    error_set(error, SEKISHO_ERROR_REFUSED, refusal->reason, refusal->message, refusal->message_ja);
    if (error) {
        error->code = refusal->code;
        if (reply->result == ACCOUNT_BAD_FIELD) {
            snprintf(error->field, sizeof error->field, "%s", field_name(reply->field));
            snprintf(error->field_description, sizeof error->field_description, "is missing or does not fit the rest");
        }
    }
    return SEKISHO_ERROR_REFUSED;
}
