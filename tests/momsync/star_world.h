/*
 * A star of nodes, each with an OMM beside it: nodes and links of net.h, and for each node a world.h
 * whose only use is its simulated site. The site of node i has the number i + 1. An OMM ends and
 * renews SIP registrations as it is told, unless its link is down; a deaf one does it and its answer
 * is lost, and of a careless one (star_careless) it is the request to end that is lost.
 *
 * A place is the OMM of a node, under the node's index, or behind these a vendor's remote: an OMM without a node, which
 * is one more site of node 0. The site of place p has the number p + 1.
 */
#ifndef STAR_WORLD_H
#define STAR_WORLD_H

#include "handoff_world.h"
#include "net.h"
#include "star.h"

static inline unsigned star_places(const struct net *net)
{
    return net->count + net->vendors;
}

/* The node that acts for the site of a place. */
static inline unsigned star_node(const struct net *net, unsigned place)
{
    return place < net->count ? place : 0;
}

static inline struct world *star_omm(struct net *net, unsigned place)
{
    unsigned i = star_node(net, place);
    struct world *w = ((struct world **)net->sites)[i];

    w->engine = net->nodes[i].engine;
    w->now = net_now(net, &net->nodes[i]);
    return w;
}

static inline struct fake_site *star_site(struct net *net, unsigned place)
{
    return &star_omm(net, place)->sites[place + 1];
}

/* Each row is kept once: enough for "every row was told". */
static inline void star_told(const char *line)
{
    char row[256];
    const char *at = strstr(line, " : ");

    if (strncmp(line, "star ", 5) != 0 || !at)
        return;
    snprintf(row, sizeof row, "%s\n", at + 1);
    if (strstr(told, row))
        return;
    assert_true(told_len + strlen(row) < sizeof told);
    memcpy(told + told_len, row, strlen(row) + 1);
    told_len += strlen(row);
}

/* What the registrar sees: when a site last registered a user, and last ended it; users are 4711 to 4714. */
enum { STAR_USERS = 4 };
static unsigned star_ons[STAR_USERS][SITES + 1], star_offs[STAR_USERS][SITES + 1], star_turn;
static unsigned star_selfs[STAR_USERS]
                          [SITES + 1]; /* ends that an OMM made without being asked to */
static bool star_careless[SITES + 1];

static inline unsigned star_user_index(const struct fake *user)
{
    long number = strtol(fake_get(user, "num"), NULL, 10);

    assert_in_range(number, 4711, 4711 + STAR_USERS - 1);
    return (unsigned)number - 4711;
}

/* What an OMM does by itself counts too: it registers a user whom it binds, and ends when it lets one go. */
static struct {
    bool on;
    uint32_t partner;
} star_seen[SITES + 1][RECORDS];

static inline void star_watch_for(struct fake_site *s, bool asked)
{
    for (int i = 0; i < RECORDS; i++) {
        const struct fake *f = &s->users[i];
        bool on = f->used && f->registered;

        if (on == star_seen[s->number][i].on && f->partner == star_seen[s->number][i].partner)
            continue;
        if (on || star_seen[s->number][i].on)
            (on ? star_ons : star_offs)[star_user_index(f)][s->number] = ++star_turn;
        if (!on && star_seen[s->number][i].on && !asked)
            star_selfs[star_user_index(f)][s->number] = star_turn;
        star_seen[s->number][i].on = on;
        star_seen[s->number][i].partner = f->partner;
    }
}

static inline void star_watch(struct fake_site *s)
{
    star_watch_for(s, true);
}

static inline void star_sip(struct world *w, struct fake_site *s, const struct mom_action *a)
{
    bool on = a->kind == MOM_DO_REGISTER;
    struct mom_input in = {
        .kind = on ? MOM_IN_RENEWED : MOM_IN_RELEASED, .site = s->number, .type = MOM_USER};
    struct fake *f = fake_find(s, MOM_USER, a->local_user);

    *(on ? &s->registers : &s->deregisters) += 1;
    if (!on && star_careless[s->number])
        return;
    in.local = a->local_user;
    if (f && (f->partner || !on)) { /* who has no phone is not registered */
        f->registered = on;
        (on ? star_ons : star_offs)[star_user_index(f)][s->number] = ++star_turn;
        star_watch(s);
    }
    if (!s->deaf && (!on || (f && f->partner)))
        add(w, &in);
}

static inline void star_act(struct net *net, unsigned i, const struct mom_action *a)
{
    struct world *w = star_omm(net, i);

    if (a->site > SITES)
        return; /* of a site that a story plays itself */
    if (a->site && (a->kind == MOM_DO_DEREGISTER || a->kind == MOM_DO_REGISTER)) {
        if (w->sites[a->site].up)
            star_sip(w, &w->sites[a->site], a);
    } else if (a->site) {
        world_act(w, a);
        star_watch(&w->sites[a->site]);
    }
}

/* --- running ---------------------------------------------------------------------------------- */

/* What the OMM of a node has said is heard. False: nothing was. */
static inline bool star_listen(struct net *net, unsigned i)
{
    struct world *w = star_omm(net, i);
    struct mom_batch *batch = w->next;

    if (mom_batch_count(batch) == 0 && mom_engine_deadline(w->engine) > w->now.mono_ms)
        return false;
    w->next = w->batch;
    w->batch = batch;
    mom_batch_reset(w->next);
    net_step_batch(net, i, batch);
    return true;
}

static inline bool star_listen_all(struct net *net)
{
    bool any = false;

    for (unsigned i = 0; i < net->count; i++)
        any |= star_listen(net, i);
    return any;
}

static inline void star_run(struct net *net)
{
    int guard = 0;

    while (star_listen_all(net) || net_carry(net)) {
        if (++guard > 20000)
            fail_msg("the star does not come to rest");
    }
}

static inline void star_wait(struct net *net, int64_t ms)
{
    int64_t until = net->now.mono_ms + ms;

    star_run(net);
    while (net->now.mono_ms < until) {
        int64_t next = until;

        for (unsigned i = 0; i < net->count; i++) {
            int64_t deadline = mom_engine_deadline(net->nodes[i].engine);

            next = deadline < next ? deadline : next;
        }
        net->now.wall_ms += next - net->now.mono_ms;
        net->now.mono_ms = next;
        star_run(net);
    }
}

static inline void star_omm_up(struct net *net, unsigned i)
{
    struct fake_site *s = star_site(net, i);

    if (!s->up)
        world_connect_now(star_omm(net, i), s);
    star_run(net);
}

/* What it had said and was not heard yet is lost. */
static inline void star_omm_down(struct net *net, unsigned i)
{
    struct mom_input in = {.kind = MOM_IN_DOWN, .site = i + 1};

    while (net->vendors && star_listen(net, star_node(net, i)))
        continue; /* others speak to the same node, and are heard */
    star_site(net, i)->up = false;
    mom_batch_reset(star_omm(net, i)->next);
    net_step(net, star_node(net, i), &in);
    star_run(net);
}

static inline void star_link(struct net *net, unsigned i)
{
    if (!net->linked[0][i])
        net_link(net, i, 0);
    star_run(net);
}

static inline void star_crash(struct net *net, unsigned i)
{
    mom_batch_reset(star_omm(net, i)->next);
    net_crash(net, i);
    for (unsigned place = 0; place < star_places(net); place++) {
        struct fake_site *s = star_site(net, place);

        if (star_node(net, place) != i || !s->up)
            continue;
        s->up = false;
        world_connect_now(star_omm(net, place), s);
    }
}

/* Without an OMM: `own_site` 0. */
static inline unsigned star_add(struct net *net, mom_site own_site)
{
    struct world **sites = net->sites, *w = calloc(1, sizeof *w);
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = own_site, .name = S("site")};
    unsigned i = net->count;

    assert_non_null(w);
    assert_in_range(own_site, 0, SITES);
    net->own_sites[i] = own_site;
    (void)net_add_node(net);
    sites[i] = w;
    w->next = mom_batch_new(NULL);
    w->batch = mom_batch_new(NULL);
    w->site_count = own_site;
    if (own_site == 0)
        return i;
    w->sites[own_site].number = own_site;
    w->sites[own_site].park = (struct mom_park){31, 0x10280000u + own_site};
    net_step(net, i, &in);
    return i;
}

/* One more site at node 0, behind all nodes. Its place. */
static inline unsigned star_add_vendor(struct net *net)
{
    unsigned place = net->count + net->vendors++;
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = place + 1, .name = S("remote")};

    assert_in_range(in.site, 1, SITES);
    star_site(net, place)->number = in.site;
    star_site(net, place)->park = (struct mom_park){31, 0x10280000u + in.site};
    star_omm(net, place)->site_count = in.site;
    net_step(net, 0, &in);
    return place;
}

/* `count` nodes around node 0, their OMMs not connected yet. `bare`: node 0 has none. */
static inline struct net *star_nodes_around(unsigned count, bool bare,
                                            const struct mom_limits *limits)
{
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->sites = calloc(NODES, sizeof(struct world *));
    assert_non_null(net->sites);
    memset(star_ons, 0, sizeof star_ons);
    memset(star_offs, 0, sizeof star_offs);
    memset(star_selfs, 0, sizeof star_selfs);
    memset(star_careless, 0, sizeof star_careless);
    memset(star_seen, 0, sizeof star_seen);
    net->config.shape = MOM_SHAPE_STAR;
    if (limits)
        net->config.limits = *limits;
    net->config.sari = (struct mom_park){31, 0x10280000};
    net->site_act = star_act;
    net->told = star_told;
    net->now.mono_ms = 1000;
    net->now.wall_ms = 1700000000000;
    for (unsigned i = 0; i < count; i++)
        (void)star_add(net, bare && i == 0 ? 0 : i + 1);
    for (unsigned i = 1; i < count; i++) {
        net_know(net, i, 0);
        net_link(net, i, 0);
    }
    return net;
}

static inline struct net *star_nodes(unsigned count)
{
    return star_nodes_around(count, false, NULL);
}

static inline struct net *star_nodes_with(unsigned count, struct mom_limits limits)
{
    return star_nodes_around(count, false, &limits);
}

static inline void star_connect(struct net *net)
{
    for (unsigned i = 0; i < star_places(net); i++) {
        if (i >= net->count || net->own_sites[i])
            star_omm_up(net, i);
    }
    star_wait(net, 20000);
}

/* Anna and her phone are at the OMM of node 1, and everything is at rest. */
static inline struct net *star_new(unsigned count)
{
    struct net *net = star_nodes(count);

    (void)site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);
    star_connect(net);
    return net;
}

static inline void star_free(struct net *net)
{
    struct world **sites = net->sites;

    for (unsigned i = 0; i < net->count; i++) {
        mom_batch_free(sites[i]->next);
        mom_batch_free(sites[i]->batch);
        free(sites[i]);
    }
    free(sites);
    net_free(net);
}

/* --- what phones do --------------------------------------------------------------------------- */

/* A phone is heard at the OMM of a node, which tells it. */
static inline void star_hear_as(struct net *net, unsigned i, const char *ipei,
                                enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .site = i + 1, .ipei = S(ipei)};

    add(star_omm(net, i), &in);
}

static inline void star_hear(struct net *net, unsigned i, const char *ipei)
{
    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    star_hear_as(net, i, ipei, MOM_IN_LOCATED);
    star_run(net);
}

/* The OMM notes in the record which one has the phone, in its own seconds, and tells nobody. */
static inline void star_note(struct net *net, unsigned i, const char *ipei, unsigned at)
{
    struct fake_site *s = star_site(net, i);
    struct fake *f = fake_by(s, MOM_DEVICE, "ipei", ipei);
    char id[MOM_OMM_ID_LEN + 1];

    assert_non_null(f);
    mom_park_omm_id((struct mom_park){31, 0x10280001u + at}, id);
    fake_set(f, "ommId", id);
    f->times[MOM_ROAMING] = site_time(star_omm(net, i), s);
}

/* An OMM whose link is down hears a phone: it registers by itself. */
static inline void star_hear_alone(struct net *net, unsigned i, const char *ipei)
{
    struct fake_site *s = star_site(net, i);
    struct fake *f = fake_by(s, MOM_DEVICE, "ipei", ipei), *user;

    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    star_note(net, i, ipei, i);
    user = f->partner ? fake_find(s, MOM_USER, f->partner) : NULL;
    if (user)
        user->registered = true;
    star_watch(s);
}

/* --- what can be seen ------------------------------------------------------------------------- */

static inline uint64_t star_find(struct net *net, unsigned i, enum mom_field field,
                                 const char *value)
{
    return hub_find(star_omm(net, i), field, value);
}

static inline uint64_t star_phone(struct net *net)
{
    return star_find(net, 0, MOM_DEVICE_ipei, PHONE);
}

static inline const char *star_state(struct net *net, unsigned i)
{
    return mom_engine_handoff(net->nodes[i].engine, star_phone(net)).state;
}

static inline mom_site star_claim(struct net *net, unsigned i, uint64_t id)
{
    return hub_site(star_omm(net, i), id);
}

static inline bool star_registered(struct net *net, unsigned i, const char *ipei)
{
    struct fake_site *s = star_site(net, i);
    const struct fake *f = fake_by(s, MOM_DEVICE, "ipei", ipei);
    const struct fake *user = f && f->partner ? fake_find(s, MOM_USER, f->partner) : NULL;

    return user && user->registered;
}

static inline unsigned star_registrations(struct net *net, const char *ipei)
{
    unsigned count = 0;

    for (unsigned i = 0; i < star_places(net); i++)
        count += star_registered(net, i, ipei);
    return count;
}

/* The registration of the site that has the phone is later than every end at another one: nobody took it away. */
static inline void star_check_order(struct net *net, const char *ipei, unsigned at)
{
    struct fake_site *s = star_site(net, at);
    const struct fake *f = fake_by(s, MOM_DEVICE, "ipei", ipei);
    unsigned user = star_user_index(fake_find(s, MOM_USER, f->partner));

    for (unsigned i = 1; i <= SITES; i++) {
        if (i != at + 1 && star_offs[user][i] > star_ons[user][at + 1])
            fail_msg("site %u ended a registration of %s after site %u made its last one", i, ipei,
                     at + 1);
    }
}

/* Everything is at rest: all nodes say that the phone is at the OMM of node `at`, which alone is registered. */
static inline void star_check(struct net *net, const char *ipei, unsigned at)
{
    net_check_equal(net);
    for (unsigned i = 0; i < net->count; i++) {
        uint64_t id = star_find(net, i, MOM_DEVICE_ipei, ipei);

        assert_true(id != 0);
        if (star_claim(net, i, id) != at + 1)
            fail_msg("node %u says that %s is at site %u, not %u", i, ipei, star_claim(net, i, id),
                     at + 1);
        assert_string_equal(mom_engine_handoff(net->nodes[i].engine, id).state, "home");
    }
    for (unsigned i = 0; i < star_places(net); i++) {
        if (star_registered(net, i, ipei) != (i == at))
            fail_msg("site %u is %sregistered for %s, which is at site %u", i + 1,
                     i == at ? "not " : "", ipei, at + 1);
    }
    star_check_order(net, ipei, at);
}

static inline void star_forget_counts(struct net *net)
{
    for (unsigned i = 0; i < star_places(net); i++)
        star_site(net, i)->registers = star_site(net, i)->deregisters = 0;
}

/* --- beginnings and ends of stories ----------------------------------------------------------- */

/* The phone came from site 2 to site 3, and the node of one of them stopped in a state. */
static inline struct net *star_announcing(void)
{
    struct net *net = star_new(4);

    star_site(net, 1)->deaf = true;
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 2), "announcing");
    assert_string_equal(star_state(net, 1), "leaving");
    return net;
}

static inline struct net *star_renewing(void)
{
    struct net *net = star_new(4);

    star_site(net, 2)->deaf = true;
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 2), "renewing");
    return net;
}

/* Whatever held something up ends. */
static inline void star_mend(struct net *net)
{
    for (unsigned i = 0; i < star_places(net); i++) {
        star_site(net, i)->deaf = false;
        star_site(net, i)->mute = false;
        star_careless[i + 1] = false;
        star_omm_up(net, i);
    }
    for (unsigned i = 1; i < net->count; i++)
        star_link(net, i);
    star_wait(net, 120000);
}

static inline void star_rests(struct net *net, unsigned at)
{
    star_mend(net);
    star_check(net, PHONE, at);
    star_free(net);
}

static inline uint64_t user_of(struct net *net)
{
    return star_find(net, 0, MOM_USER_num, "4711");
}

#endif
