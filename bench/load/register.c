#include "load/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer_reader.h>

#include "core/people.h"
#include "core/registrants.h"
#include "load/session.h"
#include "sekisho/v1/register_service.pb-c.h"

#define REQUESTS   4096u /* packed before the run, picked at random: packing is not what is measured */
#define ANSWER_MAX (1u << 20)
#define EXPECT_MAX 64

#define GET  "/sekisho.v1.RegisterService/GetRegistration"
#define LIST "/sekisho.v1.RegisterService/ListRegistrations"

struct request {
    grpc_slice packed;
    char expect[EXPECT_MAX]; /* what a right answer has in it */
};

struct reads {
    struct workload base;
    struct request requests[REQUESTS];
    uint64_t random;
    struct grpc_metadata session;
    struct sekisho_session_info info;
    uint8_t answer[ANSWER_MAX];
};

static void pack(struct request *request, const ProtobufCMessage *message, const char *expect)
{
    request->packed = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(request->packed));
    snprintf(request->expect, sizeof(request->expect), "%s", expect);
}

static void name_of(uint32_t serial, char name[EXPECT_MAX])
{
    snprintf(name, EXPECT_MAX, "prefectures/11/registrations/%06u", (unsigned)serial);
}

static void make_get(uint32_t serial, struct request *request)
{
    Sekisho__V1__GetRegistrationRequest message = SEKISHO__V1__GET_REGISTRATION_REQUEST__INIT;
    char name[EXPECT_MAX];
    name_of(serial, name);
    message.name = name;
    pack(request, &message.base, name);
}

static Sekisho__V1__ListRegistrationsRequest list_of_prefecture(void)
{
    Sekisho__V1__ListRegistrationsRequest message = SEKISHO__V1__LIST_REGISTRATIONS_REQUEST__INIT;
    message.parent = (char *)"prefectures/11";
    return message;
}

static void make_number(uint32_t serial, struct request *request)
{
    Sekisho__V1__ListRegistrationsRequest message = list_of_prefecture();
    char name[EXPECT_MAX], number[EXPECT_MAX];
    name_of(serial, name);
    snprintf(number, sizeof(number), "埼玉県-%06u", (unsigned)serial);
    message.registration_number = number;
    pack(request, &message.base, name);
}

static void make_reference(uint32_t serial, struct request *request)
{
    Sekisho__V1__ListRegistrationsRequest message = list_of_prefecture();
    struct registrant registrant;
    char name[EXPECT_MAX];
    registrant_make(serial, &registrant);
    name_of(serial, name);
    message.number_reference = registrant.registration.number_reference;
    pack(request, &message.base, name);
}

static void make_name(uint32_t serial, struct request *request)
{
    Sekisho__V1__ListRegistrationsRequest message = list_of_prefecture();
    struct registrant registrant;
    registrant_make(serial, &registrant);
    message.name = registrant.text;
    message.name_match = SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_EXACT;
    pack(request, &message.base, registrant.text);
}

static void make_prefix(uint32_t serial, struct request *request)
{
    Sekisho__V1__ListRegistrationsRequest message = list_of_prefecture();
    struct registrant registrant;
    registrant_make(serial, &registrant);
    message.name = registrant.family;
    message.name_match = SEKISHO__V1__TEXT_MATCH__TEXT_MATCH_PREFIX;
    pack(request, &message.base, registrant.family);
}

static const struct {
    const char *command, *method;
    void (*make)(uint32_t serial, struct request *request);
} kinds[] = {
    {"register-get", GET, make_get},
    {"register-number", LIST, make_number},
    {"register-reference", LIST, make_reference},
    {"register-name", LIST, make_name},
    {"register-prefix", LIST, make_prefix},
};

static grpc_byte_buffer *next_request(struct workload *workload, uint64_t *token, unsigned *method)
{
    struct reads *reads = (struct reads *)workload;
    (void)method;
    *token = people_pick(&reads->random, REQUESTS);
    return grpc_raw_byte_buffer_create(&reads->requests[*token].packed, 1);
}

static bool right_reply(struct workload *workload, uint64_t token, grpc_byte_buffer *reply)
{
    struct reads *reads = (struct reads *)workload;
    grpc_byte_buffer_reader reader;
    grpc_slice slice;
    size_t length = 0;
    if (reply == NULL || !grpc_byte_buffer_reader_init(&reader, reply)) {
        return false;
    }
    while (grpc_byte_buffer_reader_next(&reader, &slice) != 0) {
        size_t room = sizeof(reads->answer) - length, part = GRPC_SLICE_LENGTH(slice);
        memcpy(reads->answer + length, GRPC_SLICE_START_PTR(slice), part < room ? part : room);
        length += part < room ? part : room;
        grpc_slice_unref(slice);
    }
    grpc_byte_buffer_reader_destroy(&reader);
    const char *expect = reads->requests[token].expect;
    return memmem(reads->answer, length, expect, strlen(expect)) != NULL;
}

static int put_on(const struct options *options, struct reads *reads, const struct bench_session *session,
                  int (*run)(const struct options *options, struct workload *workload))
{
    sekisho_session_info(session->session, &reads->info);
    reads->session.key = grpc_slice_from_static_string("sekisho-session");
    reads->session.value = grpc_slice_from_copied_string(reads->info.name);
    reads->base.metadata = &reads->session;
    reads->base.metadata_count = 1;
    int result = run(options, &reads->base);
    grpc_slice_unref(reads->session.value);
    return result;
}

int register_run(const struct options *options, int (*run)(const struct options *options, struct workload *workload))
{
    static struct reads reads;
    struct bench_session session;
    size_t kind = 0;
    while (kind < sizeof(kinds) / sizeof(kinds[0]) && strcmp(options->command, kinds[kind].command) != 0) {
        kind++;
    }
    if (kind == sizeof(kinds) / sizeof(kinds[0]) || bench_session_open(options, options->account, &session) != 0) {
        return -1;
    }
    reads.base = (struct workload){.name = kinds[kind].command,
                                   .methods = {kinds[kind].method},
                                   .items_per_call = 1,
                                   .request = next_request,
                                   .reply = right_reply};
    sekisho_random(&reads.random, sizeof(reads.random));
    reads.random |= 1;
    for (size_t i = 0; i < REQUESTS; i++) {
        kinds[kind].make(1 + (uint32_t)people_pick(&reads.random, options->count), &reads.requests[i]);
    }
    int result = put_on(options, &reads, &session, run);
    for (size_t i = 0; i < REQUESTS; i++) {
        grpc_slice_unref(reads.requests[i].packed);
    }
    return bench_session_close(&session) == 0 ? result : -1;
}
