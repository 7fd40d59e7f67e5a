/*
 * Platforms of sites, and limits: what is announced, what is refused, and that a refusal leaves
 * nothing half-written. Sites are those of world.h; the log is listened to.
 */
#include "world.h"
#include "world_check.h"

/* The world comes first: it is what the hooks get. */
struct hall {
    struct world w;
    char log[1 << 16];
    size_t len;
};

static void hall_log(void *user, enum mom_level level, const char *line)
{
    struct hall *h = user;

    if (level > MOM_LOG_WARNING || h->len + strlen(line) + 2 > sizeof h->log)
        return;
    h->len += (size_t)snprintf(h->log + h->len, sizeof h->log - h->len, "%s\n", line);
}

static unsigned said(const struct hall *h, const char *text)
{
    unsigned count = 0;

    for (const char *at = h->log; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static struct hall *hall_new(struct mom_limits limits, bool same_platform)
{
    struct hall *h = calloc(1, sizeof *h);
    struct mom_config config = {.size = sizeof config,
                                .limits = limits,
                                .same_platform = same_platform,
                                .log = hall_log,
                                .trace = world_trace,
                                .user = h};

    assert_non_null(h);
    assert_int_equal(mom_store_memory_new(NULL, &config.store), MOM_OK);
    h->w.now = (struct mom_now){1000, 1700000000000};
    h->w.store = config.store;
    assert_int_equal(mom_engine_new(&config, &h->w.now, &h->w.engine), MOM_OK);
    h->w.batch = mom_batch_new(NULL);
    h->w.next = mom_batch_new(NULL);
    assert_true(h->w.batch && h->w.next);
    return h;
}

static void hall_free(struct hall *h)
{
    world_free(&h->w);
}

static void connect_as(struct hall *h, unsigned n, enum mom_platform platform)
{
    struct fake_site *s = &h->w.sites[n];
    struct mom_input in = {
        .kind = MOM_IN_IDENTIFIED, .site = n, .park = s->park, .platform = platform};

    s->up = true;
    h->w.refusal = 0;
    add(&h->w, &in);
    world_run(&h->w);
}

static struct mom_site_info info_of(struct hall *h, unsigned n)
{
    struct mom_site_info info;

    assert_true(mom_engine_site(h->w.engine, n, &info));
    return info;
}

static struct mom_capacity capacity(struct hall *h, enum mom_capacity_kind kind, mom_site site)
{
    struct mom_capacity c;

    assert_true(mom_engine_capacity(h->w.engine, kind, site, &c));
    return c;
}

static const char *ipei_no(unsigned n)
{
    static char text[MOM_IPEI_LEN + 1];

    mom_ipei_print((struct mom_ipei){3074, n}, text);
    return text;
}

static uint64_t hub_user(struct hall *h, unsigned num, const char *permanent)
{
    char text[12];

    snprintf(text, sizeof text, "%u", num);
    return hub_change(&h->w, MOM_USER, 0, "num", text, "permanent", permanent, NULL);
}

/* --- platforms -------------------------------------------------------------------------------- */

static void mixture_is_told_once_and_its_end_too(void **state)
{
    struct hall *h = hall_new((struct mom_limits){0}, false);
    struct mom_platforms platforms;

    (void)state;
    for (int i = 0; i < 3; i++)
        world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_SERVER);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    assert_false(mom_engine_platform_mixture(h->w.engine, &platforms));
    assert_int_equal(platforms.sites[MOM_PLATFORM_SERVER], 1);
    assert_int_equal(platforms.sites[MOM_PLATFORM_UNKNOWN], 2);
    assert_int_equal(said(h, "different platforms"), 0);
    connect_as(h, 3, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(h->w.refusal, 0);
    assert_true(mom_engine_platform_mixture(h->w.engine, NULL));
    assert_int_equal(said(h, "different platforms: 1 OMMs on base stations, 1 on servers"), 1);
    connect_as(h, 2, MOM_PLATFORM_SERVER);
    assert_int_equal(said(h, "different platforms"), 1);
    /* Moved to a server: no mixture any more. The next one is told again. */
    connect_as(h, 3, MOM_PLATFORM_SERVER);
    assert_false(mom_engine_platform_mixture(h->w.engine, NULL));
    connect_as(h, 3, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(said(h, "different platforms"), 2);
    add(&h->w, &(struct mom_input){.kind = MOM_IN_SITE_REMOVE, .site = 3});
    world_run(&h->w);
    assert_false(mom_engine_platform_mixture(h->w.engine, NULL));
    hall_free(h);
}

static void mixture_is_refused_where_it_must_not_be(void **state)
{
    struct hall *h = hall_new((struct mom_limits){0}, true);

    (void)state;
    world_add_site(&h->w);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_SERVER);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(h->w.refusal, 0);
    world_listen(&h->w);
    connect_as(h, 2, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(h->w.refusal, MOM_REFUSED_PLATFORM);
    assert_true(world_said(&h->w, "do refuse site=2 reason=platform"));
    assert_int_equal(info_of(h, 2).platform, MOM_PLATFORM_UNKNOWN);
    assert_false(mom_engine_platform_mixture(h->w.engine, NULL));
    connect_as(h, 2, MOM_PLATFORM_SERVER);
    assert_int_equal(h->w.refusal, 0);
    assert_true(info_of(h, 2).up);
    /* The only site of its class may change it. */
    add(&h->w, &(struct mom_input){.kind = MOM_IN_SITE_REMOVE, .site = 1});
    world_run(&h->w);
    connect_as(h, 2, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(h->w.refusal, 0);
    hall_free(h);
}

static void platform_is_remembered_until_another_is_told(void **state)
{
    struct hall *h = hall_new((struct mom_limits){0}, false);

    (void)state;
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(mom_engine_reload(h->w.engine, &h->w.now), MOM_OK);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_BASE_STATION);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_BASE_STATION);
    connect_as(h, 1, (enum mom_platform)99);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_BASE_STATION);
    connect_as(h, 1, MOM_PLATFORM_SERVER);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_SERVER);
    hall_free(h);
}

/* Rows of sites as they are in a store. */
static int reload_with_row(struct hall *h, const unsigned char *row, size_t len)
{
    const struct mom_store_ops *ops = h->w.store.ops;
    struct mom_str key = {"\0\0\0\1", 4}, value = {(const char *)row, len};
    struct mom_txn *txn;

    assert_int_equal(ops->begin(h->w.store.store, true, &txn), MOM_OK);
    assert_int_equal(ops->put(txn, MOM_T_SITE, key, value), MOM_OK);
    assert_int_equal(ops->commit(txn), MOM_OK);
    return mom_engine_reload(h->w.engine, &h->w.now);
}

static void row_of_a_site_from_before_has_no_platform(void **state)
{
    /* format, name, PLI, ARI 5, two times of 0; in format 2 the platform follows, in format 3 the policy */
    static const unsigned char first[] = {1, 2, 'a', 'b', 31, 5, 0, 0},
                               second[] = {2, 2, 'a', 'b', 31, 5, 0, 0, 2},
                               unknown[] = {2, 2, 'a', 'b', 31, 5, 0, 0, 3},
                               newer[] = {4, 2, 'a', 'b', 31, 5, 0, 0, 2};
    struct hall *h = hall_new((struct mom_limits){0}, false);

    (void)state;
    world_add_site(&h->w);
    assert_int_equal(reload_with_row(h, first, sizeof first), MOM_OK);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(info_of(h, 1).park.ari, 5);
    assert_int_equal(reload_with_row(h, second, sizeof second), MOM_OK);
    assert_int_equal(info_of(h, 1).platform, MOM_PLATFORM_SERVER);
    assert_int_equal(reload_with_row(h, unknown, sizeof unknown), MOM_ECORRUPT);
    assert_int_equal(reload_with_row(h, second, sizeof second - 1), MOM_ECORRUPT);
    assert_int_equal(reload_with_row(h, first, sizeof first - 1), MOM_ECORRUPT);
    assert_int_equal(reload_with_row(h, newer, sizeof newer), MOM_EFORMAT);
    hall_free(h);
}

static void limit_of_a_site_follows_its_platform(void **state)
{
    struct hall *h = hall_new((struct mom_limits){0}, false);
    struct mom_limits limits = {.site_devices = 700};
    struct mom_capacity c;

    (void)state;
    world_add_site(&h->w);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 1).limit, 10000);
    connect_as(h, 1, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 1).limit, 512);
    connect_as(h, 1, MOM_PLATFORM_SERVER);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 1).limit, 10000);
    assert_false(mom_engine_capacity(h->w.engine, MOM_CAPACITY_SITE_DEVICES, 2, &c));
    assert_false(mom_engine_capacity(h->w.engine, MOM_CAPACITY_COUNT, 0, &c));
    hall_free(h);
    h = hall_new(limits, false);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_BASE_STATION);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 1).limit, 700);
    hall_free(h);
}

/* --- the warning ------------------------------------------------------------------------------ */

static void ninety_percent_are_announced_once(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.users = 20}, false);
    uint64_t ids[21];

    (void)state;
    for (unsigned i = 1; i <= 17; i++)
        ids[i] = hub_user(h, i, "0");
    assert_int_equal(said(h, "the system has"), 0);
    assert_false(capacity(h, MOM_CAPACITY_USERS, 0).near);
    ids[18] = hub_user(h, 18, "0");
    assert_int_equal(said(h, "the system has 18 of at most 20 users"), 1);
    assert_true(capacity(h, MOM_CAPACITY_USERS, 0).near);
    ids[19] = hub_user(h, 19, "0");
    ids[20] = hub_user(h, 20, "0");
    assert_int_equal(said(h, "the system has"), 1);
    /* 85 % are not below: no second warning. */
    for (unsigned i = 18; i <= 20; i++)
        hub_delete(&h->w, ids[i]);
    hub_user(h, 118, "0");
    assert_int_equal(said(h, "the system has"), 1);
    hub_delete(&h->w, ids[17]);
    hub_delete(&h->w, ids[16]);
    hub_user(h, 116, "0");
    hub_user(h, 117, "0");
    assert_int_equal(said(h, "the system has 18 of at most 20 users"), 2);
    /* A node that starts says it again. */
    assert_int_equal(mom_engine_reload(h->w.engine, &h->w.now), MOM_OK);
    assert_int_equal(said(h, "the system has 18 of at most 20 users"), 3);
    hall_free(h);
}

static void every_limit_that_counts_is_announced(void **state)
{
    struct mom_limits limits = {
        .sites = 2, .users = 10, .devices = 10, .permanent = 2, .site_devices = 5};
    struct hall *h = hall_new(limits, false);

    (void)state;
    world_add_site(&h->w);
    assert_int_equal(said(h, "sites"), 0);
    world_add_site(&h->w);
    assert_int_equal(said(h, "the system has 2 of at most 2 sites"), 1);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    hub_user(h, 1, "1");
    hub_user(h, 2, "1");
    assert_int_equal(said(h, "the system has 2 of at most 2 permanent users"), 1);
    for (unsigned i = 0; i < 5; i++) {
        site_device(&h->w, 1, ipei_no(i));
        world_run(&h->w);
    }
    assert_int_equal(said(h, "site 1 site1: it has 5 of at most 5 devices"), 1);
    for (unsigned i = 5; i < 9; i++)
        hub_change(&h->w, MOM_DEVICE, 0, "ipei", ipei_no(i), NULL);
    assert_int_equal(said(h, "the system has 9 of at most 10 devices"), 1);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITES, 0).used, 2);
    assert_int_equal(capacity(h, MOM_CAPACITY_USERS, 0).used, 2);
    assert_int_equal(capacity(h, MOM_CAPACITY_DEVICES, 0).used, 9);
    assert_int_equal(capacity(h, MOM_CAPACITY_PERMANENT, 0).used, 2);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 1).used, 5);
    assert_int_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 2).used, 0);
    assert_string_equal(capacity(h, MOM_CAPACITY_SITE_DEVICES, 2).name, "site_devices");
    hall_free(h);
}

/* A step that failed has not used anything. */
static void failed_step_announces_nothing(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.users = 1}, false);

    (void)state;
    h->w.fail_after = 3;
    h->w.fail_code = MOM_EFULL;
    hub_user(h, 1, "0");
    assert_int_equal(h->w.failure, MOM_EFULL);
    assert_int_equal(said(h, "the system has"), 0);
    assert_int_equal(mom_engine_reload(h->w.engine, &h->w.now), MOM_OK);
    assert_int_equal(capacity(h, MOM_CAPACITY_USERS, 0).used, 0);
    hall_free(h);
}

/* --- refusals --------------------------------------------------------------------------------- */

/* The tables that a refused input must leave alone. */
static void count_rows(struct hall *h, uint64_t ret_counts[MOM_T_COUNT])
{
    const struct mom_store_ops *ops = h->w.store.ops;
    struct mom_txn *txn;

    assert_int_equal(ops->begin(h->w.store.store, false, &txn), MOM_OK);
    for (int t = 0; t < MOM_T_COUNT; t++)
        assert_int_equal(ops->count(txn, (enum mom_table)t, &ret_counts[t]), MOM_OK);
    ops->abort(txn);
}

static void administrator_is_told_which_limit_it_is(void **state)
{
    struct mom_limits limits = {.sites = 1, .users = 2, .devices = 1, .permanent = 1};
    struct hall *h = hall_new(limits, false);
    uint64_t before[MOM_T_COUNT], after[MOM_T_COUNT], user, permanent;

    (void)state;
    world_add_site(&h->w);
    permanent = hub_user(h, 1, "1");
    user = hub_user(h, 2, "0");
    hub_change(&h->w, MOM_DEVICE, 0, "ipei", ipei_no(1), NULL);
    count_rows(h, before);
    world_listen(&h->w);
    hub_user(h, 3, "0");
    assert_int_equal(h->w.refused, MOM_ELIMIT);
    assert_true(world_said(&h->w, "as many users as the system may have"));
    hub_change(&h->w, MOM_DEVICE, 0, "ipei", ipei_no(2), NULL);
    assert_int_equal(h->w.refused, MOM_ELIMIT);
    assert_true(world_said(&h->w, "as many devices as the system may have"));
    hub_change(&h->w, MOM_USER, user, "permanent", "1", "name", "Anna", NULL);
    assert_int_equal(h->w.refused, MOM_ELIMIT);
    assert_true(world_said(&h->w, "as many permanent users as the system may have"));
    assert_null(hub_value(&h->w, user, MOM_USER_name));
    add(&h->w, &(struct mom_input){.kind = MOM_IN_SITE_ADD, .site = 2, .tag = 7});
    world_run(&h->w);
    assert_true(world_said(&h->w, "as many sites as the system may have"));
    count_rows(h, after);
    assert_memory_equal(before, after, sizeof before);
    /* A permanent user stays one, and may be changed. */
    assert_int_equal(hub_change(&h->w, MOM_USER, permanent, "name", "Bert", NULL), permanent);
    hall_free(h);
}

static void record_of_a_site_beyond_a_limit_stays_there(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.users = 1, .site_devices = 2}, false);
    uint64_t before[MOM_T_COUNT], after[MOM_T_COUNT];

    (void)state;
    world_add_site(&h->w);
    site_user(&h->w, 1, "4711", "Anna");
    for (unsigned i = 0; i < 2; i++)
        site_device(&h->w, 1, ipei_no(i));
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    count_rows(h, before);
    site_user(&h->w, 1, "4712", "Bert");
    site_device(&h->w, 1, ipei_no(2));
    world_run(&h->w);
    assert_int_equal(
        said(h, "site 1: user 2 is not taken: there are as many users as the system may have"), 1);
    assert_int_equal(
        said(h, "site 1: device 3 is not taken: the site has as many devices as it may have"), 1);
    count_rows(h, after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(site_count(&h->w.sites[1], MOM_USER), 2);
    assert_int_equal(site_count(&h->w.sites[1], MOM_DEVICE), 3);
    assert_int_equal(h->w.sites[1].removes, 0);
    /* The same at the next import: told, and still there. */
    world_cut(&h->w, 1);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(said(h, "site 1: 2 records were not taken"), 1);
    assert_int_equal(site_count(&h->w.sites[1], MOM_USER), 2);
    assert_int_equal(site_count(&h->w.sites[1], MOM_DEVICE), 3);
    assert_int_equal(hub_counts(&h->w).users, 1);
    assert_int_equal(hub_counts(&h->w).devices, 2);
    hall_free(h);
}

/* Room again: what was not taken comes with the next import. */
static void record_is_taken_when_there_is_room(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.users = 1}, false);
    uint64_t user;

    (void)state;
    world_add_site(&h->w);
    user = hub_user(h, 1, "0");
    site_user(&h->w, 1, "4711", "Anna");
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(hub_find(&h->w, MOM_USER_num, "4711"), 0);
    hub_delete(&h->w, user);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_not_equal(hub_find(&h->w, MOM_USER_num, "4711"), 0);
    world_check(&h->w);
    hall_free(h);
}

static void permanent_user_of_a_site_beyond_the_limit_is_taken_as_another(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.permanent = 1}, false);
    struct fake *anna, *bert;

    (void)state;
    world_add_site(&h->w);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    anna = site_user(&h->w, 1, "4711", "Anna");
    bert = site_user(&h->w, 1, "4712", "Bert");
    world_run(&h->w);
    site_edit(&h->w, 1, MOM_USER, anna, "permanent", "1");
    world_run(&h->w);
    assert_int_equal(hub_counts(&h->w).permanent, 1);
    /* An edit at the site. */
    h->w.now.wall_ms += 5000;
    site_edit(&h->w, 1, MOM_USER, bert, "permanent", "1");
    world_run(&h->w);
    assert_int_equal(hub_counts(&h->w).permanent, 1);
    assert_string_equal(fake_get(bert, "permanent"), "0");
    assert_string_equal(last_rule(&h->w), "limit");
    assert_int_equal(said(h, "is not taken: there are as many permanent users"), 1);
    world_check(&h->w);
    /* A user who is new. */
    h->w.sites[1].up = false;
    bert = site_user(&h->w, 1, "4713", "Carl");
    fake_set(bert, "permanent", "1");
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(hub_counts(&h->w).permanent, 1);
    assert_int_not_equal(hub_find(&h->w, MOM_USER_num, "4713"), 0);
    assert_string_equal(fake_get(bert, "permanent"), "0");
    assert_int_equal(said(h, "is not taken: there are as many permanent users"), 2);
    world_check(&h->w);
    assert_int_equal(site_count(&h->w.sites[2], MOM_USER), 1);
    hall_free(h);
}

/* Deleted at the hub while the site was away, and changed there afterwards: but its place was given away. */
static void record_that_comes_back_needs_room(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.users = 1}, false);
    struct fake *anna;

    (void)state;
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    anna = site_user(&h->w, 1, "4711", "Anna");
    world_run(&h->w);
    world_cut(&h->w, 1);
    hub_delete(&h->w, hub_find(&h->w, MOM_USER_num, "4711"));
    hub_user(h, 1, "0");
    h->w.now.wall_ms += 60000;
    site_edit(&h->w, 1, MOM_USER, anna, "name", "Anne");
    for (int i = 0; i < 2; i++) {
        connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
        assert_int_equal(hub_counts(&h->w).users, 1);
        assert_int_equal(hub_find(&h->w, MOM_USER_num, "4711"), 0);
        assert_string_equal(fake_get(anna, "name"), "Anne");
        assert_int_equal(h->w.sites[1].removes, 0);
        assert_int_equal(info_of(h, 1).users, 0);
    }
    assert_true(said(h, "is not taken: there are as many users") >= 2);
    hall_free(h);
}

/* The same for a place among the permanent users: the user comes back without it. */
static void permanent_user_who_comes_back_needs_a_place(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.permanent = 1}, false);
    struct fake *anna;

    (void)state;
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    anna = site_user(&h->w, 1, "4711", "Anna");
    site_edit(&h->w, 1, MOM_USER, anna, "permanent", "1");
    world_run(&h->w);
    world_cut(&h->w, 1);
    hub_delete(&h->w, hub_find(&h->w, MOM_USER_num, "4711"));
    hub_user(h, 1, "1");
    h->w.now.wall_ms += 60000;
    site_edit(&h->w, 1, MOM_USER, anna, "name", "Anne");
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    assert_int_equal(hub_counts(&h->w).permanent, 1);
    assert_int_not_equal(hub_find(&h->w, MOM_USER_num, "4711"), 0);
    assert_string_equal(fake_get(anna, "permanent"), "0");
    assert_string_equal(fake_get(anna, "name"), "Anne");
    world_check(&h->w);
    hall_free(h);
}

static void full_site_serves_no_other_phone(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.site_devices = 1}, false);

    (void)state;
    world_add_site(&h->w);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    site_person(&h->w, 1, "4711", "Anna", ipei_no(1));
    site_person(&h->w, 2, "4712", "Bert", ipei_no(2));
    world_run(&h->w);
    located(&h->w, 2, ipei_no(1));
    world_run(&h->w);
    assert_int_equal(h->w.sites[2].rejects, 1);
    assert_int_equal(site_count(&h->w.sites[2], MOM_DEVICE), 1);
    world_check(&h->w);
    hall_free(h);
}

/* Both arrive at once, and there is room for one: the other is not served, and nothing of it stays. */
static void last_place_at_a_site_is_given_once(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.site_devices = 2}, false);

    (void)state;
    world_add_site(&h->w);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    site_person(&h->w, 1, "4711", "Anna", ipei_no(1));
    site_person(&h->w, 1, "4712", "Bert", ipei_no(2));
    site_person(&h->w, 2, "4713", "Carl", ipei_no(3));
    world_run(&h->w);
    located(&h->w, 2, ipei_no(1));
    located(&h->w, 2, ipei_no(2));
    world_run(&h->w);
    assert_int_equal(site_count(&h->w.sites[2], MOM_DEVICE), 2);
    assert_int_equal(site_count(&h->w.sites[2], MOM_USER), 2);
    assert_int_equal(site_count(&h->w.sites[1], MOM_DEVICE), 1);
    assert_int_equal(h->w.sites[2].rejects, 1);
    world_check(&h->w);
    hall_free(h);
}

static void phone_of_a_permanent_user_waits_for_room(void **state)
{
    struct hall *h = hall_new((struct mom_limits){.site_devices = 1}, false);
    struct fake *device;
    uint64_t anna;

    (void)state;
    world_add_site(&h->w);
    world_add_site(&h->w);
    connect_as(h, 1, MOM_PLATFORM_UNKNOWN);
    connect_as(h, 2, MOM_PLATFORM_UNKNOWN);
    site_person(&h->w, 1, "4711", "Anna", ipei_no(1));
    device = site_device(&h->w, 2, ipei_no(2));
    world_run(&h->w);
    anna = hub_find(&h->w, MOM_USER_num, "4711");
    assert_int_equal(hub_change(&h->w, MOM_USER, anna, "permanent", "1", NULL), anna);
    /* The user alone would be told as unbound by the site, as if somebody had unbound the two there. */
    assert_int_equal(site_count(&h->w.sites[2], MOM_USER), 0);
    assert_int_equal(site_count(&h->w.sites[2], MOM_DEVICE), 1);
    assert_int_equal(info_of(h, 2).refused, 2);
    assert_int_not_equal(hub_partner(&h->w, anna), 0);
    site_lose(&h->w, &h->w.sites[2], MOM_DEVICE, device->local);
    world_wait(&h->w, 31000);
    assert_int_equal(site_count(&h->w.sites[2], MOM_USER), 1);
    assert_int_equal(site_count(&h->w.sites[2], MOM_DEVICE), 1);
    assert_int_equal(info_of(h, 2).refused, 0);
    world_check(&h->w);
    hall_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mixture_is_told_once_and_its_end_too),
        cmocka_unit_test(mixture_is_refused_where_it_must_not_be),
        cmocka_unit_test(platform_is_remembered_until_another_is_told),
        cmocka_unit_test(row_of_a_site_from_before_has_no_platform),
        cmocka_unit_test(limit_of_a_site_follows_its_platform),
        cmocka_unit_test(ninety_percent_are_announced_once),
        cmocka_unit_test(every_limit_that_counts_is_announced),
        cmocka_unit_test(failed_step_announces_nothing),
        cmocka_unit_test(administrator_is_told_which_limit_it_is),
        cmocka_unit_test(record_of_a_site_beyond_a_limit_stays_there),
        cmocka_unit_test(record_is_taken_when_there_is_room),
        cmocka_unit_test(permanent_user_of_a_site_beyond_the_limit_is_taken_as_another),
        cmocka_unit_test(record_that_comes_back_needs_room),
        cmocka_unit_test(permanent_user_who_comes_back_needs_a_place),
        cmocka_unit_test(full_site_serves_no_other_phone),
        cmocka_unit_test(last_place_at_a_site_is_given_once),
        cmocka_unit_test(phone_of_a_permanent_user_waits_for_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
