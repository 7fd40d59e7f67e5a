/*
 * Stories that end in a conflict, and putting values back: for the tests of the list of conflicts, of
 * undoing and of the history.
 */
#ifndef CONFLICTS_H
#define CONFLICTS_H

#include "world_check.h"

#define PHONE1 "03074 0220259 3"
#define PHONE2 "57005 0782068 7"

static inline int hub_ask(struct world *w, const struct mom_input *in)
{
    w->done = 0;
    w->refused = 0;
    add(w, in);
    world_run(w);
    return w->refused;
}

/* The other side of a conflict; 0, or the code with which it is refused. */
static inline int hub_undo(struct world *w, uint64_t sequence)
{
    const struct mom_input in = {.kind = MOM_IN_UNDO, .id = sequence, .tag = 7};

    return hub_ask(w, &in);
}

static inline int hub_restore(struct world *w, uint64_t id, int64_t at_ms)
{
    const struct mom_input in = {.kind = MOM_IN_RESTORE_AT, .id = id, .at_ms = at_ms, .tag = 7};

    return hub_ask(w, &in);
}

/* The number of the newest conflict. */
static inline uint64_t last_conflict(struct world *w)
{
    struct mom_view *view = world_view(w);
    struct mom_conflict c = {.sequence = 0};

    while (mom_view_next_conflict(view, c.sequence, &c))
        continue;
    mom_view_close(view);
    return c.sequence;
}

/* A world with two sites; Anna with her phone at the first. */
static inline struct world *world_of_anna(void)
{
    struct world *w = world_new();

    w->now.wall_ms += 250; /* sites tell whole seconds */
    world_add_site(w);
    world_add_site(w);
    fake_set(site_person(w, 1, "4711", "Anna", PHONE1), "pin", "0000");
    world_connect(w, 1);
    world_connect(w, 2);
    world_wait(w, 5000);
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

/* Both sides change a field while the link is down; the site does so `site_after_ms` after the hub, which may be less
 * than 0. Times of a site are whole seconds. */
static inline uint64_t conflict_over(struct world *w, const char *field, const char *at_hub,
                                     const char *at_site, int64_t site_after_ms)
{
    uint64_t id = anna(w), before = last_conflict(w);

    world_cut(w, 1);
    if (site_after_ms < 0) {
        site_edit(w, 1, MOM_USER, anna_at(w, 1), field, at_site);
        world_wait(w, -site_after_ms);
    }
    hub_change(w, MOM_USER, id, field, at_hub, NULL);
    if (site_after_ms >= 0) {
        world_wait(w, site_after_ms);
        site_edit(w, 1, MOM_USER, anna_at(w, 1), field, at_site);
    }
    world_wait(w, 5000);
    world_connect(w, 1);
    assert_int_equal(last_conflict(w), before + 1);
    return before + 1;
}

/* The hub edits and the site deletes, or the other way round. The time of a deletion at a site is known only when the
 * link is up: then the edit is one that the site did not answer yet. */
static inline uint64_t conflict_of_deletion(struct world *w, bool at_site, bool deletion_is_later)
{
    uint64_t id = anna(w), before = last_conflict(w);
    struct fake *f = anna_at(w, 1);

    if (at_site && deletion_is_later)
        w->sites[1].mute = true;
    else
        world_cut(w, 1);
    for (int i = 0; i < 2; i++) {
        bool deletes = (i == 0) != deletion_is_later;

        if (deletes && at_site)
            site_lose(w, &w->sites[1], MOM_USER, f->local);
        else if (deletes)
            hub_delete(w, id);
        else if (at_site)
            hub_change(w, MOM_USER, id, "name", "Edited", NULL);
        else
            site_edit(w, 1, MOM_USER, f, "name", "Edited");
        world_wait(w, 5000);
    }
    if (w->sites[1].mute)
        world_cut(w, 1);
    w->sites[1].mute = false;
    world_connect(w, 1);
    assert_int_equal(last_conflict(w), before + 1);
    return before + 1;
}

/* Somebody else with Anna's number comes up at the second site. */
static inline void another_4711(struct world *w)
{
    world_cut(w, 2);
    fake_set(site_user(w, 2, "4711", "Double"), "sipAuthId", "other");
    world_connect(w, 2);
}

/* The row of a conflict. Its texts end with the view. */
static inline struct mom_conflict row_of(struct mom_view *view, uint64_t sequence)
{
    struct mom_conflict c = {.sequence = 0};

    assert_true(mom_view_next_conflict(view, sequence - 1, &c));
    assert_int_equal(c.sequence, sequence);
    return c;
}

#endif
