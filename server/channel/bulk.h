/*
 * The lane of bulk calls to the vault. The vault answers in the order it was asked, so a single call behind many
 * batches would wait for all of them. Batches therefore wait here, and only so many items of them are at the vault at a
 * time: while single calls come, few enough that one is through in about two milliseconds; else as many as make the
 * vault fastest. Batches keep their order.
 */
#ifndef SEKISHO_CHANNEL_BULK_H
#define SEKISHO_CHANNEL_BULK_H

#include "server/channel/vault_client.h"

/* Items at the vault, beside single calls and alone; a larger batch goes when no other is there. */
#define BULK_ITEMS_BESIDE 1024u
#define BULK_ITEMS_ALONE  8192u
/* So long after a single call others are expected. */
#define BULK_BESIDE_MS 100
/* Sealed bytes that wait; LINK_BUSY beyond. */
#define BULK_WAITING_MAX (16u << 20)
/* A call of this many sealed bytes is bulk, whatever its method: about 32 items. */
#define BULK_SEALED_MIN 2048u

struct bulk_call;

struct bulk {
    struct link *vault;
    pthread_mutex_t lock;
    uint32_t items;     /* at the vault */
    uint64_t single_ms; /* of the last single call, on link_now_ms; 0: none yet */
    size_t waiting;     /* bytes */
    struct bulk_call *first, **last;
};

bool bulk_init(struct bulk *bulk, struct link *vault);
void bulk_destroy(struct bulk *bulk); /* nothing may be at the vault any more; what waits is forgotten */

/* A single call goes to the vault beside the lane. Any thread. */
void bulk_make_way(struct bulk *bulk);

/* As vault_call, behind the batches that wait. Any thread. */
enum link_sent bulk_call(struct bulk *bulk, const struct session_call *head, const uint8_t *sealed,
                         vault_call_done *done, void *user);

#endif
