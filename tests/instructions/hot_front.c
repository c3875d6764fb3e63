/* A unary call through the front's own code, gRPC left out: checked, framed for the vault, its answer checked and
 * packed. check.sh counts its instructions: hot-front unary. */
#include <stdio.h>
#include <string.h>

#include "front_fixture.h"
#include "sekisho/v1/number_service.pb-c.h"

#define TIMES 256

static uint8_t ciphertext[128];

static void ask(struct fixture *fixture, uint64_t sequence)
{
    static char session[] = FIXTURE_SESSION;
    Sekisho__V1__SealedCall sealed = SEKISHO__V1__SEALED_CALL__INIT;
    Sekisho__V1__MatchRequest request = SEKISHO__V1__MATCH_REQUEST__INIT;

    sealed.session = session;
    sealed.sequence = sequence;
    sealed.ciphertext = (ProtobufCBinaryData){.data = ciphertext, .len = sizeof ciphertext};
    request.call = &sealed;
    fixture->call.finished = fixture->call.replied = 0;
    fixture->call.method->on_message(&fixture->call, &request.base);
}

__attribute__((noinline)) static void path_unary(struct fixture *fixture)
{
    for (uint64_t i = 1; i <= TIMES; i++) {
        ask(fixture, i);
        struct frame_view frame = fake_peer_request(fixture->vault, FRAME_SESSION_CALL);
        vault_answers(fixture, frame.header->seq, CALL_OK, 1);
        assert_int_equal(fixture->call.replied, 1);
    }
}

int main(int argc, char **argv)
{
    void *state = NULL;

    if (argc != 2 || strcmp(argv[1], "unary") != 0 || fixture_set_up(&state) != 0)
        return 2;
    fixture_call(state, number_methods, number_method_count, "Match");
    path_unary(state);
    printf("%u\n", TIMES);
    return fixture_tear_down(&state);
}
