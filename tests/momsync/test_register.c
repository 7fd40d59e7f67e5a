/*
 * The hash of all registers: nodes compare records by it, so it must tell apart whatever they exchange, must not see
 * what only one of them knows, and must stay what it is. And the stamps by which a record is compared.
 */
#include "core_support.h"

#include "register.h"

static const struct mom_stamp old_stamp = {1700000000000, 3, 1}, new_stamp = {1700000000001, 0, 2};

static void user(struct mom_record *r)
{
    mom__record_init(r, MOM_USER, 7);
    r->created = old_stamp;
    mom__record_set(r, MOM_USER_num, mom__str("4711"));
    mom__record_set_stamp(r, MOM_USER_num, old_stamp);
    mom__record_set(r, MOM_USER_forwardState, mom__str("Busy"));
    mom__record_set(r, MOM_USER_forwardDest, mom__str("12"));
    mom__record_set_stamp(r, MOM_USER_forwardState, old_stamp);
}

static void device(struct mom_record *r)
{
    mom__record_init(r, MOM_DEVICE, 8);
    mom__record_set(r, MOM_DEVICE_ipei, mom__str("00019 0000001 6"));
    mom__record_set_stamp(r, MOM_DEVICE_ipei, old_stamp);
    r->site = 1;
    r->epoch = 2;
    r->claim_ms = 1700000000000;
}

static void values_and_stamps_make_a_difference(void **state)
{
    struct mom_record a, b;
    (void)state;
    user(&a);
    user(&b);
    assert_true(mom__reg_digest(&a) == mom__reg_digest(&b));
    mom__record_set(&b, MOM_USER_num, mom__str("4712"));
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    user(&b);
    mom__record_set_stamp(&b, MOM_USER_num, new_stamp);
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    user(&b);
    mom__record_set_stamp(&b, MOM_USER_forwardState, new_stamp);
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    user(&b);
    b.deleted = new_stamp;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    user(&b);
    b.id++;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
}

static void texts_do_not_run_into_each_other(void **state)
{
    struct mom_record a, b;
    (void)state;
    user(&a);
    user(&b);
    mom__record_set(&b, MOM_USER_forwardState, mom__str("Busy1"));
    mom__record_set(&b, MOM_USER_forwardDest, mom__str("2"));
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    mom__record_set(&a, MOM_USER_forwardDest, mom__str(""));
    user(&b);
    mom__record_clear(&b, MOM_USER_forwardDest);
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b)); /* empty is not missing */
}

/* Around the lengths at which a text is said or gathered in another way. */
static void every_byte_of_a_long_text_counts(void **state)
{
    static const size_t lengths[] = {1, 8, 254, 255, 256, 511, 512, 513, 2000};
    char one[2000], other[2000];
    struct mom_record a, b;
    (void)state;
    memset(one, 'x', sizeof one);
    memset(other, 'x', sizeof other);
    user(&a);
    user(&b);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        mom__record_set(&a, MOM_USER_num, (struct mom_str){one, lengths[i]});
        mom__record_set(&b, MOM_USER_num, (struct mom_str){other, lengths[i]});
        assert_true(mom__reg_digest(&a) == mom__reg_digest(&b));
        other[lengths[i] - 1] = 'y';
        assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
        other[lengths[i] - 1] = 'x';
        mom__record_set(&b, MOM_USER_num, (struct mom_str){other, lengths[i] - 1});
        assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    }
}

static void relations_extras_and_claims_count(void **state)
{
    struct mom_attr attrs[] = {{{"a", 1}, {"1", 1}}, {{"b", 1}, {"2", 1}}};
    struct mom_record a, b;
    (void)state;
    user(&a);
    mom__record_set_stamp(&a, MOM_USER_ppn, old_stamp);
    b = a;
    b.claimed = 8;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    mom__record_set_stamp(&a, MOM_USER_extra, old_stamp);
    b = a;
    b.extra = attrs;
    b.extra_count = 1;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    a = b;
    a.extra_count = 2;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    device(&a);
    device(&b);
    b.epoch = 3;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
    device(&b);
    b.confirmed_by = 1;
    assert_true(mom__reg_digest(&a) != mom__reg_digest(&b));
}

static void what_only_one_node_knows_does_not_count(void **state)
{
    struct mom_record a, b;
    (void)state;
    user(&a);
    user(&b);
    b.flags = MOM__PARKED;
    b.partner = 8;
    b.version = 9;
    b.site = 3;
    b.epoch = 4;
    mom__record_set(&b, MOM_USER_sipRegisterCheck, mom__str("1"));
    mom__record_set_stamp(&b, MOM_USER_sipRegisterCheck, new_stamp);
    assert_true(mom__reg_digest(&a) == mom__reg_digest(&b));
}

/* The values stand in stores and in messages. */
static void hashes_stay_what_they_are(void **state)
{
    struct mom_record r;
    (void)state;
    user(&r);
    assert_int_equal(mom__reg_digest(&r), UINT64_C(0x688bab40420a434e));
    device(&r);
    assert_int_equal(mom__reg_digest(&r), UINT64_C(0xe4b5e8c94d42a3ed));
}

static void a_walk_visits_every_register_of_the_type_and_no_other(void **state)
{
    (void)state;
    for (enum mom_type type = MOM_USER; type <= MOM_DEVICE; type++) {
        unsigned next = 0;
        for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++) {
            assert_int_equal(reg == next, mom__reg_is(type, reg));
            if (reg == next)
                next = mom__reg_next(type, reg);
        }
        assert_int_equal(next, MOM__REGS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_stamps_make_a_difference),
        cmocka_unit_test(texts_do_not_run_into_each_other),
        cmocka_unit_test(every_byte_of_a_long_text_counts),
        cmocka_unit_test(relations_extras_and_claims_count),
        cmocka_unit_test(what_only_one_node_knows_does_not_count),
        cmocka_unit_test(hashes_stay_what_they_are),
        cmocka_unit_test(a_walk_visits_every_register_of_the_type_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
