/*
 * key wrap: from a raw root key (32 bytes) a file that only a passphrase or a PKCS#11 token opens. Offline, on a
 * machine where the raw key may be. The new file is opened again before it is written: a root key is removed on its
 * strength.
 */
#include <string.h>

#include "crypto/hash.h"
#include "root_key_file.h"
#include "unseal/token.h"
#include "unseal/wrapped_key.h"

/* What a passphrase of random words or characters has at least; guessing is slowed by Argon2id alone. */
#define PASSPHRASE_MIN 12
/* RFC 9106 section 4, first recommended option. */
#define DEFAULT_MIB 2048
#define MIB_MIN     (WRAPPED_MEMORY_KIB_MIN >> 10)
#define MIB_MAX     (WRAPPED_MEMORY_KIB_MAX >> 10)

struct wrapping {
    uint8_t key[ROOT_KEY_LEN], opened[ROOT_KEY_LEN];
    char secret[SECRET_MAX];
    long secret_length;
    struct wrapped_key file;
};

static enum text text_of(enum unseal_status status)
{
    switch (status) {
    case UNSEAL_NO_MEMORY:
        return TEXT_KEY_NO_MEMORY;
    case UNSEAL_BAD_URI:
        return TEXT_KEY_BAD_URI;
    case UNSEAL_NO_MODULE:
        return TEXT_KEY_NO_MODULE;
    case UNSEAL_NO_TOKEN:
        return TEXT_KEY_NO_TOKEN;
    case UNSEAL_PIN_REFUSED:
        return TEXT_KEY_PIN_REFUSED;
    case UNSEAL_PIN_LOCKED:
        return TEXT_KEY_PIN_LOCKED;
    case UNSEAL_OTHER_KEY:
        return TEXT_KEY_OTHER;
    default:
        return TEXT_KEY_FAILED;
    }
}

/* A new passphrase is typed twice; a PIN is known. */
static int read_secret(const struct options *options, struct wrapping *wrapping)
{
    const char *path = options->value[OPT_PASSWORD_FILE];
    bool token = options->value[OPT_TOKEN] != NULL;
    char again[SECRET_MAX];

    wrapping->secret_length = secret_read(path, token ? TEXT_PROMPT_PIN : TEXT_PROMPT_PASSPHRASE, wrapping->secret);
    if (wrapping->secret_length < 0)
        return CLI_USAGE;
    if (token)
        return CLI_OK;
    if (wrapping->secret_length < PASSPHRASE_MIN) {
        SAY(stderr, TEXT_PASSPHRASE_SHORT, count_text(PASSPHRASE_MIN));
        return CLI_USAGE;
    }
    if (path)
        return CLI_OK;
    long second = secret_read(NULL, TEXT_PROMPT_PASSWORD_AGAIN, again);
    bool same = second == wrapping->secret_length && memcmp(wrapping->secret, again, (size_t)second) == 0;
    sekisho_wipe(again, sizeof again);
    if (!same)
        SAY(stderr, TEXT_PASSWORDS_DIFFER);
    return same ? CLI_OK : CLI_USAGE;
}

static enum unseal_status wrap_passphrase(struct wrapping *wrapping, uint32_t memory_kib)
{
    size_t length = (size_t)wrapping->secret_length;
    enum unseal_status status = wrapped_key_make(&wrapping->file, memory_kib, wrapping->secret, length, wrapping->key);

    return status == UNSEAL_DONE ? wrapped_key_open(&wrapping->file, wrapping->secret, length, wrapping->opened)
                                 : status;
}

/* The token's key is made when there is none of that name yet. */
static enum unseal_status wrap_token(struct wrapping *wrapping, const char *module, const char *uri)
{
    struct token *token;
    enum unseal_status status = token_open(module, uri, &token);

    if (status != UNSEAL_DONE)
        return status;
    status = token_login(token, true, wrapping->secret, (size_t)wrapping->secret_length);
    if (status == UNSEAL_DONE)
        status = token_find_key(token);
    if (status == UNSEAL_NO_KEY)
        status = token_make_key(token);
    if (status == UNSEAL_DONE)
        status = token_wrap(token, &wrapping->file, wrapping->key);
    if (status == UNSEAL_DONE)
        status = token_unwrap(token, &wrapping->file, wrapping->opened);
    token_close(token);
    return status;
}

static int wrap(const struct options *options, struct wrapping *wrapping, uint64_t memory_mib)
{
    enum unseal_status status = options->value[OPT_TOKEN]
                                    ? wrap_token(wrapping, options->value[OPT_MODULE], options->value[OPT_TOKEN])
                                    : wrap_passphrase(wrapping, (uint32_t)memory_mib << 10);

    if (status == UNSEAL_DONE && !crypto_equal(wrapping->key, wrapping->opened, ROOT_KEY_LEN))
        status = UNSEAL_REFUSED;
    if (status == UNSEAL_DONE)
        return CLI_OK;
    SAY(stderr, TEXT_KEY_NOT_WRAPPED, text(text_of(status)));
    return CLI_USAGE;
}

int cmd_key_wrap(const struct options *options)
{
    const char *input = options->value[OPT_ROOT_KEY], *output = options->value[OPT_OUTPUT];
    bool half_token = !options->value[OPT_TOKEN] != !options->value[OPT_MODULE];
    struct wrapping wrapping;
    uint64_t memory_mib;

    if (!input || !output || half_token) {
        SAY(stderr, TEXT_OPTION_MISSING,
            !input                       ? "--root-key"
            : !output                    ? "--output"
            : !options->value[OPT_TOKEN] ? "--token"
                                         : "--module");
        return CLI_USAGE;
    }
    if (options_number(options, OPT_MEMORY_MIB, MIB_MIN, MIB_MAX, DEFAULT_MIB, &memory_mib) < 0)
        return CLI_USAGE;
    int code = crypto_init() == 0 ? root_key_read(input, wrapping.key) : CLI_USAGE;
    if (code == CLI_OK)
        code = read_secret(options, &wrapping);
    if (code == CLI_OK)
        code = wrap(options, &wrapping, memory_mib);
    if (code == CLI_OK)
        code = root_key_write_new(output, &wrapping.file, sizeof wrapping.file);
    sekisho_wipe(&wrapping, sizeof wrapping);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_KEY_WRAPPED, output, options->value[OPT_TOKEN] ? "token" : "passphrase", input);
    return code;
}
