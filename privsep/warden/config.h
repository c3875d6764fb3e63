/*
 * The configuration file: `key = value` lines, `#` begins a comment line, every key once. Strict: an unknown key, a
 * second value for a key, a missing key or a value out of range is an error that names file, line and key.
 *
 *   store               folder of the vault's store (made when missing)
 *   root_key            the vault's root key: a path or file:PATH (32 bytes), passphrase:PATH or token:PATH (wrapped,
 *                       unseal/wrapped_key.h)
 *   root_key_secret     passphrase or PIN, one line; else the terminal is asked
 *   root_key_token      token: the RFC 7512 URI of its key; never a PIN in it
 *   root_key_module     token: the PKCS#11 module
 *   root_key_environment   token: NAME=VALUE, the only variable that the module sees
 *   login_key           key file of auth, 32 bytes
 *   accounts            folder of auth's store: accounts, terminals, access records (made when missing)
 *   register            folder of the front's registers, two files a prefecture in it (made when missing)
 *   sign_authorities, auth_authorities   PEM files of the authorities that sign certificates of signed applications and
 *                       of users who authenticate themselves; without one no such certificate is accepted
 *   crl                 PEM file of their revocation lists
 *   sign_policies       accepted policy OIDs of signing certificates, separated by spaces
 *   terms_file          UTF-8 text of the terms of use, 1..65535 bytes; terms_version says which they are
 *   server_certificate, server_key, client_ca   PEM files of the front
 *   run_folder          folder for the processes' empty root folder (made when missing)
 *   listen              numeric address:port, [address]:port for IPv6    } at least
 *   socket              unix socket, in a folder of its own              } one of them
 *   prefectures         JIS X 0401 codes, comma-separated
 *   store_size_gib      1..1024, default 16: bound of the store's file
 *   accounts_size_gib   1..1024, default 4: of auth's
 *   register_size_gib   1..1024, default 32: of each register, and as much for its attachments
 *   session_ttl_s       60..86400, default 3600
 *   session_max         1..65536, default 1024
 *   ledger_retention_days  0..36500, default LEDGER_RETENTION_DAYS; 0: readable parts are kept for ever
 *   guesses_register, guesses_change, guesses_delete, guesses_periodic   guess limits by purpose (guesses.h)
 *   password_min_chars, password_history, lock_failures, lock_window_s, lock_delay_s, dormant_days, session_idle_s,
 *   otp_roles, terms_version   what accounts are held to (account_rules.h)
 *   backup_public_key   64 hex digits: the offline X25519 key that backups are sealed to (`sekisho keygen backup`);
 *                       without it no backup can be taken
 *   uid_base            1..4294967290, default 64200: uids of vault, auth, front, warden, unseal from here (started as
 *                       root only)
 *
 * Paths are absolute and have no symbolic link in them (paths.h).
 */
#ifndef SEKISHO_WARDEN_CONFIG_H
#define SEKISHO_WARDEN_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/messages.h"

enum root_key_source { ROOT_KEY_FILE, ROOT_KEY_PASSPHRASE, ROOT_KEY_TOKEN };
#define TOKEN_URI_LEN 512

/* Seven years, as for access logs and the records of information exchange (番号法施行令29条). */
#define LEDGER_RETENTION_DAYS 2557

struct warden_config {
    char store[PATH_LEN];
    enum root_key_source root_key_source;
    char root_key[PATH_LEN], root_key_secret[PATH_LEN], root_key_module[PATH_LEN]; /* the last two: empty for none */
    char root_key_token[TOKEN_URI_LEN], root_key_environment[PATH_LEN];
    char login_key[PATH_LEN], accounts[PATH_LEN], registers[PATH_LEN], terms[PATH_LEN];
    char server_certificate[PATH_LEN], server_key[PATH_LEN], client_ca[PATH_LEN];
    char sign_authorities[PATH_LEN], auth_authorities[PATH_LEN], crl[PATH_LEN]; /* empty: none */
    char sign_policies[POLICIES_LEN];
    char run_folder[PATH_LEN];
    char tcp_address[64]; /* empty: no TCP */
    uint16_t tcp_port;
    char socket[PATH_LEN]; /* empty: none */
    uint16_t tenants[48];  /* ascending */
    uint32_t tenant_count;
    uint64_t store_bytes, accounts_bytes, register_bytes;
    uint32_t session_ttl_s, session_max;
    uint32_t ledger_retention_days;
    uint32_t uid_base;
    uint8_t backup_public_key[X25519_LEN]; /* zero: none */
    struct guess_limits guesses[5];        /* index enum purpose (crypto/sealed.h), 0 unused */
    struct account_rules rules;            /* terms_digest: zero until the text is read */
};

/* Reads and checks the text of `path`; logs every error it finds. The paths inside are not looked at. */
bool config_load(const char *path, struct warden_config *config);

#endif
