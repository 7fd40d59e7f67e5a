/*
 * A node: an engine with its disk and two clocks. Inputs are gathered for some milliseconds and
 * given to a step; its actions go to the conversations after the commit. It can die before, between
 * and after all of these.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

enum { GATHER = 15 /* ms that inputs wait for others */ };

struct mom_now sim_node_now(const struct sim *s, const struct sim_node *n)
{
    return (struct mom_now){1000 + s->now - n->boot, SIM_EPOCH + s->now + n->offset};
}

static void on_step(struct sim *s, void *ctx, uint64_t arg);

static void schedule(struct sim *s, struct sim_node *n, int64_t when)
{
    if (when >= n->step_due)
        return;
    n->step_due = when;
    sim_at(s, when, on_step, n, (uint64_t)++n->generation);
}

static void schedule_deadline(struct sim *s, struct sim_node *n)
{
    int64_t deadline = mom_engine_deadline(n->engine);

    if (deadline != MOM_NEVER)
        schedule(s, n, s->now + deadline - sim_node_now(s, n).mono_ms);
}

void sim_node_add(struct sim *s, struct sim_node *n, const struct mom_input *in)
{
    if (!n->engine)
        return;
    if (mom_batch_add(n->batch, in) != MOM_OK)
        sim_fail(s, "an input was not taken");
    s->counts.inputs++;
    schedule(s, n, s->now + sim_span(s, 1, GATHER));
}

void sim_node_mark(struct sim_node *n, unsigned edit, int object, int64_t made)
{
    if (n->mark_count == n->mark_size) {
        n->mark_size = n->mark_size ? 2 * n->mark_size : 256;
        n->marks = realloc(n->marks, n->mark_size * sizeof *n->marks);
        if (!n->marks)
            abort();
    }
    n->marks[n->mark_count++] = (struct sim_mark){edit, object, made};
}

/* --- start and end ---------------------------------------------------------------------------- */

static void clear(struct sim_node *n)
{
    mom_batch_free(n->batch);
    n->batch = mom_batch_new(NULL);
    if (!n->batch)
        abort();
    n->mark_count = n->changed_count = 0;
    n->step_due = MOM_NEVER;
    n->generation++;
    n->crash_after = 0;
}

static void on_start(struct sim *s, void *ctx, uint64_t arg)
{
    (void)arg;
    sim_node_start(s, ctx);
}

void sim_node_start(struct sim *s, struct sim_node *n)
{
    struct mom_now now;
    int rc;

    if (n->engine)
        return;
    n->config.size = sizeof n->config;
    sim_store_wrap(&n->disk, &n->config.store);
    n->config.user = s;
    n->config.trace = sim_trace_line;
    n->config.log = s->trace ? sim_log_line : NULL;
    n->boot = s->now;
    clear(n);
    now = sim_node_now(s, n);
    s->speaking = n->number;
    rc = mom_engine_new(&n->config, &now, &n->engine);
    if (rc != MOM_OK) {
        n->engine = NULL;
        if (mom_err_is_fatal(rc) && n->disk.hurt)
            sim_at(s, s->now + 10 * SIM_SECOND, on_start, n, 0);
        else
            sim_fail(s, "the node does not start: %s", mom_err_text(rc));
        return;
    }
    sim_star_learn_all(s, n);
    schedule_deadline(s, n);
}

struct sim_node *sim_node_any(struct sim *s)
{
    return &s->nodes[s->node_count > 1 ? sim_pick(s, s->node_count) : 0];
}

void sim_node_stop(struct sim *s, struct sim_node *n)
{
    (void)s;
    mom_engine_free(n->engine);
    n->engine = NULL;
    mom_batch_free(n->batch);
    n->batch = NULL;
}

/* All conversations of the node end with it. */
static void drop_links(struct sim *s, const struct sim_node *n)
{
    sim_links_forget(s, n);
    for (unsigned i = 0; i < s->site_count; i++) {
        if (s->sites[i].node == n)
            sim_omm_forget(s, &s->sites[i]);
    }
}

void sim_node_crash(struct sim *s, struct sim_node *n, bool fresh)
{
    struct mom_now now = sim_node_now(s, n);
    int rc;

    if (!n->engine)
        return;
    s->counts.crashes++;
    sim_note(s, "node %u dies", n->number);
    sim_admin_lost(s);
    clear(n);
    if (fresh) {
        sim_node_stop(s, n);
        drop_links(s, n);
        sim_at(s, s->now + sim_span(s, 0, 5 * SIM_MINUTE), on_start, n, 0);
        return;
    }
    drop_links(s, n);
    s->speaking = n->number;
    rc = mom_engine_reload(n->engine, &now);
    if (rc == MOM_OK) {
        sim_star_learn_all(s, n);
        schedule_deadline(s, n);
        return;
    }
    if (!mom_err_is_fatal(rc) || !n->disk.hurt)
        sim_fail(s, "the node does not reload: %s", mom_err_text(rc));
    sim_node_stop(s, n);
    sim_at(s, s->now + 10 * SIM_SECOND, on_start, n, 0);
}

/* --- a step ----------------------------------------------------------------------------------- */

/* Sites are emptied by faults, so what the brake holds is put back; or somebody says yes, and deletes it by that. */
static void on_decide(struct sim *s, void *ctx, uint64_t site)
{
    struct mom_input in = {.kind = MOM_IN_DECIDE, .site = (mom_site)site};

    if (sim_delete_held(s, ctx, (mom_site)site))
        return;
    sim_note(s, "what is held for site %u is put back", (unsigned)site);
    sim_node_add(s, ctx, &in);
}

/* The alarm comes again with each import until somebody has decided, so an answer may get lost. */
static void plan_decision(struct sim *s, struct sim_node *n, mom_site site)
{
    int64_t most = s->healing || sim_pick(s, 3) ? 3 * SIM_MINUTE : 2 * SIM_HOUR;

    s->counts.held++;
    sim_at(s, s->now + sim_span(s, SIM_SECOND, most), on_decide, n, site);
}

void sim_node_decide(struct sim *s, struct sim_node *n)
{
    for (unsigned i = 0; i < s->site_count; i++) {
        if (s->sites[i].node == n)
            on_decide(s, n, s->sites[i].number);
    }
    sim_links_decide(s, n);
}

static void carry_out(struct sim *s, struct sim_node *n, const struct mom_action *a)
{
    s->counts.actions++;
    switch (a->kind) {
    case MOM_DO_CHANGED:
        if (n->changed_count < sizeof n->changed / sizeof n->changed[0])
            n->changed[n->changed_count++] = a->id;
        return;
    case MOM_DO_CONFLICT:
        s->counts.conflicts++;
        return;
    case MOM_DO_HELD:
        if (a->site)
            plan_decision(s, n, a->site);
        else
            sim_link_action(s, n, a);
        return;
    case MOM_DO_DEREGISTER:
    case MOM_DO_REGISTER:
        s->counts.sip++;
        break;
    case MOM_DO_NODE_BYTES:
    case MOM_DO_NODE_CLOSE:
        sim_link_action(s, n, a);
        return;
    case MOM_DO_DONE:
    case MOM_DO_REFUSED:
        if (a->tag)
            sim_admin_answer(s, a);
        return;
    default:
        break;
    }
    if (a->site >= 1 && a->site <= s->site_count)
        sim_omm_action(s, &s->sites[a->site - 1], a);
}

struct mom_view *sim_node_view(struct sim *s, struct sim_node *n)
{
    struct mom_view *view = NULL;

    n->disk.spared = true;
    if (!n->engine || mom_view_open(n->engine, &view) != MOM_OK) {
        sim_fail(s, "no view of node %u", n->number);
        return NULL;
    }
    return view;
}

void sim_node_view_end(struct sim_node *n, struct mom_view *view)
{
    mom_view_close(view);
    n->disk.spared = false;
}

/* What the step did, looked at by the oracle and the invariants. */
static void look(struct sim *s, struct sim_node *n)
{
    struct mom_conflict c;
    struct mom_view *view = sim_node_view(s, n);

    if (!view)
        return;
    sim_check_step(s, n, view);
    sim_limits_check(s, n);
    while (mom_view_next_conflict(view, n->last_conflict, &c)) {
        n->last_conflict = c.sequence;
        sim_oracle_conflict(s, view, &c);
    }
    sim_node_view_end(n, view);
    n->changed_count = 0;
}

static bool take_step(struct sim *s, struct sim_node *n)
{
    struct mom_now now = sim_node_now(s, n);
    int rc;

    s->speaking = n->number;
    n->disk.committed = false;
    rc = mom_engine_step(n->engine, &now, n->batch);

    s->counts.steps++;
    if (now.wall_ms > n->latest)
        n->latest = now.wall_ms;
    if (rc == MOM_OK)
        return true;
    if (!mom_err_is_fatal(rc) || !n->disk.hurt)
        sim_fail(s, "a step failed: %s", mom_err_text(rc));
    n->disk.hurt = false;
    return false;
}

/* What the batch told is known here from now on. */
static void note_heard(struct sim *s, struct sim_node *n)
{
    for (size_t i = 0; i < n->mark_count; i++)
        sim_oracle_heard(s, &n->marks[i]);
    n->mark_count = 0;
}

static void on_step(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_node *n = ctx;

    if (n->engine && (unsigned)arg == n->generation)
        sim_node_flush(s, n);
}

void sim_node_flush(struct sim *s, struct sim_node *n)
{
    struct mom_action action;
    unsigned done = 0;

    if (!n->engine)
        return;
    n->step_due = MOM_NEVER;
    n->generation++;
    if (!take_step(s, n)) {
#ifdef MOM_PLANT
        while (
            mom_engine_next_action(n->engine, &action)) /* there are none unless that is planted */
            carry_out(s, n, &action);
#endif
        n->disk.fail_at = 0;
        /* The node dies after a commit that it does not know of, and has it when it is back: whoever deletes a record
         * there sees what it told. */
        if (n->disk.committed)
            note_heard(s, n);
        sim_node_crash(s, n, false);
        return;
    }
    note_heard(s, n);
    mom_batch_reset(n->batch);
    while (mom_engine_next_action(n->engine, &action)) {
        if (n->crash_after && ++done > n->crash_after) {
            sim_node_crash(s, n, sim_pick(s, 2));
            return;
        }
        carry_out(s, n, &action);
    }
    look(s, n);
    schedule_deadline(s, n);
}
