#include "server/services/errors.h"

#include <grpc/status.h>

#define RETRY_MS 500

#define ERROR(status, why, english, japanese)                                                                          \
    {                                                                                                                  \
        .code = GRPC_STATUS_##status, .reason = (why), .message = (english), .message_ja = (japanese), .retry_ms = -1  \
    }
#define ERROR_RETRY(status, why, english, japanese)                                                                    \
    {                                                                                                                  \
        .code = GRPC_STATUS_##status, .reason = (why), .message = (english), .message_ja = (japanese),                 \
        .retry_ms = RETRY_MS                                                                                           \
    }

static const struct rpc_error call_errors[CALL_STATUS_COUNT] = {
    [CALL_UNKNOWN_SESSION] =
        ERROR(UNAUTHENTICATED, "UNKNOWN_SESSION", "the session does not exist or has ended: log in",
              "セッションが存在しないか、終了しています。ログインしてください。"),
    [CALL_EXPIRED] = ERROR(UNAUTHENTICATED, "SESSION_EXPIRED", "the session has expired: log in",
                           "セッションの有効期限が切れました。ログインしてください。"),
    [CALL_REPLAYED] = ERROR(ABORTED, "REPLAYED", "the sequence number was used before or is too old",
                            "このシーケンス番号は使用済みか、古すぎます。"),
    [CALL_BAD_SEAL] = ERROR(INVALID_ARGUMENT, "BAD_SEAL", "the message does not open under the session's key",
                            "メッセージの封を、このセッションの鍵で開くことができません。"),
    [CALL_MALFORMED] = ERROR(INVALID_ARGUMENT, "MALFORMED_CALL", "the sealed message has a wrong layout",
                             "封の中のメッセージの形式が正しくありません。"),
    [CALL_WRONG_METHOD] =
        ERROR(INVALID_ARGUMENT, "WRONG_METHOD", "the operation inside the seal is not the one of the method called",
              "封の中の操作が、呼び出されたメソッドの操作と異なります。"),
    [CALL_NOT_PERMITTED] =
        ERROR(PERMISSION_DENIED, "NOT_PERMITTED", "the session may not do this operation for this purpose",
              "このセッションには、この利用目的でこの操作を行う権限がありません。"),
    [CALL_STORE_UNAVAILABLE] =
        ERROR_RETRY(UNAVAILABLE, "VAULT_UNAVAILABLE", "the vault cannot write its store; nothing was changed",
                    "番号保管庫に書き込むことができません。何も変更されていません。"),
};

static const struct rpc_error login_errors[LOGIN_STATUS_COUNT] = {
    [LOGIN_CHALLENGE_UNKNOWN] =
        ERROR(UNAUTHENTICATED, "CHALLENGE_UNKNOWN", "the challenge was not made by this server or has expired",
              "チャレンジがこのサーバーのものでないか、有効期限が切れています。"),
    [LOGIN_CHALLENGE_USED] =
        ERROR(UNAUTHENTICATED, "CHALLENGE_USED", "the challenge was used before", "このチャレンジは使用済みです。"),
    [LOGIN_BAD_SEAL] = ERROR(INVALID_ARGUMENT, "BAD_SEAL",
                             "the login does not open: it was sealed to another key, prefecture or challenge",
                             "ログインの封を開くことができません。鍵、都道府県またはチャレンジが異なります。"),
    [LOGIN_MALFORMED] = ERROR(INVALID_ARGUMENT, "MALFORMED_LOGIN", "the sealed login has a wrong layout",
                              "封の中のログイン情報の形式が正しくありません。"),
    [LOGIN_WRONG_CERTIFICATE] = ERROR(UNAUTHENTICATED, "WRONG_CERTIFICATE",
                                      "the connection's client certificate is not the one inside the sealed login",
                                      "接続のクライアント証明書が、封の中のものと異なります。"),
    [LOGIN_REFUSED] =
        ERROR(UNAUTHENTICATED, "LOGIN_REFUSED", "the account or the password is wrong, or the account is closed",
              "アカウントまたはパスワードが正しくないか、アカウントが無効です。"),
    [LOGIN_BUSY] = ERROR_RETRY(RESOURCE_EXHAUSTED, "BUSY", "too many logins or sessions now: try again later",
                               "ログインまたはセッションが多すぎます。しばらくしてから再度お試しください。"),
};

static const struct rpc_error front_errors[FRONT_ERROR_COUNT] = {
    [FRONT_VAULT_UNAVAILABLE] = ERROR_RETRY(UNAVAILABLE, "VAULT_UNAVAILABLE",
                                            "the vault did not answer; whether a call was processed is not known",
                                            "番号保管庫が応答しません。処理されたかどうかは不明です。"),
    [FRONT_AUTH_UNAVAILABLE] =
        ERROR_RETRY(UNAVAILABLE, "AUTH_UNAVAILABLE", "the auth process did not answer", "認証処理が応答しません。"),
    [FRONT_WARDEN_UNAVAILABLE] =
        ERROR_RETRY(UNAVAILABLE, "WARDEN_UNAVAILABLE", "the warden did not answer", "監視処理が応答しません。"),
    [FRONT_BUSY] = ERROR_RETRY(RESOURCE_EXHAUSTED, "BUSY", "too many calls now: try again later",
                               "処理中の要求が多すぎます。しばらくしてから再度お試しください。"),
    [FRONT_UNKNOWN_PREFECTURE] = ERROR(NOT_FOUND, "UNKNOWN_PREFECTURE", "this server does not serve the prefecture",
                                       "このサーバーは、この都道府県を扱っていません。"),
    [FRONT_UNKNOWN_SESSION] = ERROR(NOT_FOUND, "UNKNOWN_SESSION", "the session does not exist or has ended",
                                    "セッションが存在しないか、終了しています。"),
    [FRONT_WRONG_CERTIFICATE] =
        ERROR(PERMISSION_DENIED, "WRONG_CERTIFICATE", "the session was opened over another client certificate",
              "このセッションは、別のクライアント証明書で開始されました。"),
    [FRONT_BAD_PREFECTURE_NAME] = ERROR(INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "not the resource name of a prefecture",
                                        "都道府県のリソース名ではありません。"),
    [FRONT_BAD_SESSION_NAME] = ERROR(INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "not the resource name of a session",
                                     "セッションのリソース名ではありません。"),
    [FRONT_BAD_LENGTH] =
        ERROR(INVALID_ARGUMENT, "BAD_LENGTH", "a field has a wrong length", "項目の長さが正しくありません。"),
    [FRONT_BAD_CALL] = ERROR(INVALID_ARGUMENT, "MALFORMED_CALL", "a field of the call is missing or out of range",
                             "呼び出しの項目が不足しているか、範囲外です。"),
    [FRONT_BAD_ENTRY_NAME] = ERROR(INVALID_ARGUMENT, "BAD_RESOURCE_NAME", "not the resource name of a ledger entry",
                                   "台帳の記録のリソース名ではありません。"),
    [FRONT_BAD_PAGE] =
        ERROR(INVALID_ARGUMENT, "BAD_PAGE", "the page size is out of range", "ページの件数が範囲外です。"),
    [FRONT_LEDGER_OUT_OF_RANGE] = ERROR(OUT_OF_RANGE, "LEDGER_OUT_OF_RANGE", "the ledger has no such leaf or tree size",
                                        "台帳に、この記録または大きさはありません。"),
    [FRONT_BACKUP_GONE] =
        ERROR(ABORTED, "BACKUP_GONE",
              "the vault has given the backup up: it was read too slowly, or the store needs the room",
              "バックアップは中断されました。読み取りが遅すぎたか、保管庫の空き容量が不足しています。"),
    [FRONT_ROLE_NOT_PERMITTED] =
        ERROR(PERMISSION_DENIED, "ROLE_NOT_PERMITTED", "the session's role may not call this method; this is recorded",
              "このセッションの役割では、この操作を行うことができません。試行は記録されました。"),
    [FRONT_NO_TERMS] = ERROR(NOT_FOUND, "NO_TERMS", "this server has no terms of use",
                             "このサーバーには利用規約が設定されていません。"),
    [FRONT_ACCOUNTS_UNWRITABLE] =
        ERROR_RETRY(UNAVAILABLE, "AUTH_UNAVAILABLE", "auth cannot write its store; nothing was changed",
                    "認証処理のデータに書き込むことができません。何も変更されていません。"),
};

static const enum front_error ledger_errors[] = {
    [LEDGER_UNKNOWN_TENANT] = FRONT_UNKNOWN_PREFECTURE,
    [LEDGER_OUT_OF_RANGE] = FRONT_LEDGER_OUT_OF_RANGE,
    [LEDGER_UNAVAILABLE] = FRONT_VAULT_UNAVAILABLE,
};

const struct rpc_error *error_of_call(enum call_status status)
{
    return status == CALL_OK ? NULL : &call_errors[status];
}

const struct rpc_error *error_of_login(enum login_status status)
{
    return status == LOGIN_OK ? NULL : &login_errors[status];
}

const struct rpc_error *error_of_account(enum account_call_status status)
{
    switch (status) {
    case ACCOUNT_CALL_OK:
    case ACCOUNT_CALL_STATUS_COUNT:
        break;
    case ACCOUNT_CALL_UNKNOWN_SESSION:
        return &call_errors[CALL_UNKNOWN_SESSION];
    case ACCOUNT_CALL_REPLAYED:
        return &call_errors[CALL_REPLAYED];
    case ACCOUNT_CALL_BAD_SEAL:
        return &call_errors[CALL_BAD_SEAL];
    case ACCOUNT_CALL_MALFORMED:
        return &call_errors[CALL_MALFORMED];
    case ACCOUNT_CALL_WRONG_METHOD:
        return &call_errors[CALL_WRONG_METHOD];
    case ACCOUNT_CALL_UNAVAILABLE:
        return &front_errors[FRONT_ACCOUNTS_UNWRITABLE];
    }
    return NULL;
}

const struct rpc_error *error_of_ledger(enum ledger_status status)
{
    return status == LEDGER_OK ? NULL : &front_errors[ledger_errors[status]];
}

const struct rpc_error *error_of_front(enum front_error error)
{
    return &front_errors[error];
}

const struct rpc_error *error_of_link(enum link_sent sent, enum front_error unavailable)
{
    return error_of_front(sent == LINK_BUSY ? FRONT_BUSY : unavailable);
}

void finish_with_field(struct rpc_call *call, enum front_error error, const char *field, const char *description)
{
    struct rpc_error with_field = front_errors[error];

    with_field.field = field;
    with_field.field_description = description;
    rpc_call_finish(call, &with_field);
}
