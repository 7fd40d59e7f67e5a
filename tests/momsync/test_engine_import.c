/*
 * Import: what a site tells becomes records that live there; a second import of the same changes
 * nothing; what an import does not bring is gone, unless too much is. Proved with simulated sites
 * on the memory store.
 */
#include "world_check.h"

#define IPEI1 "03074 0220259 3"
#define IPEI2 "57005 0782068 7"
#define IPEI3 "12308 0004063 5"

static void import_takes_users_devices_and_their_relation(void **state)
{
    struct world *w = world_new();
    uint64_t user, device;

    (void)state;
    world_add_site(w);
    site_person(w, 1, "4711", "Anna", IPEI1);
    site_user(w, 1, "4712", "Bert");
    world_connect(w, 1);
    user = hub_find(w, MOM_USER_num, "4711");
    device = hub_find(w, MOM_DEVICE_ipei, IPEI1);
    assert_true(user && device);
    assert_int_equal(hub_partner(w, user), device);
    assert_int_equal(hub_partner(w, device), user);
    assert_int_equal(hub_site(w, user), 1);
    assert_string_equal(hub_value(w, user, MOM_USER_relType), "Dynamic");
    assert_int_equal(hub_counts(w).users, 2);
    assert_int_equal(hub_counts(w).devices, 1);
    assert_int_equal(w->sites[1].puts + w->sites[1].removes, 0);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

static void second_import_changes_nothing(void **state)
{
    struct world *w = world_new();
    unsigned changes;

    (void)state;
    world_add_site(w);
    for (int i = 0; i < 20; i++) {
        char num[8];

        snprintf(num, sizeof num, "5%03d", i);
        site_user(w, 1, num, "somebody");
    }
    site_person(w, 1, "4711", "Anna", IPEI1);
    world_connect(w, 1);
    changes = w->changes;
    world_cut(w, 1);
    world_connect(w, 1);
    assert_int_equal(w->changes, changes);
    assert_int_equal(w->sites[1].puts + w->sites[1].removes, 0);
    world_check(w);
    world_free(w);
}

static void numbers_of_a_site_are_listed_in_their_order(void **state)
{
    struct world *w = world_new();
    struct mom_view *view;
    uint64_t user, device, anna;
    uint32_t local = 0;

    (void)state;
    world_add_site(w);
    world_add_site(w);
    site_person(w, 1, "4711", "Anna", IPEI1);
    site_user(w, 1, "4712", "Bert");
    site_user(w, 2, "4713", "Cleo");
    world_connect(w, 1);
    world_connect(w, 2);
    user = hub_find(w, MOM_USER_num, "4712");
    device = hub_find(w, MOM_DEVICE_ipei, IPEI1);
    anna = hub_partner(w, device);
    world_cut(w, 1);
    hub_delete(w, user); /* the site still has it */
    view = world_view(w);
    assert_int_equal(mom_view_next_local(view, 1, MOM_USER, local, &local), anna);
    assert_int_equal(mom_view_local(view, 1, anna), local);
    assert_int_equal(mom_view_next_local(view, 1, MOM_USER, local, &local), user);
    assert_null(mom_view_record(view, user));
    assert_int_equal(mom_view_next_local(view, 1, MOM_USER, local, &local), 0);
    assert_int_equal(mom_view_next_local(view, 1, MOM_DEVICE, 0, &local), device);
    assert_int_equal(mom_view_next_local(view, 1, MOM_DEVICE, UINT32_MAX, &local), 0);
    assert_int_equal(mom_view_next_local(view, 3, MOM_USER, 0, &local), 0);
    assert_in_range(mom_record_claim_ms(mom_view_record(view, device)), 1, w->now.wall_ms);
    mom_view_close(view);
    world_free(w);
}

static void tell_user(struct world *w, const struct mom_attr *attrs, size_t count)
{
    struct mom_input in = {
        .kind = MOM_IN_RECORD, .site = 1, .type = MOM_USER, .local = 1, .partial = true};

    in.attrs = attrs;
    in.attr_count = count;
    add(w, &in);
    world_run(w);
}

static void endless_records_are_taken_in_part(void **state)
{
    static char big[70000];
    struct world *w = world_new();
    struct mom_attr attrs[] = {
        {S("num"), S("4711")}, {S("lang"), {big, sizeof big}}, {S("odd"), {big, 5000}}};
    const struct mom_record *r;
    struct mom_view *view;
    struct mom_attr extra;
    struct mom_str value;

    (void)state;
    memset(big, 'x', sizeof big);
    world_add_site(w);
    world_connect(w, 1);
    tell_user(w, attrs, 3);
    attrs[1].name = S("another"); /* together with the first too much */
    attrs[1].value.len = 5000;
    tell_user(w, &attrs[1], 1);
    view = world_view(w);
    r = mom_view_find(view, MOM_USER_num, S("4711"));
    assert_non_null(r);
    assert_false(mom_record_get(r, MOM_USER_lang, &value));
    assert_true(mom_record_extra(r, 0, &extra));
    assert_int_equal(extra.value.len, 5000);
    assert_false(mom_record_extra(r, 1, &extra));
    mom_view_close(view);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import_takes_users_devices_and_their_relation),
        cmocka_unit_test(second_import_changes_nothing),
        cmocka_unit_test(numbers_of_a_site_are_listed_in_their_order),
        cmocka_unit_test(endless_records_are_taken_in_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
