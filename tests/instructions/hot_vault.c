/* The vault's hot paths, each in a function of its own whose instructions check.sh counts: hot-vault PATH. */
#include <stdio.h>

#include "fixture.h"
#include "vault/number_index.h"
#include "vault/rules.h"

#define PEOPLE 4096
#define TIMES  256

static struct fixture *fixture;
static uint8_t references[PEOPLE][REFERENCE_LEN];
static uint8_t bodies[TIMES][FRAME_MAX / 256];
static size_t body_length;
static uint8_t reply[CALL_REPLY_MAX];

/* Numbers and references of the same people all over the trees, the same ones each time. */
static unsigned person(unsigned i)
{
    return i * 2654435761u % PEOPLE;
}

static void enroll_people(void)
{
    static struct call_item items[CALL_ITEMS_MAX];
    static struct answer answer;

    for (unsigned begin = 0; begin < PEOPLE; begin += CALL_ITEMS_MAX) {
        for (unsigned i = 0; i < CALL_ITEMS_MAX; i++) {
            items[i] = (struct call_item){.request_id = {1}};
            test_number(begin + i, items[i].number);
        }
        call(fixture, SESSION_ALL, OPERATION_ENROLL, PURPOSE_REGISTER, items, CALL_ITEMS_MAX, &answer);
        for (unsigned i = 0; i < CALL_ITEMS_MAX; i++)
            memcpy(references[begin + i], answer.results[i].reference, REFERENCE_LEN);
    }
}

static void seal_matches(void)
{
    const struct call_head head = {.version = 1, .operation = OPERATION_MATCH, .purpose = PURPOSE_CHANGE, .count = 1};

    for (unsigned i = 0; i < TIMES; i++) {
        struct call_item item = {0};
        memcpy(item.reference, references[person(i)], REFERENCE_LEN);
        test_number(person(i), item.number);
        body_length = seal_call(SESSION_ALL, ++fixture->seq, OPERATION_MATCH, &head, &item, sizeof item, bodies[i]);
    }
}

__attribute__((noinline)) static void path_frame(void)
{
    static _Alignas(8) uint8_t record[sizeof(struct frame_header) + 256];
    const struct frame_rule *rule;

    for (unsigned i = 0; i < TIMES; i++) {
        frame_fill((struct frame_header *)record, FRAME_SESSION_CALL, 256, i + 1, 0);
        assert_int_equal(
            frame_check(record, sizeof record, i, PEER_FRONT, PHASE_SERVING, vault_rules, vault_rule_count, &rule),
            FRAME_OK);
    }
}

__attribute__((noinline)) static void path_tags(void)
{
    struct number_tags tags;
    char number[NUMBER_LEN] = "012345678901";

    for (unsigned i = 0; i < TIMES; i++) {
        number[11] = (char)('0' + i % 10);
        assert_int_equal(number_tags(store_tenant(&fixture->store, TENANT_A), number, &tags), 0);
    }
}

__attribute__((noinline)) static void path_get(void)
{
    struct stored_record record;
    struct tenant *tenant = store_tenant(&fixture->store, TENANT_A);

    for (unsigned i = 0; i < TIMES; i++)
        assert_int_equal(record_get(&fixture->store, tenant, references[person(i)], &record), 0);
}

/* From the sealed body to the reply before its group is sealed: session, replay window, seal, MATCH, leaf. */
__attribute__((noinline)) static void path_call(void)
{
    struct call_answer answer;
    int rc;

    for (unsigned i = 0; i < TIMES; i++) {
        assert_true(call_handle(&fixture->engine, &fixture->clock, bodies[i], body_length, reply, &answer, &rc));
        assert_int_equal(rc, 0);
        assert_int_equal(answer.status, CALL_OK);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } paths[] = {{"frame", path_frame}, {"tags", path_tags}, {"get", path_get}, {"call", path_call}};
    void *state = NULL;

    if (argc != 2 || fixture_setup(&state) != 0)
        return 2;
    fixture = state;
    enroll_people();
    seal_matches();
    if (store_begin(&fixture->store) != 0)
        return 2;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strcmp(argv[1], paths[i].name) == 0) {
            paths[i].run();
            printf("%u\n", TIMES);
        }
    store_abort(&fixture->store);
    return fixture_teardown(&state);
}
