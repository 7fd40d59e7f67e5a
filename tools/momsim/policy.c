/*
 * Registrar policies: which order of the steps of a handoff is in force at which site, and for how long a user may be
 * registered at two sites by it (docs/handoff.md, policies).
 */
#include "sim.h"

enum { GATHERED = 15, ANSWER = 400 /* ms that a site takes to renew or end at most */ };

void sim_policy_draw(struct sim *s)
{
    s->plan.policy = sim_pick(s, 2) ? (enum mom_policy)sim_pick(s, MOM_POLICY_END) : 0;
    s->plan.policies = sim_pick(s, 4) != 0;
}

/* One that a site may have of its own, or none. */
enum mom_policy sim_policy_any(struct sim *s)
{
    return s->plan.policies ? (enum mom_policy)sim_pick(s, MOM_POLICY_END) : MOM_POLICY_UNSET;
}

enum mom_policy sim_site_policy(const struct sim *s, const struct sim_site *site)
{
    if (site->policy)
        return site->policy;
    return s->plan.policy ? s->plan.policy : MOM_POLICY_RENEW;
}

static bool is_under_way(struct sim *s, const struct sim_phone *phone)
{
    const struct sim_object *o = &s->oracle.objects[phone->object];
    const struct sim_node *n = s->nodes;

    for (unsigned i = 0; n->engine && i < o->id_count; i++) {
        if (mom_engine_handoff(n->engine, o->ids[i]).to)
            return true;
    }
    return false;
}

/* All links are up and a phone is about to arrive at a site: for how long its user may be registered twice. `way`: how
 * long news need to the hub or from it. */
int64_t sim_policy_twice(struct sim *s, const struct sim_phone *phone, struct sim_site *to,
                         int64_t way)
{
    int64_t told = 2 * way, renewed = 4 * way + ANSWER + 3 * GATHERED;
    const struct sim_rec *device = sim_site_by(to, F_IPEI, phone->ipei);

    if (is_under_way(s, phone))
        return renewed; /* the order was that of another site */
    switch (sim_site_policy(s, to)) {
    case MOM_POLICY_REGISTER_FIRST:
        return renewed;
    case MOM_POLICY_REMOVE_FIRST:
        /* A site that has the records registers by itself. */
        return device ? told : 0;
    default:
        return told;
    }
}
