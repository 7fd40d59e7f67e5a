/*
 * Pipes: what lies between two places. Bytes arrive in order while a connection lasts; when it
 * breaks what was under way
 * is lost in both directions, and the two ends find out at different times. One direction alone
 * may stand still.
 */
#include "sim.h"

#include <string.h>

enum { RETRY_LEAST = 5 * SIM_SECOND, RETRY_MOST = 70 * SIM_SECOND, NOTICED = 20 * SIM_SECOND };

static void on_arrival(struct sim *s, void *ctx, uint64_t arg);

struct carried {
    struct sim_pipe *pipe;
    int to;
    struct sim_msg msg;
};

void sim_pipe_send(struct sim *s, struct sim_pipe *p, int to, const struct sim_msg *msg)
{
    int64_t when = s->now + p->delay + sim_span(s, 0, p->jitter);
    struct carried *c;

    if (!p->up)
        return;
    if (when < p->arrive[to])
        when = p->arrive[to];
    if (when < p->stuck[to])
        when = p->stuck[to];
    p->arrive[to] = when;
    c = sim_alloc(sizeof *c + msg->size);
    c->pipe = p;
    c->to = to;
    c->msg = *msg;
    if (msg->size > 0) {
        memcpy(c + 1, msg->bytes, msg->size);
        c->msg.bytes = (const char *)(c + 1);
    }
    c->msg.generation = p->generation;
    s->in_flight++;
    sim_at_owned(s, when, on_arrival, c, 0);
}

static void on_arrival(struct sim *s, void *ctx, uint64_t arg)
{
    struct carried *c = ctx;

    (void)arg;
    s->in_flight--;
    if (c->pipe->up && c->msg.generation == c->pipe->generation)
        c->pipe->deliver(s, c->pipe->owner, c->to, &c->msg);
}

static void on_noticed(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_pipe *p = ctx;

    if ((arg >> 1) == p->generation && !p->up)
        p->broken(s, p->owner, (int)(arg & 1));
}

void sim_pipe_break(struct sim *s, struct sim_pipe *p)
{
    if (!p->up)
        return;
    p->up = false;
    p->generation++;
    s->counts.breaks++;
    sim_note(s, "link %u breaks", p->id);
    for (unsigned end = 0; end < 2; end++)
        sim_at(s, s->now + (sim_pick(s, 3) ? 0 : sim_span(s, 0, NOTICED)), on_noticed, p,
               (uint64_t)p->generation << 1 | end);
}

static void on_dial(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_pipe *p = ctx;

    if (p->up || arg != p->generation)
        return;
    if (s->now < p->cut) {
        sim_pipe_dial(s, p, sim_span(s, RETRY_LEAST, RETRY_MOST));
        return;
    }
    p->up = true;
    p->generation++;
    p->arrive[0] = p->arrive[1] = 0;
    p->stuck[0] = p->stuck[1] = 0;
    p->opened(s, p->owner);
}

/* Both ends know that it broke, and dial at once. */
void sim_pipe_redial(struct sim *s, struct sim_pipe *p)
{
    if (p->up)
        return;
    p->broken(s, p->owner, 1);
    p->broken(s, p->owner, 0);
    sim_pipe_dial(s, p, 0);
}

void sim_pipe_dial(struct sim *s, struct sim_pipe *p, int64_t after)
{
    sim_at(s, s->now + after, on_dial, p, p->generation);
}
