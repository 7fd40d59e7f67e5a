/*
 * Rules that are not about merging: uniqueness and parking, what administrators may change, where
 * records live and how many are on their way, who may connect.
 */
#include "world_check.h"

#define PHONE "03074 0220259 3"
#define OTHER "57005 0782068 7"

static struct world *sites(unsigned count)
{
    struct world *w = world_new();

    for (unsigned i = 0; i < count; i++)
        world_add_site(w);
    return w;
}

/* Somebody else with the same number. */
static struct fake *double_of(struct world *w, unsigned n, const char *num, const char *name)
{
    struct fake *f = site_user(w, n, num, name);

    fake_set(f, "sipAuthId", name);
    return f;
}

static void earlier_creation_keeps_the_number(void **state)
{
    struct world *w = sites(2);
    uint64_t winner;

    (void)state;
    site_user(w, 2, "4711", "First");
    world_wait(w, 5000);
    double_of(w, 1, "4711", "Second");
    world_connect(w, 1);
    world_connect(w, 2); /* the earlier one comes later */
    winner = hub_find(w, MOM_USER_num, "4711");
    assert_string_equal(hub_value(w, winner, MOM_USER_name), "First");
    assert_int_equal(hub_counts(w).parked, 1);
    assert_string_equal(last_rule(w), "unique");
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 0);
    world_check(w);
    world_free(w);
}

static void parked_record_comes_back_with_a_free_number(void **state)
{
    struct world *w = sites(2);
    uint64_t loser;

    (void)state;
    site_user(w, 1, "4711", "First");
    world_wait(w, 5000);
    double_of(w, 2, "4711", "Second");
    world_connect(w, 1);
    world_connect(w, 2);
    loser = hub_find(w, MOM_USER_num, "4711") + 1;
    assert_true(hub_parked(w, loser));
    assert_int_equal(hub_change(w, MOM_USER, loser, "num", "4711", NULL), 0);
    assert_int_equal(w->refused, MOM_EEXIST);
    assert_int_equal(hub_change(w, MOM_USER, loser, "num", "4799", NULL), loser);
    assert_false(hub_parked(w, loser));
    assert_non_null(fake_by(&w->sites[2], MOM_USER, "num", "4799"));
    world_check(w);
    world_free(w);
}

static void number_that_is_taken_is_not_taken_from_a_site(void **state)
{
    struct world *w = sites(2);
    struct fake *f;

    (void)state;
    site_user(w, 1, "4711", "Anna");
    f = site_user(w, 2, "4712", "Bert");
    world_connect(w, 1);
    world_connect(w, 2);
    site_edit(w, 2, MOM_USER, f, "num", "4711");
    world_run(w);
    assert_string_equal(fake_get(f, "num"), "4712");
    assert_int_equal(w->conflicts, 1);
    assert_string_equal(last_rule(w), "unique");
    world_check(w);
    world_free(w);
}

static void changes_are_checked_against_the_field_table(void **state)
{
    struct world *w = sites(0);
    char name[80];
    uint64_t user, device;

    (void)state;
    memset(name, 'x', sizeof name);
    name[70] = '\0';
    assert_int_equal(hub_change(w, MOM_USER, 0, "name", "Nobody", NULL), 0);
    assert_int_equal(w->refused, MOM_EVALUE);
    user = hub_change(w, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
    assert_true(user != 0);
    hub_change(w, MOM_USER, user, "name", name, NULL);
    assert_int_equal(w->refused, MOM_ETOOLONG);
    hub_change(w, MOM_USER, user, "lang", "German", NULL);
    assert_int_equal(w->refused, MOM_EFIELD);
    hub_change(w, MOM_USER, user, "ppn", "1", NULL);
    assert_int_equal(w->refused, MOM_EFIELD);
    hub_change(w, MOM_USER, user, "vip", "maybe", NULL);
    assert_int_equal(w->refused, MOM_EVALUE);
    hub_change(w, MOM_USER, 0, "num", "4711", NULL);
    assert_int_equal(w->refused, MOM_EEXIST);
    hub_change(w, MOM_USER, 99, "name", "x", NULL);
    assert_int_equal(w->refused, MOM_ENOENT);
    hub_delete(w, 99);
    assert_int_equal(w->refused, MOM_ENOENT);
    device = hub_change(w, MOM_DEVICE, 0, "ipei", "0307402202593", NULL);
    assert_string_equal(hub_value(w, device, MOM_DEVICE_ipei), PHONE);
    hub_bind(w, user, user);
    assert_int_equal(w->refused, MOM_ERELATION);
    hub_bind(w, user, 99);
    assert_int_equal(w->refused, MOM_ENOENT);
    hub_change(w, MOM_USER, user, "relType", "Fixed", NULL);
    assert_int_equal(w->refused, MOM_ERELATION);
    assert_int_equal(hub_bind(w, user, device), user);
    assert_int_equal(hub_change(w, MOM_USER, user, "relType", "Fixed", NULL), user);
    assert_string_equal(hub_value(w, device, MOM_DEVICE_relType), "Fixed");
    assert_string_equal(hub_value(w, user, MOM_USER_name), "Anna");
    world_free(w);
}

static void limits_refuse_what_would_pass_them(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_store store;
    uint64_t user;

    (void)state;
    w->limits.users = 2;
    w->limits.permanent = 1;
    w->limits.sites = 1;
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    world_init_on(w, store);
    world_add_site(w);
    hub_change(w, MOM_USER, 0, "num", "1", "permanent", "1", NULL);
    user = hub_change(w, MOM_USER, 0, "num", "2", NULL);
    hub_change(w, MOM_USER, 0, "num", "3", NULL);
    assert_int_equal(w->refused, MOM_ELIMIT);
    hub_change(w, MOM_USER, user, "permanent", "1", NULL);
    assert_int_equal(w->refused, MOM_ELIMIT);
    site_user(w, 1, "4711", "Anna");
    world_connect(w, 1);
    assert_int_equal(hub_counts(w).users, 2);
    assert_int_equal(w->refusal, 0);
    world_free(w);
}

static void permanent_users_and_their_phones_are_everywhere(void **state)
{
    struct world *w = sites(3);
    uint64_t user;

    (void)state;
    site_person(w, 1, "4711", "Anna", PHONE);
    world_connect(w, 1);
    world_connect(w, 2);
    user = hub_find(w, MOM_USER_num, "4711");
    hub_change(w, MOM_USER, user, "permanent", "1", NULL);
    world_connect(w, 3); /* one that comes later gets them too */
    for (unsigned n = 1; n <= 3; n++) {
        assert_int_equal(site_count(&w->sites[n], MOM_USER), 1);
        assert_int_equal(site_count(&w->sites[n], MOM_DEVICE), 1);
    }
    assert_int_equal(hub_counts(w).permanent, 1);
    world_check(w);
    hub_change(w, MOM_USER, user, "permanent", "0", NULL);
    assert_int_equal(site_count(&w->sites[3], MOM_DEVICE), 0);
    world_check(w);
    world_free(w);
}

static void only_so_many_records_are_on_their_way(void **state)
{
    struct world *w = world_new_narrow(4);
    struct mom_site_info info;

    (void)state;
    world_add_site(w);
    world_connect(w, 1);
    for (int i = 0; i < 20; i++) {
        char num[8];

        snprintf(num, sizeof num, "7%03d", i);
        hub_change(w, MOM_USER, 0, "num", num, "permanent", "1", NULL);
    }
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 20);
    w->sites[1].mute = true;
    w->sites[1].puts = 0;
    for (uint64_t id = 1; id <= 20; id++)
        hub_change(w, MOM_USER, id, "hierarchy1", "x", NULL);
    assert_int_equal(w->sites[1].puts, 4);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.pending, 20);
    world_free(w);
}

static void refused_record_is_offered_again_later(void **state)
{
    struct world *w = sites(1);
    struct mom_site_info info;
    uint64_t user;

    (void)state;
    world_connect(w, 1);
    w->sites[1].refuse = MOM_ELIMIT;
    user = hub_change(w, MOM_USER, 0, "num", "4711", "permanent", "1", NULL);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.refused, 1);
    w->sites[1].refuse = 0;
    world_wait(w, 29000);
    assert_int_equal(w->sites[1].puts, 1);
    world_wait(w, 2000);
    assert_int_equal(w->sites[1].puts, 2);
    world_check(w);
    /* A number that the site does not know any more is made anew. */
    w->sites[1].users[0].used = false;
    hub_change(w, MOM_USER, user, "name", "Anna", NULL);
    assert_non_null(fake_by(&w->sites[1], MOM_USER, "name", "Anna"));
    world_check(w);
    world_free(w);
}

/* A user is deleted while the site is making it, and the OMM fills in what nobody asked for. Neither
 * its echo, nor its event, nor the answer brings the user back. */
static void record_deleted_while_it_is_made_stays_deleted(void **state)
{
    struct world *w = sites(1);
    struct fake_site *site = &w->sites[1];
    struct fake *made;
    uint64_t user;

    (void)state;
    world_connect(w, 1);
    site->mute = true;
    user = hub_change(w, MOM_USER, 0, "num", "4711", "name", "Anna", "permanent", "1", NULL);
    assert_int_equal(site->puts, 1);
    hub_delete(w, user);
    world_wait(w, 5000);
    site->mute = false;
    made = fake_new(w, site, MOM_USER);
    fake_set(made, "num", "4711");
    fake_set(made, "name", "An"); /* cut */
    fake_set(made, "permanent", "1");
    fake_set(made, "forwardState", "Off");
    site_event(w, site, MOM_USER, made);
    site_event(w, site, MOM_USER, made);
    world_run(w);
    site_answer(w, site, site->muted, MOM_OK, 0, made->local);
    world_run(w);
    assert_int_equal(hub_counts(w).users, 0);
    assert_int_equal(site_count(site, MOM_USER), 0);
    assert_int_equal(w->conflicts, 0);
    world_check(w);
    world_free(w);
}

/* The same with a link that breaks, and a hub that dies, before the answer. */
static void record_deleted_after_its_creation_was_lost_stays_deleted(void **state)
{
    for (int crash = 0; crash < 2; crash++) {
        struct world *w = sites(1);
        struct fake_site *site = &w->sites[1];
        struct fake *made;
        uint64_t user;

        (void)state;
        world_connect(w, 1);
        site->mute = true;
        user = hub_change(w, MOM_USER, 0, "num", "4711", "name", "Anna", "permanent", "1", NULL);
        world_cut(w, 1);
        hub_delete(w, user);
        if (crash)
            world_crash(w);
        site->mute = false;
        made = fake_new(w, site, MOM_USER);
        fake_set(made, "num", "4711");
        fake_set(made, "name", "Anna");
        fake_set(made, "forwardState", "Off");
        world_connect(w, 1);
        assert_int_equal(hub_counts(w).users, 0);
        assert_int_equal(site_count(site, MOM_USER), 0);
        world_check(w);
        world_free(w);
    }
}

/* A phone is being removed from the site, and its user, who is still bound to it there, is changed
 * meanwhile. The OMM tells no more than that the phone is gone: the user's change must go out all the same. */
static void change_that_had_to_wait_for_another_record_goes_out(void **state)
{
    struct world *w = sites(1);
    struct fake_site *site = &w->sites[1];
    struct fake *person = site_person(w, 1, "4711", "Anna", "03074 0220259 3");
    uint64_t user, device, removal;

    (void)state;
    world_connect(w, 1);
    user = hub_find(w, MOM_USER_num, "4711");
    device = hub_find(w, MOM_DEVICE_ipei, "03074 0220259 3");
    site->mute = true;
    hub_delete(w, device);
    removal = site->muted;
    assert_int_equal(site->removes, 1);
    hub_change(w, MOM_USER, user, "name", "Bert", NULL);
    assert_int_equal(site->puts, 0);
    site->mute = false;
    site->devices[0].used = false;
    person->partner = 0;
    snprintf(person->relation, sizeof person->relation, "Unbound");
    site_answer(w, site, removal, MOM_OK, 0, 0);
    world_run(w);
    assert_non_null(fake_by(site, MOM_USER, "name", "Bert"));
    world_check(w);
    world_free(w);
}

/* An import takes more than one step. What is changed at the hub, or told by another site, after the site
 * has told the record is given to the site when its import ends. */
static void change_during_an_import_goes_out_at_its_end(void **state)
{
    struct world *w = sites(1);
    struct fake_site *site = &w->sites[1];
    struct mom_input in = {.kind = MOM_IN_IDENTIFIED, .site = 1, .park = site->park};
    struct fake *user;
    uint64_t id;

    (void)state;
    user = site_user(w, 1, "4711", "Anna");
    world_connect(w, 1);
    id = hub_find(w, MOM_USER_num, "4711");
    world_cut(w, 1);
    site->up = true;
    assert_int_equal(mom_batch_add(w->next, &in), MOM_OK);
    site->slow_import = true;
    world_run(w);
    hub_change(w, MOM_USER, id, "hierarchy1", "new", NULL);
    assert_int_equal(site->puts, 0);
    in.kind = MOM_IN_IMPORTED;
    assert_int_equal(mom_batch_add(w->next, &in), MOM_OK);
    world_run(w);
    assert_string_equal(fake_get(user, "hierarchy1"), "new");
    world_check(w);
    world_free(w);
}

static void rebinding_lets_earlier_partners_go(void **state)
{
    struct world *w = sites(1);
    uint64_t anna, bert, phone, other;

    (void)state;
    site_person(w, 1, "4711", "Anna", PHONE);
    site_person(w, 1, "4712", "Bert", OTHER);
    world_connect(w, 1);
    anna = hub_find(w, MOM_USER_num, "4711");
    bert = hub_find(w, MOM_USER_num, "4712");
    phone = hub_find(w, MOM_DEVICE_ipei, PHONE);
    other = hub_find(w, MOM_DEVICE_ipei, OTHER);
    world_wait(w, 5000);
    assert_int_equal(hub_bind(w, anna, other), anna);
    assert_int_equal(hub_partner(w, anna), other);
    assert_int_equal(hub_partner(w, bert), 0);
    assert_int_equal(hub_partner(w, phone), 0);
    world_check(w);
    hub_bind(w, other, bert);
    assert_int_equal(hub_partner(w, bert), other);
    world_check(w);
    hub_bind(w, bert, 0);
    world_check(w);
    assert_int_equal(w->conflicts, 0);
    world_free(w);
}

static void sites_are_told_apart_by_their_park(void **state)
{
    struct world *w = sites(3);

    (void)state;
    site_user(w, 1, "4711", "Anna");
    world_connect(w, 1);
    assert_int_equal(mom_engine_sari(w->engine).ari, w->sites[1].park.ari);
    w->sites[2].park = w->sites[1].park;
    world_connect(w, 2);
    assert_int_equal(w->refusal, MOM_REFUSED_PARK_DUPLICATE);
    w->sites[2].park = (struct mom_park){27, 0x10280000};
    world_connect(w, 2);
    assert_int_equal(w->refusal, MOM_REFUSED_PARK_TYPE);
    world_cut(w, 1);
    w->sites[1].park.ari = 0x10289999;
    world_connect(w, 1);
    assert_int_equal(w->refusal, MOM_REFUSED_PARK_CHANGED);
    world_free(w);
}

static void sari_is_set_once(void **state)
{
    struct mom_config config = {.size = sizeof config};
    struct mom_now now = {1, 1700000000000};
    struct mom_engine *engine = NULL;
    struct world *w = sites(1);

    (void)state;
    world_connect(w, 1);
    config.store = w->store;
    config.sari = (struct mom_park){31, 0x1028ffff};
    assert_int_equal(mom_engine_new(&config, &now, &engine), MOM_EIDENT);
    assert_null(engine);
    config.sari = w->sites[1].park;
    mom_engine_free(NULL);
    world_free(w);
}

static void removed_site_leaves_its_records(void **state)
{
    struct mom_input in = {.kind = MOM_IN_SITE_REMOVE, .site = 1};
    struct world *w = sites(2);

    (void)state;
    site_person(w, 1, "4711", "Anna", PHONE);
    world_connect(w, 1);
    world_connect(w, 2);
    add(w, &in);
    world_run(w);
    assert_int_equal(mom_engine_next_site(w->engine, 0), 2);
    assert_int_equal(hub_site(w, hub_find(w, MOM_USER_num, "4711")), 0);
    located(w, 2, PHONE);
    world_run(w);
    assert_int_equal(site_count(&w->sites[2], MOM_USER), 1);
    world_free(w);
}

static void settings_are_kept_in_order(void **state)
{
    struct world *w = sites(0);
    struct mom_input in = {.kind = MOM_IN_SETTING};
    const char *names[] = {"b", "a", "c"};
    struct mom_attr setting;
    struct mom_view *view;

    (void)state;
    for (int i = 0; i < 3; i++) {
        in.name = S(names[i]);
        in.value = S(names[2 - i]);
        add(w, &in);
    }
    world_run(w);
    in.value.ptr = NULL;
    add(w, &in);
    world_run(w);
    view = world_view(w);
    assert_memory_equal(mom_view_setting(view, S("a")).ptr, "a", 1);
    assert_null(mom_view_setting(view, S("c")).ptr);
    assert_true(mom_view_next_setting(view, S(""), &setting));
    assert_memory_equal(setting.name.ptr, "a", 1);
    assert_true(mom_view_next_setting(view, setting.name, &setting));
    assert_memory_equal(setting.name.ptr, "b", 1);
    assert_false(mom_view_next_setting(view, setting.name, &setting));
    mom_view_close(view);
    world_free(w);
}

static void no_line_shows_a_secret(void **state)
{
    struct world *w = sites(1);

    (void)state;
    world_listen(w);
    site_user(w, 1, "4711", "Anna");
    world_connect(w, 1);
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "sipPw", "Pverysecret", "pin",
               "P9876", NULL);
    assert_false(world_said(w, "secret"));
    assert_false(world_said(w, "9876"));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(earlier_creation_keeps_the_number),
        cmocka_unit_test(parked_record_comes_back_with_a_free_number),
        cmocka_unit_test(number_that_is_taken_is_not_taken_from_a_site),
        cmocka_unit_test(changes_are_checked_against_the_field_table),
        cmocka_unit_test(limits_refuse_what_would_pass_them),
        cmocka_unit_test(permanent_users_and_their_phones_are_everywhere),
        cmocka_unit_test(only_so_many_records_are_on_their_way),
        cmocka_unit_test(refused_record_is_offered_again_later),
        cmocka_unit_test(record_deleted_while_it_is_made_stays_deleted),
        cmocka_unit_test(record_deleted_after_its_creation_was_lost_stays_deleted),
        cmocka_unit_test(change_that_had_to_wait_for_another_record_goes_out),
        cmocka_unit_test(change_during_an_import_goes_out_at_its_end),
        cmocka_unit_test(rebinding_lets_earlier_partners_go),
        cmocka_unit_test(sites_are_told_apart_by_their_park),
        cmocka_unit_test(sari_is_set_once),
        cmocka_unit_test(removed_site_leaves_its_records),
        cmocka_unit_test(settings_are_kept_in_order),
        cmocka_unit_test(no_line_shows_a_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
