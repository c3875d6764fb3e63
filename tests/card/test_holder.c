/* Step 10: the six items of the holder, and whether it is the applicant. */
#include <string.h>

#include "world.h"

static enum card_code with(const struct jpki_holder *holder, struct card_evidence *evidence)
{
    static char flags[2][512];
    struct jpki_leaf_spec spec = world_leaf();

    jpki_names(&spec, holder, flags);
    return world_try(&spec, evidence);
}

static const struct jpki_holder hanako = {
    .name = "浦和　花子",
    .birth = "420010403",
    .sex = "2",
    .address = "埼玉県さいたま市浦和区高砂３丁目１５番１号",
};

#define WITH(wanted, evidence, ...)                                                                                    \
    do {                                                                                                               \
        struct jpki_holder holder = hanako;                                                                            \
        __VA_ARGS__;                                                                                                   \
        assert_code(with(&holder, evidence), wanted);                                                                  \
    } while (0)

/* Items 1, 4, 3, 5 stand first. */
static void test_F002_every_item_is_needed(void **state)
{
    struct jpki_leaf_spec spec;

    (void)state;
    for (unsigned item = 0; item < 4; item++) {
        spec = world_leaf();
        spec.names[item].oid = "1.2.392.200149.8.5.5.99";
        assert_code(world_try(&spec, NULL), CARD_SAN_MISSING);
    }
    spec = world_leaf();
    memset(spec.names, 0, sizeof spec.names);
    assert_code(world_try(&spec, NULL), CARD_SAN_MISSING);
}

static void test_F002_items_in_any_order(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct jpki_other_name kept = spec.names[i];
        spec.names[i] = spec.names[5 - i];
        spec.names[5 - i] = kept;
    }
    assert_code(world_try(&spec, NULL), CARD_GOOD);
}

static void test_F002_unknown_other_names_are_let_be(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();

    (void)state;
    spec.names[6] = (struct jpki_other_name){"1.2.392.200149.8.5.5.7", "旧氏"};
    spec.names[7] = (struct jpki_other_name){"1.2.3.4", "?"};
    assert_code(world_try(&spec, NULL), CARD_GOOD);
}

static void test_F002_an_item_twice_is_malformed(void **state)
{
    struct jpki_leaf_spec spec = world_leaf();

    (void)state;
    spec.names[6] = spec.names[0];
    assert_code(world_try(&spec, NULL), CARD_SAN_MISSING);
}

static void test_F002_malformed_items(void **state)
{
    (void)state;
    WITH(CARD_SAN_MISSING, NULL, holder.name_flags = "0000");
    WITH(CARD_SAN_MISSING, NULL, holder.name_flags = "000000");
    WITH(CARD_SAN_MISSING, NULL, holder.name_flags = "0002 ");
    WITH(CARD_SAN_MISSING, NULL, holder.address_flags = "0");
    WITH(CARD_SAN_MISSING, NULL, holder.birth = "42001040");
    WITH(CARD_SAN_MISSING, NULL, holder.birth = "420010230");
    WITH(CARD_SAN_MISSING, NULL, holder.birth = "4200104033");
    WITH(CARD_SAN_MISSING, NULL, holder.sex = "4");
    WITH(CARD_SAN_MISSING, NULL, holder.sex = "22");
}

static void test_F002_another_person(void **state)
{
    struct card_evidence evidence;

    (void)state;
    WITH(CARD_SUBJECT_MISMATCH, &evidence, holder.name = "大宮　太郎");
    assert_int_equal(evidence.match.level, MATCH_MISMATCH);
    WITH(CARD_SUBJECT_MISMATCH, NULL, holder.birth = "420010404");
}

static void test_F002_a_substituted_character_needs_a_person(void **state)
{
    struct card_evidence evidence;

    (void)state;
    WITH(CARD_GOOD, &evidence, holder.name = "浦■　花子"; holder.name_flags = "01000");
    assert_int_equal(evidence.match.level, MATCH_SOFT);
    assert_int_equal(evidence.match.name, NAME_KEY_WILDCARD);
    /* Without its flag it is another name. */
    WITH(CARD_SUBJECT_MISMATCH, NULL, holder.name = "浦■　花子"; holder.name_flags = "00000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_F002_every_item_is_needed),
        cmocka_unit_test(test_F002_items_in_any_order),
        cmocka_unit_test(test_F002_unknown_other_names_are_let_be),
        cmocka_unit_test(test_F002_an_item_twice_is_malformed),
        cmocka_unit_test(test_F002_malformed_items),
        cmocka_unit_test(test_F002_another_person),
        cmocka_unit_test(test_F002_a_substituted_character_needs_a_person),
    };

    return cmocka_run_group_tests_name("card: holder", tests, world_make, world_free);
}
