/*
 * Undoing a conflict: the other side is put in place as a change like any other, and once more the
 * other way round.
 */
#define _GNU_SOURCE
#include "core_support.h"
#include "conflicts.h"

static struct mom_stamp undone(struct world *w, uint64_t n)
{
    struct mom_view *view = world_view(w);
    struct mom_stamp stamp = row_of(view, n).undone;

    mom_view_close(view);
    return stamp;
}

static void lost_value_is_put_in_place_and_back_again(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", 4000);
    struct mom_view *view;

    (void)state;
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Site");
    world_wait(w, 1000);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_int_equal(w->done, anna(w));
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Hub");
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Hub");
    assert_int_equal(undone(w, n).origin, 0x01000000);
    view = world_view(w);
    assert_int_equal(
        mom_stamp_compare(mom_record_stamp(mom_view_record(view, w->done), MOM_USER_name),
                          row_of(view, n).undone),
        0);
    mom_view_close(view);
    world_crash(w);
    world_run(w);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Site");
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Site");
    assert_int_equal(undone(w, n).ms, 0);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Hub");
    world_check(w);
    world_free(w);
}

static void value_of_the_site_that_lost_is_put_in_place(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", -4000);

    (void)state;
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Hub");
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Site");
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Site");
    world_check(w);
    world_free(w);
}

static void lost_secret_is_put_in_place(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "pin", "P1234", "9999", 4000);

    (void)state;
    assert_string_equal(fake_get(anna_at(w, 1), "pin"), "9999");
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_pin), "P1234");
    assert_string_equal(fake_get(anna_at(w, 1), "pin"), "1234");
    world_check(w);
    world_free(w);
}

static void lost_relation_is_put_in_place(void **state)
{
    struct world *w = world_of_anna();
    uint64_t first = hub_find(w, MOM_DEVICE_ipei, PHONE1), second, n;
    struct fake *at_site;

    (void)state;
    second = hub_change(w, MOM_DEVICE, 0, "ipei", PHONE2, NULL);
    at_site = site_device(w, 1, "03074 0220260 5");
    world_run(w);
    world_wait(w, 5000);
    world_cut(w, 1);
    hub_bind(w, anna(w), second);
    world_wait(w, 5000);
    site_bind(w, 1, at_site, anna_at(w, 1));
    world_connect(w, 1);
    world_wait(w, 60000);
    n = last_conflict(w);
    assert_string_equal(last_rule(w), "later");
    assert_true(hub_partner(w, anna(w)) != second && hub_partner(w, anna(w)) != first);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    world_wait(w, 60000);
    assert_int_equal(hub_partner(w, anna(w)), second);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    world_wait(w, 60000);
    assert_int_equal(hub_partner(w, anna(w)), hub_find(w, MOM_DEVICE_ipei, "03074 0220260 5"));
    hub_delete(w, second);
    assert_int_equal(hub_undo(w, n), MOM_ENOENT);
    world_check(w);
    world_free(w);
}

static void unbound_relation_that_lost_unbinds(void **state)
{
    struct world *w = world_of_anna();
    struct fake *at_site = anna_at(w, 1);
    struct fake *phone = fake_find(&w->sites[1], MOM_DEVICE, at_site->partner);
    uint64_t n;

    (void)state;
    world_cut(w, 1);
    hub_bind(w, anna(w), 0);
    world_wait(w, 5000);
    fake_bind(w, &w->sites[1], phone, at_site, "Fixed");
    world_connect(w, 1);
    world_wait(w, 60000);
    n = last_conflict(w);
    assert_int_equal(n, 1);
    assert_int_equal(hub_partner(w, anna(w)), hub_find(w, MOM_DEVICE_ipei, PHONE1));
    assert_string_equal(hub_value(w, anna(w), MOM_USER_relType), "Fixed");
    assert_int_equal(hub_undo(w, n), MOM_OK);
    world_wait(w, 60000);
    assert_int_equal(hub_partner(w, anna(w)), 0);
    assert_int_equal(anna_at(w, 1)->partner, 0);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    world_wait(w, 60000);
    assert_string_equal(anna_at(w, 1)->relation, "Fixed");
    world_check(w);
    world_free(w);
}

/* The edit that lost against a deletion comes back with the record, whoever made it. */
static void deleted_record_comes_back_with_the_edit(void **state)
{
    (void)state;
    for (int at_site = 0; at_site < 2; at_site++) {
        struct world *w = world_of_anna();
        uint64_t id = anna(w), n = conflict_of_deletion(w, at_site, true);

        assert_null(hub_value(w, id, MOM_USER_name));
        assert_int_equal(hub_undo(w, n), MOM_OK);
        world_wait(w, 60000);
        assert_string_equal(hub_value(w, id, MOM_USER_name), "Edited");
        assert_string_equal(fake_get(anna_at(w, 1), "name"), "Edited");
        assert_int_equal(hub_undo(w, n), MOM_OK);
        world_wait(w, 60000);
        assert_null(hub_value(w, id, MOM_USER_name));
        assert_null(anna_at(w, 1));
        assert_int_equal(hub_undo(w, n), MOM_OK);
        world_wait(w, 60000);
        assert_string_equal(fake_get(anna_at(w, 1), "name"), "Edited");
        world_check(w);
        world_free(w);
    }
}

static void record_that_was_kept_is_deleted(void **state)
{
    (void)state;
    for (int at_site = 0; at_site < 2; at_site++) {
        struct world *w = world_of_anna();
        uint64_t id = anna(w), n = conflict_of_deletion(w, at_site, false);

        assert_string_equal(hub_value(w, id, MOM_USER_name), "Edited");
        assert_int_equal(hub_undo(w, n), MOM_OK);
        world_wait(w, 60000);
        assert_null(hub_value(w, id, MOM_USER_name));
        assert_null(anna_at(w, 1));
        assert_int_equal(hub_undo(w, n), MOM_OK);
        world_wait(w, 60000);
        assert_string_equal(fake_get(anna_at(w, 1), "name"), "Edited");
        hub_delete(w, id);
        assert_int_equal(hub_undo(w, n), MOM_ENOENT);
        world_check(w);
        world_free(w);
    }
}

static void record_does_not_come_back_when_somebody_has_its_number(void **state)
{
    struct world *w = world_of_anna();
    uint64_t id = anna(w), n = conflict_of_deletion(w, true, true), other;

    (void)state;
    other = hub_change(w, MOM_USER, 0, "num", "4711", "name", "New", NULL);
    assert_int_equal(hub_undo(w, n), MOM_EEXIST);
    assert_null(hub_value(w, id, MOM_USER_name));
    assert_int_equal(undone(w, n).ms, 0);
    hub_change(w, MOM_USER, other, "num", "4712", NULL);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "Edited");
    world_check(w);
    world_free(w);
}

static void parked_record_lives_when_its_number_is_free(void **state)
{
    struct world *w = world_of_anna();
    uint64_t first = anna(w);
    struct mom_conflict c;
    struct mom_view *view;

    (void)state;
    another_4711(w);
    view = world_view(w);
    c = row_of(view, 1);
    mom_view_close(view);
    assert_true(hub_parked(w, c.id));
    assert_int_equal(hub_undo(w, 1), MOM_EEXIST);
    assert_true(hub_parked(w, c.id));
    hub_change(w, MOM_USER, first, "num", "4712", NULL);
    assert_int_equal(hub_undo(w, 1), MOM_OK);
    assert_false(hub_parked(w, c.id));
    assert_int_equal(anna(w), c.id);
    assert_int_equal(hub_undo(w, 1), MOM_ESTATE); /* the other one's number was never this one's */
    world_wait(w, 60000);
    world_check(w);
    world_free(w);
}

static void number_that_a_site_may_not_take_is_refused_as_long_as_it_is_in_use(void **state)
{
    struct world *w = world_of_anna();
    uint64_t other = hub_change(w, MOM_USER, 0, "num", "4799", NULL), id = anna(w);

    (void)state;
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "num", "4799");
    world_run(w);
    assert_string_equal(last_rule(w), "unique");
    assert_int_equal(hub_undo(w, 1), MOM_EEXIST);
    hub_delete(w, other);
    assert_int_equal(hub_undo(w, 1), MOM_OK);
    assert_string_equal(hub_value(w, id, MOM_USER_num), "4799");
    assert_int_equal(hub_undo(w, 1), MOM_OK);
    assert_string_equal(hub_value(w, id, MOM_USER_num), "4711");
    world_check(w);
    world_free(w);
}

static void unknown_attributes_are_put_in_place(void **state)
{
    struct world *w = world_of_anna();
    struct mom_view *view;
    struct mom_attr extra;
    int64_t before;
    uint64_t id = anna(w);

    (void)state;
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "newOne", "a");
    world_run(w);
    before = w->now.wall_ms;
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "newOne", "b");
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "newTwo", "c");
    world_run(w);
    world_wait(w, 5000);
    assert_int_equal(hub_restore(w, id, before), MOM_OK);
    world_wait(w, 60000);
    view = world_view(w);
    assert_true(mom_record_extra(mom_view_record(view, id), 0, &extra));
    assert_str(extra.name, "newOne");
    assert_str(extra.value, "a");
    assert_true(mom_record_extra(mom_view_record(view, id), 1, &extra));
    assert_str(extra.name, "newTwo");
    assert_str(extra.value, "");
    mom_view_close(view);
    assert_string_equal(fake_get(anna_at(w, 1), "newOne"), "a");
    world_check(w);
    world_free(w);
}

/* What a deleted record did not have then it does not keep from later. */
static void deleted_record_comes_back_without_what_it_got_later(void **state)
{
    struct world *w = world_of_anna();
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4799", "name", "A", NULL), other = anna(w);
    int64_t before = w->now.wall_ms;
    struct mom_view *view;
    struct mom_attr extra;

    (void)state;
    world_wait(w, 5000);
    hub_change(w, MOM_USER, id, "hierarchy1", "later", "sipAuthId", "later", "sipPw", "Plater",
               NULL);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "newOne", "later");
    world_run(w);
    hub_delete(w, id);
    hub_delete(w, other);
    world_wait(w, 5000);
    assert_int_equal(hub_restore(w, id, before), MOM_OK);
    assert_int_equal(hub_restore(w, other, before), MOM_OK);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "A");
    assert_string_equal(hub_value(w, id, MOM_USER_hierarchy1), "");
    assert_string_equal(hub_value(w, id, MOM_USER_sipAuthId), "");
    assert_string_equal(hub_value(w, id, MOM_USER_sipPw), "");
    view = world_view(w);
    assert_true(mom_record_extra(mom_view_record(view, other), 0, &extra));
    assert_str(extra.name, "newOne");
    assert_str(extra.value, "");
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

/* Some OMMs seal a secret that is none: it looks like a new one. The first that somebody sets is taken nevertheless. */
static void secret_that_was_emptied_is_not_taken_for_a_new_one(void **state)
{
    struct world *w = world_of_anna();
    uint64_t id;
    int64_t before;
    struct fake *ben;

    (void)state;
    w->sites[1].seals_empty = w->sites[2].seals_empty = true;
    id = hub_change(w, MOM_USER, 0, "num", "4799", "name", "Ben", "permanent", "1", NULL);
    world_wait(w, 5000);
    before = w->now.wall_ms;
    world_wait(w, 5000);
    hub_change(w, MOM_USER, id, "sipAuthId", "ben", "sipPw", "Psecret", NULL);
    world_wait(w, 5000);
    assert_int_equal(hub_restore(w, id, before), MOM_OK);
    world_wait(w, 5000);
    for (unsigned n = 1; n <= 2; n++) {
        world_cut(w, n);
        world_connect(w, n);
        world_wait(w, 5000);
        ben = fake_by(&w->sites[n], MOM_USER, "num", "4799");
        assert_string_equal(fake_get(ben, "sipPw"), "");
        assert_string_equal(hub_value(w, id, MOM_USER_sipPw), "");
    }
    assert_int_equal(last_conflict(w), 0);
    ben = fake_by(&w->sites[1], MOM_USER, "num", "4799");
    fake_set(ben, "name", "Benno");
    site_edit(w, 1, MOM_USER, ben, "sipPw", "first");
    world_wait(w, 5000);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "Benno");
    assert_int_equal(hub_value(w, id, MOM_USER_sipPw)[0], MOM_SECRET_SEALED);
    assert_string_equal(fake_get(ben, "sipPw"), "first");
    world_free(w);
}

/* The site had lost it before, and what it lost were these values: but somebody wanted the record after that. */
static void record_that_was_put_back_is_kept_when_a_site_comes_without_it(void **state)
{
    struct world *w = world_of_anna();
    uint64_t id = anna(w);
    int64_t before = w->now.wall_ms;

    (void)state;
    world_wait(w, 5000);
    world_cut(w, 1);
    site_lose(w, &w->sites[1], MOM_USER, anna_at(w, 1)->local);
    world_wait(w, 5000);
    hub_delete(w, id);
    world_wait(w, 5000);
    assert_int_equal(hub_restore(w, id, before), MOM_OK);
    world_wait(w, 5000);
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "Anna");
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Anna");
    assert_string_equal(last_rule(w), "edit-over-delete");
    world_check(w);
    world_free(w);
}

static void what_cannot_be_undone_is_refused(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", 4000);

    (void)state;
    assert_int_equal(hub_undo(w, n + 1), MOM_ENOENT);
    assert_int_equal(hub_undo(w, 0), MOM_ENOENT);
    hub_delete(w, anna(w));
    assert_int_equal(hub_undo(w, n), MOM_ENOENT);
    world_check(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_value_is_put_in_place_and_back_again),
        cmocka_unit_test(value_of_the_site_that_lost_is_put_in_place),
        cmocka_unit_test(lost_secret_is_put_in_place),
        cmocka_unit_test(lost_relation_is_put_in_place),
        cmocka_unit_test(unbound_relation_that_lost_unbinds),
        cmocka_unit_test(deleted_record_comes_back_with_the_edit),
        cmocka_unit_test(record_that_was_kept_is_deleted),
        cmocka_unit_test(record_does_not_come_back_when_somebody_has_its_number),
        cmocka_unit_test(parked_record_lives_when_its_number_is_free),
        cmocka_unit_test(number_that_a_site_may_not_take_is_refused_as_long_as_it_is_in_use),
        cmocka_unit_test(unknown_attributes_are_put_in_place),
        cmocka_unit_test(deleted_record_comes_back_without_what_it_got_later),
        cmocka_unit_test(secret_that_was_emptied_is_not_taken_for_a_new_one),
        cmocka_unit_test(record_that_was_put_back_is_kept_when_a_site_comes_without_it),
        cmocka_unit_test(what_cannot_be_undone_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
