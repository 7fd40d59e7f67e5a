/*
 * A star: a node in the middle and up to ten around it, each with an OMM beside it, every record at
 * every site. Here is how it is drawn and made, what its administrators know and when, and what must
 * hold of it at rest. What happens to its nodes and sites is what happens to those of a hub.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_NODE = 0x01000001, PEOPLE = 20 };

static const struct mom_park sari = {31, 0x10280000};

/* Few nodes, so that phones often come and go between the sites of the centre. */
static void add_vendors(struct sim *s)
{
    struct sim_plan *p = &s->plan;

    p->vendors = 1 + sim_pick(s, 2);
    p->bare = sim_pick(s, 4) == 0;
    if (sim_pick(s, 3))
        p->sites = 2 + sim_pick(s, 2);
    else if (p->sites + p->bare > SIM_NODES)
        p->sites = SIM_NODES - p->bare;
}

/* Everything goes to all sites: there are fewer people and edits, so that a day costs what one of a hub does. */
void sim_star_plan(struct sim *s)
{
    struct sim_plan *p = &s->plan;

    p->bare = sim_pick(s, 6) == 0;
    if (p->sites + p->bare > SIM_NODES)
        p->sites = SIM_NODES - p->bare;
    p->people = 3 + sim_pick(s, 2 * p->sites);
    if (p->people > PEOPLE)
        p->people = PEOPLE;
    p->edit *= 1 + p->sites / 3;
    p->roam *= 1 + p->sites / 6;
    if (s->shape == SIM_VENDORS)
        add_vendors(s);
}

static void make_node(struct sim *s, unsigned i)
{
    struct sim_node *n = &s->nodes[i];

    n->number = i;
    n->step_due = MOM_NEVER;
    n->config.shape = MOM_SHAPE_STAR;
    n->config.node = FIRST_NODE + i;
    n->config.own_site = i + 1 - s->plan.bare;
    n->config.sari = sari;
    n->config.limits.outstanding = sim_pick(s, 3) ? 0 : 1 + sim_pick(s, 4);
    if (s->plan.clocks)
        n->offset = sim_pick(s, 3) ? sim_span(s, -5 * SIM_SECOND, 5 * SIM_SECOND)
                                   : sim_span(s, -SIM_HOUR, SIM_HOUR);
}

static void add_site(struct sim *s, struct sim_node *n, mom_site number)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = number};

    in.name = sim_str("site");
    sim_node_add(s, n, &in);
}

static void know(struct sim *s, struct sim_node *n, const struct sim_node *other)
{
    struct mom_input in = {.kind = MOM_IN_NODE_ADD, .node = other->config.node};

    in.name = sim_str("node");
    sim_node_add(s, n, &in);
}

void sim_star_make(struct sim *s)
{
    s->counts.stars++;
    s->link_count = s->node_count - 1;
    s->links = sim_alloc(s->link_count * sizeof *s->links);
    for (unsigned i = 0; i < s->node_count && !s->failed; i++) {
        struct sim_node *n = &s->nodes[i];

        make_node(s, i);
        if (mom_store_memory_new(NULL, &n->disk.memory) != MOM_OK)
            sim_fail(s, "no memory for a disk");
        sim_node_start(s, n);
        if (n->config.own_site)
            add_site(s, n, n->config.own_site);
    }
    for (unsigned i = s->plan.sites; i < s->site_count && !s->failed; i++)
        add_site(s, &s->nodes[0], i + 1);
    for (unsigned i = 1; i < s->node_count && !s->failed; i++) {
        know(s, &s->nodes[0], &s->nodes[i]);
        know(s, &s->nodes[i], &s->nodes[0]);
        sim_link_init(s, &s->links[i - 1], &s->nodes[i], &s->nodes[0]);
    }
}

/* --- OMMs that hear of each other ------------------------------------------------------------- */

struct hint {
    struct sim_site *site;
    struct sim_phone *phone;
    int at;
    bool wrong;
};

static bool is_believed(const struct sim *s, const struct hint *hint, uint64_t generation)
{
    const struct sim_phone *phone = hint->phone;

    if (!s->chaos || hint->site->restarting > s->now || phone->generation != generation)
        return false;
    return hint->wrong || (phone->at == hint->at && phone->served);
}

static void on_hint(struct sim *s, void *ctx, uint64_t arg)
{
    struct hint *hint = ctx;
    struct sim_site *site = hint->site;
    struct sim_rec *device = sim_site_by(site, F_IPEI, hint->phone->ipei);
    const char *there = s->sites[hint->at].omm_id;

    if (!device || !is_believed(s, hint, arg) || strcmp(device->v[F_OMMID], there) == 0)
        return;
    s->counts.hints++;
    sim_note(s, "site %u thinks that phone %s is at site %d%s", site->number, hint->phone->ipei,
             hint->at + 1, hint->wrong ? ", and it is not" : "");
    snprintf(device->v[F_OMMID], SIM_VALUE, "%s", there);
    device->has[F_OMMID] = true;
    sim_site_stamp(s, site, device, MOM_ROAMING);
    sim_site_event(s, site, device);
}

static void give_hint(struct sim *s, const struct hint *hint, int64_t most)
{
    struct hint *copy = sim_alloc(sizeof *copy);

    *copy = *hint;
    sim_at_owned(s, s->now + sim_span(s, 0, most), on_hint, copy, hint->phone->generation);
}

static void on_trouble(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    if (!s->chaos)
        return;
    if (arg == 0 && s->plan.breaks)
        sim_pipe_break(s, &site->pipe);
    else if (arg == 1 && s->plan.crashes)
        sim_node_crash(s, site->node, false);
}

/* What the OMM was wrong about comes true. */
static void on_move(struct sim *s, void *ctx, uint64_t to)
{
    struct sim_phone *phone = ctx;

    if (!s->chaos || phone->at < 0)
        return;
    phone->at = (int)to;
    phone->served = false;
    s->counts.roams++;
    sim_note(s, "phone %s hops to site %d", phone->ipei, phone->at + 1);
    sim_phone_located(s, phone, false);
}

/* The OMM that has the phone thinks that others have it, one after the other, and something else goes wrong
 * meanwhile. */
static void mislead(struct sim *s, struct sim_phone *phone, struct sim_site *site)
{
    struct hint hint = {site, phone, 0, true};

    for (unsigned n = 1 + sim_pick(s, 3); n > 0; n--) {
        hint.at = (int)sim_pick(s, s->site_count);
        if (hint.at != (int)site->number - 1)
            give_hint(s, &hint, 20 * SIM_SECOND);
    }
    if (sim_pick(s, 3) == 0 && s->plan.refuses)
        site->deaf = s->now + 30 * SIM_SECOND;
    if (sim_pick(s, 6) == 0)
        sim_admin_soon(s, phone->object, sim_pick(s, 2) ? SIM_UNBIND : SIM_DELETE);
    if (sim_pick(s, 3) == 0) {
        unsigned to = sim_pick(s, s->site_count);

        sim_at(s, s->now + sim_span(s, 6 * SIM_SECOND, 50 * SIM_SECOND), on_move, phone, to);
    }
    if (sim_pick(s, 3) == 0) {
        unsigned trouble = sim_pick(s, 2);

        sim_at(s, s->now + sim_span(s, 0, 20 * SIM_SECOND), on_trouble, site, trouble);
    }
}

/* OMMs of a star have ways of their own: now and then one says by itself that another one has the phone. */
void sim_star_served(struct sim *s, struct sim_phone *phone, struct sim_site *site)
{
    struct hint hint = {NULL, phone, (int)site->number - 1, false};

    if (!s->plan.star || !s->chaos || sim_pick(s, 6) != 0)
        return;
    if (sim_pick(s, 2)) {
        mislead(s, phone, site);
        return;
    }
    for (unsigned i = 0; i < s->site_count; i++) {
        hint.site = &s->sites[i];
        if (hint.site != site)
            give_hint(s, &hint, sim_pick(s, 2) ? SIM_SECOND : SIM_MINUTE);
    }
}

/* --- what is lost between nodes --------------------------------------------------------------- */

static void on_lost(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_link *link = ctx;

    (void)arg;
    if (s->chaos)
        sim_pipe_break(s, &link->pipe);
}

static void on_edit(struct sim *s, void *ctx, uint64_t object)
{
    struct sim_node *n = ctx;

    if (s->chaos)
        sim_admin_at_node(s, n, (int)object, SIM_EDIT);
}

void sim_star_confirm_lost(struct sim *s)
{
    struct sim_link *link = &s->links[sim_pick(s, s->link_count)];
    const struct sim_phone *phone =
        s->phone_count ? &s->phones[sim_pick(s, (unsigned)s->phone_count)] : NULL;
    unsigned first = sim_pick(s, 2);
    int64_t way = link->pipe.delay + link->pipe.jitter;

    if (!phone || phone->owner < 0 || !s->plan.breaks)
        return;
    sim_admin_at_node(s, link->ends[first], phone->owner, SIM_EDIT);
    sim_at(s, s->now + sim_span(s, link->pipe.delay, 2 * way + 30), on_lost, link, 0);
    sim_at(s, s->now + sim_span(s, way + 20, way + 20 * SIM_SECOND), on_edit, link->ends[1 - first],
           (uint64_t)phone->owner);
}

/* --- who knows what --------------------------------------------------------------------------- */

static void learn(struct sim *s, const struct sim_node *n, unsigned edit)
{
    if (edit && !s->oracle.edits[edit].known_at[n->number])
        s->oracle.edits[edit].known_at[n->number] = s->now + 1;
}

void sim_star_learn(struct sim *s, const struct sim_node *n, const struct mom_record *r)
{
    enum mom_type type = mom_record_type(r);
    char value[F_COUNT][SIM_VALUE];
    int object;

    if (!s->plan.star)
        return;
    for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
        struct mom_str text = {"", 0};

        if (!mom_record_get(r, sim_fields[f].field, &text))
            text.len = 0;
        snprintf(value[f], SIM_VALUE, "%.*s",
                 (int)(text.len < SIM_VALUE ? text.len : SIM_VALUE - 1), text.len ? text.ptr : "");
    }
    object = sim_oracle_object_of(s, type, value[type == MOM_USER ? F_NAME : F_IPEI]);
    for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
        struct mom_stamp stamp = mom_record_stamp(r, sim_fields[f].field);

        learn(s, n, value[f][0] ? sim_oracle_edit_of(s, object, f, value[f]) : 0);
        learn(s, n, sim_oracle_put_back(s, object, f, stamp));
    }
}

void sim_star_learn_all(struct sim *s, struct sim_node *n)
{
    struct mom_view *view = s->plan.star ? sim_node_view(s, n) : NULL;

    if (!view)
        return;
    for (int t = MOM_USER; t <= MOM_DEVICE; t++) {
        const struct mom_record *r;
        uint64_t after = 0;

        while ((r = mom_view_next(view, (enum mom_type)t, after)) != NULL) {
            after = mom_record_id(r);
            sim_star_learn(s, n, r);
        }
    }
    sim_node_view_end(n, view);
}

bool sim_star_knew(const struct sim *s, const struct sim_edit *e, mom_site place, int64_t when)
{
    int64_t known = e->heard ? e->heard_at + 1 : 0;

    if (s->plan.star && sim_place_is_node(place))
        known = e->known_at[place / PLACE_NODE];
    else if (s->plan.star)
        known = e->known_at[s->sites[place - 1].node->number];
    return known && known <= when + 1;
}

/* --- at rest ---------------------------------------------------------------------------------- */

static bool has_told(const struct sim_link *link, int end)
{
    struct mom_neighbour_info info;

    return link->up[end] &&
           mom_engine_neighbour(link->ends[end]->engine, link->ends[1 - end]->config.node, &info) &&
           strcmp(info.state, "steady") == 0 && info.pending == 0;
}

bool sim_star_is_quiet(struct sim *s)
{
    if (s->plan.star && s->in_flight > 0)
        return false;
    for (unsigned i = 0; s->plan.star && i < s->node_count; i++) {
        if (!s->nodes[i].engine || mom_batch_count(s->nodes[i].batch) > 0)
            return false;
    }
    for (unsigned i = 0; i < s->link_count; i++) {
        if (!s->links[i].pipe.up || !has_told(&s->links[i], 0) || !has_told(&s->links[i], 1))
            return false;
    }
    return true;
}

void sim_star_check(struct sim *s)
{
    for (unsigned i = 1; s->plan.star && i < s->node_count && !s->failed; i++) {
        if (mom_engine_fingerprint(s->nodes[i].engine) !=
            mom_engine_fingerprint(s->nodes[0].engine))
            sim_fail(s, "node %u has other records than the centre", i);
    }
}

int64_t sim_star_latest(const struct sim *s, const struct sim_node *n)
{
    int64_t latest = n->latest;

    for (unsigned i = 0; s->plan.star && i < s->node_count; i++) {
        if (s->nodes[i].latest > latest)
            latest = s->nodes[i].latest;
    }
    return latest;
}
