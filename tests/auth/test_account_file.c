/* The accounts file: one spelling, no duplicates, replaced in one step. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/account_file.h"
#include "cmocka_includes.h"
#include "crypto/hash.h"

#define HASH         "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LINE(fields) fields "\t" HASH "\n"
#define GOOD         LINE("11\ttanaka\tREV\tACTIVE")
#define PASSWORD     "Correct-Horse-7"

static struct account account_of(uint16_t tenant, const char *id, uint16_t role)
{
    struct account account = {.tenant = tenant, .role = role};
    memcpy(account.id, id, strnlen(id, ACCOUNT_LEN));
    return account;
}

static void good_lines_are_read(void **state)
{
    static const char text[] = LINE("47\tz\tSYS\tACTIVE") LINE("1\t0.a_b-c\tREC\tSUSPENDED")
        GOOD LINE("11\tabcdefghijklmnopqrstuvwxyz012345\tAPR\tACTIVE");
    struct account_table table;
    uint32_t line;

    (void)state;
    assert_int_equal(account_table_parse(text, sizeof text - 1, &table, &line), 0);
    assert_int_equal(table.count, 4);
    struct account key = account_of(1, "0.a_b-c", 0);
    const struct account *found = account_table_find(&table, 1, key.id);
    assert_non_null(found);
    assert_int_equal(found->role, ROLE_REC);
    assert_int_equal(found->state, ACCOUNT_SUSPENDED);
    key = account_of(11, "abcdefghijklmnopqrstuvwxyz012345", 0);
    assert_non_null(account_table_find(&table, 11, key.id));
    assert_null(account_table_find(&table, 12, key.id));
    key = account_of(11, "tanak", 0);
    assert_null(account_table_find(&table, 11, key.id));
    account_table_free(&table);
    assert_int_equal(account_table_parse("", 0, &table, &line), 0);
    assert_null(account_table_find(&table, 11, key.id));
    account_table_free(&table);
}

static void bad_lines_are_refused_with_their_number(void **state)
{
    static const char *const bad[] = {
        "\n",
        "# comment\n",
        LINE("0\ttanaka\tREV\tACTIVE"),
        LINE("48\ttanaka\tREV\tACTIVE"),
        LINE("01\ttanaka\tREV\tACTIVE"),
        LINE("111\ttanaka\tREV\tACTIVE"),
        LINE("\ttanaka\tREV\tACTIVE"),
        LINE("1x\ttanaka\tREV\tACTIVE"),
        LINE("11\t\tREV\tACTIVE"),
        LINE("11\tTanaka\tREV\tACTIVE"),
        LINE("11\t.tanaka\tREV\tACTIVE"),
        LINE("11\ttan aka\tREV\tACTIVE"),
        LINE("11\tabcdefghijklmnopqrstuvwxyz0123456\tREV\tACTIVE"),
        LINE("11\ttanaka\tXXX\tACTIVE"),
        LINE("11\ttanaka\trev\tACTIVE"),
        LINE("11\ttanaka\tREV\tactive"),
        LINE("11\ttanaka\tREV\t"),
        LINE("11\ttanaka\tREV"),
        LINE("11\ttanaka\tREV\tACTIVE\tmore"),
        LINE(" 11\ttanaka\tREV\tACTIVE"),
        "11\ttanaka\tREV\tACTIVE\t$argon2id$v=19$m=1024,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAA\n",
        "11\ttanaka\tREV\tACTIVE\t" HASH "\r\n",
        "11\ttanaka\tREV\tACTIVE\t" HASH, /* no newline at the end */
    };
    struct account_table table;
    char text[1024];
    uint32_t line;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int length = snprintf(text, sizeof text, "%s%s", LINE("11\tfirst\tREV\tACTIVE"), bad[i]);
        if (account_table_parse(text, (size_t)length, &table, &line) == 0)
            fail_msg("accepted: %s", bad[i]);
        assert_int_equal(line, 2);
        assert_null(table.rows);
    }
    static const char with_nul[] = "11\ttana\0ka\tREV\tACTIVE\t" HASH "\n";
    assert_int_equal(account_table_parse(with_nul, sizeof with_nul - 1, &table, &line), -1);
}

static void inv14_duplicates_are_refused(void **state)
{
    static const char same[] = GOOD LINE("11\tsato\tREC\tACTIVE") LINE("11\ttanaka\tAPR\tSUSPENDED");
    static const char other_tenant[] = GOOD LINE("12\ttanaka\tREV\tACTIVE");
    struct account_table table;
    uint32_t line;

    (void)state;
    assert_int_equal(account_table_parse(same, sizeof same - 1, &table, &line), -1);
    assert_int_equal(account_table_parse(other_tenant, sizeof other_tenant - 1, &table, &line), 0);
    account_table_free(&table);
}

/* ---- account_file_add ---- */

struct folder {
    char path[64], file[96];
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    strcpy(folder->path, "/tmp/account_file.XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    snprintf(folder->file, sizeof folder->file, "%s/accounts", folder->path);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;

    unlink(folder->file);
    int result = rmdir(folder->path); /* fails when a temporary file was left */
    free(folder);
    return result;
}

static int add(const struct folder *folder, struct account account, const char *password)
{
    char error[ACCOUNT_ERROR_LEN] = "";

    int result = account_file_add(folder->file, &account, password, strlen(password), error);
    assert_int_equal(result == 0, error[0] == '\0');
    assert_null(strstr(error, PASSWORD));
    return result;
}

static size_t count_accounts(const struct folder *folder)
{
    struct account_table table;
    uint32_t line;
    int fd = open(folder->file, O_RDONLY);

    assert_true(fd >= 0);
    assert_int_equal(account_table_read(fd, &table, &line), 0);
    close(fd);
    size_t count = table.count;
    account_table_free(&table);
    return count;
}

static void added_accounts_can_be_read(void **state)
{
    const struct folder *folder = *state;
    struct account first = account_of(11, "tanaka", ROLE_REV);
    struct account_table table;
    struct stat status;
    uint32_t line;

    assert_int_equal(add(folder, first, PASSWORD), 0);
    assert_int_equal(add(folder, account_of(47, "abcdefghijklmnopqrstuvwxyz012345", ROLE_SYS), PASSWORD), 0);
    assert_int_equal(stat(folder->file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);

    int fd = open(folder->file, O_RDONLY);
    assert_int_equal(account_table_read(fd, &table, &line), 0);
    close(fd);
    assert_int_equal(table.count, 2);
    const struct account *found = account_table_find(&table, 11, first.id);
    assert_non_null(found);
    assert_int_equal(found->role, ROLE_REV);
    assert_int_equal(found->state, ACCOUNT_ACTIVE);
    assert_true(password_verify(PASSWORD, strlen(PASSWORD), &found->hash));
    account_table_free(&table);
}

static void f092_inv14_bad_accounts_are_not_added(void **state)
{
    const struct folder *folder = *state;
    struct account padded = account_of(11, "sato", ROLE_REC);

    assert_int_equal(add(folder, account_of(11, "tanaka", ROLE_REV), PASSWORD), 0);
    padded.id[10] = 'x';
    assert_int_equal(add(folder, padded, PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "tanaka", ROLE_APR), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(0, "sato", ROLE_REC), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(48, "sato", ROLE_REC), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "Sato", ROLE_REC), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "", ROLE_REC), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "sato", ROLE_NONE), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "sato", ROLE_COUNT), PASSWORD), -1);
    assert_int_equal(add(folder, account_of(11, "sato", ROLE_REC), "password"), -1);
    assert_int_equal(count_accounts(folder), 1);
}

static void foreign_files_are_left_alone(void **state)
{
    const struct folder *folder = *state;
    char target[128], content[64] = "";

    int fd = open(folder->file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(fd, "not accounts\n", 13), 13);
    close(fd);
    assert_int_equal(add(folder, account_of(11, "tanaka", ROLE_REV), PASSWORD), -1);
    fd = open(folder->file, O_RDONLY);
    assert_int_equal(read(fd, content, sizeof content), 13);
    close(fd);
    assert_string_equal(content, "not accounts\n");

    /* One that others may read, and a link to elsewhere. */
    assert_int_equal(truncate(folder->file, 0), 0);
    assert_int_equal(chmod(folder->file, 0640), 0);
    assert_int_equal(add(folder, account_of(11, "tanaka", ROLE_REV), PASSWORD), -1);
    unlink(folder->file);
    snprintf(target, sizeof target, "%s/elsewhere", folder->path);
    assert_int_equal(symlink(target, folder->file), 0);
    assert_int_equal(add(folder, account_of(11, "tanaka", ROLE_REV), PASSWORD), -1);
    assert_int_not_equal(access(target, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_are_read),
        cmocka_unit_test(bad_lines_are_refused_with_their_number),
        cmocka_unit_test(inv14_duplicates_are_refused),
        cmocka_unit_test_setup_teardown(added_accounts_can_be_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(f092_inv14_bad_accounts_are_not_added, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(foreign_files_are_left_alone, make_folder, remove_folder),
    };
    if (crypto_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
