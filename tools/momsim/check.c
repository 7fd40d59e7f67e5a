/*
 * What must hold: after every step on every node, and when a system came to rest. The records of
 * the nodes are compared with those of the sites and with where the phones are.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static bool get(const struct mom_record *r, enum sim_field f, struct mom_str *ret_value)
{
    return mom_record_get(r, sim_fields[f].field, ret_value);
}

static bool is_text(struct mom_str value, const char *text)
{
    return value.len == strlen(text) && (value.len == 0 || memcmp(value.ptr, text, value.len) == 0);
}

static bool is_set(const struct mom_record *r, enum sim_field f)
{
    struct mom_str value;

    return get(r, f, &value) && is_text(value, "1");
}

/* The record, if it is live or parked. */
static const struct mom_record *live(struct mom_view *view, uint64_t id)
{
    return id ? mom_view_record(view, id) : NULL;
}

/* --- after every step ------------------------------------------------------------------------- */

static void check_unique(struct sim *s, struct mom_view *view, uint64_t id, enum sim_field f)
{
    const struct mom_record *r = live(view, id);
    struct mom_str value;
    char copy[SIM_VALUE] = "";

    if (!r || !get(r, f, &value) || value.len == 0 || value.len >= sizeof copy)
        return;
    memcpy(copy, value.ptr, value.len);
    r = mom_view_find(view, sim_fields[f].field, sim_str(copy));
    if (!r || mom_record_id(r) != id)
        sim_fail(s, "record %llu has %s=%s, and so has record %llu", (unsigned long long)id,
                 sim_fields[f].name, copy, (unsigned long long)(r ? mom_record_id(r) : 0));
}

static void check_partner(struct sim *s, struct mom_view *view, uint64_t id, uint64_t partner,
                          mom_site site)
{
    const struct mom_record *p = live(view, partner);

    if (!p || mom_record_partner(p) != id || mom_record_parked(p))
        sim_fail(s, "record %llu is bound to %llu, and that one to %llu", (unsigned long long)id,
                 (unsigned long long)partner, (unsigned long long)(p ? mom_record_partner(p) : 0));
    else if (mom_record_site(p) != site &&
             !(s->plan.star && (site == 0 || mom_record_site(p) == 0))) /* nobody heard it yet */
        sim_fail(s, "record %llu lives at site %u and its partner at %u", (unsigned long long)id,
                 site, mom_record_site(p));
}

/* A phone that is subscribed to the PARI of one site lives there, or (in a star) where it asked for a subscription. */
static void check_place(struct sim *s, const struct mom_record *r)
{
    struct mom_str ipei;

    if (mom_record_type(r) != MOM_DEVICE || !is_set(r, F_PARI_ONLY) || !get(r, F_IPEI, &ipei))
        return;
    for (int i = 0; i < s->phone_count; i++) {
        const struct sim_phone *phone = &s->phones[i];

        if (is_text(ipei, phone->ipei) && mom_record_site(r) &&
            !(phone->asked >> (mom_record_site(r) - 1) & 1))
            sim_fail(s, "phone %s belongs to site %d alone and lives at site %u", phone->ipei,
                     phone->home + 1, mom_record_site(r));
    }
}

/* No change is of a time that the node had not reached: what is more than a minute ahead is put
 * back. */
static void check_stamps(struct sim *s, const struct sim_node *n, const struct mom_record *r)
{
    enum mom_type type = mom_record_type(r);

    for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
        struct mom_stamp stamp = mom_record_stamp(r, sim_fields[f].field);

        if (stamp.ms > sim_star_latest(s, n) + SIM_MINUTE + SIM_SECOND)
            sim_fail(s, "record %llu has %s of a time %lld ms ahead",
                     (unsigned long long)mom_record_id(r), sim_fields[f].name,
                     (long long)(stamp.ms - sim_star_latest(s, n)));
    }
}

static void check_record(struct sim *s, struct mom_view *view, uint64_t id)
{
    static const enum sim_field unique[] = {F_NUM, F_ADDID, F_IPEI};
    const struct mom_record *r = live(view, id);
    uint64_t partner;
    enum mom_type type;
    mom_site site;

    if (!r)
        return;
    type = mom_record_type(r);
    partner = mom_record_partner(r);
    site = mom_record_site(r);
    check_place(s, r);
    if (mom_record_parked(r)) {
        if (partner)
            sim_fail(s, "record %llu is parked and bound", (unsigned long long)id);
        return;
    }
    for (int i = 0; i < 3; i++) {
        if ((unique[i] < F_USER_END) == (type == MOM_USER))
            check_unique(s, view, id, unique[i]);
    }
    if (partner)
        check_partner(s, view, id, partner, site);
}

void sim_check_step(struct sim *s, struct sim_node *n, struct mom_view *view)
{
    for (size_t i = 0; i < n->changed_count && !s->failed; i++) {
        const struct mom_record *r = mom_view_record(view, n->changed[i]);
        uint64_t partner = r ? mom_record_partner(r) : 0;

        if (r) {
            check_stamps(s, n, r);
            sim_oracle_record(s, r);
            sim_star_learn(s, n, r);
            sim_oracle_met(s, view, r);
        }
        check_record(s, view, n->changed[i]);
        check_record(s, view, partner);
    }
}

/* --- at rest ---------------------------------------------------------------------------------- */

static bool is_busy(const struct sim_site *site)
{
    for (unsigned i = 0; i < site->job_top; i++) {
        if (site->jobs[i].used)
            return true;
    }
    return !site->up || !site->steady || !site->pipe.up;
}

bool sim_is_at_rest(struct sim *s)
{
    if (s->in_flight > 0)
        return false;
    for (unsigned i = 0; i < s->node_count; i++) {
        const struct sim_node *n = &s->nodes[i];

        if (!n->engine || mom_batch_count(n->batch) > 0)
            return false;
    }
    for (unsigned i = 0; i < s->site_count; i++) {
        struct mom_site_info info;

        if (is_busy(&s->sites[i]) || !mom_engine_site(s->sites[i].node->engine, i + 1, &info) ||
            info.pending > 0)
            return false;
    }
    return sim_star_is_quiet(s);
}

/* In a star everything is, but phones of one site and who is bound to them. */
static bool is_everywhere(const struct sim *s, struct mom_view *view, uint64_t id)
{
    const struct mom_record *r = live(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;

    if (s->plan.star) {
        bool everywhere = r && !is_set(r, F_PARI_ONLY);

        r = live(view, partner);
        return everywhere && (!r || !is_set(r, F_PARI_ONLY));
    }
    if (!r || mom_record_type(r) == MOM_USER)
        return r && is_set(r, F_PERMANENT);
    if (is_set(r, F_PARI_ONLY))
        return false;
    r = live(view, partner);
    return r && is_set(r, F_PERMANENT);
}

/* A star: only the OMM of the site where the phone is watches the user, and that is no change of the mode. */
static struct mom_str mode_at(struct sim *s, const struct sim_site *site,
                              const struct mom_record *r, struct mom_str mode)
{
    mom_site at = mom_record_site(r);

    if (mode.len == 0)
        return mode;
    if (!is_text(mode, "Active"))
        sim_fail(s, "record %llu: nobody changed the mode to %.*s",
                 (unsigned long long)mom_record_id(r), (int)mode.len, mode.ptr);
    if (!s->plan.star || !mom_record_partner(r) || !at || at == site->number)
        return mode;
    return (struct mom_str){"Off", 3};
}

static void check_values(struct sim *s, const struct sim_site *site, const struct mom_record *r,
                         const struct sim_rec *rec)
{
    for (enum sim_field f = sim_first(rec->type); f < sim_end(rec->type); f++) {
        struct mom_str value;

        if (sim_fields[f].reported || !get(r, f, &value))
            continue;
        if (sim_fields[f].secret && value.len > 0) {
            if (value.ptr[0] != MOM_SECRET_PLAIN)
                continue;
            value.ptr++;
            value.len--;
        }
        if (f == F_MODE)
            value = mode_at(s, site, r, value);
        if (!is_text(value, rec->v[f]))
            sim_fail(s, "record %llu has %s=%.*s, at site %u '%s'",
                     (unsigned long long)mom_record_id(r), sim_fields[f].name, (int)value.len,
                     value.ptr, site->number, rec->v[f]);
    }
}

static void check_at_site(struct sim *s, struct sim_site *site, struct mom_view *view, uint64_t id,
                          unsigned *count)
{
    bool everywhere = is_everywhere(s, view, id);
    uint32_t local = mom_view_local(view, site->number, id), theirs;
    const struct mom_record *r = live(view, id);
    bool here = r && !mom_record_parked(r) && (everywhere || mom_record_site(r) == site->number);
    struct sim_rec *rec = r ? sim_site_find(site, mom_record_type(r), local) : NULL;
    uint64_t partner = r ? mom_record_partner(r) : 0;

    if (here != (rec != NULL))
        sim_fail(s, "record %llu should %sbe at site %u", (unsigned long long)id,
                 here ? "" : "not ", site->number);
    if (!rec || s->failed)
        return;
    *count += 1;
    check_values(s, site, r, rec);
    theirs = partner ? mom_view_local(view, site->number, partner) : 0;
    if (rec->partner != theirs)
        sim_fail(s, "record %llu is bound to %u at site %u, and should be to %u",
                 (unsigned long long)id, rec->partner, site->number, theirs);
}

/* A record is where it belongs; at a site that has more than these the count says so. */
static void check_places(struct sim *s, const struct sim_node *n, struct mom_view *view,
                         uint64_t id, unsigned *expected)
{
    bool everywhere = is_everywhere(s, view, id);
    const struct mom_record *r = live(view, id);
    mom_site home = r ? mom_record_site(r) : 0;

    for (unsigned i = everywhere || !home ? 0 : home - 1; i < s->site_count && !s->failed; i++) {
        if (s->sites[i].node == n)
            check_at_site(s, &s->sites[i], view, id, &expected[i]);
        if (!everywhere && home)
            return;
    }
}

/* The record that is this one of a site, 0: none. */
static uint64_t record_of(struct mom_view *view, const struct sim_site *site,
                          const struct sim_rec *rec)
{
    const struct mom_record *r;
    uint64_t after = 0;

    while ((r = mom_view_next(view, rec->type, after)) != NULL) {
        after = mom_record_id(r);
        if (mom_view_local(view, site->number, after) == rec->local)
            return after;
    }
    return 0;
}

/* Which one is too many? */
static void tell_surplus(struct sim *s, const struct sim_site *site, struct mom_view *view,
                         enum mom_type type, unsigned expected)
{
    for (unsigned k = 0; k < site->tops[type != MOM_USER]; k++) {
        const struct sim_rec *rec = &site->recs[type != MOM_USER][k];
        uint64_t id = rec->used ? record_of(view, site, rec) : 0;
        const struct mom_record *r = live(view, id);

        if (rec->used &&
            (!r || (mom_record_site(r) != site->number && !is_everywhere(s, view, id))))
            sim_fail(s, "site %u should have %u %s, and has %u (record %llu) too", site->number,
                     expected, type == MOM_USER ? "users" : "devices", rec->local,
                     (unsigned long long)id);
    }
    sim_fail(s, "site %u should have %u %s, and has others", site->number, expected,
             type == MOM_USER ? "users" : "devices");
}

static void check_sites(struct sim *s, const struct sim_node *n, struct mom_view *view,
                        enum mom_type type)
{
    unsigned *expected = sim_alloc(s->site_count * sizeof *expected);
    const struct mom_record *r;
    uint64_t after = 0;

    while (!s->failed && (r = mom_view_next(view, type, after)) != NULL) {
        after = mom_record_id(r);
        check_places(s, n, view, after, expected);
    }
    for (unsigned i = 0; i < s->site_count && !s->failed; i++) {
        const struct sim_site *site = &s->sites[i];
        unsigned count = 0;

        for (unsigned k = 0; k < site->tops[type != MOM_USER]; k++)
            count += site->recs[type != MOM_USER][k].used;
        if (site->node == n && count != expected[i])
            tell_surplus(s, site, view, type, expected[i]);
    }
    free(expected);
}

/* Is the user of this phone registered at a site? */
static bool is_registered(const struct sim *s, struct sim_site *site, const struct sim_phone *phone)
{
    const struct sim_rec *device = sim_site_by(site, F_IPEI, phone->ipei);
    const struct sim_rec *user = device ? sim_site_find(site, MOM_USER, device->partner) : NULL;

    return user && sim_site_registered(s, site, user);
}

static unsigned count_registered(struct sim *s, const struct sim_phone *phone)
{
    unsigned count = 0;

    for (unsigned i = 0; i < s->site_count; i++)
        count += is_registered(s, &s->sites[i], phone);
    return count;
}

/* Before the phones are heard again (`rest` is false) a registration that nobody can know of does not count: the phone
 * was heard where it was thought not to be, while the link was down. */
void sim_check_doubles(struct sim *s, bool rest)
{
    unsigned *counts = sim_alloc((size_t)(s->phone_count + 1) * sizeof *counts);

    for (unsigned i = 0; i < s->site_count; i++) {
        for (unsigned k = 0; k < s->sites[i].tops[1]; k++) {
            const struct sim_rec *device = &s->sites[i].recs[1][k];
            const struct sim_phone *phone =
                device->used ? sim_phone_by(s, device->v[F_IPEI]) : NULL;

            if (phone && (rest || !device->unknown))
                counts[phone - s->phones] += is_registered(s, &s->sites[i], phone);
        }
    }
    for (int i = 0; i < s->phone_count && !s->failed; i++) {
        if (counts[i] > 1)
            sim_fail(s, "the user of phone %s is registered at %u sites", s->phones[i].ipei,
                     counts[i]);
    }
    free(counts);
}

static void check_phone(struct sim *s, const struct sim_phone *phone)
{
    const struct sim_rec *device;

    if (phone->at < 0 || !phone->served || (phone->pari_only && phone->at != phone->home))
        return;
    device = sim_site_by(&s->sites[phone->at], F_IPEI, phone->ipei);
    if (!device)
        sim_fail(s, "phone %s is served at site %d, which does not have it", phone->ipei,
                 phone->at + 1);
    else if (device->partner && !is_registered(s, &s->sites[phone->at], phone))
        sim_fail(s, "phone %s is at site %d, and its user is not registered there", phone->ipei,
                 phone->at + 1);
}

/* A phone that a node knows is served where it is. */
static void check_served(struct sim *s, struct mom_view *view, const struct sim_phone *phone)
{
    const struct mom_record *r = mom_view_find(view, MOM_DEVICE_ipei, sim_str(phone->ipei));

    if (!r || mom_record_parked(r) || phone->at < 0 ||
        (phone->pari_only && phone->at != phone->home))
        return;
    if (!phone->served)
        sim_fail(s, "phone %s is known and not served at site %d", phone->ipei, phone->at + 1);
    else if (mom_record_site(r) != (mom_site)phone->at + 1)
        sim_fail(s, "phone %s is at site %d, its record at %u", phone->ipei, phone->at + 1,
                 mom_record_site(r));
}

static void check_node(struct sim *s, struct sim_node *n)
{
    struct mom_view *view;
    struct mom_counts counts;

    view = sim_node_view(s, n);
    if (!view || mom_view_counts(view, &counts) != MOM_OK) {
        sim_fail(s, "node %u cannot be counted", n->number);
        return;
    }
    if (counts.handoffs_active > 0)
        sim_fail(s, "%llu handoffs are under way", (unsigned long long)counts.handoffs_active);
    s->counts.parked += counts.parked;
    for (int t = MOM_USER; t <= MOM_DEVICE; t++) {
        const struct mom_record *r;
        uint64_t after = 0;

        while ((r = mom_view_next(view, (enum mom_type)t, after)) != NULL) {
            after = mom_record_id(r);
            check_record(s, view, after);
        }
    }
    check_sites(s, n, view, MOM_USER);
    check_sites(s, n, view, MOM_DEVICE);
    for (int i = 0; i < s->phone_count && !s->failed; i++)
        check_served(s, view, &s->phones[i]);
    sim_node_view_end(n, view);
}

void sim_check_rest(struct sim *s)
{
    for (unsigned i = 0; i < s->node_count && !s->failed; i++)
        check_node(s, &s->nodes[i]);
    sim_star_check(s);
    sim_check_doubles(s, true);
    for (int i = 0; i < s->phone_count && !s->failed; i++)
        check_phone(s, &s->phones[i]);
}

/* --- in calm ---------------------------------------------------------------------------------- */

enum { SLICE = 20, CALM_OPERATIONS = 6 };

/* How long news need at most from a site to the centre, or to the node beside it. */
int64_t sim_slowest(const struct sim *s)
{
    int64_t most = 0, between = 0;

    for (unsigned i = 0; i < s->link_count; i++) {
        const struct sim_pipe *p = &s->links[i].pipe;

        if (p->delay + p->jitter + SLICE > between)
            between = p->delay + p->jitter + SLICE;
    }

    for (unsigned i = 0; i < s->site_count; i++) {
        const struct sim_pipe *p = &s->sites[i].pipe;

        if (p->delay + p->jitter > most)
            most = p->delay + p->jitter;
    }
    return most + between;
}

/* Somebody walks, and all links are up: nobody is registered twice for longer than news need to
 * the hub and on. */
static void walk(struct sim *s)
{
    struct sim_phone *phone = &s->phones[sim_pick(s, (unsigned)s->phone_count)];
    int64_t end = s->now + 90 * SIM_SECOND, twice = 0, most = 0;
    struct sim_site *to;

    if (phone->at < 0 || phone->pari_only)
        return;
    /* Through another site, whose notice may come once more, late. */
    sim_phone_carry(s, phone, (int)sim_pick(s, s->site_count));
    while (!s->failed && phone->at < 0 && s->now < end + 25 * SIM_MINUTE)
        sim_run_until(s, s->now + SIM_SECOND);
    sim_run_until(s, s->now + sim_span(s, 5 * SIM_SECOND, 20 * SIM_SECOND));
    to = &s->sites[sim_pick(s, s->site_count)];
    sim_phone_carry(s, phone, (int)to->number - 1);
    end = s->now + 90 * SIM_SECOND;
    end += 25 * SIM_MINUTE;
    while (!s->failed && phone->at < 0 && s->now < end) {
        most = sim_policy_twice(s, phone, to, sim_slowest(s));
        sim_run_until(s, s->now + SLICE);
    }
    end = s->now + 30 * SIM_SECOND;
    while (!s->failed && s->now < end) {
        sim_run_until(s, s->now + SLICE);
        twice += count_registered(s, phone) > 1 ? SLICE : 0;
    }
    most += most ? 4 * SLICE : 0;
    if (twice > most)
        sim_fail(s, "the user of phone %s was registered twice for %lld ms, %lld are needed",
                 phone->ipei, (long long)twice, (long long)most);
}

void sim_check_calm(struct sim *s)
{
    sim_note(s, "calm");
    s->calm = true;
    for (int i = 0; i < CALM_OPERATIONS && !s->failed; i++) {
        s->counts.calm++;
        if (i % 2 && s->phone_count)
            walk(s);
        else if (i == 2 && s->plan.logins)
            sim_login_calm(s);
        else if (i == 4 && s->plan.watch && sim_pick(s, 4) == 0)
            sim_silence_calm(s);
        else
            sim_admin_something(s);
        sim_run_until(s, s->now + 2 * SIM_MINUTE);
    }
    for (int i = 0; i < 40 && !s->failed && !sim_is_at_rest(s); i++)
        sim_run_until(s, s->now + 30 * SIM_SECOND);
    if (!s->failed && !sim_is_at_rest(s))
        sim_fail(s, "the system does not come to rest after calm work");
    if (!s->failed)
        sim_check_rest(s);
    for (unsigned i = 0; i < s->node_count && !s->failed; i++) {
        struct mom_view *view;

        view = sim_node_view(s, &s->nodes[i]);
        if (!view)
            return;
        sim_oracle_judge(s, view);
        sim_node_view_end(&s->nodes[i], view);
    }
}
