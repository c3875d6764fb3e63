/*
 * The accounts file: UTF-8 text, one account a line, each line ended by a newline, five fields separated by one tab:
 *
 *     tenant  account id  role  state  password hash
 *     11      tanaka.y    REV   ACTIVE $argon2id$v=19$m=65536,t=3,p=4$...$...
 *
 * tenant: JIS X 0401 code in decimal, 1..47, no leading zero. Account id: [a-z0-9][a-z0-9._-]*, at most ACCOUNT_LEN
 * characters, unique within its tenant (INV-14: no shared accounts). role: roles.def. state: ACTIVE or SUSPENDED. No
 * comments, no blank lines, no other spelling: a file that is not exactly this is refused as a whole.
 */
#ifndef SEKISHO_AUTH_ACCOUNT_FILE_H
#define SEKISHO_AUTH_ACCOUNT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/password.h"
#include "auth/roles.h"
#include "wire/messages.h"

#define ACCOUNTS_MAX           16384
#define ACCOUNT_ERROR_LEN      160
#define ACCOUNT_PASSWORD_CHARS 12 /* fewest characters of a new password */

enum account_state { ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED };

struct account {
    uint16_t tenant;
    uint16_t role; /* enum role */
    enum account_state state;
    char id[ACCOUNT_LEN]; /* zero-padded; without terminator when it has ACCOUNT_LEN characters */
    struct password_hash hash;
};

/* Sorted by tenant and id. */
struct account_table {
    struct account *rows;
    size_t count;
};

/* True when `id` is a zero-padded account id. */
bool account_id_valid(const char id[ACCOUNT_LEN]);

/* Parses a whole file text. 0, or -1 with the number of the offending line (1..; 0: not a line's fault) in *line. */
int account_table_parse(const char *text, size_t length, struct account_table *table, uint32_t *line);

/* Reads the descriptor from its start to its end and parses it. As account_table_parse. */
int account_table_read(int fd, struct account_table *table, uint32_t *line);

void account_table_free(struct account_table *table);

/* NULL when there is none. */
const struct account *account_table_find(const struct account_table *table, uint16_t tenant,
                                         const char id[ACCOUNT_LEN]);

/*
 * Adds `account` (its hash is ignored) with this password (UTF-8, not terminated) to the file, which is made when there
 * is none. Refuses: a bad tenant, id or role; a duplicate; a password of fewer than 12 characters, of fewer than three
 * of the kinds small letter, capital, digit, other, with control characters, or that is not UTF-8 (F092); a file that
 * is not an accounts file or that others may read. The new file replaces the old one in one step (mode 0600): a crash
 * leaves one of the two. Needs crypto_init. 0, or -1 with an English text in `error` that holds neither the password
 * nor the id.
 */
int account_file_add(const char *path, const struct account *account, const char *password, size_t length,
                     char error[ACCOUNT_ERROR_LEN]);

#endif
