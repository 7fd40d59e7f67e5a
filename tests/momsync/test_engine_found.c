/*
 * What the simulator found: each case is a run of momsim, reduced to a story. The seeds are in
 * tests/sim/seeds. Those about where a phone is and who is registered are in
 * test_engine_found_places.c.
 */
#include "found.h"

/* The site's own change comes in while one of ours is on its way there, and is undone there by
 * it. */
static void an_echo_does_not_undo_a_later_change_of_the_site(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    w->sites[1].mute = true;
    hub_change(w, MOM_USER, anna(w), "name", "Hub", NULL);
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, user, "name", "Site");
    world_run(w);
    assert_int_equal(w->conflicts, 1);
    fake_set(user, "name", "Hub");
    answer_late(w, 1, user);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Site");
    assert_string_equal(fake_get(user, "name"), "Site");
    world_check(w);
    world_free(w);
}

/* An OMM answers each request of a PUT with the record as it is then: the device before it is
 * bound. */
static void a_device_that_is_half_made_is_not_unbound(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *device, *user;

    (void)state;
    s->mute = true;
    located(w, 2, PHONE);
    world_run(w);
    device = fake_new(w, s, MOM_DEVICE);
    fake_set(device, "ipei", PHONE);
    fake_set(device, "s", "Yes");
    site_event(w, s, MOM_DEVICE, device);
    world_run(w);
    site_event(w, s, MOM_DEVICE, device);
    world_run(w);
    assert_int_not_equal(hub_partner(w, anna(w)), 0);
    user = fake_new(w, s, MOM_USER);
    fake_set(user, "num", "4711");
    fake_set(user, "name", "Anna");
    site_event(w, s, MOM_USER, user);
    world_run(w);
    site_bind(w, 2, device, user);
    s->mute = false;
    site_answer(w, s, s->muted, MOM_OK, device->local, user->local);
    world_wait(w, 60000);
    assert_int_equal(w->conflicts, 0);
    assert_int_equal(hub_site(w, anna(w)), 2);
    assert_int_not_equal(hub_partner(w, anna(w)), 0);
    world_free(w);
}

/* The answer to an unbinding says nothing of a change that was lost with the link before. */
static void an_answer_does_not_confirm_what_was_lost(void **state)
{
    struct world *w = two_sites(false);

    (void)state;
    w->sites[1].mute = true;
    hub_change(w, MOM_USER, anna(w), "addId", "77", NULL);
    world_cut(w, 1);
    w->sites[1].mute = false;
    hub_bind(w, anna(w), 0);
    world_connect(w, 1);
    assert_string_equal(fake_get(anna_at(w, 1), "addId"), "77");
    world_check(w);
    world_free(w);
}

/* A record is made with the number that was sent, although it has another one by now. */
static void a_record_is_recognised_by_the_number_it_was_sent_with(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *user;

    (void)state;
    s->mute = true;
    hub_change(w, MOM_USER, anna(w), "permanent", "1", NULL);
    hub_change(w, MOM_USER, anna(w), "num", "4712", NULL);
    user = fake_new(w, s, MOM_USER);
    fake_set(user, "num", "4711");
    fake_set(user, "name", "Anna");
    answer_late(w, 2, user);
    world_wait(w, 60000);
    assert_int_equal(hub_counts(w).users, 1);
    assert_int_equal(site_count(s, MOM_USER), 1);
    assert_string_equal(fake_get(user, "num"), "4712");
    world_free(w);
}

/* A record that is in the way is told, and then the result. It was ours: what differs goes out
 * at once. */
static void a_record_that_was_made_already_is_taken_over(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *user;
    unsigned puts;

    (void)state;
    s->mute = true;
    hub_change(w, MOM_USER, 0, "num", "4800", "name", "Bert", NULL);
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4800"), "permanent", "1", NULL);
    user = fake_new(w, s, MOM_USER);
    fake_set(user, "num", "4800");
    fake_set(user, "name", "Ber"); /* an OMM may cut it */
    user->times[MOM_ADMIN] -= 60000;
    s->mute = false;
    puts = s->puts;
    site_event(w, s, MOM_USER, user);
    site_answer(w, s, s->muted, MOM_EEXIST, 0, user->local);
    world_run(w);
    assert_int_equal(s->puts, puts + 1);
    assert_string_equal(fake_get(user, "name"), "Bert");
    assert_string_equal(last_rule(w), "later");
    world_free(w);
}

/* While a record is on its way to a site, somebody else is given its number there. */
static void somebody_else_under_the_number_is_not_taken_over(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *user;

    (void)state;
    s->mute = true;
    hub_change(w, MOM_USER, anna(w), "permanent", "1", NULL);
    user = fake_new(w, s, MOM_USER);
    fake_set(user, "num", "4711");
    fake_set(user, "name", "Zoe");
    s->mute = false;
    site_event(w, s, MOM_USER, user);
    site_answer(w, s, s->muted, MOM_EEXIST, 0, user->local);
    world_wait(w, 120000);
    assert_int_equal(hub_counts(w).users, 2);
    assert_int_equal(hub_counts(w).parked, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Anna");
    assert_string_equal(last_rule(w), "unique");
    world_check(w);
    world_free(w);
}

/* The hub's change is on its way when the site tells another one. */
static void meet_the_hub(struct world *w, struct fake *user)
{
    w->sites[1].mute = true;
    hub_change(w, MOM_USER, anna(w), "name", "Hub", NULL);
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, user, "name", "First");
    world_run(w);
}

/* Two changes of one site within one of its seconds, and a change of the hub that never arrived. */
static void a_site_does_not_lose_against_itself(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    meet_the_hub(w, user);
    site_edit(w, 1, MOM_USER, user, "name", "Second");
    world_run(w);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Second");
    world_free(w);
}

/* What the hub sent took the place of a change that the site had told, and the link was gone before it said so. Whoever
 * changed the value there after that saw what was sent, and not what was told before, as the hub has it. */
static void a_change_over_what_was_sent_is_compared_with_what_was_told(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    meet_the_hub(w, user);
    assert_int_equal(w->conflicts, 1);
    fake_set(user, "name", "Hub");
    world_cut(w, 1);
    w->sites[1].mute = false;
    world_wait(w, 5000);
    fake_set(user, "name", "Second");
    user->times[MOM_ADMIN] = site_time(w, &w->sites[1]);
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Second");
    assert_int_equal(w->conflicts, 2);
    world_check(w);
    world_free(w);
}

/* The same, when the clock of the site was set back: it does not lose against what it told itself. */
static void a_change_over_what_was_sent_does_not_lose_by_a_clock_set_back(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    meet_the_hub(w, user);
    world_cut(w, 1);
    w->sites[1].mute = false;
    fake_set(user, "name", "Second");
    user->times[MOM_ADMIN] = site_time(w, &w->sites[1]) - 600000;
    world_connect(w, 1);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Second");
    assert_int_equal(w->conflicts, 1);
    world_check(w);
    world_free(w);
}

/* A deleted record comes back for an edit; its other fields are those that the hub had last. */
static void a_returning_record_keeps_what_the_hub_changed(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    world_cut(w, 1);
    hub_change(w, MOM_USER, anna(w), "sipAuthId", "new", "sipPw", "Pnew", NULL);
    world_wait(w, 5000);
    hub_delete(w, anna(w));
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, user, "name", "Annabel");
    world_connect(w, 1);
    assert_string_equal(last_rule(w), "edit-over-delete");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_name), "Annabel");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipAuthId), "new");
    assert_string_equal(fake_get(anna_at(w, 1), "sipPw"), "new");
    world_free(w);
}

/* Two sites with one user each who turn out to be the same: name and password of SIP go
 * together. */
static void credentials_stay_together_at_the_first_contact(void **state)
{
    struct world *w = world_new();
    struct fake *user;

    (void)state;
    world_add_site(w);
    world_connect(w, 1);
    hub_change(w, MOM_USER, 0, "num", "4711", "name", "Anna", "sipAuthId", "hub", "sipPw", "Phub",
               NULL);
    world_wait(w, 5000);
    user = site_user(w, 1, "4711", "Anna");
    fake_set(user, "sipAuthId", "site");
    fake_set(user, "sipPw", "own");
    mom_batch_reset(w->next);
    site_event(w, &w->sites[1], MOM_USER, user);
    world_run(w);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipAuthId), "site");
    assert_int_equal(hub_value(w, anna(w), MOM_USER_sipPw)[0], 'K');
    world_free(w);
}

static void set_credentials(struct world *w, struct fake *user, const char *name, const char *pw)
{
    fake_set(user, "sipAuthId", name);
    fake_set(user, "sipPw", pw);
    user->times[MOM_ADMIN] = site_time(w, &w->sites[1]);
    site_event(w, &w->sites[1], MOM_USER, user);
}

/* A site's stamps are whole seconds: a second change within one leaves them as they are. */
static void credentials_stay_together_when_the_stamp_has_not_moved(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    hub_change(w, MOM_USER, anna(w), "sipAuthId", "hub", "sipPw", "Phub", NULL);
    world_wait(w, 5000);
    site_edit(w, 1, MOM_USER, user, "name", "Annabel");
    world_run(w);
    set_credentials(w, user, "site", "own");
    world_run(w);
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipAuthId), "site");
    assert_non_null(strstr(hub_value(w, anna(w), MOM_USER_sipPw), "own"));
    assert_int_equal(w->conflicts, 0);
    world_free(w);
}

/* The same, while credentials of the hub are on their way there. */
static void credentials_stay_together_when_others_are_on_their_way(void **state)
{
    struct world *w = two_sites(false);
    struct fake *user = anna_at(w, 1);

    (void)state;
    w->sites[1].mute = true;
    hub_change(w, MOM_USER, anna(w), "sipAuthId", "hub", "sipPw", "Phub", NULL);
    world_wait(w, 5000);
    set_credentials(w, user, "site", "own");
    world_run(w);
    assert_string_equal(last_rule(w), "later");
    assert_string_equal(hub_value(w, anna(w), MOM_USER_sipAuthId), "site");
    assert_int_equal(hub_value(w, anna(w), MOM_USER_sipPw)[0], 'K');
    world_free(w);
}

/* Users of site 1: 7000, 7001 … */
static void add_users(struct world *w, unsigned first, int count)
{
    char num[16];

    for (int i = 0; i < count; i++) {
        snprintf(num, sizeof num, "%u%03d", first, i);
        site_user(w, 1, num, "somebody");
    }
}

/* Site 1 loses its users while the link is down. */
static void empty_users(struct world *w)
{
    world_cut(w, 1);
    memset(w->sites[1].users, 0, sizeof w->sites[1].users);
    world_connect(w, 1);
}

/* A site with a dozen users that is emptied: they are held. */
static void fill_and_empty(struct world *w)
{
    world_add_site(w);
    add_users(w, 6, 12);
    world_connect(w, 1);
    empty_users(w);
    assert_int_equal(w->held, 12);
}

/* An emptied site gets records of its own before anybody decides: what is held is then a smaller share of what it
 * has, and a link that breaks must not decide. */
static void what_is_held_is_not_deleted_by_a_later_import(void **state)
{
    struct world *w = world_new();
    struct mom_input no = {.kind = MOM_IN_DECIDE, .site = 1};

    (void)state;
    fill_and_empty(w);
    add_users(w, 7, 20);
    for (int i = 0; i < 2; i++) {
        world_cut(w, 1);
        world_connect(w, 1);
        assert_int_equal(hub_counts(w).users, 32);
        assert_int_equal(w->held, 12);
    }
    add(w, &no);
    world_run(w);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 32);
    world_check(w);
    world_free(w);
}

/* A site that waits for a decision is not believed: what it loses by then is held too, however little it is. */
static void a_site_that_is_emptied_again_before_the_decision_loses_nothing(void **state)
{
    struct world *w = world_new();
    struct mom_input no = {.kind = MOM_IN_DECIDE, .site = 1};

    (void)state;
    fill_and_empty(w);
    add_users(w, 7, 3);
    world_cut(w, 1);
    world_connect(w, 1);
    empty_users(w);
    assert_int_equal(w->held, 15);
    assert_int_equal(hub_counts(w).users, 15);
    add(w, &no);
    world_run(w);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 15);
    world_check(w);
    world_free(w);
}

/* An emptied site numbers phones from 1 again: a new one under the number of one that is held is no deletion. */
static void a_number_that_is_given_anew_decides_nothing(void **state)
{
    struct world *w = world_new();
    struct mom_input yes = {.kind = MOM_IN_DECIDE, .site = 1, .yes = true};
    char num[8], ipei[20];

    (void)state;
    world_add_site(w);
    for (int i = 0; i < 12; i++) {
        snprintf(num, sizeof num, "6%03d", i);
        snprintf(ipei, sizeof ipei, "03074 02202%02d 0", i);
        site_person(w, 1, num, "somebody", ipei);
    }
    world_connect(w, 1);
    world_cut(w, 1);
    memset(w->sites[1].users, 0, sizeof w->sites[1].users);
    memset(w->sites[1].devices, 0, sizeof w->sites[1].devices);
    world_connect(w, 1);
    assert_int_equal(w->held, 24);
    w->sites[1].last_ppn = w->sites[1].last_uid = 0;
    site_person(w, 1, "7000", "New", "03074 0220299 0");
    world_run(w);
    assert_int_equal(hub_counts(w).devices, 13);
    assert_int_equal(hub_counts(w).users, 13);
    add(w, &yes);
    world_run(w);
    assert_int_equal(hub_counts(w).devices, 1);
    assert_int_equal(hub_counts(w).users, 1);
    world_check(w);
    world_free(w);
}

/* A site with a dozen people, of which an import knows. */
static struct world *site_of_twelve(void)
{
    struct world *w = world_new();
    char num[8], ipei[20];

    world_add_site(w);
    for (int i = 0; i < 12; i++) {
        snprintf(num, sizeof num, "6%03d", i);
        snprintf(ipei, sizeof ipei, "03074 02202%02d 0", i);
        site_person(w, 1, num, "somebody", ipei);
    }
    world_connect(w, 1);
    return w;
}

/* The same, but the new phone is there before the first import: what had its number is held with the others. */
static void a_number_that_is_given_anew_before_the_import_decides_nothing(void **state)
{
    struct world *w = site_of_twelve();
    struct mom_input no = {.kind = MOM_IN_DECIDE, .site = 1};

    (void)state;
    world_cut(w, 1);
    memset(w->sites[1].users, 0, sizeof w->sites[1].users);
    memset(w->sites[1].devices, 0, sizeof w->sites[1].devices);
    w->sites[1].last_ppn = 0;
    site_person(w, 1, "7000", "New", "03074 0220299 0");
    /* An import that breaks off has decided nothing either. */
    w->sites[1].slow_import = true;
    world_connect(w, 1);
    world_cut(w, 1);
    w->sites[1].slow_import = false;
    world_connect(w, 1);
    assert_int_equal(w->held, 24);
    assert_int_equal(hub_counts(w).devices, 13);
    add(w, &no);
    world_run(w);
    assert_int_equal(site_count(&w->sites[1], MOM_DEVICE), 13);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 13);
    world_check(w);
    world_free(w);
}

/* One phone was replaced by another under its number while the link was down, and its user has that one. */
static void a_phone_whose_number_another_one_has_is_deleted_by_the_import(void **state)
{
    struct world *w = site_of_twelve();
    struct fake_site *s = &w->sites[1];
    struct fake *user = fake_by(s, MOM_USER, "num", "6003"), *device;
    uint64_t old = hub_find(w, MOM_DEVICE_ipei, "03074 0220203 0");

    (void)state;
    world_cut(w, 1);
    world_wait(w, 60000);
    device = fake_find(s, MOM_DEVICE, user->partner);
    fake_unbind(w, s, user, MOM_DEVICE);
    device->used = false;
    s->last_ppn = device->local - 1;
    device = site_device(w, 1, "03074 0220299 0");
    site_bind(w, 1, device, user);
    assert_int_not_equal(old, 0);
    world_connect(w, 1);
    assert_int_equal(hub_counts(w).devices, 12);
    assert_int_equal(hub_find(w, MOM_DEVICE_ipei, "03074 0220203 0"), 0);
    assert_int_equal(hub_partner(w, hub_find(w, MOM_USER_num, "6003")),
                     hub_find(w, MOM_DEVICE_ipei, "03074 0220299 0"));
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

/* Two phones have changed their numbers there: both are who they were. */
static void phones_that_changed_numbers_at_a_site_are_the_same(void **state)
{
    struct world *w = site_of_twelve();
    struct fake_site *s = &w->sites[1];
    struct fake *a = fake_by(s, MOM_DEVICE, "ipei", "03074 0220203 0");
    struct fake *b = fake_by(s, MOM_DEVICE, "ipei", "03074 0220208 0");
    uint64_t id_a = hub_find(w, MOM_DEVICE_ipei, "03074 0220203 0");
    uint64_t id_b = hub_find(w, MOM_DEVICE_ipei, "03074 0220208 0");
    uint32_t local = a->local;

    (void)state;
    world_cut(w, 1);
    a->local = b->local;
    b->local = local;
    fake_find(s, MOM_USER, a->partner)->partner = a->local;
    fake_find(s, MOM_USER, b->partner)->partner = b->local;
    world_connect(w, 1);
    assert_int_equal(hub_counts(w).devices, 12);
    assert_int_equal(hub_find(w, MOM_DEVICE_ipei, "03074 0220203 0"), id_a);
    assert_int_equal(hub_find(w, MOM_DEVICE_ipei, "03074 0220208 0"), id_b);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

/* The user is deleted at the site while the two are unbound there: the answer is about him, and the phone stays. */
static void an_answer_about_a_deleted_user_is_not_about_the_phone(void **state)
{
    struct world *w = two_sites(true);
    struct fake_site *s = &w->sites[2];
    struct mom_input in = {.kind = MOM_IN_GONE, .site = 2, .type = MOM_USER};

    (void)state;
    s->mute = true;
    hub_bind(w, anna(w), 0);
    s->mute = false;
    in.local = anna_at(w, 2)->local;
    site_event(w, s, MOM_DEVICE, phone_at(w, 2));
    anna_at(w, 2)->used = false;
    fake_unbind(w, s, phone_at(w, 2), MOM_USER);
    add(w, &in);
    site_answer(w, s, s->muted, MOM_ENOENT, 0, 0);
    world_run(w);
    s->puts = 0;
    hub_change(w, MOM_DEVICE, hub_find(w, MOM_DEVICE_ipei, PHONE), "ac", "1", NULL);
    world_wait(w, 120000);
    assert_int_equal(s->puts, 0); /* it is at site 1 alone by now */
    assert_null(phone_at(w, 2));
    world_check(w);
    world_free(w);
}

/* A device was made there and its user refused; the phone went back, and the user was deleted. */
static void what_was_half_made_is_removed_though_its_partner_was_refused(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *device;

    (void)state;
    s->mute = true;
    located(w, 2, PHONE);
    world_run(w);
    device = fake_new(w, s, MOM_DEVICE);
    fake_set(device, "ipei", PHONE);
    fake_set(device, "s", "Yes");
    site_event(w, s, MOM_DEVICE, device);
    world_run(w);
    site_edit(w, 1, MOM_DEVICE, phone_at(w, 1), "ac", "5");
    located(w, 1, PHONE);
    s->mute = false;
    site_answer(w, s, s->muted, MOM_ELIMIT, device->local, 0);
    world_run(w);
    hub_delete(w, anna(w));
    world_wait(w, 120000);
    assert_null(phone_at(w, 2));
    world_check(w);
    world_free(w);
}

/* Both were made there and not bound yet when the link went down, or the node was killed: nobody unbound them. */
static void what_was_made_and_not_bound_yet_when_the_link_went_down_is_bound(void **state)
{
    for (int crash = 0; crash < 2; crash++) {
        struct world *w = two_sites(false);
        struct fake_site *s = &w->sites[2];
        struct fake *device, *user;

        (void)state;
        s->mute = true;
        hub_change(w, MOM_USER, anna(w), "permanent", "1", NULL);
        device = fake_new(w, s, MOM_DEVICE);
        fake_set(device, "ipei", PHONE);
        fake_set(device, "s", "Yes");
        fake_set(device, "uak", fake_get(phone_at(w, 1), "uak"));
        fake_set(device, "subscriptionId", fake_get(phone_at(w, 1), "subscriptionId"));
        site_event(w, s, MOM_DEVICE, device);
        user = fake_new(w, s, MOM_USER);
        fake_set(user, "num", "4711");
        fake_set(user, "name", "Anna");
        site_event(w, s, MOM_USER, user);
        world_run(w);
        s->mute = false;
        w->now.wall_ms += 5000;
        if (crash) {
            world_crash(w);
            world_run(w);
        } else {
            world_cut(w, 2);
            world_connect(w, 2);
        }
        assert_int_equal(phone_at(w, 2)->partner, anna_at(w, 2)->local);
        assert_int_equal(phone_at(w, 1)->partner, anna_at(w, 1)->local);
        assert_int_equal(w->conflicts, 0);
        world_check(w);
        world_free(w);
    }
}

/* He had no phone when the site was asked to make him, and got one before it told that it had. */
static void a_user_who_is_bound_while_a_site_makes_him_stays_bound(void **state)
{
    struct world *w = two_sites(false);
    struct fake_site *s = &w->sites[2];
    struct fake *berta;
    uint64_t user, device;

    (void)state;
    device = hub_change(w, MOM_DEVICE, 0, "ipei", "03074 0220203 8", NULL);
    s->mute = true;
    user = hub_change(w, MOM_USER, 0, "num", "4712", "name", "Berta", "permanent", "1", NULL);
    hub_bind(w, user, device);
    w->now.wall_ms += 5000;
    berta = fake_new(w, s, MOM_USER);
    fake_set(berta, "num", "4712");
    fake_set(berta, "name", "Berta");
    fake_set(berta, "permanent", "1");
    site_event(w, s, MOM_USER, berta);
    s->mute = false;
    site_answer(w, s, s->muted, MOM_OK, 0, berta->local);
    world_run(w);
    assert_int_not_equal(berta->partner, 0);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

/* The phone of a permanent user is everywhere because of him: when he is gone it is so no more. */
static void the_phone_of_a_deleted_permanent_user_leaves_the_other_sites(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    w->sites[2].mute = true;
    hub_delete(w, anna(w));
    assert_int_equal(w->sites[2].removes, 2);
    world_free(w);
}

/* The OMM tells first that the user is unbound, so for a moment the phone does not belong there: it is deleted all the
 * same. */
static void a_phone_that_is_deleted_at_another_site_than_its_own_is_gone_everywhere(void **state)
{
    struct world *w = two_sites(true);

    (void)state;
    site_lose(w, &w->sites[2], MOM_DEVICE, phone_at(w, 2)->local);
    world_wait(w, 60000);
    assert_int_equal(hub_find(w, MOM_DEVICE_ipei, PHONE), 0);
    assert_null(phone_at(w, 1));
    assert_null(phone_at(w, 2));
    assert_non_null(anna_at(w, 1));
    world_check(w);
    world_free(w);
}

/* An edit that did not know of the deletion brings a user back, to where his phone is: who told it loses him. */
static void a_user_who_comes_back_elsewhere_leaves_the_site_that_told_him(void **state)
{
    struct world *w = two_sites(false);
    uint64_t id = anna(w), phone;

    (void)state;
    site_device(w, 2, "03074 0220260 1");
    world_run(w);
    phone = hub_find(w, MOM_DEVICE_ipei, "03074 0220260 1");
    hub_bind(w, id, 0);
    world_cut(w, 1);
    hub_bind(w, id, phone);
    hub_delete(w, id);
    world_wait(w, 60000);
    site_edit(w, 1, MOM_USER, anna_at(w, 1), "name", "Site");
    world_connect(w, 1);
    world_wait(w, 60000);
    assert_int_equal(hub_site(w, id), 2);
    assert_non_null(anna_at(w, 2));
    assert_null(anna_at(w, 1));
    world_check(w);
    world_free(w);
}

/* A permanent user is everywhere, his phone of one site only is not. The site that made him alone refuses a change of
 * him: that he is unbound there is no edit of it. */
static void a_permanent_user_stays_bound_to_a_phone_of_one_site(void **state)
{
    struct world *w = world_new();
    struct fake *device, *user;

    (void)state;
    world_add_site(w);
    world_add_site(w);
    world_connect(w, 1);
    world_connect(w, 2);
    world_run(w);
    device = site_device(w, 1, PHONE);
    fake_set(device, "subscribeToPARIOnly", "1");
    user = site_user(w, 1, "4711", "Anna");
    fake_set(user, "permanent", "1");
    site_bind(w, 1, device, user);
    world_run(w);
    assert_non_null(anna_at(w, 2));
    world_wait(w, 60000);
    w->sites[2].refuse = MOM_ELIMIT;
    hub_change(w, MOM_USER, anna(w), "addId", "99", NULL);
    world_run(w);
    w->sites[2].refuse = 0;
    world_wait(w, 60000);
    assert_string_equal(fake_get(anna_at(w, 2), "addId"), "99");
    world_cut(w, 2);
    world_connect(w, 2);
    world_wait(w, 60000);
    assert_true(hub_partner(w, anna(w)) != 0);
    assert_int_not_equal(anna_at(w, 1)->partner, 0);
    assert_int_equal(anna_at(w, 2)->partner, 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_does_not_undo_a_later_change_of_the_site),
        cmocka_unit_test(a_device_that_is_half_made_is_not_unbound),
        cmocka_unit_test(an_answer_does_not_confirm_what_was_lost),
        cmocka_unit_test(a_record_is_recognised_by_the_number_it_was_sent_with),
        cmocka_unit_test(a_record_that_was_made_already_is_taken_over),
        cmocka_unit_test(somebody_else_under_the_number_is_not_taken_over),
        cmocka_unit_test(a_site_does_not_lose_against_itself),
        cmocka_unit_test(a_change_over_what_was_sent_is_compared_with_what_was_told),
        cmocka_unit_test(a_change_over_what_was_sent_does_not_lose_by_a_clock_set_back),
        cmocka_unit_test(a_returning_record_keeps_what_the_hub_changed),
        cmocka_unit_test(credentials_stay_together_at_the_first_contact),
        cmocka_unit_test(credentials_stay_together_when_the_stamp_has_not_moved),
        cmocka_unit_test(credentials_stay_together_when_others_are_on_their_way),
        cmocka_unit_test(what_is_held_is_not_deleted_by_a_later_import),
        cmocka_unit_test(a_site_that_is_emptied_again_before_the_decision_loses_nothing),
        cmocka_unit_test(a_number_that_is_given_anew_decides_nothing),
        cmocka_unit_test(a_number_that_is_given_anew_before_the_import_decides_nothing),
        cmocka_unit_test(a_phone_whose_number_another_one_has_is_deleted_by_the_import),
        cmocka_unit_test(phones_that_changed_numbers_at_a_site_are_the_same),
        cmocka_unit_test(an_answer_about_a_deleted_user_is_not_about_the_phone),
        cmocka_unit_test(what_was_half_made_is_removed_though_its_partner_was_refused),
        cmocka_unit_test(what_was_made_and_not_bound_yet_when_the_link_went_down_is_bound),
        cmocka_unit_test(a_user_who_is_bound_while_a_site_makes_him_stays_bound),
        cmocka_unit_test(the_phone_of_a_deleted_permanent_user_leaves_the_other_sites),
        cmocka_unit_test(a_permanent_user_stays_bound_to_a_phone_of_one_site),
        cmocka_unit_test(a_phone_that_is_deleted_at_another_site_than_its_own_is_gone_everywhere),
        cmocka_unit_test(a_user_who_comes_back_elsewhere_leaves_the_site_that_told_him),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
