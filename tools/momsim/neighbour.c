/*
 * Two nodes that are neighbours: what they say to each other, over a pipe that breaks and stands still
 * as those to sites do. Here is what the conversation of docs/reconciliation.md asks of a transport:
 * messages in order or not at all, and each end told when it begins and when it ends.
 */
#include "sim.h"

static struct mom_input input(const struct sim_link *link, int end, enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .node = link->ends[1 - end]->config.node};

    in.yes = end == 0;
    return in;
}

static void tell(struct sim *s, struct sim_link *link, int end, bool up)
{
    struct mom_input in = input(link, end, up ? MOM_IN_NODE_UP : MOM_IN_NODE_DOWN);

    if (link->up[end] == up)
        return;
    link->up[end] = up;
    sim_node_add(s, link->ends[end], &in);
}

static void dial(struct sim *s, struct sim_link *link)
{
    sim_pipe_dial(s, &link->pipe, sim_span(s, SIM_SECOND, SIM_MINUTE));
}

/* --- the pipe --------------------------------------------------------------------------------- */

/* Keys are exchanged: the end that was called knows of it first. */
static void on_ready(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_link *link = ctx;

    if (!link->pipe.up || (unsigned)(arg >> 1) != link->pipe.generation)
        return;
    tell(s, link, (int)(arg & 1), true);
    if (arg & 1)
        sim_at(s, s->now + 2 * link->pipe.delay, on_ready, link, arg ^ 1);
}

static void on_opened(struct sim *s, void *owner)
{
    struct sim_link *link = owner;
    struct sim_pipe *p = &link->pipe;

    tell(s, link, 0, false); /* who had not noticed yet that the last one broke */
    tell(s, link, 1, false);
    if (link->ends[0]->engine && link->ends[1]->engine) {
        sim_at(s, s->now + 2 * p->delay, on_ready, link, (uint64_t)p->generation << 1 | 1);
        return;
    }
    p->up = false;
    p->generation++;
    dial(s, link);
}

static void on_broken(struct sim *s, void *owner, int end)
{
    struct sim_link *link = owner;

    tell(s, link, end, false);
    if (end == 0)
        dial(s, link);
}

static void deliver(struct sim *s, void *owner, int to, struct sim_msg *m)
{
    struct sim_link *link = owner;
    struct mom_input in = input(link, to, MOM_IN_NODE_BYTES);

    if (!link->up[to])
        return;
    in.value = (struct mom_str){m->bytes, m->size};
    sim_node_add(s, link->ends[to], &in);
    if (!s->plan.doubles || !s->chaos || sim_pick(s, 40) != 0)
        return;
    s->counts.doubled++;
    sim_node_add(s, link->ends[to], &in);
}

void sim_link_init(struct sim *s, struct sim_link *link, struct sim_node *leaf,
                   struct sim_node *centre)
{
    struct sim_pipe *p = &link->pipe;

    link->ends[0] = leaf;
    link->ends[1] = centre;
    p->id = PLACE_NODE + leaf->number;
    p->delay = sim_span(s, 2, sim_pick(s, 4) ? 60 : 600);
    p->jitter = sim_span(s, 0, p->delay);
    p->owner = link;
    p->deliver = deliver;
    p->broken = on_broken;
    p->opened = on_opened;
}

/* --- what a node wants ------------------------------------------------------------------------ */

static struct sim_link *find(struct sim *s, const struct sim_node *n, uint32_t other, int *ret_end)
{
    for (unsigned i = 0; i < s->link_count; i++) {
        struct sim_link *link = &s->links[i];

        for (int end = 0; end < 2; end++) {
            *ret_end = end;
            if (link->ends[end] == n && link->ends[1 - end]->config.node == other)
                return link;
        }
    }
    return NULL;
}

/* Nodes tell each other nothing wrong and lose nothing: only silence ends a conversation. */
static void end_link(struct sim *s, struct sim_link *link, int end, enum mom_refusal reason)
{
    sim_note(s, "node %u gives up a neighbour", link->ends[end]->number);
    if (reason != MOM_REFUSED_NODE_SILENT || s->calm)
        sim_fail(s, "node %u ends a conversation for reason %d", link->ends[end]->number,
                 (int)reason);
    tell(s, link, end, false);
    sim_pipe_break(s, &link->pipe);
}

/* What a neighbour deleted was deleted by somebody, so it is never the brake that is right here. */
static void on_decide(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_link *link = ctx;
    struct mom_input in = input(link, (int)arg, MOM_IN_DECIDE);

    in.yes = true;
    if (link->ends[arg]->engine)
        sim_node_add(s, link->ends[arg], &in);
    else
        sim_at(s, s->now + SIM_MINUTE, on_decide, link, arg);
}

void sim_links_decide(struct sim *s, const struct sim_node *n)
{
    for (unsigned i = 0; i < s->link_count; i++) {
        for (unsigned end = 0; end < 2; end++) {
            if (s->links[i].ends[end] == n)
                on_decide(s, &s->links[i], end);
        }
    }
}

void sim_link_action(struct sim *s, struct sim_node *n, const struct mom_action *a)
{
    int end;
    struct sim_link *link = find(s, n, a->node, &end);
    struct sim_msg m = {.kind = M_BYTES};

    if (!link)
        return;
    if (a->kind == MOM_DO_NODE_CLOSE) {
        end_link(s, link, end, a->reason);
    } else if (a->kind == MOM_DO_HELD) {
        s->counts.held++;
        sim_at(s, s->now + sim_span(s, SIM_SECOND, 3 * SIM_MINUTE), on_decide, link, (uint64_t)end);
    } else if (link->up[end] && link->pipe.up) {
        m.bytes = a->text.ptr;
        m.size = a->text.len;
        s->counts.messages++;
        link->messages++;
        link->bytes += m.size;
        sim_pipe_send(s, &link->pipe, 1 - end, &m);
    }
}

void sim_links_forget(struct sim *s, const struct sim_node *n)
{
    for (unsigned i = 0; i < s->link_count; i++) {
        struct sim_link *link = &s->links[i];

        for (int end = 0; end < 2; end++) {
            if (link->ends[end] == n)
                link->up[end] = false;
        }
        if (link->ends[0] == n || link->ends[1] == n)
            sim_pipe_break(s, &link->pipe);
    }
}
