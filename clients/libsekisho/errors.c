#include "internal.h"

#include <stdio.h>
#include <string.h>

void error_clear(struct sekisho_error *error)
{
    if (error) {
        memset(error, 0, sizeof *error);
        error->retry_ms = -1;
    }
}

enum sekisho_status error_set(struct sekisho_error *error, enum sekisho_status status, const char *reason,
                              const char *message, const char *message_ja)
{
    error_clear(error);
    if (error) {
        error->status = status;
        snprintf(error->reason, sizeof error->reason, "%s", reason);
        snprintf(error->message, sizeof error->message, "%s", message);
        snprintf(error->message_ja, sizeof error->message_ja, "%s", message_ja);
    }
    return status;
}

enum sekisho_status error_file(struct sekisho_error *error, const char *reason, const char *path, int number)
{
    char message[sizeof((struct sekisho_error *)0)->message], message_ja[sizeof message];

    snprintf(message, sizeof message, "%.160s: %.80s", path, strerror(number));
    snprintf(message_ja, sizeof message_ja, "ファイルを扱えません: %.140s (%.70s)", path, strerror(number));
    return error_set(error, SEKISHO_ERROR_LOCAL, reason, message, message_ja);
}

enum sekisho_status error_memory(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_LOCAL, "OUT_OF_MEMORY", "out of memory", "メモリーが足りません");
}

enum sekisho_status error_crypto(struct sekisho_error *error)
{
    return error_set(error, SEKISHO_ERROR_LOCAL, "CRYPTO_FAILED", "libcrypto refused an operation",
                     "暗号ライブラリーの処理に失敗しました");
}

enum sekisho_status error_forged(struct sekisho_error *error, const char *message, const char *message_ja)
{
    return error_set(error, SEKISHO_ERROR_FORGED, "FORGED_ANSWER", message, message_ja);
}

/* Length of the UTF-8 character at `text` (RFC 3629), 0 when there is none. */
static size_t utf8_length(const unsigned char *text, size_t length)
{
    static const unsigned char least_second[] = {[0xe0 - 0xe0] = 0xa0, [0xf0 - 0xe0] = 0x90};
    unsigned char first = text[0];
    size_t size = first < 0x80                    ? 1
                  : first >= 0xc2 && first < 0xe0 ? 2
                  : first >= 0xe0 && first < 0xf0 ? 3
                  : first >= 0xf0 && first < 0xf5 ? 4
                                                  : 0;

    if (size == 0 || size > length)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if ((first == 0xe0 || first == 0xf0) && text[1] < least_second[first - 0xe0])
        return 0;
    if ((first == 0xed && text[1] > 0x9f) || (first == 0xf4 && text[1] > 0x8f))
        return 0;
    return size;
}

void copy_printable(char *out, size_t size, const void *text, size_t length)
{
    const unsigned char *in = text;
    size_t used = 0;

    while (length > 0) {
        size_t step = utf8_length(in, length);
        /* C0, DEL, and C1 (U+0080..U+009F), which terminals also obey. */
        bool control = step == 1 ? (*in < 0x20 || *in == 0x7f) : step == 2 && in[0] == 0xc2 && in[1] < 0xa0;
        if (step == 0 || control) {
            in++, length--;
            if (step == 2)
                in++, length--;
            continue;
        }
        if (used + step + 1 > size)
            break;
        memmove(out + used, in, step);
        used += step, in += step, length -= step;
    }
    out[used] = '\0';
}

const char *make_printable(char *text)
{
    /* A string that a message leaves out is protobuf-c's constant "": it cannot be written to. */
    if (text[0] != '\0')
        copy_printable(text, strlen(text) + 1, text, strlen(text));
    return text;
}
