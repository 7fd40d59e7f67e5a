/*
 * A large system: hundreds of sites with ten people each, for some hours with walks, cuts and edits. What is judged is
 * the same as in a small one; what it costs says whether anything grows faster than the system.
 */
#include "sim.h"

enum {
    PEOPLE = 10,             /* per site */
    WALK = 4 * SIM_HOUR,     /* mean between two walks of a person */
    EDIT = 40 * SIM_MINUTE,  /* between two edits per site */
    CUT = 2 * SIM_HOUR,      /* between two cuts of a link */
    FAULT = 10 * SIM_MINUTE, /* between two other faults, of the whole system */
    ROOM = 200
};

static int64_t shared(int64_t mean, unsigned many)
{
    return mean / many + 1;
}

void sim_scale_draw(struct sim *s)
{
    struct sim_plan *p = &s->plan;

    p->sites = s->scale;
    p->people = PEOPLE * s->scale;
    p->records = ROOM;
    p->phones = 2 * p->people;
    p->edit = shared(EDIT, p->sites);
    p->roam = shared(WALK, p->people);
    p->fault = FAULT;
    p->clocks = 1;
    p->pari_percent = 5;
    p->full = p->refuses = p->breaks = p->doubles = true; /* the node dies when we say so */
    p->policies = p->logins = p->subscriptions = p->watch = true;
}

static void on_cut(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = &s->sites[sim_pick(s, s->site_count)];

    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    site->pipe.cut = s->now + sim_span(s, 0, sim_pick(s, 4) ? 5 * SIM_MINUTE : SIM_HOUR);
    sim_pipe_break(s, &site->pipe);
    sim_at(s, s->now + sim_gap(s, shared(CUT, s->site_count)), on_cut, NULL, 0);
}

static void on_death(struct sim *s, void *ctx, uint64_t arg)
{
    (void)ctx;
    (void)arg;
    sim_node_crash(s, &s->nodes[0], true);
}

void sim_scale_start(struct sim *s)
{
    if (!s->scale)
        return;
    sim_at(s, s->now + sim_span(s, SIM_HOUR, 2 * SIM_HOUR), on_death, NULL, 0);
    sim_at(s, s->now + sim_gap(s, shared(CUT, s->site_count)), on_cut, NULL, 0);
}
