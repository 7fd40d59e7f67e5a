/*
 * People who log in at a phone with their number or additional id, and who log out. Who they are is found out by the
 * hub when it hears of it; so the oracle keeps what was typed where, and whether a user ever had such a number.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE = 20,
    ANSWER = 400 /* ms that a site takes to end at most */,
    LOGIN_AT_MOST = 25 * SIM_SECOND
};

struct typed {
    int device; /* object */
    char number[16], additional[24];
};

struct sim_logins {
    struct typed *list;
    size_t count, size;
};

static struct typed *typed_new(struct sim *s)
{
    struct sim_logins *l = s->logins;

    if (!l)
        l = s->logins = sim_alloc(sizeof *l);
    if (l->count == l->size) {
        l->size = l->size ? 2 * l->size : 64;
        l->list = realloc(l->list, l->size * sizeof *l->list);
        if (!l->list)
            abort();
    }
    memset(&l->list[l->count], 0, sizeof *l->list);
    return &l->list[l->count++];
}

void sim_logins_free(struct sim *s)
{
    if (s->logins)
        free(s->logins->list);
    free(s->logins);
}

bool sim_login_explains(struct sim *s, int device, int user)
{
    const struct sim_logins *l = s->logins;

    for (size_t i = 0; l && i < l->count; i++) {
        const struct typed *t = &l->list[i];
        unsigned edit = sim_oracle_edit_of(s, user, F_ADDID, t->additional);

        if (t->device == device &&
            ((t->number[0] && sim_oracle_edit_of(s, user, F_NUM, t->number)) ||
             (edit && s->oracle.edits[edit].object == user)))
            return true;
    }
    return false;
}

/* --- at a phone --------------------------------------------------------------------------------- */

/* What somebody types who is this user: his number, or his additional id. */
static bool type_in(struct sim *s, int user, struct typed *t)
{
    unsigned number = s->oracle.objects[user].last_number;

    if (number)
        memcpy(t->number, s->oracle.edits[number].number, sizeof t->number);
    for (size_t i = s->oracle.edit_count; sim_pick(s, 3) == 0 && i-- > 1;) {
        if (s->oracle.edits[i].object != user || s->oracle.edits[i].field != F_ADDID)
            continue;
        snprintf(t->additional, sizeof t->additional, "%c%05zu", sim_fields[F_ADDID].mark, i);
        t->number[0] = '\0';
        break;
    }
    return t->number[0] || t->additional[0];
}

static struct sim_rec *device_of(struct sim *s, const struct sim_phone *phone,
                                 struct sim_site **ret_site)
{
    struct sim_site *site = phone->at >= 0 && phone->served ? &s->sites[phone->at] : NULL;

    *ret_site = site;
    return site && site->restarting <= s->now && site->controlled
               ? sim_site_by(site, F_IPEI, phone->ipei)
               : NULL;
}

/* Somebody logs in as a user (an object) at a phone. */
bool sim_login(struct sim *s, struct sim_phone *phone, int user)
{
    struct sim_msg m = {.kind = M_LOGIN, .phone = (int)(phone - s->phones), .made = s->now};
    struct sim_site *site;
    struct sim_rec *device = device_of(s, phone, &site);
    struct typed *t = device ? typed_new(s) : NULL;

    if (!t)
        return false;
    if (!type_in(s, user, t)) {
        s->logins->count--;
        return false;
    }
    t->device = phone->object;
    s->counts.logins++;
    sim_note(s, "at phone %s of site %u somebody logs in as %s%s", phone->ipei, site->number,
             t->number, t->additional);
    sim_oracle_touched(s, phone->object, site->number, false);
    sim_oracle_touched(s, user, site->number, false);
    m.local = device->local;
    m.user = user;
    snprintf(m.rec.v[F_NUM], SIM_VALUE, "%s", t->number);
    snprintf(m.rec.v[F_ADDID], SIM_VALUE, "%s", t->additional);
    sim_pipe_send(s, &site->pipe, 0, &m);
    return true;
}

static void log_out(struct sim *s, struct sim_phone *phone)
{
    struct sim_msg m = {.kind = M_LOGOUT, .phone = (int)(phone - s->phones), .made = s->now};
    struct sim_site *site;
    const struct sim_rec *device = device_of(s, phone, &site), *user;

    if (!device)
        return;
    s->counts.logouts++;
    sim_note(s, "at phone %s of site %u somebody logs out", phone->ipei, site->number);
    user = sim_site_find(site, MOM_USER, device->partner);
    m.user = user ? sim_oracle_rec(s, user) : -1;
    m.local = device->local;
    sim_oracle_touched(s, phone->object, site->number, false);
    sim_oracle_touched(s, m.user, site->number, false);
    sim_pipe_send(s, &site->pipe, 0, &m);
}

/* A conversation hears of it. */
void sim_login_told(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    static const enum mom_input_kind kinds[] = {
        [M_LOGIN] = MOM_IN_LOGIN, [M_LOGOUT] = MOM_IN_LOGOUT, [M_SUBSCRIBE] = MOM_IN_SUBSCRIBE};
    struct mom_input in = {.kind = kinds[m->kind], .site = site->number};
    const struct sim_phone *phone = &s->phones[m->phone];

    if (m->kind == M_SUBSCRIBE) {
        in.ipei = sim_str(phone->ipei);
    } else {
        in.local_device = m->local;
        in.number = sim_str(m->rec.v[F_NUM]);
        in.additional = sim_str(m->rec.v[F_ADDID]);
        in.token = (uint64_t)m->made;
        sim_node_mark(site->node, 0, phone->object, m->made);
        if (m->user >= 0)
            sim_node_mark(site->node, 0, m->user, m->made);
    }
    sim_node_add(s, site->node, &in);
}

/* --- the course of the day ---------------------------------------------------------------------- */

static int any_user(struct sim *s)
{
    for (int i = 0; i < 20; i++) {
        unsigned object = sim_pick(s, (unsigned)s->oracle.object_count);

        if (s->oracle.objects[object].type == MOM_USER)
            return (int)object;
    }
    return -1;
}

static void on_break(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    (void)arg;
    sim_pipe_break(s, &site->pipe);
}

/* The site where he is registered. */
static struct sim_site *home_of(struct sim *s, int user)
{
    for (unsigned i = 0; i < s->site_count; i++) {
        for (unsigned k = 0; k < s->sites[i].tops[0]; k++) {
            const struct sim_rec *rec = &s->sites[i].recs[0][k];

            if (rec->used && sim_oracle_rec(s, rec) == user &&
                sim_site_registered(s, &s->sites[i], rec))
                return &s->sites[i];
        }
    }
    return NULL;
}

/* Something else happens just then. */
static void disturb(struct sim *s, struct sim_phone *phone, int user)
{
    struct sim_site *site = &s->sites[phone->at], *other = home_of(s, user);
    unsigned what = sim_pick(s, 12);

    if (!other)
        other = &s->sites[sim_pick(s, s->site_count)];
    if (s->plan.refuses && sim_pick(s, 3) == 0)
        other->deaf = s->now + 15 * SIM_SECOND;

    if (what < 3 && s->plan.breaks) {
        struct sim_site *cut = sim_pick(s, 2) ? site : other;

        sim_at(s, s->now + sim_span(s, 1, sim_pick(s, 2) ? 200 : 4 * SIM_SECOND), on_break, cut, 0);
    } else if (what < 4 && s->plan.refuses)
        other->deaf = s->now + 15 * SIM_SECOND;
    else if (what < 6 && s->plan.refuses)
        sim_site_refuse(s, site, 10 * SIM_SECOND);
    else if (what < 7)
        sim_admin_soon(s, user, SIM_DELETE);
    else if (what < 8)
        sim_admin_soon(s, phone->object, SIM_UNBIND);
    else if (what < 9 && s->plan.breaks)
        site->pipe.stuck[sim_pick(s, 2)] = s->now + 15 * SIM_SECOND;
    else if (what < 10)
        sim_phone_carry(s, phone, (int)sim_pick(s, s->site_count));
}

static void on_login(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone =
        s->phone_count ? &s->phones[sim_pick(s, (unsigned)s->phone_count)] : NULL;
    int user = any_user(s);

    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    if (phone && sim_pick(s, 3) == 0)
        log_out(s, phone);
    else if (phone && user >= 0 && sim_login(s, phone, user) && sim_pick(s, 2))
        disturb(s, phone, user);
    sim_at(s, s->now + sim_gap(s, 2 * s->plan.edit), on_login, NULL, 0);
}

void sim_logins_draw(struct sim *s)
{
    s->plan.logins = sim_pick(s, 2) != 0;
}

void sim_logins_start(struct sim *s)
{
    if (s->plan.logins)
        sim_at(s, s->now + sim_gap(s, 2 * s->plan.edit), on_login, NULL, 0);
}

/* --- in calm ------------------------------------------------------------------------------------ */

/* At how many sites is he registered under a number? Who was entered twice may be two records, of two numbers. */
static unsigned count_under(struct sim *s, int user, const char *number)
{
    unsigned count = 0;

    for (unsigned i = 0; i < s->site_count; i++) {
        const struct sim_rec *rec = sim_site_by(&s->sites[i], F_NUM, number);

        count += rec && sim_oracle_rec(s, rec) == user && sim_site_registered(s, &s->sites[i], rec);
    }
    return count;
}

/* Is he registered at a site, and at another one too? */
static bool is_twice(struct sim *s, int user, struct sim_site *site, bool *ret_permanent)
{
    bool twice = false;

    for (unsigned k = 0; k < site->tops[0]; k++) {
        const struct sim_rec *rec = &site->recs[0][k];

        if (!rec->used || sim_oracle_rec(s, rec) != user)
            continue;
        twice |= sim_site_registered(s, site, rec) && count_under(s, user, rec->v[F_NUM]) > 1;
        *ret_permanent |= rec->v[F_PERMANENT][0] == '1';
    }
    return twice;
}

/* For how long a site may be registered besides another one. In a hub the former site ends before the new one has him:
 * nobody is registered twice by a login, unless he is permanent and a site that binds him to a phone that left it
 * registers until it is told to end. Each such site binds him when its way lets it, after it has unbound who had the
 * phone: together they take longer than any of them, so each is judged by its own way. In a star all sites have him,
 * and the new one does not wait: until the former one hears of it, and then until all that bind him to the other phone
 * are told to end. */
static int64_t longest_twice(const struct sim *s, const struct sim_site *site, bool permanent)
{
    int64_t told = 2 * (site->pipe.delay + site->pipe.jitter) + 4 * SLICE;

    if (s->plan.star)
        return 2 * sim_slowest(s) + ANSWER + told;
    return permanent ? told : 0;
}

/* The site of the phone is where he may be registered: all others are judged. */
static void look(struct sim *s, int user, int at, int64_t *twice)
{
    bool permanent = false;

    for (unsigned i = 0; i < s->site_count; i++)
        twice[i] += is_twice(s, user, &s->sites[i], &permanent) ? SLICE : 0;
    for (unsigned i = 0; i < s->site_count && !s->failed; i++) {
        if ((int)i != at && twice[i] > longest_twice(s, &s->sites[i], permanent))
            sim_fail(s,
                     "object %d logs in at site %d, and is registered at site %u too for %lld ms",
                     user, at + 1, s->sites[i].number, (long long)twice[i]);
    }
}

void sim_login_calm(struct sim *s)
{
    struct sim_phone *phone =
        s->phone_count ? &s->phones[sim_pick(s, (unsigned)s->phone_count)] : NULL;
    int64_t end = s->now + LOGIN_AT_MOST, *twice;
    int user = any_user(s), at = phone ? phone->at : -1;

    if (!phone || user < 0 || !sim_login(s, phone, user))
        return;
    twice = sim_alloc(s->site_count * sizeof *twice);
    while (!s->failed && s->now < end) {
        sim_run_until(s, s->now + SLICE);
        look(s, user, at, twice);
    }
    free(twice);
}
