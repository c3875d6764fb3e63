#include "warden/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES     512
#define NAME(table, value) ((value) < sizeof(table) / sizeof(table)[0] && (table)[value] ? (table)[value] : "unknown")

static const char *const step_names[STEP_COUNT] = {
    [STEP_DESCRIPTORS] = "descriptors",
    [STEP_RLIMITS] = "rlimits",
    [STEP_DUMPABLE] = "not dumpable",
    [STEP_SECRETS] = "secrets arena",
    [STEP_NAMESPACES] = "namespaces",
    [STEP_ROOT] = "root folder",
    [STEP_CAPABILITIES] = "capabilities",
    [STEP_IDENTITY] = "identity",
    [STEP_STORE] = "store",
    [STEP_NO_NEW_PRIVS] = "no_new_privs",
    [STEP_MDWE] = "MDWE",
    [STEP_LANDLOCK] = "Landlock",
    [STEP_SECCOMP] = "seccomp",
    [STEP_SELF_CHECK] = "self-check",
};

static const char *const peer_names[PEER_COUNT] = {
    [PEER_WARDEN] = "warden", [PEER_FRONT] = "front", [PEER_AUTH] = "auth", [PEER_VAULT] = "vault"};

static const char *const item_names[] = {
    [CONFIG_ITEM_LAUNCH] = "launch configuration",
    [CONFIG_ITEM_KEY] = "key file",
    [CONFIG_ITEM_TERMS] = "terms of use",
    [CONFIG_ITEM_CERTIFICATE] = "certificate",
    [CONFIG_ITEM_BIND] = "address to listen on",
    [CONFIG_ITEM_BACKUP_KEY] = "public key of backups",
    [CONFIG_ITEM_CARD_TRUST] = "authorities of card signatures",
};

static const char *const login_names[LOGIN_STATUS_COUNT] = {
    [LOGIN_OK] = "ok",
    [LOGIN_CHALLENGE_UNKNOWN] = "challenge unknown or expired",
    [LOGIN_CHALLENGE_USED] = "challenge used before",
    [LOGIN_BAD_SEAL] = "seal does not open",
    [LOGIN_MALFORMED] = "malformed inside the seal",
    [LOGIN_WRONG_CERTIFICATE] = "other client certificate than the sealed one",
    [LOGIN_REFUSED] = "account or password",
    [LOGIN_BUSY] = "too many logins or sessions",
};

static const char *const call_names[CALL_STATUS_COUNT] = {
    [CALL_OK] = "ok",
    [CALL_UNKNOWN_SESSION] = "unknown session",
    [CALL_EXPIRED] = "session expired",
    [CALL_REPLAYED] = "replayed",
    [CALL_BAD_SEAL] = "seal does not open",
    [CALL_MALFORMED] = "malformed inside the seal",
    [CALL_WRONG_METHOD] = "sealed for another method",
    [CALL_NOT_PERMITTED] = "not permitted",
    [CALL_STORE_UNAVAILABLE] = "store refused to write",
};

#define EVENT(event, wording) [event] = (wording),
static const char *const wordings[EVENT_COUNT] = {
#include "warden/events.def"
};
#undef EVENT

/* NOLINTBEGIN(readability-duplicate-include) */
#define EVENT(event, wording) WORDING_OF_##event,
enum {
#include "warden/events.def"
    WORDING_COUNT
};
#undef EVENT
_Static_assert((int)WORDING_COUNT == (int)EVENT_COUNT, "every event has its wording in events.def");
/* NOLINTEND(readability-duplicate-include) */

const char *log_step_name(uint32_t step)
{
    return NAME(step_names, step);
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* UTC without libc's time zones, which open files the first time they are used. */
static void put_time(char *out, size_t room, time_t now)
{
    static const unsigned char lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned day = (unsigned)(now / 86400), second = (unsigned)(now % 86400), year = 1970, month = 0;

    for (; day >= 365u + is_leap(year); year++)
        day -= 365u + is_leap(year);
    for (; day >= lengths[month] + (unsigned)(month == 1 && is_leap(year)); month++)
        day -= lengths[month] + (unsigned)(month == 1 && is_leap(year));
    snprintf(out, room, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month + 1, day + 1, second / 3600, second / 60 % 60,
             second % 60);
}

/* One write(2) per line, so that lines of several processes never mix. */
static void write_line(const char *process, const char *text)
{
    char line[LINE_MAX_BYTES], when[64];

    put_time(when, sizeof when, time(NULL));
    int length = snprintf(line, sizeof line, "%s %-6s %s\n", when, process, text);
    if (length >= (int)sizeof line) {
        length = sizeof line - 1;
        line[length - 1] = '\n';
    }
    /* A log that cannot be written must not stop the set. */
    ssize_t written = write(STDERR_FILENO, line, (size_t)length);
    (void)written;
}

void log_line(const char *process, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list arguments;

    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): set one line above; clang-tidy 14 does not see it */
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_line(process, text);
}

/* Not strerror(3), which allocates for a number that it does not know: the number may be anything. */
static const char *error_text(uint32_t number)
{
    const char *text = strerrordesc_np((int)number);
    return text ? text : "unknown error";
}

static int put_argument(char *out, size_t room, char kind, uint32_t value)
{
    switch (kind) {
    case 's':
        return snprintf(out, room, "%s", NAME(step_names, value));
    case 'e':
        return snprintf(out, room, "%s", error_text(value));
    case 'p':
        return snprintf(out, room, "%s", NAME(peer_names, value));
    case 'v':
        return snprintf(out, room, "%s", frame_verdict_name((enum frame_verdict)value));
    case 'i':
        return snprintf(out, room, "%s", NAME(item_names, value));
    case 'l':
        return snprintf(out, room, "%s", NAME(login_names, value));
    case 'c':
        return snprintf(out, room, "%s", NAME(call_names, value));
    case 'x':
        return snprintf(out, room, "%x", value);
    default: /* LMDB's codes are negative */
        return snprintf(out, room, "%d", (int32_t)value);
    }
}

void log_event(const char *process, const struct event_record *record)
{
    char text[LINE_MAX_BYTES];
    size_t used = 0;
    const char *wording = record->event < EVENT_COUNT ? wordings[record->event] : wordings[EVENT_NONE];

    for (const char *at = wording; *at && used + 1 < sizeof text; at++) {
        if (*at != '%') {
            text[used++] = *at;
            continue;
        }
        int put = put_argument(text + used, sizeof text - used, at[1], record->arg[(at[2] - '0') & 3]);
        used = put < 0 || used + (size_t)put >= sizeof text ? sizeof text - 1 : used + (size_t)put;
        at += 2;
    }
    text[used] = '\0';
    write_line(process, text);
}
