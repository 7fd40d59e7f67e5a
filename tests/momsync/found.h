/*
 * What the stories of test_engine_found*.c share.
 */
#ifndef TESTS_MOMSYNC_FOUND_H
#define TESTS_MOMSYNC_FOUND_H

#include "world_check.h"

#define PHONE "03074 0220259 3"

/* Two sites that are up, and a user with a phone at site 1; at site 2 too when it is permanent. */
static inline struct world *two_sites(bool permanent)
{
    struct world *w = world_new();
    struct fake *user;

    for (unsigned n = 1; n <= 2; n++) {
        world_add_site(w);
        world_connect(w, n);
    }
    user = site_person(w, 1, "4711", "Anna", PHONE);
    if (permanent)
        site_edit(w, 1, MOM_USER, user, "permanent", "1");
    world_run(w);
    return w;
}

static inline uint64_t anna(struct world *w)
{
    return hub_find(w, MOM_USER_num, "4711");
}

static inline struct fake *anna_at(struct world *w, unsigned n)
{
    return fake_by(&w->sites[n], MOM_USER, "num", "4711");
}

static inline struct fake *phone_at(struct world *w, unsigned n)
{
    return fake_by(&w->sites[n], MOM_DEVICE, "ipei", PHONE);
}

/* What a muted site was asked is done now, and answered. */
static inline void answer_late(struct world *w, unsigned n, struct fake *user)
{
    struct fake_site *s = &w->sites[n];

    s->mute = false;
    if (user)
        site_event(w, s, MOM_USER, user);
    site_answer(w, s, s->muted, MOM_OK, 0, user ? user->local : 0);
    world_run(w);
}

#endif
