/*
 * What goes wrong: links that break or stand still one way, partitions, nodes that die, disks
 * that fail or are full,
 * OMMs that restart, refuse or keep silent, and clocks that are set.
 */
#include "sim.h"

static struct sim_site *any_site(struct sim *s)
{
    return &s->sites[sim_pick(s, s->site_count)];
}

/* Of a site, or between two nodes. */
static struct sim_pipe *any_pipe(struct sim *s)
{
    unsigned at = sim_pick(s, s->site_count + 2 * s->link_count);

    return at < s->site_count ? &s->sites[at].pipe : &s->links[(at - s->site_count) / 2].pipe;
}

static void break_link(struct sim *s)
{
    struct sim_pipe *pipe = any_pipe(s);

    if (!s->plan.breaks)
        return;
    /* For a moment, or for hours. */
    pipe->cut = s->now + (sim_pick(s, 3) ? sim_span(s, 0, 5 * SIM_MINUTE)
                                         : sim_span(s, 0, 5 * (int64_t)SIM_HOUR));
    sim_pipe_break(s, pipe);
}

static void on_give_up(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_pipe *pipe = ctx;

    if (arg == pipe->generation)
        sim_pipe_break(s, pipe);
}

/* One direction stands still; after some time either it goes on, or a time-out ends the
 * connection. */
static void stall(struct sim *s)
{
    struct sim_pipe *pipe = any_pipe(s);
    int64_t until = s->now + sim_span(s, SIM_SECOND, SIM_MINUTE);

    if (!s->plan.breaks || !pipe->up)
        return;
    s->counts.stalls++;
    pipe->stuck[sim_pick(s, 2)] = until;
    if (sim_pick(s, 2))
        sim_at(s, s->now + sim_span(s, 10 * SIM_SECOND, 40 * SIM_SECOND), on_give_up, pipe,
               pipe->generation);
}

static void crash(struct sim *s)
{
    struct sim_node *n = &s->nodes[sim_pick(s, s->node_count)];

    if (!s->plan.crashes || !n->engine)
        return;
    switch (sim_pick(s, 4)) {
    case 0:
        sim_node_crash(s, n, true);
        break;
    case 1: /* between two actions of a coming step */
        n->crash_after = 1 + sim_pick(s, 4);
        break;
    case 2: /* in the middle of a transaction */
        n->disk.fail_at = n->disk.operations + 1 + sim_pick(s, 60);
        n->disk.fail_code = MOM_ESTORE;
        s->counts.cut_commits++;
        break;
    default:
        n->disk.lose_commit = true;
        s->counts.cut_commits++;
        break;
    }
}

static void on_room(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_node *n = ctx;

    (void)s;
    (void)arg;
    n->disk.full = false;
}

static void fill_disk(struct sim *s)
{
    struct sim_node *n = &s->nodes[sim_pick(s, s->node_count)];

    if (!s->plan.full || n->disk.full)
        return;
    s->counts.full_disks++;
    sim_note(s, "the disk of node %u is full", n->number);
    n->disk.full = true;
    sim_at(s, s->now + sim_span(s, SIM_SECOND, 3 * SIM_MINUTE), on_room, n, 0);
}

static void restart(struct sim *s)
{
    struct sim_site *site = any_site(s);

    s->counts.restarts++;
    sim_note(s, "site %u restarts", site->number);
    site->restarting = s->now + sim_span(s, 30 * SIM_SECOND, 4 * SIM_MINUTE);
    site->controlled = false;
    sim_pipe_break(s, &site->pipe);
}

static void refuse(struct sim *s)
{
    static const int codes[] = {MOM_ELIMIT, MOM_EVALUE, MOM_EFIELD};
    struct sim_site *site = any_site(s);

    if (!s->plan.refuses)
        return;
    site->refusing = s->now + sim_span(s, SIM_SECOND, 10 * SIM_MINUTE);
    site->refuse_code = codes[sim_pick(s, 3)];
    site->refuse_per_mille = 100 + sim_pick(s, 901);
}

static void keep_silent(struct sim *s)
{
    struct sim_site *site = any_site(s);

    if (s->plan.refuses)
        site->deaf = s->now + sim_span(s, SIM_SECOND, 10 * SIM_MINUTE);
}

static void on_set_right(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    if (!s->chaos)
        return;
    site->offset -= (int64_t)arg;
    site->measure_at = s->now + sim_span(s, 0, 30 * SIM_SECOND);
}

static void on_edit(struct sim *s, void *ctx, uint64_t arg)
{
    (void)arg;
    if (s->chaos)
        sim_admin_edit(s, ctx);
}

/* A clock is ahead for some minutes, and what is edited meanwhile is of the future. */
static void misset(struct sim *s, struct sim_site *site)
{
    int64_t by = sim_span(s, SIM_MINUTE, 2 * SIM_HOUR),
            most = sim_span(s, SIM_SECOND, 20 * SIM_MINUTE);

    site->offset += by;
    sim_note(s, "the clock of site %u is ahead by %lld ms for a while", site->number,
             (long long)by);
    sim_at(s, s->now + sim_span(s, 0, most), on_edit, site, 0);
    sim_at(s, s->now + most, on_set_right, site, (uint64_t)by);
}

static void set_clock(struct sim *s)
{
    struct sim_site *site = any_site(s);
    int64_t by = sim_pick(s, 2) ? sim_span(s, -30 * SIM_SECOND, 30 * SIM_SECOND)
                                : sim_span(s, -SIM_HOUR, SIM_HOUR);

    if (s->plan.clocks < 2)
        return;
    s->counts.jumps++;
    if (sim_pick(s, 3) == 0) {
        misset(s, site);
        return;
    }
    if (sim_pick(s, 3) == 0) {
        s->nodes[sim_pick(s, s->node_count)].offset += by;
        sim_note(s, "the clock of the node is set by %lld ms", (long long)by);
        return;
    }
    site->offset += by;
    sim_note(s, "the clock of site %u is set by %lld ms", site->number, (long long)by);
    if (site->measure_at > s->now + SIM_SECOND)
        site->measure_at = s->now + sim_span(s, SIM_SECOND, site->measure_at - s->now);
}

static void empty(struct sim *s)
{
    struct sim_site *site = any_site(s);

    if (sim_pick(s, 5) != 0)
        return;
    s->counts.emptied++;
    sim_note(s, "site %u is emptied", site->number);
    site->controlled = false;
    sim_pipe_break(s, &site->pipe);
    site->pipe.cut = 0; /* it comes back before much has changed */
    sim_site_empty(s, site);
}

static const struct sim_fault faults[] = {
    {break_link, 3, SIM_PART_LINK, "breaks; what is under way is lost"},
    {stall, 2, SIM_PART_LINK, "stands still in one direction"},
    {crash, 3, SIM_PART_NODE, "dies between two actions, or in a commit"},
    {fill_disk, 1, SIM_PART_NODE, "its disk is full for a while"},
    {restart, 1, SIM_PART_OMM, "starts again"},
    {refuse, 1, SIM_PART_OMM, "refuses requests for some minutes"},
    {keep_silent, 1, SIM_PART_OMM, "does not say what became of registrations"},
    {set_clock, 2, SIM_PART_OMM, "a clock is set, there or at a node"},
    {empty, 1, SIM_PART_OMM, "is emptied, now and then"},
};

const struct sim_fault *sim_fault(size_t i)
{
    return i < sizeof faults / sizeof faults[0] ? &faults[i] : NULL;
}

static const struct sim_fault *any_fault(struct sim *s)
{
    const struct sim_fault *f = faults;
    unsigned all = 0, at;

    for (size_t i = 0; sim_fault(i); i++)
        all += faults[i].weight;
    for (at = sim_pick(s, all); at >= f->weight; f++)
        at -= f->weight;
    return f;
}

static void on_fault(struct sim *s, void *ctx, uint64_t arg)
{
    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    any_fault(s)->happen(s);
    sim_at(s, s->now + sim_gap(s, s->plan.fault), on_fault, NULL, 0);
}

void sim_faults_start(struct sim *s)
{
    sim_at(s, s->now + sim_gap(s, s->plan.fault), on_fault, NULL, 0);
}

/* Everything works from now on, and all clocks are right. */
void sim_faults_end(struct sim *s)
{
    for (unsigned i = 0; i < s->site_count; i++) {
        struct sim_site *site = &s->sites[i];

        site->refusing = site->deaf = 0;
        site->offset = 0;
        site->drift_ppm = 0;
        site->measure_at = 0;
        site->pipe.cut = 0;
        site->pipe.stuck[0] = site->pipe.stuck[1] = 0;
    }
    for (unsigned i = 0; i < s->link_count; i++) {
        struct sim_pipe *pipe = &s->links[i].pipe;

        pipe->cut = pipe->stuck[0] = pipe->stuck[1] = 0;
    }
    for (unsigned i = 0; i < s->node_count; i++) {
        struct sim_node *n = &s->nodes[i];

        n->offset = 0;
        n->crash_after = 0;
        n->disk.full = n->disk.lose_commit = false;
        n->disk.fail_at = 0;
    }
}
