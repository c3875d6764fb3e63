#include "server/channel/bulk.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/sealed.h"

struct bulk_call {
    struct bulk *bulk;
    struct bulk_call *next;
    vault_call_done *done;
    void *user;
    uint32_t items;
    struct session_call head;
    uint8_t sealed[]; /* while it waits */
};

bool bulk_init(struct bulk *bulk, struct link *vault)
{
    *bulk = (struct bulk){.vault = vault};
    bulk->last = &bulk->first;
    return pthread_mutex_init(&bulk->lock, NULL) == 0;
}

void bulk_destroy(struct bulk *bulk)
{
    while (bulk->first) {
        struct bulk_call *call = bulk->first;
        bulk->first = call->next;
        free(call);
    }
    pthread_mutex_destroy(&bulk->lock);
}

/* The number of items is inside the seal; how long they are together is not. */
static uint32_t items_of(const struct session_call *head)
{
    return head->sealed_length / (uint32_t)sizeof(struct call_item) + 1;
}

static bool has_room(const struct bulk *bulk, uint32_t items)
{
    bool beside = bulk->single_ms != 0 && link_now_ms() - bulk->single_ms < BULK_BESIDE_MS;

    return bulk->items == 0 || bulk->items + items <= (beside ? BULK_ITEMS_BESIDE : BULK_ITEMS_ALONE);
}

void bulk_make_way(struct bulk *bulk)
{
    pthread_mutex_lock(&bulk->lock);
    bulk->single_ms = link_now_ms();
    pthread_mutex_unlock(&bulk->lock);
}

static void on_answer(void *user, const struct vault_answer *answer);

static enum link_sent send(struct bulk *bulk, struct bulk_call *call, const uint8_t *sealed)
{
    enum link_sent sent = vault_call(bulk->vault, &call->head, sealed, on_answer, call);

    if (sent == LINK_SENT)
        bulk->items += call->items;
    return sent;
}

/* Sends what there is room for; gives back those that the link refuses, one after the other. */
static struct bulk_call *send_waiting(struct bulk *bulk)
{
    struct bulk_call *refused = NULL, **last = &refused;

    while (bulk->first && has_room(bulk, bulk->first->items)) {
        struct bulk_call *call = bulk->first;
        bulk->first = call->next;
        bulk->waiting -= call->head.sealed_length;
        if (send(bulk, call, call->sealed) == LINK_SENT)
            continue;
        call->next = NULL;
        *last = call;
        last = &call->next;
    }
    if (!bulk->first)
        bulk->last = &bulk->first;
    return refused;
}

static void refuse_all(struct bulk_call *call)
{
    while (call) {
        struct bulk_call *next = call->next;
        call->done(call->user, NULL);
        free(call);
        call = next;
    }
}

/* `done` takes locks of its own: it is called without this one. */
static void on_answer(void *user, const struct vault_answer *answer)
{
    struct bulk_call *call = user;
    struct bulk *bulk = call->bulk;

    call->done(call->user, answer);
    pthread_mutex_lock(&bulk->lock);
    bulk->items -= call->items;
    struct bulk_call *refused = send_waiting(bulk);
    pthread_mutex_unlock(&bulk->lock);
    free(call);
    refuse_all(refused);
}

static void wait_in_line(struct bulk *bulk, struct bulk_call *call, const uint8_t *sealed)
{
    memcpy(call->sealed, sealed, call->head.sealed_length);
    call->next = NULL;
    *bulk->last = call;
    bulk->last = &call->next;
    bulk->waiting += call->head.sealed_length;
}

static enum link_sent send_or_wait(struct bulk *bulk, const struct bulk_call *given, const uint8_t *sealed)
{
    uint32_t length = given->head.sealed_length;
    bool waits = bulk->first || !has_room(bulk, given->items);

    if (waits && bulk->waiting + length > BULK_WAITING_MAX)
        return LINK_BUSY;
    struct bulk_call *call = malloc(sizeof *call + (waits ? length : 0));
    if (!call)
        return LINK_BUSY;
    *call = *given;
    if (waits) {
        wait_in_line(bulk, call, sealed);
        return LINK_SENT;
    }
    enum link_sent sent = send(bulk, call, sealed);
    if (sent != LINK_SENT)
        free(call);
    return sent;
}

enum link_sent bulk_call(struct bulk *bulk, const struct session_call *head, const uint8_t *sealed,
                         vault_call_done *done, void *user)
{
    const struct bulk_call call = {.bulk = bulk, .done = done, .user = user, .items = items_of(head), .head = *head};

    pthread_mutex_lock(&bulk->lock);
    enum link_sent sent = send_or_wait(bulk, &call, sealed);
    pthread_mutex_unlock(&bulk->lock);
    return sent;
}
