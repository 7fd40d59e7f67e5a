/*
 * Merging: who wins when hub and site changed a record, one of them or both; secrets that cannot be
 * read; deletions; clocks that are wrong. Told as stories with simulated sites.
 */
#include "world_check.h"

#define PHONE "03074 0220259 3"

static struct world *one_person(void)
{
    struct world *w = world_new();

    world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    world_connect(w, 1);
    world_wait(w, 10000);
    return w;
}

static uint64_t anna(struct world *w)
{
    return hub_find(w, MOM_USER_num, "4711");
}

static struct fake *anna_at(struct world *w, unsigned n)
{
    struct fake *f = fake_by(&w->sites[n], MOM_USER, "num", "4711");

    assert_non_null(f);
    return f;
}

static void change_at_the_site_is_taken_whatever_its_clock_says(void **state)
{
    struct world *w = one_person();

    (void)state;
    hub_change(w, MOM_USER, anna(w), "name", "Anna B.", NULL);
    w->sites[1].clock_ms = 0;
    world_cut(w, 1);
    fake_set(anna_at(w, 1), "name", "Anna C.");
    anna_at(w, 1)->times[MOM_ADMIN] = 1000; /* 1970 */
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Anna C.");
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

static void change_at_the_hub_reaches_the_site(void **state)
{
    struct world *w = one_person();

    (void)state;
    world_listen(w);
    hub_change(w, MOM_USER, anna(w), "name", "Anna B.", NULL);
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Anna B.");
    assert_true(world_said(w, "set(1 name=Anna B. )")); /* the group that differs and no other */
    world_check(w);
    world_free(w);
}

static void both_edits_are_kept_when_groups_differ(void **state)
{
    struct world *w = one_person();

    (void)state;
    world_cut(w, 1);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "hierarchy1", "Sales");
    hub_change(w, MOM_USER, anna(w), "hierarchy2", "Berlin", NULL);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_hierarchy1), "Sales");
    assert_string_equal(fake_get(anna_at(w, 1), "hierarchy2"), "Berlin");
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

static void conflict(bool site_is_later)
{
    struct world *w = one_person();
    struct mom_conflict c;
    struct mom_view *view;

    world_cut(w, 1);
    if (!site_is_later)
        site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Site");
    world_wait(w, 5000);
    hub_change(w, MOM_USER, anna(w), "name", "Hub", NULL);
    world_wait(w, 5000);
    if (site_is_later)
        site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Site");
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), site_is_later ? "Site" : "Hub");
    assert_int_equal(w->conflicts, 1);
    view = world_view(w);
    assert_true(mom_view_next_conflict(view, 0, &c));
    assert_int_equal(c.group, MOM_USER_name);
    assert_memory_equal(c.rule.ptr, "later", 5);
    assert_memory_equal(c.lost.ptr, site_is_later ? "name=Hub" : "name=Site", 8);
    assert_int_equal(c.winner.origin, site_is_later ? 1 : 0x01000000);
    mom_view_close(view);
    world_check(w);
    world_cut(w, 1);
    world_connect(w, 1);
    assert_int_equal(w->conflicts, 1); /* decided once */
    world_free(w);
}

static void later_change_wins_a_conflict(void **state)
{
    (void)state;
    conflict(true);
    conflict(false);
}

static void corrected_times_decide_when_a_clock_is_wrong(void **state)
{
    struct world *w = one_person();

    (void)state;
    w->sites[1].clock_ms = 3600000;
    world_cut(w, 1);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Site");
    world_wait(w, 5000);
    hub_change(w, MOM_USER, anna(w), "name", "Hub", NULL);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Hub");
    world_free(w);
}

static void stamp_from_the_future_is_put_back(void **state)
{
    struct world *w = one_person();
    struct mom_view *view;

    (void)state;
    world_cut(w, 1);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Future");
    anna_at(w, 1)->times[MOM_ADMIN] += 86400000LL * 365;
    world_connect(w, 1);
    view = world_view(w);
    assert_true(mom_record_stamp(mom_view_find(view, MOM_USER_num, S("4711")), MOM_USER_name).ms <=
                w->now.wall_ms + 60000);
    mom_view_close(view);
    /* Somebody who has seen it wins over it, today. */
    hub_change(w, MOM_USER, anna(w), "name", "Today", NULL);
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Today");
    world_check(w);
    world_free(w);
}

static void sealed_secret_that_is_encrypted_anew_is_no_change(void **state)
{
    struct world *w = one_person();
    unsigned changes = w->changes;

    (void)state;
    for (int i = 0; i < 3; i++) {
        world_cut(w, 1);
        world_connect(w, 1);
    }
    assert_int_equal(w->changes, changes);
    assert_int_equal(w->sites[1].puts, 0);
    world_free(w);
}

/* The link is gone before the answer; what explains the later time explains it for all secrets of the user. */
static void sealed_secret_beside_one_that_we_sent_is_no_change(void **state)
{
    struct world *w = one_person();
    struct mom_attr pin = {S("pin"), S("P4812")};
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = &pin, .attr_count = 1};
    char before[256];

    (void)state;
    fake_set(anna_at(w, 1), "pin", "0000");
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "sipPw", "secret");
    world_wait(w, 5000);
    snprintf(before, sizeof before, "%s", hub_value(w, anna(w), MOM_USER_sipPw));
    assert_true(before[0] == 'K');
    in.id = anna(w);
    add(w, &in);
    (void)world_step(w);
    assert_string_equal(fake_get(anna_at(w, 1), "pin"), "4812");
    mom_batch_reset(w->next);
    world_cut(w, 1);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), before);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_pin), "P4812");
    world_free(w);
}

static void clear_secret_is_not_lost_to_its_own_echo(void **state)
{
    struct world *w = one_person();

    (void)state;
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    assert_string_equal(fake_get(anna_at(w, 1), "sipPw"), "new");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Anna B.");
    world_run(w);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    world_cut(w, 1);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    assert_int_equal(w->sites[1].puts, 1);
    world_free(w);
}

static void clear_secret_stays_when_the_clock_of_the_site_is_set(void **state)
{
    static const int64_t clocks[] = {3600000, 0, 400, 3600400, -3600000, 0};
    struct world *w = one_person();

    (void)state;
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        world_wait(w, 5000);
        world_cut(w, 1);
        w->sites[1].clock_ms = clocks[i];
        world_connect(w, 1);
        assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    }
    /* And what is changed there by the new clock is noticed all the same. */
    w->sites[1].clock_ms = -7200000;
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "sipPw", "mine");
    world_run(w);
    assert_int_equal(hub_value(w, anna(w), MOM_USER_sipPw)[0], 'K');
    world_free(w);
}

/* The clock of the site is set while the link is up, and the link does not know it yet when a secret is sent. */
static void clear_secret_stays_when_the_clock_was_set_unseen(void **state)
{
    static const int64_t steps[] = {-1318000, 1267000, 3600000, -3600000};

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct world *w = one_person();
        struct fake_site *site = &w->sites[1];

        site->unseen_ms = steps[i];
        world_wait(w, 5000);
        hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
        world_wait(w, 5000);
        world_cut(w, 1);
        site->clock_ms = site->unseen_ms;
        site->unseen_ms = 0;
        world_connect(w, 1);
        assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
        world_free(w);
    }
}

/* An OMM moves the administrative stamp with the relation, and with every other secret. */
static void clear_secret_is_not_lost_to_what_else_moves_the_stamp(void **state)
{
    struct world *w = one_person();
    struct fake_site *site = &w->sites[1];

    (void)state;
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    world_wait(w, 5000);
    hub_change(w, MOM_USER, anna(w), "pin", "P1234", NULL);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    world_wait(w, 5000);
    world_cut(w, 1);
    fake_unbind(w, site, anna_at(w, 1), MOM_DEVICE);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_pin), "P1234");
    assert_int_equal(hub_partner(w, anna(w)), 0);
    world_free(w);
}

static struct mom_stamp stamp_of(struct world *w, enum mom_field field)
{
    struct mom_view *view = world_view(w);
    struct mom_stamp stamp = mom_record_stamp(mom_view_find(view, MOM_USER_num, S("4711")), field);

    mom_view_close(view);
    return stamp;
}

static void sealed_secret_follows_the_key_of_its_site(void **state)
{
    struct world *w = one_person();
    struct mom_stamp before = stamp_of(w, MOM_USER_sipPw);
    uint64_t conflicts = hub_counts(w).conflicts;

    (void)state;
    for (unsigned key = 0x100; key < 0x103; key++) {
        char text[20];

        world_cut(w, 1);
        w->sites[1].new_key = key;
        world_connect(w, 1);
        snprintf(text, sizeof text, "K%016X", 1 + key);
        assert_memory_equal(hub_value(w, anna(w), MOM_USER_sipPw), text, 17);
    }
    assert_int_equal(stamp_of(w, MOM_USER_sipPw).ms, before.ms);
    assert_int_equal(stamp_of(w, MOM_USER_sipPw).origin, before.origin);
    assert_int_equal(hub_counts(w).conflicts, conflicts);
    assert_int_equal(w->sites[1].puts, 0);
    /* What is not known to be that site's own secret is not replaced by what it tells. */
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    world_cut(w, 1);
    w->sites[1].new_key = 0;
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    world_free(w);
}

static void secret_changed_at_the_site_is_taken(void **state)
{
    struct world *w = one_person();

    (void)state;
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    world_wait(w, 10000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "sipPw", "mine");
    world_run(w);
    assert_int_equal(hub_value(w, anna(w), MOM_USER_sipPw)[0], 'K');
    assert_string_equal(fake_get(anna_at(w, 1), "sipPw"), "mine");
    world_free(w);
}

static void secret_set_while_the_site_was_away_is_sent(void **state)
{
    struct world *w = one_person();

    (void)state;
    world_cut(w, 1);
    hub_change(w, MOM_USER, anna(w), "sipPw", "Pnew", NULL);
    world_connect(w, 1);
    assert_string_equal(fake_get(anna_at(w, 1), "sipPw"), "new");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipPw), "Pnew");
    world_free(w);
}

static void attributes_without_a_row_are_kept_and_passed_on(void **state)
{
    struct world *w = one_person();
    struct mom_view *view;
    struct mom_attr attr;

    (void)state;
    world_add_site(w);
    world_connect(w, 2);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "newFeature", "42");
    world_run(w);
    view = world_view(w);
    assert_true(mom_record_extra(mom_view_find(view, MOM_USER_num, S("4711")), 0, &attr));
    assert_memory_equal(attr.name.ptr, "newFeature", 10);
    mom_view_close(view);
    located(w, 2, PHONE);
    world_run(w);
    assert_string_equal(fake_get(anna_at(w, 2), "newFeature"), "42");
    world_free(w);
}

static void lost_answer_is_recognised_at_the_next_import(void **state)
{
    struct world *w = one_person();

    (void)state;
    w->sites[1].forget_answers = true;
    hub_change(w, MOM_USER, anna(w), "name", "Anna B.", NULL);
    assert_int_equal(w->sites[1].puts, 1);
    world_crash(w);
    w->sites[1].forget_answers = false;
    world_run(w);
    assert_int_equal(w->sites[1].puts, 1);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

static void deletion_at_a_site_is_taken_unless_the_hub_changed(void **state)
{
    struct world *w = one_person();
    uint64_t id = anna(w), phone = hub_find(w, MOM_DEVICE_ipei, PHONE);

    (void)state;
    site_lose(w, &w->sites[1], MOM_USER, anna_at(w, 1)->local);
    world_run(w);
    assert_int_equal(anna(w), 0);
    assert_null(hub_value(w, id, MOM_USER_num));
    assert_int_equal(hub_partner(w, phone), 0);
    assert_int_equal(hub_counts(w).tombstones, 1);
    world_check(w);
    world_free(w);

    w = one_person();
    world_cut(w, 1);
    site_lose(w, &w->sites[1], MOM_USER, anna_at(w, 1)->local);
    hub_change(w, MOM_USER, anna(w), "name", "Anna B.", NULL);
    world_connect(w, 1);
    assert_string_equal(last_rule(w), "edit-over-delete");
    assert_string_equal(fake_get(anna_at(w, 1), "name"), "Anna B.");
    world_check(w);
    world_free(w);
}

static void deletion_while_the_site_was_away_is_done_there(void **state)
{
    struct world *w = one_person();

    (void)state;
    world_cut(w, 1);
    world_wait(w, 5000);
    hub_delete(w, anna(w));
    world_connect(w, 1);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    assert_int_equal(site_count(&w->sites[1], MOM_DEVICE), 1);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

static void edit_after_the_deletion_brings_the_record_back(void **state)
{
    struct world *w = one_person();
    uint64_t id = anna(w);

    (void)state;
    world_cut(w, 1);
    hub_delete(w, id);
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Still here");
    world_connect(w, 1);
    assert_int_equal(anna(w), id);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "Still here");
    assert_string_equal(last_rule(w), "edit-over-delete");
    assert_int_equal(hub_counts(w).tombstones, 0);
    world_check(w);
    world_free(w);

    w = one_person();
    world_cut(w, 1);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Too early");
    world_wait(w, 5000);
    hub_delete(w, anna(w));
    world_connect(w, 1);
    assert_int_equal(anna(w), 0);
    assert_string_equal(last_rule(w), "delete-over-edit");
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    world_free(w);
}

/* Thirty users, and the site comes back without any. */
static struct world *emptied_site(const struct mom_config *more)
{
    struct world *w = world_new_with(more);

    world_add_site(w);
    for (int i = 0; i < 30; i++) {
        char num[8];

        snprintf(num, sizeof num, "6%03d", i);
        site_user(w, 1, num, "somebody");
    }
    world_connect(w, 1);
    world_cut(w, 1);
    memset(w->sites[1].users, 0, sizeof w->sites[1].users);
    world_connect(w, 1);
    return w;
}

static void decide(struct world *w, unsigned n, bool yes)
{
    struct mom_input in = {.kind = MOM_IN_DECIDE, .site = n, .yes = yes, .tag = 7};

    w->refused = 0;
    add(w, &in);
    world_run(w);
}

static void emptied_site_is_held_and_filled_again_on_a_no(void **state)
{
    struct world *w = emptied_site(NULL);
    struct mom_view *view;

    (void)state;
    assert_int_equal(w->held, 30);
    assert_int_equal(hub_counts(w).users, 30);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    view = world_view(w);
    assert_true(mom_view_next_held(view, 1, 0) != 0);
    assert_true(mom_view_next_held(view, 2, 0) == 0);
    mom_view_close(view);
    /* What is held waits also when it is changed meanwhile, and over a restart. */
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "6003"), "name", "Anna", NULL);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    world_crash(w);
    world_run(w);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    decide(w, 1, false);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 30);
    world_check(w);
    decide(w, 1, false);
    assert_int_equal(w->refused, MOM_ENOENT);
    world_free(w);
}

static void emptied_site_empties_the_system_on_a_yes(void **state)
{
    struct world *w = emptied_site(NULL);

    (void)state;
    decide(w, 1, true);
    assert_int_equal(hub_counts(w).users, 0);
    assert_int_equal(hub_counts(w).tombstones, 30);
    world_check(w);
    world_free(w);
}

static void what_is_held_for_a_site_goes_with_it(void **state)
{
    struct world *w = emptied_site(NULL);
    struct mom_input remove = {.kind = MOM_IN_SITE_REMOVE, .site = 1};
    struct mom_view *view;

    (void)state;
    add(w, &remove);
    world_run(w);
    view = world_view(w);
    assert_true(mom_view_next_held(view, 1, 0) == 0);
    mom_view_close(view);
    assert_int_equal(hub_counts(w).users, 30);
    world_free(w);
}

static void deletions_while_away_are_undone_when_that_is_configured(void **state)
{
    struct mom_config config = {.offline_delete = MOM_RESTORE_DELETED};
    struct world *w = emptied_site(&config);
    uint64_t id = hub_find(w, MOM_USER_num, "6001");

    (void)state;
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 30);
    world_cut(w, 1);
    world_wait(w, 2000);
    hub_delete(w, id);
    world_connect(w, 1);
    assert_int_equal(hub_find(w, MOM_USER_num, "6001"), id);
    hub_delete(w, id);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 29);
    world_check(w);
    world_free(w);
}

static void deletions_that_every_site_has_seen_are_forgotten(void **state)
{
    struct world *w = one_person();

    (void)state;
    world_cut(w, 1);
    hub_delete(w, anna(w));
    world_wait(w, 3600001);
    assert_int_equal(hub_counts(w).tombstones, 1);
    world_connect(w, 1);
    assert_int_equal(hub_counts(w).tombstones, 1);
    world_wait(w, 3600001);
    assert_int_equal(hub_counts(w).tombstones, 0);
    world_check(w);
    world_free(w);
}

static void relations_conflict_by_time(void **state)
{
    struct world *w = one_person();
    uint64_t bert = hub_change(w, MOM_USER, 0, "num", "4712", "name", "Bert", NULL);
    uint64_t phone = hub_find(w, MOM_DEVICE_ipei, PHONE);

    (void)state;
    world_cut(w, 1);
    fake_unbind(w, &w->sites[1], anna_at(w, 1), MOM_DEVICE);
    world_wait(w, 5000);
    hub_bind(w, bert, phone);
    world_connect(w, 1);
    assert_int_equal(hub_partner(w, phone), bert);
    assert_int_equal(hub_partner(w, anna(w)), 0);
    assert_int_equal(fake_by(&w->sites[1], MOM_USER, "num", "4712")->partner, 1);
    world_check(w);
    /* And back, at the site, by somebody who has seen it. */
    site_bind(w, 1, &w->sites[1].devices[0], anna_at(w, 1));
    world_run(w);
    assert_int_equal(hub_partner(w, phone), anna(w));
    world_check(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(change_at_the_site_is_taken_whatever_its_clock_says),
        cmocka_unit_test(change_at_the_hub_reaches_the_site),
        cmocka_unit_test(both_edits_are_kept_when_groups_differ),
        cmocka_unit_test(later_change_wins_a_conflict),
        cmocka_unit_test(corrected_times_decide_when_a_clock_is_wrong),
        cmocka_unit_test(stamp_from_the_future_is_put_back),
        cmocka_unit_test(sealed_secret_that_is_encrypted_anew_is_no_change),
        cmocka_unit_test(sealed_secret_beside_one_that_we_sent_is_no_change),
        cmocka_unit_test(clear_secret_stays_when_the_clock_of_the_site_is_set),
        cmocka_unit_test(clear_secret_stays_when_the_clock_was_set_unseen),
        cmocka_unit_test(clear_secret_is_not_lost_to_what_else_moves_the_stamp),
        cmocka_unit_test(clear_secret_is_not_lost_to_its_own_echo),
        cmocka_unit_test(sealed_secret_follows_the_key_of_its_site),
        cmocka_unit_test(secret_changed_at_the_site_is_taken),
        cmocka_unit_test(secret_set_while_the_site_was_away_is_sent),
        cmocka_unit_test(attributes_without_a_row_are_kept_and_passed_on),
        cmocka_unit_test(lost_answer_is_recognised_at_the_next_import),
        cmocka_unit_test(deletion_at_a_site_is_taken_unless_the_hub_changed),
        cmocka_unit_test(deletion_while_the_site_was_away_is_done_there),
        cmocka_unit_test(edit_after_the_deletion_brings_the_record_back),
        cmocka_unit_test(emptied_site_is_held_and_filled_again_on_a_no),
        cmocka_unit_test(emptied_site_empties_the_system_on_a_yes),
        cmocka_unit_test(what_is_held_for_a_site_goes_with_it),
        cmocka_unit_test(deletions_while_away_are_undone_when_that_is_configured),
        cmocka_unit_test(deletions_that_every_site_has_seen_are_forgotten),
        cmocka_unit_test(relations_conflict_by_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
