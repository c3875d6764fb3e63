#include "unseal/token.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

#define SLOTS_MAX   64
#define ATTRIBUTES  16
#define AES_KEY_LEN 32

struct token {
    CK_FUNCTION_LIST *module;
    P11KitUri *uri;
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    bool initialized;
};

/* A key of a token is named by its label or its id: without either every AES key of the token would match. */
static bool uri_is_sound(P11KitUri *uri)
{
    return !p11_kit_uri_any_unrecognized(uri) && !p11_kit_uri_get_pin_value(uri) && !p11_kit_uri_get_pin_source(uri) &&
           (p11_kit_uri_get_attribute(uri, CKA_LABEL) || p11_kit_uri_get_attribute(uri, CKA_ID));
}

static enum unseal_status parse_uri(struct token *token, const char *uri)
{
    token->uri = p11_kit_uri_new();
    if (!token->uri)
        return UNSEAL_NO_MEMORY;
    return p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, token->uri) == P11_KIT_URI_OK && uri_is_sound(token->uri)
               ? UNSEAL_DONE
               : UNSEAL_BAD_URI;
}

/* Unmanaged: p11-kit would wrap the module in code that it makes at run time, which MDWE forbids. */
static enum unseal_status load_module(struct token *token, const char *path)
{
    token->module = p11_kit_module_load(path, P11_KIT_MODULE_UNMANAGED | P11_KIT_MODULE_CRITICAL);
    if (!token->module)
        return UNSEAL_NO_MODULE;
    token->initialized = p11_kit_module_initialize(token->module) == CKR_OK;
    return token->initialized ? UNSEAL_DONE : UNSEAL_NO_MODULE;
}

static enum unseal_status find_token(struct token *token)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    unsigned found = 0;

    if (token->module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return UNSEAL_TOKEN_FAILED;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (token->module->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
            !p11_kit_uri_match_token_info(token->uri, &info))
            continue;
        token->slot = slots[i];
        found++;
    }
    return found == 1 ? UNSEAL_DONE : UNSEAL_NO_TOKEN;
}

enum unseal_status token_open(const char *module_path, const char *uri, struct token **out)
{
    struct token *token = calloc(1, sizeof *token);

    *out = NULL;
    if (!token)
        return UNSEAL_NO_MEMORY;
    enum unseal_status status = parse_uri(token, uri);
    if (status == UNSEAL_DONE)
        status = load_module(token, module_path);
    if (status == UNSEAL_DONE)
        status = find_token(token);
    if (status == UNSEAL_DONE)
        *out = token;
    else
        token_close(token);
    return status;
}

void token_close(struct token *token)
{
    if (!token)
        return;
    if (token->session)
        token->module->C_CloseSession(token->session);
    if (token->initialized)
        p11_kit_module_finalize(token->module);
    if (token->module)
        p11_kit_module_release(token->module);
    p11_kit_uri_free(token->uri);
    free(token);
}

enum unseal_status token_login(struct token *token, bool writable, const char *pin, size_t length)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION | (writable ? CKF_RW_SESSION : 0);

    if (token->module->C_OpenSession(token->slot, flags, NULL, NULL, &token->session) != CKR_OK)
        return UNSEAL_TOKEN_FAILED;
    switch (token->module->C_Login(token->session, CKU_USER, (CK_UTF8CHAR *)pin, length)) {
    case CKR_OK:
        return UNSEAL_DONE;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
        return UNSEAL_PIN_REFUSED;
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
        return UNSEAL_PIN_LOCKED;
    default:
        return UNSEAL_TOKEN_FAILED;
    }
}

static bool set(CK_ATTRIBUTE *attributes, CK_ULONG *count, CK_ATTRIBUTE_TYPE type, const void *value, size_t length)
{
    if (*count == ATTRIBUTES)
        return false;
    attributes[(*count)++] = (CK_ATTRIBUTE){type, (void *)value, length};
    return true;
}

/* The name that the URI gives. */
static bool set_name(const struct token *token, CK_ATTRIBUTE *attributes, CK_ULONG *count)
{
    const CK_ATTRIBUTE_TYPE types[] = {CKA_LABEL, CKA_ID};
    bool done = true;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const CK_ATTRIBUTE *named = p11_kit_uri_get_attribute(token->uri, types[i]);
        if (named)
            done = set(attributes, count, types[i], named->pValue, named->ulValueLen) && done;
    }
    return done;
}

enum unseal_status token_find_key(struct token *token)
{
    static const CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
    static const CK_KEY_TYPE aes = CKK_AES;
    CK_ATTRIBUTE wanted[ATTRIBUTES];
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 0, hits = 0, length = 0;
    CK_ATTRIBUTE has_length = {CKA_VALUE_LEN, &length, sizeof length};

    if (!set(wanted, &count, CKA_CLASS, &secret_key, sizeof secret_key) ||
        !set(wanted, &count, CKA_KEY_TYPE, &aes, sizeof aes) || !set_name(token, wanted, &count) ||
        token->module->C_FindObjectsInit(token->session, wanted, count) != CKR_OK)
        return UNSEAL_TOKEN_FAILED;
    CK_RV result = token->module->C_FindObjects(token->session, found, 2, &hits);
    token->module->C_FindObjectsFinal(token->session);
    if (result != CKR_OK)
        return UNSEAL_TOKEN_FAILED;
    if (hits == 0)
        return UNSEAL_NO_KEY;
    if (hits > 1 || token->module->C_GetAttributeValue(token->session, found[0], &has_length, 1) != CKR_OK ||
        length != AES_KEY_LEN)
        return UNSEAL_OTHER_KEY;
    token->key = found[0];
    return UNSEAL_DONE;
}

enum unseal_status token_make_key(struct token *token)
{
    static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    static const CK_ULONG length = AES_KEY_LEN;
    CK_MECHANISM make = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ATTRIBUTE wanted[ATTRIBUTES];
    CK_ULONG count = 0;
    bool set_all =
        set(wanted, &count, CKA_TOKEN, &yes, sizeof yes) && set(wanted, &count, CKA_PRIVATE, &yes, sizeof yes) &&
        set(wanted, &count, CKA_SENSITIVE, &yes, sizeof yes) && set(wanted, &count, CKA_EXTRACTABLE, &no, sizeof no) &&
        set(wanted, &count, CKA_ENCRYPT, &yes, sizeof yes) && set(wanted, &count, CKA_DECRYPT, &yes, sizeof yes) &&
        set(wanted, &count, CKA_WRAP, &no, sizeof no) && set(wanted, &count, CKA_UNWRAP, &no, sizeof no) &&
        set(wanted, &count, CKA_VALUE_LEN, &length, sizeof length) && set_name(token, wanted, &count);

    return set_all && token->module->C_GenerateKey(token->session, &make, wanted, count, &token->key) == CKR_OK
               ? UNSEAL_DONE
               : UNSEAL_TOKEN_FAILED;
}

static CK_GCM_PARAMS gcm_of(const struct wrapped_key *file)
{
    return (CK_GCM_PARAMS){
        .iv_ptr = (unsigned char *)file->nonce,
        .iv_len = AEAD_NONCE_LEN,
        .iv_bits = AEAD_NONCE_LEN * 8,
        .aad_ptr = (unsigned char *)file,
        .aad_len = WRAPPED_KEY_AAD_LEN,
        .tag_bits = AEAD_TAG_LEN * 8,
    };
}

enum unseal_status token_wrap(struct token *token, struct wrapped_key *file, const uint8_t key[ROOT_KEY_LEN])
{
    wrapped_key_begin(file, WRAP_TOKEN);
    CK_GCM_PARAMS gcm = gcm_of(file);
    CK_MECHANISM seal = {CKM_AES_GCM, &gcm, sizeof gcm};
    CK_ULONG length = sizeof file->sealed;
    bool sealed =
        token->module->C_EncryptInit(token->session, &seal, token->key) == CKR_OK &&
        token->module->C_Encrypt(token->session, (CK_BYTE *)key, ROOT_KEY_LEN, file->sealed, &length) == CKR_OK;

    return sealed && length == sizeof file->sealed ? UNSEAL_DONE : UNSEAL_TOKEN_FAILED;
}

enum unseal_status token_unwrap(struct token *token, const struct wrapped_key *file, uint8_t key[ROOT_KEY_LEN])
{
    CK_GCM_PARAMS gcm = gcm_of(file);
    CK_MECHANISM open = {CKM_AES_GCM, &gcm, sizeof gcm};
    /* Some modules want room for the tag as well. */
    uint8_t plain[WRAPPED_SEALED_LEN];
    CK_ULONG length = sizeof plain;

    if (token->module->C_DecryptInit(token->session, &open, token->key) != CKR_OK)
        return UNSEAL_TOKEN_FAILED;
    bool opened = token->module->C_Decrypt(token->session, (CK_BYTE *)file->sealed, sizeof file->sealed, plain,
                                           &length) == CKR_OK &&
                  length == ROOT_KEY_LEN;
    if (opened)
        memcpy(key, plain, ROOT_KEY_LEN);
    crypto_wipe(plain, sizeof plain);
    return opened ? UNSEAL_DONE : UNSEAL_REFUSED;
}
