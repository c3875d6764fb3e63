/* bench-peer-redis: the question put to Redis, over one connection of hiredis to a unix socket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "keyed.h"

#define LOAD_BATCH 1000

static const struct person *asked[KEYED_BATCH_MAX];
static uint8_t hashes[KEYED_BATCH_MAX][KEYED_HASH_LEN];

static int failed(const redisContext *redis, const char *what)
{
    fprintf(stderr, "bench-peer-redis: %s: %s\n", what, redis->err != 0 ? redis->errstr : "an unexpected answer");
    return -1;
}

static int pick_batch(struct keyed *keyed, unsigned batch)
{
    for (unsigned i = 0; i < batch; i++) {
        asked[i] = keyed_pick(keyed);
        if (keyed_hash(keyed, asked[i], hashes[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The next reply, which answers yes for asked[i]. */
static int take_value(redisContext *redis, struct keyed *keyed, unsigned i)
{
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) {
        return failed(redis, "GET");
    }
    bool right = reply->type == REDIS_REPLY_STRING && keyed_answers(keyed, asked[i], reply->str, reply->len);
    freeReplyObject(reply);
    return right ? 0 : failed(redis, "GET");
}

static int call_get(void *context, struct keyed *keyed, unsigned batch)
{
    redisContext *redis = context;
    int result = pick_batch(keyed, batch);
    for (unsigned i = 0; i < batch && result == 0; i++) {
        result = redisAppendCommand(redis, "GET %b", hashes[i], (size_t)KEYED_HASH_LEN) == REDIS_OK ? 0 : -1;
    }
    for (unsigned i = 0; i < batch && result == 0; i++) {
        result = take_value(redis, keyed, i);
    }
    return result;
}

static int call_mget(void *context, struct keyed *keyed, unsigned batch)
{
    static const char *words[KEYED_BATCH_MAX + 1] = {"MGET"};
    static size_t lengths[KEYED_BATCH_MAX + 1] = {4};
    redisContext *redis = context;
    if (pick_batch(keyed, batch) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < batch; i++) {
        words[i + 1] = (const char *)hashes[i];
        lengths[i + 1] = KEYED_HASH_LEN;
    }
    redisReply *reply = redisCommandArgv(redis, (int)batch + 1, words, lengths);
    bool right = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == batch;
    for (unsigned i = 0; i < batch && right; i++) {
        const redisReply *value = reply->element[i];
        right = value->type == REDIS_REPLY_STRING && keyed_answers(keyed, asked[i], value->str, value->len);
    }
    if (reply != NULL) {
        freeReplyObject(reply);
    }
    return right ? 0 : failed(redis, "MGET");
}

static int take_ok(redisContext *redis, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        redisReply *reply;
        if (redisGetReply(redis, (void **)&reply) != REDIS_OK) {
            return failed(redis, "SET");
        }
        bool right = reply->type == REDIS_REPLY_STATUS;
        freeReplyObject(reply);
        if (!right) {
            return failed(redis, "SET");
        }
    }
    return 0;
}

/* Each person under the keyed hash, and under the name that redis-benchmark makes up: "key:" and twelve digits. */
static int append_person(redisContext *redis, struct keyed *keyed, uint64_t index)
{
    uint8_t hash[KEYED_HASH_LEN];
    struct keyed_value value;
    char name[32];
    snprintf(name, sizeof(name), "key:%012llu", (unsigned long long)index);
    if (keyed_hash(keyed, &keyed->people[index], hash) != 0 || keyed_value(keyed, &keyed->people[index], &value) != 0 ||
        redisAppendCommand(redis, "SET %b %b", hash, sizeof(hash), &value, sizeof(value)) != REDIS_OK ||
        redisAppendCommand(redis, "SET %s %b", name, &value, sizeof(value)) != REDIS_OK) {
        return failed(redis, "SET");
    }
    return 0;
}

static int load_people(redisContext *redis, struct keyed *keyed)
{
    int result = 0;
    unsigned waiting = 0;
    for (uint64_t i = 0; i < keyed->people_count && result == 0; i++) {
        result = append_person(redis, keyed, i);
        waiting += 2;
        if (result == 0 && (waiting >= LOAD_BATCH || i + 1 == keyed->people_count)) {
            result = take_ok(redis, waiting);
            waiting = 0;
        }
    }
    return result;
}

static int measure(redisContext *redis, struct keyed *keyed, char **words)
{
    struct watched server;
    struct keyed_loop loop = {.name = words[0], .server = &server, .context = redis};
    double seconds = strtod(words[4], NULL);
    loop.batch = (unsigned)strtoul(words[3], NULL, 10);
    loop.call = strcmp(words[0], "get") == 0 ? call_get : call_mget;
    loop.duration_ns = (uint64_t)(seconds * 1e9);
    keyed->opened = strcmp(words[0], "mget-open") == 0;
    if (loop.batch < 1 || loop.batch > KEYED_BATCH_MAX || !(seconds > 0.0) || watched_parse(words[5], &server) != 0) {
        fputs("bench-peer-redis: wrong arguments\n", stderr);
        return -1;
    }
    return keyed_run(keyed, &loop);
}

int main(int argc, char **argv)
{
    struct keyed keyed;
    bool load = argc == 4 && strcmp(argv[1], "load") == 0;
    if (!load && argc != 7) {
        fputs("usage: bench-peer-redis load SOCKET TABLE\n"
              "       bench-peer-redis get|mget|mget-open SOCKET TABLE BATCH SECONDS NAME:PID\n",
              stderr);
        return 2;
    }
    redisContext *redis = redisConnectUnix(argv[2]);
    if (redis == NULL || redis->err != 0) {
        fprintf(stderr, "bench-peer-redis: %s: %s\n", argv[2], redis != NULL ? redis->errstr : "no memory");
        return EXIT_FAILURE;
    }
    int result = keyed_open(&keyed, argv[3]);
    if (result == 0) {
        result = load ? load_people(redis, &keyed) : measure(redis, &keyed, argv + 1);
        keyed_close(&keyed);
    }
    redisFree(redis);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
