/* frame_check against frame.h's text, over the tables of all processes: any record, from any peer, in any phase. */
#include <string.h>

#include "auth/serve.h"
#include "server/channel/reader.h"
#include "support/process.h"
#include "vault/rules.h"

static const struct table {
    const struct frame_rule *rules;
    const size_t *count;
} tables[] = {
    {vault_rules, &vault_rule_count},
    {auth_rules, &auth_rule_count},
    {front_rules, &front_rule_count},
};

/* Mends what a mutation would have to guess, as far as the input asks for it. */
static void mend(uint8_t what, uint64_t last_seq, uint8_t *record, size_t length)
{
    struct frame_header header, good;

    if (length < sizeof header)
        return;
    memcpy(&header, record, sizeof header);
    frame_fill(&good, header.type, (uint32_t)(length - sizeof header), last_seq + 1, header.reply_to);
    if (what & 1)
        header.magic = good.magic, header.version = good.version;
    if (what & 2)
        memcpy(header.build, good.build, sizeof header.build);
    if (what & 4)
        header.length = good.length;
    if (what & 8)
        header.seq = good.seq, header.zero = 0;
    memcpy(record, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t record[FRAME_MAX + 64];
    struct input input = {.at = data, .left = size};
    const struct table *table = &tables[input_u8(&input) % (sizeof tables / sizeof tables[0])];
    enum peer peer = (enum peer)(input_u8(&input) % PEER_COUNT);
    enum phase phase = (enum phase)(input_u8(&input) % PHASE_COUNT);
    uint64_t last_seq = input_u8(&input);
    uint8_t what = input_u8(&input);
    const struct frame_rule *rule = NULL;

    /* Bodies are not looked at: a long one needs no long input. */
    size_t length = input.left + ((what & 16) ? input_u16(&input) * 4u : 0);
    if (length > sizeof record)
        length = sizeof record;
    input_copy(&input, record, length);
    mend(what, last_seq, record, length);
    enum frame_verdict verdict = frame_check(record, length, last_seq, peer, phase, table->rules, *table->count, &rule);
    bool good = frame_acceptable(record, length, last_seq, peer, phase, table->rules, *table->count);
    REQUIRE((verdict == FRAME_OK) == good);
    REQUIRE((rule != NULL) == good);
    REQUIRE(frame_verdict_name(verdict) != NULL);
    return 0;
}
