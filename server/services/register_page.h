/*
 * Pages of a list (AIP-158). A page token is where the next page begins: the key of its first row, bound to the list
 * and its filter, so that a token of another list or of a changed filter is refused and not misread.
 */
#ifndef SEKISHO_SERVICES_REGISTER_PAGE_H
#define SEKISHO_SERVICES_REGISTER_PAGE_H

#include "server/services/register_call.h"

#define REGISTER_PAGE_ROWS     50
#define REGISTER_PAGE_ROWS_MAX 1000
#define REGISTER_PAGE_KEY_MAX  512

struct register_page {
    uint32_t rows;                      /* to answer at most */
    size_t key_length;                  /* 0: from the beginning */
    uint8_t key[REGISTER_PAGE_KEY_MAX]; /* as given to register_page_token */
    uint8_t filter[REGISTER_ID_LEN];    /* digest of the request without its page */
};

/* Reads the fields `page_size` and `page_token` of call->request, which must have both. False after register_fail. */
bool register_page(struct register_call *call, struct register_page *page);

/* The next page's token; NULL when the call's memory is used up or the key is too long. */
char *register_page_token(struct register_call *call, const struct register_page *page, const void *key, size_t length);

#endif
