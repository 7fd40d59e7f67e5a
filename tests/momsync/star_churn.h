/*
 * Random walks over a star in which records come and go: they are made, deleted, bound and unbound at nodes and at
 * OMMs, users log in and out. Part of test_star_random.c.
 *
 * Phones are bound to one site and are free again, are subscribed anew, and OMMs say that another one has a phone.
 *
 * What must hold when all is up again, whatever was done: all nodes have the same records, every OMM has every record
 * that is live with the relations of the nodes (of a phone that works at one site, and of its user, only that of the
 * site that has it), and a user is registered at the site of his phone's claim, after every
 * end at another one, and nowhere else; nobody is who has no phone, or whose phone no site has heard. With right clocks
 * the claim is that of the last hearing, for a phone whose record was made once and never deleted.
 */
#ifndef STAR_CHURN_H
#define STAR_CHURN_H

#include "star_walk.h"

static unsigned made
    [PHONES]; /* how often a record of the phone was made; more than once: its place may be forgotten */
static bool heard[PHONES];

static struct fake *omm_device(struct net *net, unsigned i, unsigned p)
{
    return fake_by(star_site(net, i), MOM_DEVICE, "ipei", ipeis[p]);
}

static struct fake *omm_user(struct net *net, unsigned i, unsigned u)
{
    return fake_by(star_site(net, i), MOM_USER, "num", numbers[u]);
}

static uint64_t node_device(struct net *net, unsigned i, unsigned p)
{
    return star_find(net, i, MOM_DEVICE_ipei, ipeis[p]);
}

static uint64_t node_user(struct net *net, unsigned i, unsigned u)
{
    return star_find(net, i, MOM_USER_num, numbers[u]);
}

/* --- what is done ----------------------------------------------------------------------------- */

static bool is_pari(struct net *net, unsigned i, uint64_t device)
{
    return strcmp(net_value(net, star_node(net, i), device, MOM_DEVICE_subscribeToPARIOnly), "1") ==
           0;
}

static void churn_hear(struct net *net)
{
    unsigned p = pick(PHONES), i = pick(star_places(net));
    enum mom_input_kind kind = pick(4) ? MOM_IN_LOCATED : MOM_IN_HEARD;
    uint64_t id;

    if (net->vendors) /* what another site of the node said before is heard before */
        (void)star_listen(net, star_node(net, i));
    id = node_device(net, i, p);
    pass(net, 2000);
    if (id && is_pari(net, i, id))
        kind = MOM_IN_SUBSCRIBE;
    /* An OMM without link hears a phone of which it has the record, any other asks its node. */
    if (star_site(net, i)->up ? id != 0 : omm_device(net, i, p) != NULL) {
        last[p] = i;
        heard[p] = true;
    }
    if (omm_device(net, i, p))
        star_hear_alone(net, i, ipeis[p]);
    if (!star_site(net, i)->up)
        return;
    star_hear_as(net, i, ipeis[p], kind);
    (void)star_listen(net, star_node(net, i));
}

/* The OMM says that another one has the phone: no node claims it for that. */
static void say_elsewhere(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES), at = pick(star_places(net));

    if (!omm_device(net, i, p) || at == i)
        return;
    if (!star_site(net, i)->up) /* that it had the phone since is not to be seen any more */
        made[p] += 2;
    star_note(net, i, ipeis[p], at);
    site_event(star_omm(net, i), star_site(net, i), MOM_DEVICE, omm_device(net, i, p));
}

/* Which one it was is not said by the last hearing any more: another site may not have known of it. */
static void bind_to_one_site(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES);
    uint64_t user = node_user(net, i, pick(STAR_USERS)), device = node_device(net, i, p);

    if (!user || !device)
        return;
    made[p] += 2;
    if (is_pari(net, i, device)) {
        net_change(net, star_node(net, i), MOM_DEVICE, device, "subscribeToPARIOnly", "0", NULL);
        return;
    }
    net_bind_as(net, star_node(net, i), user, device, "Fixed");
    net_change(net, star_node(net, i), MOM_DEVICE, device, "subscribeToPARIOnly", "1", NULL);
}

static void make_at_node(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES), u = pick(STAR_USERS);

    if (pick(2) && !node_user(net, i, u))
        net_change(net, star_node(net, i), MOM_USER, 0, "num", numbers[u], NULL);
    else if (!node_device(net, i, p))
        made[p] +=
            net_change(net, star_node(net, i), MOM_DEVICE, 0, "ipei", ipeis[p], "s", "Yes", NULL)
                ? 1
                : 0;
}

static void make_at_omm(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES), u = pick(STAR_USERS);

    if (pick(2) && !omm_user(net, i, u)) {
        (void)site_user(star_omm(net, i), i + 1, numbers[u], "Anna");
    } else if (!omm_device(net, i, p)) {
        (void)site_device(star_omm(net, i), i + 1, ipeis[p]);
        made[p]++;
        last[p] = i;
        heard[p] = true;
    }
}

static void delete_at_node(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES);
    uint64_t id = pick(2) ? node_user(net, i, pick(STAR_USERS)) : node_device(net, i, p);

    if (!id)
        return;
    if (id == node_device(net, i, p))
        made[p] += 2;
    net_delete(net, star_node(net, i), id);
}

static void delete_at_omm(struct net *net, unsigned i)
{
    unsigned p = pick(PHONES);
    bool user = pick(2);
    const struct fake *f = user ? omm_user(net, i, pick(STAR_USERS)) : omm_device(net, i, p);

    if (!f)
        return;
    if (!user)
        made[p] += 2;
    site_lose(star_omm(net, i), star_site(net, i), user ? MOM_USER : MOM_DEVICE, f->local);
}

static void bind_at_node(struct net *net, unsigned i)
{
    uint64_t user = node_user(net, i, pick(STAR_USERS)), device = node_device(net, i, pick(PHONES));

    if (user)
        net_bind(net, star_node(net, i), user, pick(3) ? device : 0);
}

static void bind_at_omm(struct net *net, unsigned i)
{
    struct fake *user = omm_user(net, i, pick(STAR_USERS)),
                *device = omm_device(net, i, pick(PHONES)), *was;

    if (!user || !device)
        return;
    was = user->partner ? fake_find(star_site(net, i), MOM_DEVICE, user->partner) : NULL;
    if (pick(3) == 0) {
        fake_unbind(star_omm(net, i), star_site(net, i), user, MOM_DEVICE);
        site_event(star_omm(net, i), star_site(net, i), MOM_USER, user);
    } else {
        site_bind(star_omm(net, i), i + 1, device, user);
    }
    if (was && was != device)
        site_event(star_omm(net, i), star_site(net, i), MOM_DEVICE, was);
}

static void log_in_or_out(struct net *net, unsigned i)
{
    const struct fake *device = omm_device(net, i, pick(PHONES));
    struct mom_input in = {
        .kind = pick(3) ? MOM_IN_LOGIN : MOM_IN_LOGOUT, .site = i + 1, .token = 5};

    if (!device || !star_site(net, i)->up)
        return;
    in.local_device = device->local;
    in.number = S(numbers[pick(STAR_USERS)]);
    add(star_omm(net, i), &in);
}

static void churn_edit(struct net *net)
{
    static void (*const edits[])(struct net * net, unsigned i) = {
        make_at_node,  make_at_node,     make_at_omm,    bind_at_node,
        bind_at_node,  bind_at_omm,      log_in_or_out,  log_in_or_out,
        say_elsewhere, bind_to_one_site, delete_at_node, delete_at_omm};
    unsigned i = pick(star_places(net));

    pass(net, 1000); /* OMMs know no less */
    edits[pick(sizeof edits / sizeof edits[0])](net, i);
    star_watch_for(star_site(net, i), false);
}

static void churn_step(struct net *net)
{
    switch (pick(10)) {
    case 0:
    case 1:
    case 2:
        churn_hear(net);
        break;
    case 3:
    case 4:
        mend(net);
        break;
    case 5:
        pass(net, 1000 * (int64_t)pick(30));
        break;
    case 6:
    case 7:
        churn_edit(net);
        break;
    default:
        disturb(net);
        break;
    }
    for (unsigned n = pick(8); n > 0; n--) {
        (void)star_listen(net, pick(net->count));
        (void)net_carry(net);
    }
}

/* --- what must hold --------------------------------------------------------------------------- */

/* Has the OMM of place `i` to have a record of a phone (0: of a user without one)? */
static bool belongs(struct net *net, unsigned i, uint64_t phone)
{
    return !phone || !is_pari(net, 0, phone) || star_claim(net, 0, phone) == i + 1;
}

static void check_phone(struct net *net, unsigned p, bool wrong_clocks)
{
    uint64_t id = node_device(net, 0, p);

    for (unsigned i = 0; i < star_places(net); i++) {
        assert_true(node_device(net, i, p) == id);
        if ((omm_device(net, i, p) != NULL) != (id != 0 && belongs(net, i, id)))
            fail_msg("site %u has %s record of %s", i + 1, omm_device(net, i, p) ? "a" : "no",
                     ipeis[p]);
        if (id)
            assert_string_equal(mom_engine_handoff(net->nodes[star_node(net, i)].engine, id).state,
                                "home");
        if (id && star_claim(net, i, id) != star_claim(net, 0, id))
            fail_msg("nodes say differently where %s is", ipeis[p]);
    }
    if (id && made[p] == 1 && !wrong_clocks &&
        star_claim(net, 0, id) != (heard[p] ? last[p] + 1 : 0))
        fail_msg("%s is said to be at site %u, and was last heard at %u", ipeis[p],
                 star_claim(net, 0, id), heard[p] ? last[p] + 1 : 0);
}

static void check_user(struct net *net, unsigned u)
{
    uint64_t id = node_user(net, 0, u), phone = id ? net_partner(net, 0, id) : 0;
    mom_site at = phone ? star_claim(net, 0, phone) : 0;

    for (unsigned i = 0; i < star_places(net); i++) {
        const struct fake *f = omm_user(net, i, u),
                          *device = f && f->partner
                                        ? fake_find(star_site(net, i), MOM_DEVICE, f->partner)
                                        : NULL;

        assert_true(node_user(net, i, u) == id);
        if (id)
            assert_true(net_partner(net, star_node(net, i), id) == phone);
        /* Whoever was entered at an OMM stays there until his phone is somewhere. */
        if ((f != NULL) != (id != 0 && belongs(net, i, phone)) && (!id || !phone || at))
            fail_msg("site %u has %s record of %s", i + 1, f ? "a" : "no", numbers[u]);
        if ((device != NULL) != (phone != 0 && belongs(net, i, phone)) ||
            (device && star_find(net, 0, MOM_DEVICE_ipei, fake_get(device, "ipei")) != phone))
            fail_msg("site %u has bound %s otherwise than the nodes", i + 1, numbers[u]);
        if ((f && f->registered) != (at == i + 1))
            fail_msg("site %u is %sregistered for %s, whose phone is at %u", i + 1,
                     f->registered ? "" : "not ", numbers[u], at);
        /* What an OMM ends of itself is told to nobody when the phone works at another one only. */
        if (star_offs[u][i + 1] == star_selfs[u][i + 1] && phone && is_pari(net, 0, phone))
            continue;
        if (at && at != i + 1 && star_offs[u][i + 1] > star_ons[u][at])
            fail_msg("site %u ended a registration of %s after site %u made its last one", i + 1,
                     numbers[u], at);
    }
}

static void churn(uint64_t number, bool wrong_clocks)
{
    struct net *net;

    seed = number;
    edit = churn_edit;
    memset(made, 0, sizeof made);
    memset(heard, 0, sizeof heard);
    net = star_nodes(2 + pick(3));
    while (net->vendors < vendors)
        (void)star_add_vendor(net);
    star_connect(net);
    for (unsigned i = 0; i < 6; i++)
        churn_edit(net);
    for (unsigned i = 0; wrong_clocks && i < net->count; i++)
        net->nodes[i].clock_ms = (int64_t)pick(120000) - 60000;
    for (unsigned i = 0; i < 120; i++)
        churn_step(net);
    mend_all(net);
    star_wait(net, 120000);
    net_check_equal(net);
    for (unsigned p = 0; p < PHONES; p++)
        check_phone(net, p, wrong_clocks);
    for (unsigned u = 0; u < STAR_USERS; u++)
        check_user(net, u);
    star_free(net);
}

#endif
