/*
 * Administrators who restore a record as of a time, deleted or not: an edit of all its groups at once. The history says
 * before what they have to get.
 */
#include "sim.h"

#include <string.h>

/* A record of which the oracle knows, by its last id; of one in four the first. */
static uint64_t pick(struct sim *s)
{
    size_t count = s->oracle.object_count;

    for (int tries = 0; count && tries < 10; tries++) {
        const struct sim_object *o = &s->oracle.objects[sim_pick(s, (unsigned)count)];

        if (o->id_count)
            return o->ids[sim_pick(s, 4) ? o->id_count - 1 : 0];
    }
    return 0;
}

static void check(struct sim *s, const struct sim_state *then, const struct sim_state *is)
{
    if (!is->live)
        sim_fail(s, "record %llu was restored, and does not live", (unsigned long long)s->asked.id);
    for (enum sim_field f = sim_first(then->type); f < sim_end(then->type) && !s->failed; f++) {
        if (!sim_fields[f].reported && strcmp(then->v[f], is->v[f]) != 0)
            sim_fail(s, "record %llu was restored, and has %s=%s instead of '%s'",
                     (unsigned long long)s->asked.id, sim_fields[f].name, is->v[f], then->v[f]);
    }
}

/* Was it there then, and the same person? */
static bool look_back(struct sim *s, struct mom_view *view, const struct mom_input *in,
                      const struct sim_state *was, struct sim_state *ret_then)
{
    const struct mom_record *r = NULL;

    memset(ret_then, 0, sizeof *ret_then);
    if (mom_view_record_at(view, in->id, in->at_ms, &r) != MOM_OK || !r)
        return was->object >= 0; /* it will be refused */
    sim_state_of(s, r, ret_then);
    return ret_then->object >= 0 && (!was->live || ret_then->object == was->object);
}

void sim_restore(struct sim *s, struct sim_node *n)
{
    struct mom_input in = {.kind = MOM_IN_RESTORE_AT, .id = pick(s)};
    struct sim_state was, then, is;
    struct mom_view *view;
    bool planned;

    in.at_ms = sim_node_now(s, n).wall_ms -
               sim_span(s, 1, sim_pick(s, 2) ? 5 * SIM_MINUTE : 10 * SIM_HOUR);
    sim_node_flush(s, n);
    view = in.id && n->engine && !s->failed ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    sim_state_read(s, view, in.id, &was);
    planned = look_back(s, view, &in, &was, &then);
    sim_node_view_end(n, view);
    if (!planned)
        return;
    s->asked.id = in.id;
    sim_note(s, "record %llu is restored as of %lld s ago", (unsigned long long)in.id,
             (long long)(sim_node_now(s, n).wall_ms - in.at_ms) / 1000);
    if (!sim_put_back(s, n, &in, &was, false, &is))
        return;
    s->counts.restored++;
    if (then.live)
        check(s, &then, &is);
    else
        sim_fail(s, "record %llu was restored as of a time when it was not there",
                 (unsigned long long)in.id);
}
