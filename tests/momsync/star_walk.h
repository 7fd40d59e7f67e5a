/*
 * What random walks over a star have in common: chance, faults, and their end.
 */
#ifndef STAR_WALK_H
#define STAR_WALK_H

#include "random_runs.h"
#include "star_world.h"

enum { PHONES = 3 };

static const char *const ipeis[PHONES] = {PHONE, OTHER, "12308 0004063 5"};
static const char *const numbers[STAR_USERS] = {"4711", "4712", "4713", "4714"};
static unsigned last[PHONES];         /* place that heard the phone last */
static unsigned vendors;              /* how many vendor's remotes the stars of a run have */
static void (*edit)(struct net *net); /* what is done to records of the walk at hand */

static void pass(struct net *net, int64_t ms)
{
    net->now.mono_ms += ms;
    net->now.wall_ms += ms;
}

static void disturb(struct net *net)
{
    unsigned i = pick(star_places(net)), leaf = 1 + pick(net->count - 1);

    switch (pick(8)) {
    case 0:
    case 1:
        net_cut(net, 0, leaf);
        break;
    case 2:
        if (pick(2))
            star_crash(net, star_node(net, i));
        break;
    case 3:
        if (pick(3) == 0)
            net_lose(net);
        break;
    case 4:
        if (star_site(net, i)->up)
            star_omm_down(net, i);
        break;
    case 5:
        if (pick(2))
            star_site(net, i)->deaf = !star_site(net, i)->deaf;
        else
            star_careless[i + 1] = !star_careless[i + 1];
        break;
    default:
        if (edit)
            edit(net);
        break;
    }
}

static void mend(struct net *net)
{
    unsigned i = pick(star_places(net)), leaf = 1 + pick(net->count - 1);

    if (pick(2))
        star_link(net, leaf);
    else
        star_omm_up(net, i);
}

static void mend_all(struct net *net)
{
    star_run(net);
    for (unsigned i = 0; i < star_places(net); i++) {
        star_site(net, i)->deaf = false;
        star_careless[i + 1] = false;
        star_omm_up(net, i);
        if (i > 0 && i < net->count) {
            net_cut(net, 0, i);
            star_link(net, i);
        }
    }
    star_wait(net, 120000);
}

#endif
