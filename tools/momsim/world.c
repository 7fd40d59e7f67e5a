/*
 * The world: the queue of events, the virtual clock, chance, and the course of a simulated
 * system: people fill the
 * sites, the links come up, days of work and faults, then everything heals, comes to rest and is
 * judged.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* --- chance ----------------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea, Flood, 2014). */
uint64_t sim_random(struct sim *s)
{
    uint64_t z = s->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

unsigned sim_pick(struct sim *s, unsigned n)
{
    return n ? (unsigned)((sim_random(s) >> 32) * n >> 32) : 0;
}

int64_t sim_span(struct sim *s, int64_t least, int64_t most)
{
    return least + (int64_t)(sim_random(s) % (uint64_t)(most - least + 1));
}

/* Sixteen steps of a coin with 1/8 are close enough to the exponential distribution, and whole
 * numbers. */
int64_t sim_gap(struct sim *s, int64_t mean)
{
    int64_t gap = sim_span(s, 1, mean / 4 + 1);

    while (gap < 8 * mean && sim_pick(s, 8) != 0)
        gap += sim_span(s, 1, mean / 4 + 1);
    return gap;
}

void *sim_alloc(size_t size)
{
    void *ptr = calloc(1, size);

    if (!ptr)
        abort();
    return ptr;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void push(struct sim *s, const struct sim_event *event)
{
    size_t at = s->heap_count++;

    if (s->heap_count > s->heap_size) {
        s->heap_size = s->heap_size ? 2 * s->heap_size : 1024;
        s->heap = realloc(s->heap, s->heap_size * sizeof *s->heap);
        if (!s->heap)
            abort();
    }
    for (; at > 0 && is_before(event, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
        s->heap[at] = s->heap[(at - 1) / 2];
    s->heap[at] = *event;
}

static struct sim_event pop(struct sim *s)
{
    struct sim_event first = s->heap[0], last = s->heap[--s->heap_count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < s->heap_count) {
        if (child + 1 < s->heap_count && is_before(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!is_before(&s->heap[child], &last))
            break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = last;
    return first;
}

static void add(struct sim *s, int64_t when, sim_handler *handler, void *ctx, uint64_t arg,
                bool owned)
{
    struct sim_event event = {when < s->now ? s->now : when, ++s->order, handler, ctx, arg, owned};

    push(s, &event);
}

void sim_at(struct sim *s, int64_t when, sim_handler *handler, void *ctx, uint64_t arg)
{
    add(s, when, handler, ctx, arg, false);
}

void sim_at_owned(struct sim *s, int64_t when, sim_handler *handler, void *ctx, uint64_t arg)
{
    add(s, when, handler, ctx, arg, true);
}

void sim_run_until(struct sim *s, int64_t when)
{
    while (!s->failed && s->heap_count > 0 && s->heap[0].when <= when) {
        struct sim_event event = pop(s);

        s->now = event.when;
        s->counts.events++;
        event.handler(s, event.ctx, event.arg);
        if (event.owned)
            free(event.ctx);
    }
    if (!s->failed)
        s->now = when;
}

/* --- a system --------------------------------------------------------------------------------- */

static void draw_plan(struct sim *s)
{
    static const int64_t rates[] = {2 * SIM_MINUTE, 5 * SIM_MINUTE, 10 * SIM_MINUTE,
                                    30 * SIM_MINUTE};
    struct sim_plan *p = &s->plan;

    p->records = 160;
    p->phones = 96;
    p->self_ending = true;
    if (s->word) {
        p->sites = 3;
        return;
    }
    if (s->scale) {
        sim_scale_draw(s);
        return;
    }
    p->sites = 2 + sim_pick(s, sim_pick(s, 3) ? 4 : 11);
    p->people = 4 + sim_pick(s, 5 * p->sites);
    if (p->people > p->phones / 2)
        p->people = p->phones / 2;
    p->edit = rates[sim_pick(s, 4)];
    p->roam = rates[sim_pick(s, 4)];
    p->fault = rates[1 + sim_pick(s, 3)] * 2;
    p->clocks = sim_pick(s, 3);
    p->permanent_percent = sim_pick(s, 2) ? sim_pick(s, 40) : 0;
    p->pari_percent = sim_pick(s, 2) ? sim_pick(s, 25) : 0;
    p->crashes = sim_pick(s, 2) != 0;
    p->full = sim_pick(s, 2) != 0;
    p->refuses = sim_pick(s, 2) != 0;
    p->breaks = sim_pick(s, 8) != 0;
    p->doubles = sim_pick(s, 2) != 0;
    p->star = s->shape == SIM_STAR || s->shape == SIM_VENDORS ||
              (s->shape == SIM_DRAWN && s->seed % 3 == 0);
    if (p->star)
        sim_star_plan(s);
    else
        sim_policy_draw(s);
    sim_subscriptions_draw(s);
    sim_logins_draw(s);
    sim_rare_draw(s);
}

static void make_site(struct sim *s, unsigned i)
{
    struct sim_site *site = &s->sites[i];

    site->number = i + 1;
    /* Those behind the nodes' own are the vendor's remotes, at the centre. */
    site->node = &s->nodes[s->plan.star && i < s->plan.sites ? i + s->plan.bare : 0];
    site->park = (struct mom_park){31, 0x10280000u + i + 1};
    mom_park_omm_id(site->park, site->omm_id);
    if (s->plan.clocks) {
        site->offset = sim_pick(s, 3) ? sim_span(s, -20 * SIM_SECOND, 20 * SIM_SECOND)
                                      : sim_span(s, -2 * SIM_HOUR, 2 * SIM_HOUR);
        site->drift_ppm = (int)sim_span(s, -100, 100);
    }
    for (int t = 0; t < 2; t++)
        site->recs[t] = sim_alloc(s->plan.records * sizeof *site->recs[t]);
    sim_omm_init(s, site);
}

static void make_hub(struct sim *s)
{
    struct sim_node *n = &s->nodes[0];

    n->number = 0;
    n->step_due = MOM_NEVER;
    n->config.policy = s->plan.policy;
    n->config.limits.outstanding = sim_pick(s, 3) ? 0 : 1 + sim_pick(s, 4);
    sim_limits_set(s, n);
    if (mom_store_memory_new(NULL, &n->disk.memory) != MOM_OK)
        abort();
    sim_node_start(s, n);
    for (unsigned i = 0; i < s->site_count && !s->failed; i++) {
        struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = i + 1};

        in.name = sim_str("site");
        in.policy = s->sites[i].policy = sim_policy_any(s);
        sim_node_add(s, n, &in);
    }
}

static void make(struct sim *s)
{
    s->random = s->seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    s->hash = UINT64_C(0xcbf29ce484222325);
    draw_plan(s);
    s->site_count = s->plan.sites + s->plan.vendors;
    s->node_count = s->plan.star ? s->plan.sites + s->plan.bare : 1;
    s->sites = sim_alloc(s->site_count * sizeof *s->sites);
    s->nodes = sim_alloc(s->node_count * sizeof *s->nodes);
    s->phones = sim_alloc(s->plan.phones * sizeof *s->phones);
    for (unsigned i = 0; i < s->site_count; i++)
        make_site(s, i);
    if (s->plan.star)
        sim_star_make(s);
    else
        make_hub(s);
    sim_note(s, "%u sites, %u people, clocks %u", s->site_count, s->plan.people, s->plan.clocks);
}

/* Wait for rest; false: it does not come. */
static bool settle(struct sim *s, int64_t most)
{
    int64_t end = s->now + most;

    while (!s->failed && s->now < end) {
        sim_run_until(s, s->now + 30 * SIM_SECOND);
        if (sim_is_at_rest(s))
            return true;
    }
    if (!s->failed)
        sim_fail(s, "the system does not come to rest%s",
                 sim_star_is_quiet(s) ? "" : ": its nodes have more to say");
    return false;
}

static void reconnect_all(struct sim *s)
{
    for (unsigned i = 0; i < s->site_count; i++)
        sim_pipe_break(s, &s->sites[i].pipe);
    for (unsigned i = 0; i < s->link_count; i++)
        sim_pipe_break(s, &s->links[i].pipe);
}

static void heal(struct sim *s)
{
    struct mom_view *view;

    s->chaos = false;
    s->healing = true;
    sim_faults_end(s);
    sim_phones_arrive(s);
    sim_note(s, "healing");
    for (unsigned i = 0; i < s->node_count; i++)
        sim_node_decide(s, &s->nodes[i]);
    /* Once all sites are back nobody is registered twice, also before the phones are heard
     * again; times of a clock that was
     * set may mislead until then. */
    sim_run_until(s, s->now + 10 * SIM_MINUTE);
    if ((s->plan.star || s->plan.clocks < 2) && settle(s, 20 * SIM_MINUTE))
        sim_check_doubles(s, false);
    /* Every phone registers its location once more within two hours, and a site that has not heard one for longer knows
     * that by itself. */
    sim_run_until(s, s->now + (s->plan.clocks < 2 ? 130 : 145) * SIM_MINUTE);
    if (!settle(s, 20 * SIM_MINUTE))
        return;
    sim_check_rest(s);
    for (unsigned i = 0; i < s->node_count && !s->failed; i++) {
        view = sim_node_view(s, &s->nodes[i]);
        if (!view)
            return;
        sim_oracle_judge(s, view);
        sim_node_view_end(&s->nodes[i], view);
    }
}

/* How many messages the nodes need to find that nothing changed; -1: it failed. */
static int64_t reconnect_once(struct sim *s)
{
    uint64_t sent = s->counts.puts + s->counts.removes, sip = s->counts.sip, messages;

    messages = s->counts.messages;
    reconnect_all(s);
    sim_run_until(s, s->now + 3 * SIM_MINUTE);
    if (!settle(s, 20 * SIM_MINUTE))
        return -1;
    sim_check_rest(s);
    if (!s->failed && s->counts.puts + s->counts.removes != sent)
        sim_fail(s, "after rest a reconnect sent %llu records",
                 (unsigned long long)(s->counts.puts + s->counts.removes - sent));
    if (!s->failed && s->counts.sip != sip)
        sim_fail(s, "after rest a reconnect changed %llu registrations",
                 (unsigned long long)(s->counts.sip - sip));
    return s->failed ? -1 : (int64_t)(s->counts.messages - messages);
}

/* Deletions that the centre forgot while a link was broken cost a comparison there, once. */
static void reconnect(struct sim *s)
{
    int64_t messages;

    sim_note(s, "all links once more");
    s->still = true;
    sim_run_until(s, s->now + SIM_MINUTE);
    messages = reconnect_once(s);
    if (messages > 2 * (int64_t)s->link_count)
        messages = reconnect_once(s);
    if (messages > 2 * (int64_t)s->link_count)
        sim_fail(s, "after rest %u neighbours needed %lld messages to find nothing changed",
                 s->link_count, (long long)messages);
}

void sim_run(struct sim *s)
{
    make(s);
    if (s->word) {
        sim_word(s);
        if (!s->failed)
            heal(s);
        if (!s->failed)
            reconnect(s);
        return;
    }
    s->chaos = true;
    sim_admin_populate(s);
    for (unsigned i = 0; i < s->site_count; i++)
        sim_pipe_dial(s, &s->sites[i].pipe, sim_span(s, 0, SIM_MINUTE));
    for (unsigned i = 0; i < s->link_count; i++)
        sim_pipe_dial(s, &s->links[i].pipe, sim_span(s, 0, SIM_MINUTE));
    sim_people_start(s);
    sim_subscriptions_start(s);
    sim_logins_start(s);
    sim_admin_start(s);
    sim_faults_start(s);
    sim_rare_start(s);
    sim_scale_start(s);
    sim_run_until(s, s->hours * (int64_t)SIM_HOUR);
    if (!s->failed)
        heal(s);
    if (!s->failed)
        sim_check_calm(s);
    if (!s->failed)
        reconnect(s);
}

void sim_done(struct sim *s)
{
    for (size_t i = 0; i < s->heap_count; i++) {
        if (s->heap[i].owned)
            free(s->heap[i].ctx);
    }
    s->heap_count = 0;
    for (unsigned i = 0; i < s->site_count; i++)
        sim_site_done(s, &s->sites[i]);
    for (unsigned i = 0; i < s->node_count; i++) {
        sim_node_stop(s, &s->nodes[i]);
        s->nodes[i].disk.memory.ops->close(s->nodes[i].disk.memory.store);
        free(s->nodes[i].marks);
    }
    sim_oracle_free(&s->oracle);
    sim_logins_free(s);
    free(s->admin);
    free(s->heap);
    free(s->links);
    free(s->nodes);
    free(s->phones);
    free(s->sites);
}
