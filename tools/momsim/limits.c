/*
 * A limit that is reached: of permanent users. The hub refuses one more, and what a site tells is not taken, and put
 * back there.
 */
#include "sim.h"

void sim_limits_set(struct sim *s, struct sim_node *n)
{
    n->config.limits.permanent = s->plan.most_permanent;
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
