/*
 * Users who log in at a phone of another site, and log out: every row of the table is taken by a
 * story. A login that fails leaves the user where he was.
 */
#include "handoff_world.h"

#include "login.h"

#define NUMBER "4711"

/* Anna (4711) has a phone at site 1, and a phone without user is at site 2. */
static struct world *two_phones(void)
{
    struct world *w = three_sites(true, 0);

    site_device(w, 2, OTHER);
    world_run(w);
    return w;
}

static uint64_t anna(struct world *w)
{
    return hub_find(w, MOM_USER_num, NUMBER);
}

static uint64_t other(struct world *w)
{
    return hub_find(w, MOM_DEVICE_ipei, OTHER);
}

static void add_ask(struct world *w, unsigned n, const char *ipei, const char *number,
                    const char *additional)
{
    struct mom_input in = {.kind = MOM_IN_LOGIN, .site = n, .token = 70 + n};
    const struct fake *f = fake_by(&w->sites[n], MOM_DEVICE, "ipei", ipei);

    in.local_device = f ? f->local : 99;
    in.number = S(number);
    in.additional = S(additional);
    add(w, &in);
}

static void ask(struct world *w, unsigned n, const char *ipei, const char *number,
                const char *additional)
{
    add_ask(w, n, ipei, number, additional);
    world_run(w);
}

static void log_in(struct world *w, unsigned n)
{
    ask(w, n, OTHER, NUMBER, NULL);
}

static void log_out(struct world *w, unsigned n, const char *ipei)
{
    struct mom_input in = {.kind = MOM_IN_LOGOUT, .site = n, .token = 80};
    const struct fake *f = fake_by(&w->sites[n], MOM_DEVICE, "ipei", ipei);

    in.local_device = f ? f->local : 99;
    add(w, &in);
    world_run(w);
}

static void assert_result(struct world *w, unsigned n, unsigned count, int rc)
{
    assert_int_equal(w->sites[n].login_results, count);
    assert_int_equal(w->sites[n].login_rc, rc);
    assert_int_equal(w->sites[n].login_token, 70 + n);
}

/* Whatever held the sites up is over: Anna's phone is this one. */
static void ends_at(struct world *w, uint64_t device)
{
    for (unsigned i = 1; i <= 3; i++) {
        w->sites[i].mute = w->sites[i].deaf = false;
        w->sites[i].refuse = 0;
        if (w->sites[i].up)
            world_cut(w, i);
        world_connect(w, i);
    }
    world_wait(w, 60000);
    assert_int_equal(hub_partner(w, anna(w)), device);
    world_check(w);
    end(w);
}

static struct world *giving(void)
{
    struct world *w = two_phones();

    w->sites[2].mute = true;
    log_in(w, 2);
    assert_int_equal(w->sites[2].puts, 1);
    assert_int_equal(hub_partner(w, anna(w)), phone(w));
    return w;
}

static struct world *ending(void)
{
    struct world *w = two_phones();

    w->sites[1].deaf = true;
    log_in(w, 2);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_int_equal(hub_partner(w, anna(w)), phone(w));
    return w;
}

static struct world *binding(void)
{
    struct world *w = ending();

    w->sites[2].mute = true;
    tell_sip(w, 1, MOM_IN_RELEASED);
    assert_int_equal(hub_partner(w, anna(w)), other(w));
    assert_int_equal(w->sites[2].login_results, 0);
    return w;
}

static void user_is_taken_to_the_phone_where_he_logs_in(void **state)
{
    static const char *const order[] = {"do put site=2",      "do deregister site=1",
                                        "in released site=1", "do put site=2",
                                        "relation=Dynamic",   "do login-result site=2"};
    struct world *w = two_phones();

    (void)state;
    world_listen(w);
    log_in(w, 2);
    assert_order(w, order, sizeof order / sizeof order[0]);
    assert_result(w, 2, 1, MOM_OK);
    assert_int_equal(hub_partner(w, anna(w)), other(w));
    assert_int_equal(hub_site(w, anna(w)), 2);
    assert_int_equal(hub_partner(w, phone(w)), 0);
    assert_null(fake_by(&w->sites[1], MOM_USER, "num", NUMBER));
    assert_true(fake_by(&w->sites[2], MOM_USER, "num", NUMBER)->registered);
    log_in(w, 2); /* once more: it is so already */
    assert_result(w, 2, 2, MOM_OK);
    ends_at(w, other(w));
}

static void user_without_phone_is_taken_too(void **state)
{
    struct world *w = two_phones();

    (void)state;
    hub_bind(w, anna(w), 0);
    hub_change(w, MOM_USER, anna(w), "addId", "20", NULL);
    ask(w, 2, OTHER, NULL, "20");
    assert_result(w, 2, 1, MOM_OK);
    assert_int_equal(w->sites[1].deregisters, 0);
    ends_at(w, other(w));
}

static void permanent_user_need_not_be_given(void **state)
{
    struct world *w = two_phones();

    (void)state;
    make_permanent(w);
    log_in(w, 2);
    assert_result(w, 2, 1, MOM_OK);
    assert_true(w->sites[1].deregisters > 0);
    ends_at(w, other(w));
}

static void login_at_the_own_site_binds_at_once(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    site_device(w, 1, OTHER);
    world_run(w);
    log_in(w, 1);
    assert_result(w, 1, 1, MOM_OK);
    assert_int_equal(w->sites[1].deregisters, 0);
    ends_at(w, other(w));
}

/* Who was logged in at the phone is so no more. */
static void login_replaces_who_was_there(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t bert;

    (void)state;
    site_person(w, 2, "4712", "Bert", OTHER);
    world_run(w);
    bert = hub_find(w, MOM_USER_num, "4712");
    log_in(w, 2);
    assert_result(w, 2, 1, MOM_OK);
    assert_int_equal(hub_partner(w, bert), 0);
    ends_at(w, other(w));
}

static void login_that_cannot_be_is_refused_at_once(void **state)
{
    struct world *w = two_phones();

    (void)state;
    ask(w, 2, OTHER, "9999", "9999");
    assert_result(w, 2, 1, MOM_ENOENT);
    assert_string_equal(w->why, "the user is not known");
    ask(w, 2, "00001 0000001 0", NUMBER, NULL);
    assert_result(w, 2, 2, MOM_ENOENT);
    assert_string_equal(w->why, "the phone is not known");
    ask(w, 2, OTHER, NULL, NULL);
    assert_result(w, 2, 3, MOM_ENOENT);
    hub_change(w, MOM_USER, anna(w), "relType", "Fixed", NULL);
    log_in(w, 2);
    assert_result(w, 2, 4, MOM_ERELATION);
    assert_string_equal(w->why, "the user is bound to a phone for good");
    ask(w, 1, PHONE, NUMBER, NULL); /* but at his own he may */
    assert_result(w, 1, 1, MOM_OK);
    ends_at(w, phone(w));
}

static void phone_that_is_bound_for_good_takes_nobody_else(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    site_person(w, 2, "4712", "Bert", OTHER);
    world_run(w);
    hub_change(w, MOM_DEVICE, other(w), "relType", "Fixed", NULL);
    log_in(w, 2);
    assert_result(w, 2, 1, MOM_ERELATION);
    assert_string_equal(w->why, "the phone is bound to a user for good");
    log_out(w, 2, OTHER);
    assert_int_equal(w->sites[2].login_rc, MOM_ERELATION);
    ends_at(w, phone(w));
}

static void phone_that_is_elsewhere_takes_nobody(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    site_user(w, 2, "4720", "Carl");
    make_permanent(w);
    ask(w, 2, PHONE, "4720", NULL);
    assert_result(w, 2, 1, MOM_ESTATE);
    ends_at(w, phone(w));
}

static void login_is_refused_when_the_site_does_not_take_the_user(void **state)
{
    struct world *w = two_phones();

    (void)state;
    w->sites[2].refuse = MOM_ELIMIT;
    log_in(w, 2);
    assert_result(w, 2, 1, MOM_ELIMIT);
    assert_int_equal(w->sites[1].deregisters, 0);
    ends_at(w, phone(w));

    w = giving();
    world_wait(w, 11000);
    assert_result(w, 2, 1, MOM_ESTATE);
    ends_at(w, phone(w));

    w = giving();
    world_cut(w, 2);
    ends_at(w, phone(w));

    w = giving();
    hub_delete(w, other(w));
    assert_result(w, 2, 1, MOM_ENOENT);
    ends_at(w, phone(w));

    w = giving();
    world_crash(w);
    ends_at(w, phone(w));
}

static void former_site_is_not_waited_for(void **state)
{
    struct world *w = ending();

    (void)state;
    world_wait(w, 6000);
    assert_result(w, 2, 1, MOM_OK);
    ends_at(w, other(w));

    w = ending();
    world_cut(w, 1);
    assert_result(w, 2, 1, MOM_OK);
    ends_at(w, other(w));

    w = two_phones();
    world_cut(w, 1);
    log_in(w, 2);
    assert_result(w, 2, 1, MOM_OK);
    ends_at(w, other(w));
}

static void former_site_registers_again_when_the_login_fails(void **state)
{
    struct world *w = ending();

    (void)state;
    w->sites[1].deaf = false;
    world_cut(w, 2);
    assert_int_equal(w->sites[1].registers, 1);
    ends_at(w, phone(w));

    w = ending();
    w->sites[1].deaf = false;
    hub_delete(w, other(w));
    assert_result(w, 2, 1, MOM_ENOENT);
    assert_int_equal(w->sites[1].registers, 1);
    ends_at(w, phone(w));
}

/* What was bound at the hub stays so, and the site gets it as soon as it takes it. */
static void binding_stands_when_the_site_is_slow(void **state)
{
    struct world *w = binding();
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = 2, .rc = MOM_ELIMIT};

    (void)state;
    world_wait(w, 11000);
    assert_result(w, 2, 1, MOM_ESTATE);
    ends_at(w, other(w));

    w = binding();
    in.token = w->sites[2].muted;
    add(w, &in);
    world_run(w);
    assert_result(w, 2, 1, MOM_ELIMIT);
    ends_at(w, other(w));

    w = binding();
    world_cut(w, 2);
    ends_at(w, other(w));

    w = binding();
    hub_bind(w, anna(w), phone(w)); /* somebody else decides otherwise */
    assert_result(w, 2, 1, MOM_ENOENT);
    ends_at(w, phone(w));
}

static void later_login_counts(void **state)
{
    struct world *w = giving();

    (void)state;
    log_in(w, 2); /* again */
    assert_int_equal(w->sites[2].login_results, 0);
    site_device(w, 3, "00100 0000001");
    world_run(w);
    ask(w, 3, "00100 0000001", NUMBER, NULL);
    assert_result(w, 2, 1, MOM_ESTATE);
    assert_result(w, 3, 1, MOM_OK);
    ends_at(w, hub_find(w, MOM_DEVICE_ipei, "00100 0000001"));
}

static void user_who_logs_out_has_no_phone(void **state)
{
    struct world *w = two_phones();

    (void)state;
    log_out(w, 2, OTHER); /* nobody is logged in */
    assert_int_equal(w->sites[2].login_rc, MOM_OK);
    log_out(w, 2, "none");
    assert_int_equal(w->sites[2].login_rc, MOM_ENOENT);
    log_out(w, 1, PHONE);
    assert_int_equal(w->sites[1].login_rc, MOM_OK);
    assert_int_equal(w->sites[1].login_token, 80);
    assert_int_equal(fake_by(&w->sites[1], MOM_USER, "num", NUMBER)->partner, 0);
    log_in(w, 2);
    ends_at(w, other(w));
}

/* The hub dies before any step of a login: the user is at one phone or at the other, and can log in again. */
static void hub_may_die_at_any_step_of_a_login(void **state)
{
    bool crashed = true;

    (void)state;
    for (unsigned n = 1; crashed; n++) {
        struct world *w = two_phones();
        uint64_t at;

        w->crash_at = w->steps + n;
        log_in(w, 2);
        world_wait(w, 60000);
        crashed = w->crashes > 0;
        assert_true(!crashed || n < 60);
        at = hub_partner(w, anna(w));
        assert_true(crashed ? at == phone(w) || at == other(w) : at == other(w));
        world_check(w);
        log_in(w, 2);
        world_wait(w, 60000);
        assert_true(fake_by(&w->sites[2], MOM_USER, "num", NUMBER)->registered);
        ends_at(w, other(w));
    }
}

static void sites_that_are_down_are_not_answered(void **state)
{
    struct world *w = two_phones();

    (void)state;
    world_cut(w, 2);
    log_in(w, 2);
    log_out(w, 2, OTHER);
    assert_int_equal(w->sites[2].login_results, 0);
    ends_at(w, phone(w));
}

static void every_row_was_taken(void **state)
{
    (void)state;
    assert_every_row_was_told(&mom__login_fsm);
}

/* Anna's phone went to site 2, and before site 1 has removed it she logs in there at another phone. */
static void a_phone_that_is_being_removed_where_its_user_logs_in_lives_on(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    site_device(w, 1, OTHER);
    world_run(w);
    w->sites[1].deaf = true;
    located(w, 2, PHONE);
    world_wait(w, 6000);
    assert_int_equal(hub_site(w, phone(w)), 2);
    w->sites[1].deaf = false;
    add_ask(w, 1, OTHER, NUMBER, NULL);
    tell_sip(w, 1, MOM_IN_RELEASED);
    world_wait(w, 60000);
    assert_result(w, 1, 1, MOM_OK);
    assert_int_not_equal(phone(w), 0);
    assert_int_equal(hub_site(w, phone(w)), 2);
    assert_int_equal(hub_site(w, anna(w)), 1);
    ends_at(w, other(w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_is_taken_to_the_phone_where_he_logs_in),
        cmocka_unit_test(user_without_phone_is_taken_too),
        cmocka_unit_test(permanent_user_need_not_be_given),
        cmocka_unit_test(login_at_the_own_site_binds_at_once),
        cmocka_unit_test(login_replaces_who_was_there),
        cmocka_unit_test(login_that_cannot_be_is_refused_at_once),
        cmocka_unit_test(phone_that_is_bound_for_good_takes_nobody_else),
        cmocka_unit_test(phone_that_is_elsewhere_takes_nobody),
        cmocka_unit_test(login_is_refused_when_the_site_does_not_take_the_user),
        cmocka_unit_test(former_site_is_not_waited_for),
        cmocka_unit_test(former_site_registers_again_when_the_login_fails),
        cmocka_unit_test(binding_stands_when_the_site_is_slow),
        cmocka_unit_test(later_login_counts),
        cmocka_unit_test(user_who_logs_out_has_no_phone),
        cmocka_unit_test(hub_may_die_at_any_step_of_a_login),
        cmocka_unit_test(sites_that_are_down_are_not_answered),
        cmocka_unit_test(every_row_was_taken),
        cmocka_unit_test(a_phone_that_is_being_removed_where_its_user_logs_in_lives_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
