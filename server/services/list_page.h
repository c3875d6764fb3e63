/* A page of a list: a walk over a table into an array of rows, with the token of the next page. */
#ifndef SEKISHO_SERVICES_LIST_PAGE_H
#define SEKISHO_SERVICES_LIST_PAGE_H

#include "server/lists/walk.h"
#include "server/services/register_call.h"
#include "server/services/register_page.h"

struct list_page {
    struct register_call *call;
    struct register_page page;
    void **rows; /* messages; the answer's repeated field */
    size_t count;
};

/* Reads the request's page; `parent` must be a prefecture. False after register_fail. */
bool list_page_begin(struct register_call *call, const char *parent, struct list_page *page);
/* The same when the parent was checked. */
bool list_page_read(struct register_call *call, struct list_page *page);
/* The next row; for walk.row, whose user is the page. */
static inline int list_page_add(struct list_page *page, void *row)
{
    page->rows[page->count++] = row;
    return WALK_TAKE;
}
/* Walks; txn, rows_max and user of `walk` are the page's. The next page's token, "" after the last; NULL after
 * register_fail. */
char *list_page_walk(struct list_page *page, struct walk walk);

#endif
