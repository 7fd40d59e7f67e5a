/*
 * Phones that roam, beyond the rows of the handoff: permanent users, clocks, notices that are late,
 * doubled or out of order, full sites, subscriptions, phones that work at one site only, and a hub
 * that dies at any step.
 */
#include "handoff_world.h"

#include "keys.h"

static void permanent_user_needs_no_delivery(void **state)
{
    struct world *w = three_sites(true, 0);
    unsigned puts;

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    assert_int_equal(site_count(&w->sites[3], MOM_DEVICE), 1);
    puts = w->sites[2].puts;
    locate(w, 2);
    assert_int_equal(w->sites[2].puts, puts);
    assert_int_equal(hub_site(w, phone(w)), 2);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    world_cut(w, 2);
    locate(w, 3);
    assert_int_equal(w->sites[3].registers, 1);
    assert_lives_at(w, 3);
    end(w);
}

static void permanent_user_is_released_when_its_former_site_returns(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    world_cut(w, 1);
    locate(w, 2);
    assert_int_equal(w->sites[1].deregisters, 0);
    world_crash(w);
    world_connect(w, 2);
    world_connect(w, 3);
    world_connect(w, 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_int_equal(site_count(&w->sites[1], MOM_USER), 1);
    world_cut(w, 1);
    world_connect(w, 1);
    assert_int_equal(w->sites[1].deregisters, 1);
    end(w);
}

static void permanent_user_that_is_bound_away_from_its_phone_is_released(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t user = hub_find(w, MOM_USER_num, "4711"), device = hub_partner(w, user);
    unsigned before[3];

    (void)state;
    hub_change(w, MOM_USER, user, "permanent", "1", NULL);
    locate(w, 2);
    hub_bind(w, user, 0);
    before[1] = w->sites[1].deregisters;
    before[2] = w->sites[2].deregisters;
    hub_bind(w, user, device);
    assert_int_equal(w->sites[1].deregisters, before[1] + 1);
    assert_int_equal(w->sites[2].deregisters, before[2]);
    end(w);
}

/* What a site says at once is heard at once, even if its clock was set since it was measured. */
static void phone_is_followed_whatever_the_clocks_say(void **state)
{
    static const int64_t wrong_ms[] = {0, -3600000, 3600000, -3600000};
    struct world *w = world_new();

    (void)state;
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    fake_by(&w->sites[1], MOM_DEVICE, "ipei", PHONE)->times[MOM_ROAMING] = w->now.wall_ms + 3600000;
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    for (unsigned i = 0; i < sizeof wrong_ms / sizeof wrong_ms[0]; i++) {
        unsigned n = 2 + i % 2;
        struct mom_input in = {.kind = MOM_IN_LOCATED, .site = n, .ipei = S(PHONE)};

        w->now.wall_ms += 1000;
        in.at_ms = w->now.wall_ms + wrong_ms[i];
        add(w, &in);
        world_run(w);
        assert_lives_at(w, n);
    }
    end(w);
}

static void phones_that_must_not_roam_are_rejected(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    located(w, 2, OTHER);
    world_run(w);
    assert_int_equal(w->sites[2].rejects, 1);
    site_edit(w, 1, MOM_DEVICE, fake_by(&w->sites[1], MOM_DEVICE, "ipei", PHONE),
              "subscribeToPARIOnly", "1");
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 2);
    assert_string_equal(w->why, "it is subscribed to one site only");
    hub_change(w, MOM_DEVICE, phone(w), "subscribeToPARIOnly", "0", "s", "No", "uak", "", NULL);
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 3);
    assert_lives_at(w, 1);
    end(w);
}

/* While the link was down the phone came to site 2, which had its records from before. */
static void import_tells_where_the_phone_is(void **state)
{
    struct world *w = three_sites(true, 0);
    struct fake *device;

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
    world_cut(w, 2);
    world_wait(w, 60000);
    device = fake_by(&w->sites[2], MOM_DEVICE, "ipei", PHONE);
    fake_set(device, "ommId", "10280002");
    device->times[MOM_ROAMING] = site_time(w, &w->sites[2]);
    world_wait(w, 60000);
    world_connect(w, 2);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_lives_at(w, 2);
    end(w);
}

static void policy_of_a_site_is_kept_and_may_come_from_the_configuration(void **state)
{
    struct world *w = three_sites(true, 0);
    struct mom_site_info info;

    (void)state;
    set_policy(w, 2, MOM_POLICY_REMOVE_FIRST);
    set_policy(w, 2, MOM_POLICY_UNSET); /* renamed */
    world_crash(w);
    assert_true(mom_engine_site(w->engine, 2, &info));
    assert_int_equal(info.policy, MOM_POLICY_REMOVE_FIRST);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.policy, MOM_POLICY_RENEW);
    end(w);

    w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->policy = MOM_POLICY_REGISTER_FIRST;
    assert_int_equal(mom_store_memory_new(NULL, &w->store), MOM_OK);
    world_init_on(w, w->store);
    world_add_site(w);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.policy, MOM_POLICY_REGISTER_FIRST);
    set_policy(w, 1, MOM_POLICY_RENEW);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.policy, MOM_POLICY_RENEW);
    set_policy(w, 1, (enum mom_policy)99);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.policy, MOM_POLICY_RENEW);
    set_policy(w, 1, MOM_POLICY_DEFAULT);
    world_crash(w);
    assert_true(mom_engine_site(w->engine, 1, &info));
    assert_int_equal(info.policy, MOM_POLICY_REGISTER_FIRST);
    world_free(w);
    for (unsigned p = MOM_POLICY_RENEW; p < MOM_POLICY_END; p++)
        assert_int_equal(mom_policy_of(S(mom_policy_name((enum mom_policy)p))), p);
    assert_int_equal(mom_policy_of(S("unset")), MOM_POLICY_UNSET);
    assert_int_equal(mom_policy_of(S("default")), MOM_POLICY_DEFAULT);
    assert_string_equal(mom_policy_name((enum mom_policy)99), "unset");
}

/* --- notices ---------------------------------------------------------------------------------- */

static void locate_at(struct world *w, unsigned n, int64_t at_ms)
{
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = n, .ipei = S(PHONE), .at_ms = at_ms};

    add(w, &in);
}

/* One notice each of two sites in one step: the later one wins, whichever is read first. */
static void phone_that_is_heard_at_two_sites_at_once_ends_at_one(void **state)
{
    (void)state;
    for (unsigned first = 2; first <= 3; first++) {
        for (int gap = 0; gap <= 5000; gap += 5000) {
            struct world *w = three_sites(true, 0);
            unsigned second = 5 - first, winner;

            locate_at(w, first, w->now.wall_ms);
            locate_at(w, second, w->now.wall_ms - gap);
            world_run(w);
            world_wait(w, 60000);
            winner = hub_site(w, phone(w)); /* within the slack the order of the notices decides */
            assert_int_equal(winner, gap == 0 ? second : first);
            assert_int_equal(site_count(&w->sites[5 - winner], MOM_DEVICE), 0);
            assert_true(fake_by(&w->sites[winner], MOM_USER, "num", "4711")->registered);
            assert_lives_at(w, winner);
            end(w);
        }
    }
}

static void late_and_doubled_notices_change_nothing(void **state)
{
    struct world *w = three_sites(true, 0);
    int64_t left_ms = w->now.wall_ms;
    unsigned puts, registers;

    (void)state;
    w->now.wall_ms += 10000;
    w->now.mono_ms += 10000;
    locate(w, 2);
    puts = w->sites[2].puts;
    registers = w->sites[2].registers;
    locate_at(w, 3, left_ms); /* it was there on its way */
    world_run(w);
    locate(w, 2);
    locate(w, 2);
    assert_int_equal(hub_site(w, phone(w)), 2);
    assert_int_equal(w->sites[3].puts, 0);
    assert_int_equal(w->sites[2].puts, puts);
    assert_int_equal(w->sites[2].registers, registers);
    tell_sip(w, 2, MOM_IN_RENEWED); /* nobody waits for these any more */
    tell_sip(w, 2, MOM_IN_RELEASED);
    assert_lives_at(w, 2);
    end(w);
}

/* Three notices in any order, a second or more apart by the sites' clocks: the last one wins. */
static void order_of_notices_does_not_matter(void **state)
{
    static const unsigned orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                          {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        for (int steps = 0; steps < 2; steps++) {
            struct world *w = three_sites(true, 0);
            int64_t base_ms = w->now.wall_ms + 1000;

            w->now.wall_ms += 20000;
            w->now.mono_ms += 20000;
            for (unsigned k = 0; k < 3; k++) {
                locate_at(w, orders[i][k], base_ms + orders[i][k] * 5000);
                if (steps)
                    world_run(w);
            }
            world_run(w);
            world_wait(w, 60000);
            assert_lives_at(w, 3);
            end(w);
        }
    }
}

/* A claim always is ahead of the one that it replaces, whatever the clocks say: also where nobody hears the order. */
static void claims_are_ahead_of_those_that_they_replace(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t phone_id = phone(w);
    struct mom_view *view;
    uint32_t epoch = 0;

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        locate_at(w, 2 + i % 2, w->now.wall_ms - 300 * (int)i);
        world_run(w);
        world_wait(w, 100);
        view = world_view(w);
        assert_true(mom_record_epoch(mom_view_record(view, phone_id)) > epoch);
        epoch = mom_record_epoch(mom_view_record(view, phone_id));
        mom_view_close(view);
    }
    end(w);
}

static void assert_claims_grow(struct world *w, uint64_t id, uint32_t *epoch)
{
    struct mom_view *view = world_view(w);
    uint32_t now = mom_record_epoch(mom_view_record(view, id));

    mom_view_close(view);
    assert_true(now > *epoch);
    *epoch = now;
}

/* Wherever a record changes its site: by its partner, and when its site is forgotten. */
static void every_change_of_the_site_is_a_newer_claim(void **state)
{
    struct world *w = three_sites(true, 0);
    struct mom_input in = {.kind = MOM_IN_SITE_REMOVE, .site = 2};
    uint64_t user = hub_find(w, MOM_USER_num, "4711"), other;
    uint32_t epoch = 0, device_epoch = 0;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        locate(w, 2 + i % 2);
        world_wait(w, 3000);
        assert_claims_grow(w, user, &epoch);
    }
    site_device(w, 2, OTHER);
    world_run(w);
    other = hub_find(w, MOM_DEVICE_ipei, OTHER);
    hub_bind(w, user, other); /* the phone's claim is younger in epochs than the user's */
    assert_int_equal(hub_site(w, user), 2);
    assert_claims_grow(w, user, &epoch);
    assert_claims_grow(w, other, &device_epoch);
    located(w, 3, OTHER);
    world_run(w);
    world_wait(w, 3000);
    assert_int_equal(hub_site(w, user), 3);
    assert_claims_grow(w, user, &epoch);
    assert_claims_grow(w, other, &device_epoch);
    in.site = 3;
    add(w, &in);
    world_run(w);
    assert_int_equal(hub_site(w, user), 0);
    assert_claims_grow(w, user, &epoch);
    assert_claims_grow(w, other, &device_epoch);
    end(w);
}

/* --- capacity --------------------------------------------------------------------------------- */

static void full_site_refuses_before_anything_is_sent(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    world_free(w);
    w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->limits.site_devices = 1;
    assert_int_equal(mom_store_memory_new(NULL, &w->store), MOM_OK);
    world_init_on(w, w->store);
    world_listen(w);
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    site_person(w, 2, "4712", "Bert", OTHER);
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    w->now.mono_ms += 10000;
    w->now.wall_ms += 10000;
    locate(w, 2);
    assert_int_equal(w->sites[2].rejects, 1);
    assert_string_equal(w->why, "the site has as many devices as it may have");
    assert_int_equal(w->sites[2].puts + w->sites[1].deregisters, 0);
    assert_int_equal(hub_site(w, phone(w)), 1);

    /* One that is on its way counts as if it was there. */
    w->sites[3].mute = true;
    locate(w, 3);
    located(w, 3, OTHER);
    world_run(w);
    assert_int_equal(w->sites[3].rejects, 1);
    locate(w, 3); /* but not against itself */
    assert_int_equal(w->sites[3].rejects, 1);
    end(w);
}

/* --- subscriptions ---------------------------------------------------------------------------- */

static void phone_that_is_unsubscribed_loses_it_everywhere(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    make_permanent(w);
    unsubscribe(w, 1);
    for (unsigned n = 1; n <= 3; n++) {
        const struct fake *f = fake_by(&w->sites[n], MOM_DEVICE, "ipei", PHONE);

        assert_string_equal(fake_get(f, "s"), "No");
        assert_string_equal(fake_get(f, "uak"), "");
    }
    locate(w, 2);
    assert_string_equal(w->why, "it has no subscription");
    assert_lives_at(w, 1);
    end(w);
}

static void handoff_ends_when_the_phone_is_unsubscribed(void **state)
{
    struct world *w = delivering(true);

    (void)state;
    unsubscribe(w, 1);
    assert_string_equal(state_of(w), "home");
    assert_int_equal(w->sites[2].rejects, 1);
    comes_to_rest(w, 1);

    w = renewing();
    unsubscribe(w, 2);
    assert_string_equal(state_of(w), "home");
    comes_to_rest(w, 2);
}

static void subscribe(struct world *w, unsigned n, const char *ipei, const char *additional)
{
    struct mom_input in = {
        .kind = MOM_IN_SUBSCRIBE, .site = n, .ipei = S(ipei), .additional = S(additional)};

    add(w, &in);
    world_run(w);
}

static void new_phone_is_given_its_record_where_it_asks(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t device = hub_change(w, MOM_DEVICE, 0, "ipei", OTHER, NULL);
    uint64_t user = hub_change(w, MOM_USER, 0, "num", "4720", "addId", "20", NULL);

    (void)state;
    hub_bind(w, user, device);
    subscribe(w, 2, OTHER, NULL);
    assert_int_equal(hub_site(w, device), 2);
    assert_non_null(fake_by(&w->sites[2], MOM_DEVICE, "ipei", OTHER));
    assert_non_null(fake_by(&w->sites[2], MOM_USER, "num", "4720"));
    subscribe(w, 2, OTHER, NULL); /* again */
    assert_int_equal(w->sites[2].rejects, 0);
    assert_lives_at(w, 1);
    end(w);
}

static void wildcard_subscription_takes_the_device_that_waits(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t device = hub_change(w, MOM_DEVICE, 0, "ipei", "", NULL);
    uint64_t user = hub_change(w, MOM_USER, 0, "num", "4720", "addId", "20", NULL);

    (void)state;
    hub_bind(w, user, device);
    subscribe(w, 3, OTHER, "20");
    assert_int_equal(hub_site(w, device), 3);
    assert_non_null(fake_by(&w->sites[3], MOM_USER, "num", "4720"));
    /* The site tells whose phone it became. */
    site_edit(w, 3, MOM_DEVICE, &w->sites[3].devices[0], "ipei", OTHER);
    world_run(w);
    assert_int_equal(hub_find(w, MOM_DEVICE_ipei, OTHER), device);
    subscribe(w, 2, "00001 0000001 0", "20"); /* that user has a phone now */
    assert_int_equal(w->sites[2].subscription_rejects, 1);
    assert_lives_at(w, 1);
    end(w);
}

static void phones_that_nobody_knows_are_not_subscribed(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    subscribe(w, 2, OTHER, NULL);
    subscribe(w, 2, NULL, "77");
    subscribe(w, 2, NULL, NULL);
    assert_int_equal(w->sites[2].subscription_rejects, 3);
    assert_string_equal(w->why, "it is not known");
    assert_int_equal(w->sites[2].puts, 0);
    end(w);
}

static void subscribed_phone_that_subscribes_elsewhere_moves_there(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    subscribe(w, 2, PHONE, NULL);
    assert_int_equal(w->sites[1].deregisters, 1);
    assert_lives_at(w, 2);
    end(w);

    w = three_sites(true, 0);
    w->sites[3].refuse = MOM_ELIMIT;
    subscribe(w, 3, PHONE, NULL);
    assert_int_equal(w->sites[3].subscription_rejects, 1);
    w->sites[3].refuse = 0;
    assert_lives_at(w, 1);
    end(w);
}

/* --- PARI only -------------------------------------------------------------------------------- */

static int try_pari_only(struct world *w, uint64_t device)
{
    (void)hub_change(w, MOM_DEVICE, device, "subscribeToPARIOnly", "1", NULL);
    return w->refused;
}

static void phone_of_one_site_needs_a_user_for_good(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t device = phone(w), user = hub_find(w, MOM_USER_num, "4711");

    (void)state;
    locate(w, 2);
    assert_int_equal(try_pari_only(w, device), MOM_ERELATION); /* dynamic */
    assert_int_equal(hub_change(w, MOM_USER, user, "relType", "Fixed", NULL), user);
    assert_int_equal(hub_change(w, MOM_DEVICE, device, "autoCreate", "1", NULL), device);
    assert_int_equal(try_pari_only(w, device), MOM_ERELATION); /* made by a subscription */
    assert_int_equal(hub_change(w, MOM_DEVICE, device, "autoCreate", "0", NULL), device);
    assert_int_equal(try_pari_only(w, device), MOM_OK);
    assert_int_equal(hub_change(w, MOM_USER, user, "relType", "Dynamic", NULL), 0);
    assert_int_equal(hub_bind(w, user, 0), 0);
    assert_int_equal(hub_bind(w, device, 0), 0);
    assert_int_equal(hub_bind(w, user, device), 0); /* would be dynamic */
    assert_int_equal(w->refused, MOM_ERELATION);
    assert_int_equal(hub_partner(w, device), user);
    locate(w, 3);
    assert_string_equal(w->why, "it is subscribed to one site only");
    subscribe(w, 1, PHONE, NULL);
    assert_string_equal(w->why, "it takes no SARI, and the PARK of this site is the SARI");
    subscribe(w, 3, PHONE, NULL); /* a subscription of its own there */
    assert_lives_at(w, 3);
    assert_int_equal(hub_change(w, MOM_DEVICE, device, "subscribeToPARIOnly", "0", NULL), device);
    assert_int_equal(hub_bind(w, user, 0), user);
    end(w);
}

/* The PARK of site 1 is the SARI. */
static void phone_of_the_central_site_cannot_be_of_one_site(void **state)
{
    struct world *w = three_sites(true, 0);

    (void)state;
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "relType", "Fixed", NULL);
    assert_int_equal(try_pari_only(w, phone(w)), MOM_EIDENT);
    assert_lives_at(w, 1);
    end(w);
}

/* The user is everywhere and the phone is not: sites that tell him unbound do not unbind him. */
static void permanent_user_of_such_a_phone_stays_bound(void **state)
{
    struct world *w = three_sites(true, 0);
    uint64_t user = hub_find(w, MOM_USER_num, "4711"), device = phone(w);

    (void)state;
    locate(w, 2);
    hub_change(w, MOM_USER, user, "relType", "Fixed", NULL);
    assert_int_equal(try_pari_only(w, device), MOM_OK);
    make_permanent(w);
    assert_int_equal(hub_partner(w, user), device);
    assert_int_equal(site_count(&w->sites[3], MOM_USER), 1);
    assert_int_equal(site_count(&w->sites[3], MOM_DEVICE), 0);
    world_cut(w, 3);
    world_connect(w, 3);
    assert_int_equal(hub_partner(w, user), device);
    assert_int_equal(hub_counts(w).conflicts, 0);
    end(w);
}

/* --- rows of earlier formats ------------------------------------------------------------------ */

/* Change the last byte of a row, or with `format` make it one of that format, which did not have that byte. */
static void alter_row(struct world *w, enum mom_table table, struct mom_str key, int format,
                      unsigned char last)
{
    struct mom_txn *txn;
    struct mom_str value;
    char copy[256];

    assert_int_equal(w->store.ops->begin(w->store.store, true, &txn), MOM_OK);
    assert_int_equal(w->store.ops->get(txn, table, key, &value), MOM_OK);
    assert_true(value.len < sizeof copy);
    memcpy(copy, value.ptr, value.len);
    if (format) {
        copy[0] = (char)format;
        value.len--;
    } else {
        copy[value.len - 1] = (char)last;
    }
    value.ptr = copy;
    assert_int_equal(w->store.ops->put(txn, table, key, value), MOM_OK);
    assert_int_equal(w->store.ops->commit(txn), MOM_OK);
}

static void rows_of_the_format_before_are_read(void **state)
{
    struct world *w = renewing();
    struct mom__key site, device;
    struct mom_site_info info;

    (void)state;
    set_policy(w, 2, MOM_POLICY_REMOVE_FIRST);
    alter_row(w, MOM_T_SITE, mom__key_site(&site, 2), 2, 0);
    alter_row(w, MOM_T_HANDOFF, mom__key_id(&device, phone(w)), 1, 0);
    world_crash(w);
    world_run(w);
    assert_true(mom_engine_site(w->engine, 2, &info));
    assert_int_equal(info.policy, MOM_POLICY_RENEW);
    assert_string_equal(state_of(w), "renewing");
    comes_to_rest(w, 2);
}

static void damaged_rows_are_noticed(void **state)
{
    struct world *w = renewing();
    struct mom__key key;

    (void)state;
    alter_row(w, MOM_T_SITE, mom__key_site(&key, 2), 0, 99);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_ECORRUPT);
    alter_row(w, MOM_T_SITE, mom__key_site(&key, 2), 0, MOM_POLICY_RENEW);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_OK);
    alter_row(w, MOM_T_HANDOFF, mom__key_id(&key, phone(w)), 0, 3);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_ECORRUPT);
    alter_row(w, MOM_T_HANDOFF, mom__key_id(&key, hub_find(w, MOM_DEVICE_ipei, PHONE)), 0, 8);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_ECORRUPT);
    world_free(w);
}

/* --- everything that may happen to the hub ---------------------------------------------------- */

/* The hub dies before any step of a roam, under any policy: the phone ends at one site and is registered there. */
static void hub_may_die_at_any_step_of_a_roam(void **state)
{
    (void)state;
    for (unsigned policy = MOM_POLICY_RENEW; policy < MOM_POLICY_END; policy++) {
        bool crashed = true;

        for (unsigned n = 1; crashed; n++) {
            struct world *w = three_sites(true, 0);
            unsigned site;

            set_policy(w, 2, (enum mom_policy)policy);
            w->crash_at = w->steps + n;
            locate(w, 2);
            world_wait(w, 60000);
            crashed = w->crashes > 0;
            assert_true(!crashed || n < 60);
            site = hub_site(w, phone(w));
            assert_true(crashed ? site == 1 || site == 2 : site == 2);
            assert_true(fake_by(&w->sites[site], MOM_USER, "num", "4711")->registered);
            assert_int_equal(site_count(&w->sites[3 - site], MOM_USER), 0);
            locate(w, 2); /* who is not served tries again */
            world_wait(w, 60000);
            assert_true(fake_by(&w->sites[2], MOM_USER, "num", "4711")->registered);
            assert_lives_at(w, 2);
            end(w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permanent_user_needs_no_delivery),
        cmocka_unit_test(permanent_user_is_released_when_its_former_site_returns),
        cmocka_unit_test(permanent_user_that_is_bound_away_from_its_phone_is_released),
        cmocka_unit_test(phone_is_followed_whatever_the_clocks_say),
        cmocka_unit_test(phones_that_must_not_roam_are_rejected),
        cmocka_unit_test(import_tells_where_the_phone_is),
        cmocka_unit_test(policy_of_a_site_is_kept_and_may_come_from_the_configuration),
        cmocka_unit_test(phone_that_is_heard_at_two_sites_at_once_ends_at_one),
        cmocka_unit_test(late_and_doubled_notices_change_nothing),
        cmocka_unit_test(order_of_notices_does_not_matter),
        cmocka_unit_test(claims_are_ahead_of_those_that_they_replace),
        cmocka_unit_test(every_change_of_the_site_is_a_newer_claim),
        cmocka_unit_test(full_site_refuses_before_anything_is_sent),
        cmocka_unit_test(phone_that_is_unsubscribed_loses_it_everywhere),
        cmocka_unit_test(handoff_ends_when_the_phone_is_unsubscribed),
        cmocka_unit_test(new_phone_is_given_its_record_where_it_asks),
        cmocka_unit_test(wildcard_subscription_takes_the_device_that_waits),
        cmocka_unit_test(phones_that_nobody_knows_are_not_subscribed),
        cmocka_unit_test(subscribed_phone_that_subscribes_elsewhere_moves_there),
        cmocka_unit_test(phone_of_one_site_needs_a_user_for_good),
        cmocka_unit_test(phone_of_the_central_site_cannot_be_of_one_site),
        cmocka_unit_test(permanent_user_of_such_a_phone_stays_bound),
        cmocka_unit_test(rows_of_the_format_before_are_read),
        cmocka_unit_test(damaged_rows_are_noticed),
        cmocka_unit_test(hub_may_die_at_any_step_of_a_roam),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
