#include "server/services/number_step.h"

#include <string.h>

#include "server/services/errors.h"

/* A sealed call of one item. */
#define ONE(item) (sizeof(struct call_head) + sizeof(item) + SEAL_TAG_LEN)

struct number_step *number_step_of(struct register_call *call)
{
    return call->user;
}

static bool refuse(struct register_call *call, const char *field, const char *what)
{
    (void)register_fail(call, REGISTER_BAD_FIELD, field, what);
    return false;
}

bool number_step_prepare(struct register_call *call, const Sekisho__V1__SealedCall *sealed, enum operation operation,
                         bool citizen, register_handler *finish, struct number_step **step)
{
    struct number_step *new = register_alloc(call, sizeof *new);
    uint16_t tenant;

    if (!new)
        return false;
    if (!sealed) {
        (void)register_fail(call, REGISTER_MISSING_FIELD, "call", NULL);
        return false;
    }
    if (!sealed_call_read(sealed, (uint16_t)operation, &tenant, &new->head, &call->error))
        return false;
    if (tenant != call->caller.tenant || memcmp(new->head.session, call->caller.session, SESSION_ID_LEN) != 0)
        return refuse(call, "call.session", "must be the caller's own session");
    if (sealed->ciphertext.len != ONE(struct call_item) &&
        !(citizen && sealed->ciphertext.len == ONE(struct call_item_citizen)))
        return refuse(call, "call.ciphertext", "must be of one item of its operation");
    new->call = call;
    new->ciphertext = sealed->ciphertext.data;
    new->finish = finish;
    call->user = *step = new;
    return true;
}

/* ---- the vault's answer; on the server's thread ---- */

static void fail(struct number_step *step, const struct rpc_error *error)
{
    if (step->required) {
        step->call->error = *error;
        register_answer_error(step->call);
        return;
    }
    step->error = error->reason;
    register_continue(step->call, step->finish);
}

static ProtobufCBinaryData copy_bytes(struct register_call *call, const uint8_t *data, size_t length)
{
    uint8_t *copy = register_alloc(call, length);

    if (copy)
        memcpy(copy, data, length);
    return (ProtobufCBinaryData){.data = copy, .len = copy ? length : 0};
}

/* False: not an answer to one item (vault_client.h has checked the lengths against the count). */
static bool read_outcome(struct number_step *step, const struct vault_answer *answer)
{
    struct call_result_head head;
    struct call_result_item item;

    if (answer->clear_length != sizeof head + sizeof item)
        return false;
    memcpy(&head, answer->clear, sizeof head);
    memcpy(&item, answer->clear + sizeof head, sizeof item);
    step->outcome = (enum outcome)item.outcome;
    memcpy(step->reference, item.reference, REFERENCE_LEN);
    return head.count == 1;
}

static bool keep_reply(struct number_step *step, const struct vault_answer *answer)
{
    struct register_call *call = step->call;

    step->reply = REGISTER_NEW(call, Sekisho__V1__SealedReply, SEKISHO__V1__SEALED_REPLY__INIT);
    if (!step->reply)
        return false;
    step->reply->sequence = step->head.call_seq;
    step->reply->results = copy_bytes(call, answer->clear, answer->clear_length);
    step->reply->sealed = copy_bytes(call, answer->sealed, answer->sealed_length);
    return step->reply->results.data && step->reply->sealed.data;
}

static void on_answer(void *user, const struct vault_answer *answer)
{
    struct number_step *step = user;

    if (!answer)
        fail(step, error_of_front(FRONT_VAULT_UNAVAILABLE));
    else if (answer->status != CALL_OK)
        fail(step, error_of_call(answer->status));
    else if (!read_outcome(step, answer) || !keep_reply(step, answer))
        fail(step, error_of_front(FRONT_BUSY));
    else
        register_continue(step->call, step->finish);
}

static void send(struct rpc_call *rpc)
{
    struct number_step *step = rpc_call_user(rpc);
    enum link_sent sent = sealed_send(rpc_call_context(rpc), &step->head, step->ciphertext, on_answer, step);

    if (sent != LINK_SENT)
        fail(step, error_of_link(sent, FRONT_VAULT_UNAVAILABLE));
}

void number_step_send(struct register_call *call)
{
    rpc_call_set_user(call->rpc, number_step_of(call));
    rpc_call_defer(call->rpc, send);
}
