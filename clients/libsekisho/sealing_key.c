#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "sekisho/v1/session_service.pb-c.h"

enum sekisho_status check_prefecture(unsigned prefecture, struct sekisho_error *error)
{
    return prefecture >= 1 && prefecture <= TENANTS_MAX
               ? SEKISHO_OK
               : error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_PREFECTURE", "a prefecture code is 1 to 47 (JIS X 0401)",
                           "都道府県コードは1~47です(JIS X 0401)");
}

enum sekisho_status check_account(const char *account, struct sekisho_error *error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = account ? strlen(account) : 0;

    if (length < 1 || length > ACCOUNT_LEN || strspn(account, allowed) != length || strchr("._-", account[0]))
        return error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_ACCOUNT",
                         "an account is 1 to 32 of a-z 0-9 . _ - and begins with a letter or digit",
                         "アカウント名は英小文字・数字・「. _ -」の1~32文字で、先頭は英小文字か数字です");
    return SEKISHO_OK;
}

enum sekisho_status check_otp(const char *otp, struct sekisho_error *error)
{
    return strlen(otp) == OTP_LEN && strspn(otp, "0123456789") == OTP_LEN
               ? SEKISHO_OK
               : error_set(error, SEKISHO_ERROR_ARGUMENT, "BAD_OTP", "a code of a second factor has six digits",
                           "ワンタイムパスワードは数字6桁です");
}

void sekisho_fingerprint(const uint8_t key[SEKISHO_KEY_LEN], char hex[SEKISHO_FINGERPRINT_LEN + 1])
{
    uint8_t hash[HASH_LEN] = {0};

    if (sha256(key, SEKISHO_KEY_LEN, hash) < 0)
        abort(); /* a fingerprint of anything else would be believed */
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

static bool take_key(ProtobufCBinaryData data, uint8_t out[X25519_LEN])
{
    if (data.len != X25519_LEN)
        return false;
    memcpy(out, data.data, X25519_LEN);
    return true;
}

enum sekisho_status sealing_key_get(struct sekisho_client *client, unsigned prefecture, struct sealing_key *key,
                                    struct sekisho_error *error)
{
    char name[32];
    Sekisho__V1__GetSealingKeyRequest request = SEKISHO__V1__GET_SEALING_KEY_REQUEST__INIT;
    ProtobufCMessage *answer = NULL;
    enum sekisho_status status = check_prefecture(prefecture, error);

    if (status != SEKISHO_OK)
        return status;
    snprintf(name, sizeof name, "prefectures/%02u", prefecture);
    request.prefecture = name;
    status = unary_call(client, "/sekisho.v1.SessionService/GetSealingKey", &request.base,
                        &sekisho__v1__get_sealing_key_response__descriptor, &answer, error);
    if (status != SEKISHO_OK)
        return status;
    const Sekisho__V1__GetSealingKeyResponse *response = (const Sekisho__V1__GetSealingKeyResponse *)answer;
    if (!take_key(response->login_key, key->login_key) || !take_key(response->challenge, key->challenge) ||
        !take_key(response->citizen_key, key->citizen_key))
        status = error_forged(error, "the sealing key's lengths are wrong", "公開鍵の長さが正しくありません");
    protobuf_c_message_free_unpacked(answer, NULL);
    return status;
}

enum sekisho_status check_pin(const struct sekisho_client *client, const uint8_t login_key[X25519_LEN],
                              struct sekisho_error *error)
{
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];

    sekisho_fingerprint(login_key, fingerprint);
    if (client->pin[0] == '\0' || strcmp(fingerprint, client->pin) == 0)
        return SEKISHO_OK;
    return error_set(error, SEKISHO_ERROR_KEY_CHANGED, "LOGIN_KEY_CHANGED",
                     "the server shows another login key than the pinned one: nothing was sent to it",
                     "サーバーのログイン用公開鍵が登録済みの指紋と異なります。何も送信していません");
}

enum sekisho_status sekisho_citizen_key(struct sekisho_client *client, unsigned prefecture,
                                        uint8_t key[SEKISHO_KEY_LEN], struct sekisho_error *error)
{
    struct sealing_key keys;
    enum sekisho_status status = sealing_key_get(client, prefecture, &keys, error);

    if (status == SEKISHO_OK)
        memcpy(key, keys.citizen_key, SEKISHO_KEY_LEN);
    return status;
}
