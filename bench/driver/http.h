/* One HTTP/1.1 request over a unix socket: what loading a peer takes, no more. */
#ifndef SEKISHO_BENCH_HTTP_H
#define SEKISHO_BENCH_HTTP_H

#include <stddef.h>

/* Sends the request line, headers (each ended by CR LF) and body; `answer` gets what comes back, zero-terminated, until
 * the server closes. The status, or -1. */
int http_exchange(const char *socket_path, const char *request_line, const char *headers, const char *body,
                  char *answer, size_t size);

#endif
