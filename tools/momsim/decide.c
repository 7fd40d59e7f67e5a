/*
 * An administrator who says yes to what the brake holds for a site: what is still missing there is deleted, by somebody
 * who knew it. What becomes of each record is seen by reading it before and after.
 */
#include "sim.h"

#include <stdlib.h>

enum { MOST = 400 /* records that are looked at */ };

struct held {
    uint64_t ids[MOST];
    struct sim_state was[MOST];
    unsigned count;
};

static void read_held(struct sim *s, struct mom_view *view, mom_site site, struct held *held)
{
    uint64_t id = 0;

    while (held->count < MOST && (id = mom_view_next_held(view, site, id)) != 0) {
        held->ids[held->count] = id;
        sim_state_read(s, view, id, &held->was[held->count++]);
    }
    if (held->count == MOST)
        sim_fail(s, "more is held for site %u than the simulation can look at", site);
}

static void ask(struct sim *s, struct sim_node *n, mom_site site, const struct held *held)
{
    struct mom_input in = {.kind = MOM_IN_DECIDE, .site = site, .yes = true};
    mom_site place = n->number * PLACE_NODE;
    struct mom_view *view = sim_asked(s, n, &in);
    struct sim_state is;

    for (unsigned i = 0; i < held->count && !s->failed; i++) {
        if (!view) {
            sim_state_maybe(s, &held->was[i], place, true);
            continue;
        }
        sim_state_read(s, view, held->ids[i], &is);
        s->counts.deleted_held += held->was[i].live && !is.live;
        sim_state_compare(s, &held->was[i], &is, place);
    }
    if (view && s->asked.rc != MOM_OK)
        sim_fail(s, "what is held for site %u cannot be deleted: %s", site,
                 mom_err_text(s->asked.rc));
    if (view && mom_view_next_held(view, site, 0))
        sim_fail(s, "somebody decided, and records are held for site %u", site);
    if (view)
        sim_node_view_end(n, view);
}

bool sim_delete_held(struct sim *s, struct sim_node *n, mom_site site)
{
    struct held *held;
    struct mom_view *view;

    if (!s->plan.deletes_held || !s->chaos || sim_pick(s, 2))
        return false;
    sim_node_flush(s, n);
    view = n->engine && !s->failed ? sim_node_view(s, n) : NULL;
    if (!view)
        return true;
    held = sim_alloc(sizeof *held);
    read_held(s, view, site, held);
    sim_node_view_end(n, view);
    if (held->count && !s->failed) {
        sim_note(s, "what is held for site %u is deleted", site);
        ask(s, n, site, held);
    }
    free(held);
    return true;
}
