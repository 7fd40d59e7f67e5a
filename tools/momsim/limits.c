/*
 * Limits that are reached. Permanent users: the hub refuses one more, and what a site tells is not taken, and put back
 * there. Devices of a site, which the OMM knows too: a phone that turns up where there is no room stays where it was,
 * and is not served. Users and devices of the system: what there is no room for stays at its site.
 */
#include "sim.h"

void sim_limits_set(struct sim *s, struct sim_node *n)
{
    n->config.limits.permanent = s->plan.most_permanent;
    n->config.limits.users = n->config.limits.devices = s->plan.most_records;
    n->config.limits.site_devices = s->plan.most_devices;
}

void sim_limits_check(struct sim *s, struct sim_node *n)
{
    struct mom_capacity c;
    uint64_t more = 0;

    if (!s->plan.most_permanent || !n->engine ||
        !mom_engine_capacity(n->engine, MOM_CAPACITY_PERMANENT, 0, &c) || c.used <= c.limit)
        return;
    /* A parked one whose number becomes free is not asked. */
    for (size_t i = 0; i < s->oracle.object_count; i++)
        more += s->oracle.objects[i].parked;
    if (c.used > c.limit + more)
        sim_fail(s, "there are %llu permanent users, and may be %llu", (unsigned long long)c.used,
                 (unsigned long long)c.limit);
}

bool sim_site_is_full(const struct sim *s, const struct sim_site *site)
{
    unsigned count = 0;

    for (unsigned i = 0; i < site->tops[1]; i++)
        count += site->recs[1][i].used;
    return s->plan.most_devices && count >= s->plan.most_devices;
}

/* --- what the hub has no room for --------------------------------------------------------------- */

bool sim_is_not_taken(const struct sim *s, struct mom_view *view, const struct sim_site *site,
                      const struct sim_rec *rec)
{
    const struct mom_record *r;
    uint64_t after = 0;

    if (!s->plan.most_records || !rec || !rec->used)
        return false;
    while ((r = mom_view_next(view, rec->type, after)) != NULL) {
        after = mom_record_id(r);
        if (mom_view_local(view, site->number, after) == rec->local)
            return false;
    }
    return true;
}

bool sim_is_in_the_way(struct sim *s, struct mom_view *view, struct sim_site *site,
                       const struct mom_record *r)
{
    struct sim_state state;

    if (!s->plan.most_records || mom_record_type(r) != MOM_USER)
        return false;
    sim_state_of(s, r, &state);
    return (state.v[F_NUM][0] &&
            sim_is_not_taken(s, view, site, sim_site_by(site, F_NUM, state.v[F_NUM]))) ||
           (state.v[F_ADDID][0] &&
            sim_is_not_taken(s, view, site, sim_site_by(site, F_ADDID, state.v[F_ADDID])));
}

static void judge_rec(struct sim *s, const struct sim_rec *rec, unsigned *alive)
{
    int object = sim_oracle_rec(s, rec);

    for (enum sim_field f = sim_first(rec->type); f < sim_end(rec->type); f++) {
        unsigned edit = rec->v[f][0] ? sim_oracle_edit_of(s, object, f, rec->v[f]) : 0;

        if (edit)
            s->oracle.edits[edit].covered = true;
    }
    if (object >= 0 && !alive[object] && !s->oracle.objects[object].deletes)
        alive[object] = 1;
}

void sim_limits_judge(struct sim *s, struct mom_view *view, unsigned *alive)
{
    for (unsigned i = 0; s->plan.most_records && i < s->site_count; i++) {
        for (unsigned k = 0; k < 2 * s->plan.records; k++) {
            const struct sim_rec *rec = &s->sites[i].recs[k % 2][k / 2];

            if (rec->used && sim_is_not_taken(s, view, &s->sites[i], rec))
                judge_rec(s, rec, alive);
        }
    }
}
