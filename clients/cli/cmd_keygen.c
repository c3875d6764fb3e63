/*
 * keygen: everything a set needs to run, in one new folder of mode 0700:
 *     ca.crt.pem ca.key.pem server.crt.pem server.key.pem       certificates (EC P-256)
 *     clients/NAME.crt.pem clients/NAME.key.pem clients/NAME.env   for each --client; the .env is for `.` of sh(1)
 *     root.key                                                  vault root key, 32 random bytes
 *     login.key login.pin                                       auth's X25519 private key, and what clients pin
 *     records.pin                                               what they pin of the access records that auth signs
 *     terms.txt                                                 terms of use, to be replaced by the operator's
 *     sekisho.conf                                              for sekisho-warden
 * The folder must not exist: nothing is ever overwritten.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/access_records.h"
#include "cli.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "pki.h"

#define DEFAULT_LISTEN "127.0.0.1:7600"
/* What a client on the same machine dials; others need certificates of a real CA. */
#define SERVER_NAMES "DNS:localhost,IP:127.0.0.1,IP:::1"

struct keygen {
    int folder;
    char path[PATH_MAX]; /* absolute, without symbolic links: the warden takes no others */
    const char *listen;
    long days;
    char pin[SEKISHO_FINGERPRINT_LEN + 1];
    char record_pin[SEKISHO_FINGERPRINT_LEN + 1];
    struct identity ca;
};

static int failed(const char *name)
{
    SAY(stderr, TEXT_FILE_UNWRITABLE, name, errno ? strerror(errno) : "libcrypto");
    return -1;
}

static int write_file(const struct keygen *keygen, const char *name, mode_t mode, const void *data, size_t length)
{
    int fd = openat(keygen->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

    if (fd < 0)
        return failed(name);
    bool written = fchmod(fd, mode) == 0 && write(fd, data, length) == (ssize_t)length && fsync(fd) == 0;
    close(fd);
    return written ? 0 : failed(name);
}

static int write_pem(const struct keygen *keygen, const char *name, BIO *pem)
{
    char *data = NULL;
    long length = pem ? BIO_get_mem_data(pem, &data) : 0;

    errno = 0;
    int result = length > 0 ? write_file(keygen, name, 0400, data, (size_t)length) : failed(name);
    BIO_free(pem);
    return result;
}

static int write_identity(const struct keygen *keygen, const char *name, const struct identity *identity)
{
    char certificate[NAME_MAX], key[NAME_MAX];

    snprintf(certificate, sizeof certificate, "%.100s.crt.pem", name);
    snprintf(key, sizeof key, "%.100s.key.pem", name);
    return write_pem(keygen, certificate, pki_certificate_pem(identity)) == 0
               ? write_pem(keygen, key, pki_key_pem(identity))
               : -1;
}

static int make_identity(const struct keygen *keygen, enum pki_use use, const char *file, const char *common_name,
                         const char *names)
{
    struct identity identity;

    errno = 0;
    if (pki_make(&identity, use, common_name, names, keygen->days, &keygen->ca) < 0)
        return failed(file);
    int result = write_identity(keygen, file, &identity);
    pki_free(&identity);
    return result;
}

static int write_pin(const struct keygen *keygen, const char *name, const char *pin)
{
    char line[SEKISHO_FINGERPRINT_LEN + 2];

    snprintf(line, sizeof line, "%s\n", pin);
    return write_file(keygen, name, 0400, line, strlen(line));
}

static int make_record_pin(struct keygen *keygen, const uint8_t login_private[HPKE_KEY_LEN])
{
    uint8_t public_key[ED25519_KEY_LEN];
    struct ed25519 *key = access_key_new(login_private, public_key);

    if (!key)
        return failed("records.pin");
    ed25519_free(key);
    sekisho_fingerprint(public_key, keygen->record_pin);
    return write_pin(keygen, "records.pin", keygen->record_pin);
}

static int make_keys(struct keygen *keygen)
{
    uint8_t root[32], private_key[HPKE_KEY_LEN], public_key[HPKE_KEY_LEN];

    crypto_random(root, sizeof root);
    int result = x25519_key_pair(private_key, public_key) < 0 ? failed("login.key") : 0;
    if (result == 0) {
        sekisho_fingerprint(public_key, keygen->pin);
        if (write_file(keygen, "root.key", 0400, root, sizeof root) < 0 ||
            write_file(keygen, "login.key", 0400, private_key, sizeof private_key) < 0 ||
            write_pin(keygen, "login.pin", keygen->pin) < 0 || make_record_pin(keygen, private_key) < 0)
            result = -1;
    }
    sekisho_wipe(root, sizeof root);
    sekisho_wipe(private_key, sizeof private_key);
    return result;
}

static int write_text(const struct keygen *keygen, const char *name, mode_t mode, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int write_text(const struct keygen *keygen, const char *name, mode_t mode, const char *format, ...)
{
    char *body = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&body, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    int result = write_file(keygen, name, mode, body, (size_t)length);
    free(body);
    return result;
}

static int make_configuration(const struct keygen *keygen, const char *prefectures)
{
    const char *path = keygen->path;

    return write_text(
        keygen, "sekisho.conf", 0600,
        "store = %s/store\nroot_key = %s/root.key\nlogin_key = %s/login.key\naccounts = %s/accounts\n"
        "register = %s/register\n"
        "server_certificate = %s/server.crt.pem\nserver_key = %s/server.key.pem\nclient_ca = %s/ca.crt.pem\n"
        "terms_file = %s/terms.txt\nterms_version = 1\nrun_folder = %s/run\nlisten = %s\nprefectures = %s\n",
        path, path, path, path, path, path, path, path, path, path, keygen->listen, prefectures);
}

/* F165: nobody works without having agreed to some. */
static int make_terms(const struct keygen *keygen)
{
    static const char terms[] = "利用規約(例)\n\n1. 個人番号は、法令で認められた目的にのみ利用する。\n"
                                "2. IDとパスワードを他人に使わせない。\n3. 操作はすべて記録される。\n\n"
                                "Terms of use (an example)\n\n1. Numbers are used for lawful purposes only.\n"
                                "2. Nobody lets others use his account.\n3. All that is done is recorded.\n";

    return write_file(keygen, "terms.txt", 0644, terms, strlen(terms));
}

/* A value for sh(1) in single quotes; keygen refuses folders with a quote in their path. */
static int make_client(const struct keygen *keygen, const char *name)
{
    char file[NAME_MAX], environment[NAME_MAX];
    const char *path = keygen->path;

    snprintf(file, sizeof file, "clients/%.64s", name);
    snprintf(environment, sizeof environment, "clients/%.64s.env", name);
    if (make_identity(keygen, PKI_CLIENT, file, name, NULL) < 0)
        return -1;
    return write_text(keygen, environment, 0400,
                      "export SEKISHO_ADDRESS='%s'\nexport SEKISHO_CA='%s/ca.crt.pem'\n"
                      "export SEKISHO_CERT='%s/%s.crt.pem'\nexport SEKISHO_KEY='%s/%s.key.pem'\n"
                      "export SEKISHO_SESSION='%s/%s.session'\nexport SEKISHO_PIN='%s'\n"
                      "export SEKISHO_LEDGER_STATE='%s/%s.ledger'\nexport SEKISHO_RECORD_STATE='%s/%s.records'\n"
                      "export SEKISHO_RECORD_PIN='%s'\n",
                      keygen->listen, path, path, file, path, file, path, file, keygen->pin, path, file, path, file,
                      keygen->record_pin);
}

static bool name_good(const char *name)
{
    size_t length = strlen(name);

    return length >= 1 && length <= 64 && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

/* Numeric, as the warden takes it; a bracketed address is IPv6. */
static bool listen_good(const char *listen)
{
    struct in6_addr scratch;
    char address[INET6_ADDRSTRLEN] = "";
    const char *colon = strrchr(listen, ':');
    bool bracketed = listen[0] == '[' && colon && colon > listen + 1 && colon[-1] == ']';
    size_t length = colon ? (size_t)(colon - listen) - 2 * bracketed : 0;
    char *end = NULL;

    if (length == 0 || length >= sizeof address || colon[1] < '0' || colon[1] > '9')
        return false;
    memcpy(address, listen + bracketed, length);
    unsigned long port = strtoul(colon + 1, &end, 10);
    return *end == '\0' && port >= 1 && port <= 65535 &&
           inet_pton(bracketed ? AF_INET6 : AF_INET, address, &scratch) == 1;
}

static int prefecture_list(const struct options *options, char *list, size_t size)
{
    size_t used = 0;

    for (int i = 0; i < options->prefecture_count; i++) {
        char *end;
        unsigned long code = strtoul(options->prefectures[i], &end, 10);
        if (*end != '\0' || code < 1 || code > 47) {
            SAY(stderr, TEXT_BAD_PREFECTURE);
            return -1;
        }
        used += (size_t)snprintf(list + used, size - used, "%s%02lu", i > 0 ? "," : "", code);
    }
    if (options->prefecture_count == 0)
        SAY(stderr, TEXT_OPTION_MISSING, "--prefecture");
    return options->prefecture_count > 0 ? 0 : -1;
}

static int check_names(const struct options *options)
{
    for (int i = 0; i < options->client_count; i++)
        if (!name_good(options->clients[i])) {
            SAY(stderr, TEXT_BAD_CLIENT_NAME, options->clients[i]);
            return -1;
        }
    return 0;
}

static int make_folder(struct keygen *keygen, const char *out)
{
    if (mkdir(out, 0700) < 0 || chmod(out, 0700) < 0 || !realpath(out, keygen->path) ||
        (keygen->folder = open(out, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
        mkdirat(keygen->folder, "clients", 0700) < 0)
        return failed(out);
    if (strpbrk(keygen->path, "'\n")) {
        SAY(stderr, TEXT_BAD_FOLDER_NAME);
        return -1;
    }
    return 0;
}

static int make_all(struct keygen *keygen, const struct options *options, const char *prefectures)
{
    errno = 0;
    if (pki_make(&keygen->ca, PKI_CA, "Sekisho demo CA", NULL, keygen->days, NULL) < 0)
        return failed("ca.crt.pem");
    if (write_identity(keygen, "ca", &keygen->ca) < 0 ||
        make_identity(keygen, PKI_SERVER, "server", "sekisho-front", SERVER_NAMES) < 0 || make_keys(keygen) < 0 ||
        make_terms(keygen) < 0 || make_configuration(keygen, prefectures) < 0)
        return -1;
    for (int i = 0; i < options->client_count; i++)
        if (make_client(keygen, options->clients[i]) < 0)
            return -1;
    return fsync(keygen->folder) == 0 ? 0 : failed(keygen->path);
}

int cmd_keygen(const struct options *options)
{
    struct keygen keygen = {.folder = -1, .listen = DEFAULT_LISTEN};
    char prefectures[OPTION_VALUES_MAX * 3 + 1];
    uint64_t days;

    if (!options->value[OPT_OUT]) {
        SAY(stderr, TEXT_OPTION_MISSING, "--out");
        return CLI_USAGE;
    }
    if (options_number(options, OPT_DAYS, 1, 3650, 90, &days) < 0 ||
        prefecture_list(options, prefectures, sizeof prefectures) < 0 || check_names(options) < 0)
        return CLI_USAGE;
    keygen.days = (long)days;
    if (options->value[OPT_LISTEN])
        keygen.listen = options->value[OPT_LISTEN];
    if (!listen_good(keygen.listen)) {
        SAY(stderr, TEXT_BAD_LISTEN);
        return CLI_USAGE;
    }
    int code = crypto_init() == 0 && make_folder(&keygen, options->value[OPT_OUT]) == 0 &&
                       make_all(&keygen, options, prefectures) == 0
                   ? CLI_OK
                   : CLI_USAGE;
    pki_free(&keygen.ca);
    if (keygen.folder >= 0)
        close(keygen.folder);
    if (code == CLI_OK && !options->value[OPT_QUIET])
        SAY(stderr, TEXT_KEYGEN_DONE, keygen.path, keygen.pin);
    return code;
}
