/*
 * sekisho-jpki-trial: a trial hierarchy in a folder, for tests and the demo.
 *
 *   authorities FOLDER                       sign.pem (two generations of one name), auth.pem, crl.pem, keys/, cards/
 *   card FOLDER CARD NAME BIRTH SEX ADDRESS  a card of an invented holder: cards/CARD.{crt.pem,key.pem,number}; BIRTH
 * is EYYYYMMDD, SEX 1 or 2; its individual number is read from standard input list FOLDER FILE [CARD...] a revocation
 * list (DER) with these cards answer FOLDER CARD FILE good|revoked     an OCSP answer (DER) about a card
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "clients/simulators/jpki/jpki.h"

#define DAY          INT64_C(86400)
#define NUMBER_LEN   12
#define REVOKED_MAX  64
#define PATH_LEN_MAX 4096

static bool path_of(char path[PATH_LEN_MAX], const char *folder, const char *name, const char *ending)
{
    int length = snprintf(path, PATH_LEN_MAX, "%s/%s%s", folder, name, ending);

    return length > 0 && length < PATH_LEN_MAX;
}

static FILE *file_of(const char *folder, const char *name, const char *ending, const char *mode)
{
    char path[PATH_LEN_MAX];
    FILE *file = path_of(path, folder, name, ending) ? fopen(path, mode) : NULL;

    if (!file)
        perror(path);
    return file;
}

static bool write_key(const char *folder, const char *name, EVP_PKEY *key)
{
    FILE *file = file_of(folder, name, ".key.pem", "wxe");
    bool good =
        file && fchmod(fileno(file), 0600) == 0 && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;

    return file && fclose(file) == 0 && good;
}

static bool write_certificates(const char *folder, const char *name, const char *ending, X509 *const *certificates,
                               size_t count)
{
    FILE *file = file_of(folder, name, ending, "wxe");
    bool good = file != NULL;

    for (size_t i = 0; good && i < count; i++)
        good = PEM_write_X509(file, certificates[i]) == 1;
    return file && fclose(file) == 0 && good;
}

static EVP_PKEY *read_key(const char *folder, const char *name)
{
    FILE *file = file_of(folder, name, ".key.pem", "re");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

    if (file)
        fclose(file);
    return key;
}

static X509 *read_certificate(const char *folder, const char *name)
{
    FILE *file = file_of(folder, name, ".crt.pem", "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    if (file)
        fclose(file);
    return certificate;
}

static bool write_bytes(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *file = bytes ? fopen(path, "we") : NULL;
    bool good = file && fwrite(bytes, 1, length, file) == length;

    return file && fclose(file) == 0 && good;
}

/* ---- authorities ---- */

static bool make_authority(const char *keys, const char *name, bool auth, int64_t serial,
                           struct jpki_authority *authority)
{
    int64_t now = time(NULL);
    const struct jpki_authority_spec spec = {
        .auth = auth, .serial = serial, .from = now - 1000 * DAY, .until = now + 2600 * DAY};

    return jpki_authority_make(authority, &spec) && write_key(keys, name, authority->key) &&
           write_certificates(keys, name, ".crt.pem", &authority->certificate, 1);
}

static X509_CRL *list_of(const struct jpki_authority *issuer, const struct jpki_revoked *revoked, size_t count)
{
    int64_t now = time(NULL);
    const struct jpki_crl_spec spec = {
        .issuer = issuer, .this_update = now - 1, .next_update = now + DAY, .revoked = revoked, .count = count};

    return jpki_crl(&spec);
}

static bool write_lists(const char *folder, const struct jpki_authority *authorities, size_t count)
{
    FILE *file = file_of(folder, "crl", ".pem", "wxe");
    bool good = file != NULL;

    for (size_t i = 0; good && i < count; i++) {
        X509_CRL *crl = list_of(&authorities[i], NULL, 0);
        good = crl && PEM_write_X509_CRL(file, crl) == 1;
        X509_CRL_free(crl);
    }
    return file && fclose(file) == 0 && good;
}

static bool authorities(const char *folder)
{
    struct jpki_authority all[3] = {0};
    char keys[PATH_LEN_MAX], cards[PATH_LEN_MAX];

    bool good = path_of(keys, folder, "keys", "") && path_of(cards, folder, "cards", "") && mkdir(keys, 0700) == 0 &&
                mkdir(cards, 0700) == 0 && make_authority(keys, "sign-1", false, 1, &all[0]) &&
                make_authority(keys, "sign-2", false, 2, &all[1]) && make_authority(keys, "auth", true, 3, &all[2]);
    if (good) {
        X509 *const sign[] = {all[0].certificate, all[1].certificate};
        good = write_certificates(folder, "sign", ".pem", sign, 2) &&
               write_certificates(folder, "auth", ".pem", &all[2].certificate, 1) && write_lists(folder, all, 3);
    }
    for (size_t i = 0; i < 3; i++)
        jpki_authority_free(&all[i]);
    return good;
}

static bool open_authority(const char *folder, struct jpki_authority *authority)
{
    char keys[PATH_LEN_MAX];

    if (!path_of(keys, folder, "keys", ""))
        return false;
    authority->key = read_key(keys, "sign-2");
    authority->certificate = read_certificate(keys, "sign-2");
    return authority->key && authority->certificate;
}

/* ---- cards ---- */

static bool write_number(const char *cards, const char *name)
{
    char number[NUMBER_LEN + 1];
    FILE *file = NULL;
    bool good = fread(number, 1, NUMBER_LEN, stdin) == NUMBER_LEN && strspn(number, "0123456789") >= NUMBER_LEN &&
                (file = file_of(cards, name, ".number", "wxe")) && fchmod(fileno(file), 0600) == 0 &&
                fwrite(number, 1, NUMBER_LEN, file) == NUMBER_LEN;

    OPENSSL_cleanse(number, sizeof number);
    return file && fclose(file) == 0 && good;
}

static bool make_card(const struct jpki_authority *issuer, const char *cards, const char *name,
                      const struct jpki_holder *holder)
{
    static char flags[2][512];
    struct jpki_leaf_spec spec = {.issuer = issuer, .from = time(NULL) - DAY, .until = time(NULL) + 1800 * DAY};
    uint32_t serial = 0;
    X509 *leaf = NULL;

    jpki_names(&spec, holder, flags);
    spec.key = jpki_key(2048);
    bool good = spec.key && RAND_bytes((unsigned char *)&serial, sizeof serial) == 1;
    spec.serial = (int64_t)serial + 1;
    good = good && (leaf = jpki_leaf(&spec)) && write_key(cards, name, spec.key) &&
           write_certificates(cards, name, ".crt.pem", &leaf, 1) && write_number(cards, name);
    X509_free(leaf);
    EVP_PKEY_free(spec.key);
    return good;
}

static bool card(const char *folder, char **arguments)
{
    const struct jpki_holder holder = {
        .name = arguments[1], .birth = arguments[2], .sex = arguments[3], .address = arguments[4]};
    struct jpki_authority issuer = {0};
    char cards[PATH_LEN_MAX];
    bool good = path_of(cards, folder, "cards", "") && open_authority(folder, &issuer) &&
                make_card(&issuer, cards, arguments[0], &holder);

    jpki_authority_free(&issuer);
    return good;
}

/* ---- status ---- */

static int64_t serial_of(const X509 *certificate)
{
    int64_t serial = 0;

    return ASN1_INTEGER_get_int64(&serial, X509_get0_serialNumber(certificate)) == 1 ? serial : 0;
}

static X509 *card_of(const char *folder, const char *name)
{
    char cards[PATH_LEN_MAX];

    return path_of(cards, folder, "cards", "") ? read_certificate(cards, name) : NULL;
}

static bool list(const char *folder, const char *path, char **names, size_t count)
{
    struct jpki_revoked revoked[REVOKED_MAX];
    struct jpki_authority issuer = {0};
    X509_CRL *crl = NULL;
    uint8_t *der = NULL;
    bool good = count <= REVOKED_MAX && open_authority(folder, &issuer);

    for (size_t i = 0; good && i < count; i++) {
        X509 *certificate = card_of(folder, names[i]);
        good = certificate != NULL;
        revoked[i] = (struct jpki_revoked){good ? serial_of(certificate) : 0, time(NULL) - 60};
        X509_free(certificate);
    }
    good = good && (crl = list_of(&issuer, revoked, count));
    int length = good ? i2d_X509_CRL(crl, &der) : 0;
    good = length > 0 && write_bytes(path, der, (size_t)length);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    jpki_authority_free(&issuer);
    return good;
}

static bool answer(const char *folder, const char *name, const char *path, bool is_good)
{
    struct jpki_authority issuer = {0};
    struct jpki_ocsp_spec spec = {.issuer = &issuer,
                                  .leaf = card_of(folder, name),
                                  .status = is_good ? V_OCSP_CERTSTATUS_GOOD : V_OCSP_CERTSTATUS_REVOKED,
                                  .this_update = time(NULL) - 1,
                                  .next_update = time(NULL) + 3600,
                                  .revoked_at = time(NULL) - 60};
    size_t length = 0;
    uint8_t *der = spec.leaf && open_authority(folder, &issuer) ? jpki_ocsp(&spec, &length) : NULL;
    bool good = write_bytes(path, der, length);

    OPENSSL_free(der);
    X509_free(spec.leaf);
    jpki_authority_free(&issuer);
    return good;
}

int main(int count, char **arguments)
{
    const char *command = count > 2 ? arguments[1] : "";
    char **rest = arguments + 3;
    int left = count - 3;
    bool good = false;

    if (strcmp(command, "authorities") == 0 && left == 0)
        good = authorities(arguments[2]);
    else if (strcmp(command, "card") == 0 && left == 5)
        good = card(arguments[2], rest);
    else if (strcmp(command, "list") == 0 && left >= 1)
        good = list(arguments[2], rest[0], rest + 1, (size_t)left - 1);
    else if (strcmp(command, "answer") == 0 && left == 3 && (!strcmp(rest[2], "good") || !strcmp(rest[2], "revoked")))
        good = answer(arguments[2], rest[0], rest[1], strcmp(rest[2], "good") == 0);
    else
        fprintf(stderr, "sekisho-jpki-trial authorities|card|list|answer FOLDER ...: see the head of its source\n");
    if (!good)
        fprintf(stderr, "sekisho-jpki-trial: failed\n");
    return good ? 0 : 1;
}
