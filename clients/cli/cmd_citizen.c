/* citizen-seal: what a citizen's client does with a number, for a portal's tests and simulators. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "number_syntax.h"

static int check_key(const struct options *options, const uint8_t key[SEKISHO_KEY_LEN])
{
    char fingerprint[SEKISHO_FINGERPRINT_LEN + 1];

    sekisho_fingerprint(key, fingerprint);
    if (!options->value[OPT_CITIZEN_PIN]) {
        SAY(stderr, TEXT_CITIZEN_PIN_SHOWN, fingerprint);
        return CLI_OK;
    }
    if (strcasecmp(options->value[OPT_CITIZEN_PIN], fingerprint) == 0)
        return CLI_OK;
    SAY(stderr, TEXT_CITIZEN_KEY_CHANGED);
    return CLI_FORGED;
}

static int seal(const struct options *options, const uint8_t key[SEKISHO_KEY_LEN], unsigned prefecture,
                const uint8_t nonce[SEKISHO_NONCE_LEN])
{
    struct sekisho_error error;
    uint8_t blob[SEKISHO_BLOB_LEN];
    char number[SECRET_MAX];
    long length = secret_read(options->value[OPT_INPUT], TEXT_PROMPT_NUMBER, number);
    int code = CLI_USAGE;

    if (length >= 0 && number_syntax(number, (size_t)length) != NUMBER_OK)
        SAY(stderr, TEXT_NUMBER_MALFORMED, text(TEXT_NUMBER_FORM));
    else if (length >= 0)
        code =
            sekisho_citizen_seal(key, prefecture, nonce, options->value[OPT_PORTAL], number, blob, &error) == SEKISHO_OK
                ? CLI_OK
                : report_error(&error);
    sekisho_wipe(number, sizeof number);
    for (size_t i = 0; code == CLI_OK && i < sizeof blob; i++)
        printf("%02x", blob[i]);
    if (code == CLI_OK)
        putchar('\n');
    return code;
}

int cmd_citizen_seal(const struct options *options)
{
    struct sekisho_client *client = NULL;
    struct sekisho_error error;
    uint8_t nonce[SEKISHO_NONCE_LEN], key[SEKISHO_KEY_LEN];
    unsigned prefecture;
    const char *given = options->value[OPT_NONCE];

    int code = prefecture_of(options, &prefecture);
    if (code != CLI_OK)
        return code;
    if (!given || !hex16_parse(given, strlen(given), nonce) || !options->value[OPT_PORTAL]) {
        SAY(stderr, options->value[OPT_PORTAL] ? TEXT_BAD_HEX16 : TEXT_OPTION_MISSING,
            options->value[OPT_PORTAL] ? "--nonce" : "--portal");
        return CLI_USAGE;
    }
    if (!options->value[OPT_CITIZEN_PIN] && !options->value[OPT_TRUST]) {
        SAY(stderr, TEXT_CITIZEN_PIN_MISSING);
        return CLI_USAGE;
    }
    code = connect_to_server(options, &client);
    if (code == CLI_OK && sekisho_citizen_key(client, prefecture, key, &error) != SEKISHO_OK)
        code = report_error(&error);
    if (code == CLI_OK)
        code = check_key(options, key);
    if (code == CLI_OK)
        code = seal(options, key, prefecture, nonce);
    sekisho_disconnect(client);
    return code;
}
