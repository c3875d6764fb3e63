#include "server/services/list_page.h"

#include <string.h>

#include "server/services/resource_name.h"

bool list_page_begin(struct register_call *call, const char *parent, struct list_page *page)
{
    uint16_t tenant;

    *page = (struct list_page){.call = call};
    if (!prefecture_name_parse(parent, &tenant)) {
        register_fail(call, REGISTER_BAD_RESOURCE_NAME, "parent", NULL);
        return false;
    }
    return list_page_read(call, page);
}

bool list_page_read(struct register_call *call, struct list_page *page)
{
    *page = (struct list_page){.call = call};
    if (!register_page(call, &page->page))
        return false;
    if (page->page.key_length > WALK_KEY_MAX) {
        register_fail(call, REGISTER_BAD_PAGE, "page_token", NULL);
        return false;
    }
    page->rows = register_alloc(call, page->page.rows * sizeof *page->rows);
    return page->rows != NULL;
}

char *list_page_walk(struct list_page *page, struct walk walk)
{
    struct walk_place place = {.length = page->page.key_length};
    bool more;

    memcpy(place.key, page->page.key, place.length);
    walk.txn = page->call->txn;
    walk.rows_max = page->page.rows;
    walk.user = page;
    int rc = walk_rows(&walk, &place, &more);
    if (rc != 0) {
        register_fail_store(page->call, rc);
        return NULL;
    }
    if (!more)
        return (char *)(uintptr_t)protobuf_c_empty_string;
    return register_page_token(page->call, &page->page, place.key, place.length);
}
