/* Replies to the front: made while a group is worked, kept until it is durable and until the front takes them. */
#ifndef SEKISHO_VAULT_REPLIES_H
#define SEKISHO_VAULT_REPLIES_H

#include "ledger/tree_read.h"
#include "vault/call.h"
#include "wire/channel.h"

/*
 * Group commit: up to GROUP_FRAMES frames or GROUP_ITEMS items share one transaction and one fdatasync. The item bound
 * keeps a group of large batches from delaying a single call behind it for more than a few milliseconds.
 */
#define GROUP_FRAMES  256
#define GROUP_ITEMS   4096
#define REPLIES_BYTES (8u << 20)
_Static_assert(TREE_REPLY_MAX <= CALL_REPLY_MAX && BACKUP_REPLY_MAX <= CALL_REPLY_MAX,
               "a reply's room is that of the largest call");

struct queued_reply {
    uint16_t type;
    uint64_t reply_to;
    size_t offset, length;     /* in the buffer */
    struct call_answer answer; /* of a SESSION_CALL_REPLY; else zero */
};

struct replies {
    uint8_t *buffer; /* REPLIES_BYTES */
    struct queued_reply reply[GROUP_FRAMES];
    size_t count, sent, used;
    struct channel_batch batch;
};

bool replies_init(struct replies *replies); /* false: no memory */

/* Is there room for one more? */
bool replies_fit(const struct replies *replies);
/* Where the next reply's body goes, at most CALL_REPLY_MAX bytes; replies_add then takes it in. */
uint8_t *replies_room(struct replies *replies);
struct queued_reply *replies_add(struct replies *replies, uint16_t type, uint64_t reply_to, size_t length);

/* Signs the tree heads of the group's tenants and seals its answers. 0, or what spoils the transaction. */
int replies_seal(struct replies *replies, struct store *store);
/* The group is not durable: no call of it may be acknowledged. */
void replies_refuse(struct replies *replies);

/* Sends what the front takes: CHANNEL_OK when nothing is left, CHANNEL_FULL, or CHANNEL_CLOSED. */
enum channel_result replies_flush(struct replies *replies, struct channel *front);
bool replies_wait(const struct replies *replies); /* not all have been taken */

#endif
