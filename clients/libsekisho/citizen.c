#include "internal.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/hpke.h"

enum sekisho_status sekisho_citizen_seal(const uint8_t key[SEKISHO_KEY_LEN], unsigned prefecture,
                                         const uint8_t nonce[SEKISHO_NONCE_LEN], const char *portal,
                                         const char number[SEKISHO_NUMBER_LEN], uint8_t blob[SEKISHO_BLOB_LEN],
                                         struct sekisho_error *error)
{
    struct hpke_context context;
    char account[ACCOUNT_LEN] = {0};
    uint8_t info[CITIZEN_INFO_LEN], aad[CITIZEN_AAD_LEN];
    enum sekisho_status status;

    if ((status = client_start(error)) != SEKISHO_OK || (status = check_prefecture(prefecture, error)) != SEKISHO_OK ||
        (status = check_account(portal, error)) != SEKISHO_OK)
        return status;
    memcpy(account, portal, strnlen(portal, sizeof account));
    sealed_citizen_info((uint16_t)prefecture, info);
    sealed_citizen_aad(nonce, account, aad);
    if (hpke_setup_sender(key, info, sizeof info, NULL, 0, blob, &context) < 0 ||
        hpke_seal(&context, aad, sizeof aad, number, NUMBER_LEN, blob + X25519_LEN) < 0)
        status = error_crypto(error);
    crypto_wipe(&context, sizeof context);
    return status;
}
