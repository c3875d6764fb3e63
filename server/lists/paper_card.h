/* The 保育士証 on paper (F072, domain 8.4): states, events, work lists. No number, no vault (INV-02). */
#ifndef SEKISHO_LISTS_PAPER_CARD_H
#define SEKISHO_LISTS_PAPER_CARD_H

#include "sekisho/v1/paper_card_service.pb-c.h"
#include "server/register/register.h"

/* A card to be created; those before it are void. `application`: resource name. An LMDB code. */
int paper_card_create(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial,
                      Sekisho__V1__PaperCardReason reason, const char *application);

/* All cards of a registration are void: it was cancelled or erased. */
int paper_card_void(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial);
/* The last card is valid again: the erasure was an error. */
int paper_card_restore(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial);

/* May a card in state `from` get into state `to`? */
bool paper_card_possible(Sekisho__V1__PaperCardState from, Sekisho__V1__PaperCardState to);

/* Records an event whose fields were checked. The card is changed and written; its memory must be an arena's, and what
 * `event` points to must live until it is stored. An LMDB code. */
int paper_card_record(struct reg *reg, MDB_txn *txn, int64_t now_us, uint32_t serial, uint32_t issue,
                      Sekisho__V1__PaperCard *card, Sekisho__V1__PaperCardEvent *event, ProtobufCAllocator *arena);

/* MDB_NOTFOUND. */
int paper_card_get(const struct reg *reg, MDB_txn *txn, uint32_t serial, uint32_t issue, ProtobufCAllocator *arena,
                   Sekisho__V1__PaperCard **card);

#define PAPER_CARD_NAME_SIZE 80
void paper_card_name_format(uint16_t tenant, uint32_t serial, uint32_t issue, char name[PAPER_CARD_NAME_SIZE]);
bool paper_card_name_parse(const char *name, uint16_t *tenant, uint32_t *serial, uint32_t *issue);

#endif
