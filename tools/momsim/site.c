/*
 * A site: an OMM with records and numbers of its own, time stamps of whole seconds by a clock of
 * its own, the phones that are there, and SIP registrations. It answers requests, tells what
 * changes, and encrypts secrets anew each time.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A phone that is not heard for so long is deregistered, by the site itself or by the hub. */
enum { SILENT = 150 * SIM_MINUTE };

/* clang-format off */
const struct sim_field_row sim_fields[F_COUNT] = {
    [F_NUM]          = {"num", MOM_USER_num, MOM_ADMIN, 0, false, false},
    [F_NAME]         = {"name", MOM_USER_name, MOM_ADMIN, 'n', false, false},
    [F_HIERARCHY]    = {"hierarchy1", MOM_USER_hierarchy1, MOM_ADMIN, 'h', false, false},
    [F_ADDID]        = {"addId", MOM_USER_addId, MOM_ADMIN, 'a', false, false},
    [F_SIPAUTH]      = {"sipAuthId", MOM_USER_sipAuthId, MOM_ADMIN, 's', false, false},
    [F_SIPPW]        = {"sipPw", MOM_USER_sipPw, MOM_ADMIN, 0, true, false},
    [F_PERMANENT]    = {"permanent", MOM_USER_permanent, MOM_ADMIN, 0, false, false},
    [F_FWDSTATE]     = {"forwardState", MOM_USER_forwardState, MOM_ADMIN, 0, false, false},
    [F_FWDDEST]      = {"forwardDest", MOM_USER_forwardDest, MOM_ADMIN, 'f', false, false},
    [F_FWDTIME]      = {"forwardTime", MOM_USER_forwardTime, MOM_ADMIN, 0, false, false},
    [F_MODE]         = {"monitoringMode", MOM_USER_monitoringMode, MOM_ADMIN, 0, false, false},
    [F_IPEI]         = {"ipei", MOM_DEVICE_ipei, MOM_ADMIN, 0, false, false},
    [F_AC]           = {"ac", MOM_DEVICE_ac, MOM_ADMIN, 'c', false, false},
    [F_S]            = {"s", MOM_DEVICE_s, MOM_SUBSCRIPTION, 0, false, false},
    [F_UAK]          = {"uak", MOM_DEVICE_uak, MOM_SUBSCRIPTION, 0, false, false},
    [F_SUBSCRIPTION] = {"subscriptionId", MOM_DEVICE_subscriptionId, MOM_SUBSCRIPTION, 0, false, false},
    [F_PARI_ONLY]    = {"subscribeToPARIOnly", MOM_DEVICE_subscribeToPARIOnly, MOM_ADMIN, 0, false, false},
    [F_OMMID]        = {"ommId", MOM_DEVICE_ommId, MOM_ROAMING, 0, false, true},
};
/* clang-format on */

int64_t sim_site_clock(const struct sim *s, const struct sim_site *site)
{
    return SIM_EPOCH + s->now + site->offset + s->now / 1000 * site->drift_ppm / 1000;
}

static struct sim_rec *table(struct sim_site *site, enum mom_type type)
{
    return site->recs[type != MOM_USER];
}

static enum mom_type other(enum mom_type type)
{
    return type == MOM_USER ? MOM_DEVICE : MOM_USER;
}

struct sim_rec *sim_site_find(struct sim_site *site, enum mom_type type, uint32_t local)
{
    for (unsigned i = 0; local && i < site->tops[type != MOM_USER]; i++) {
        struct sim_rec *r = &table(site, type)[i];

        if (r->used && r->local == local)
            return r;
    }
    return NULL;
}

struct sim_rec *sim_site_by(struct sim_site *site, enum sim_field field, const char *value)
{
    enum mom_type type = field < F_USER_END ? MOM_USER : MOM_DEVICE;

    for (unsigned i = 0; i < site->tops[type != MOM_USER]; i++) {
        struct sim_rec *r = &table(site, type)[i];

        if (r->used && strcmp(r->v[field], value) == 0)
            return r;
    }
    return NULL;
}

struct sim_rec *sim_site_any(struct sim *s, struct sim_site *site, enum mom_type type)
{
    unsigned size = s->plan.records, first = sim_pick(s, size);

    for (unsigned i = 0; i < size; i++) {
        struct sim_rec *r = &table(site, type)[(first + i) % size];

        if (r->used)
            return r;
    }
    return NULL;
}

void sim_site_stamp(struct sim *s, struct sim_site *site, struct sim_rec *rec, enum mom_kind kind)
{
    rec->times[kind] = sim_site_clock(s, site) / 1000 * 1000;
}

struct sim_rec *sim_site_new(struct sim *s, struct sim_site *site, enum mom_type type)
{
    for (unsigned i = 0; i < s->plan.records; i++) {
        struct sim_rec *r = &table(site, type)[i];

        if (r->used)
            continue;
        if (i >= site->tops[type != MOM_USER])
            site->tops[type != MOM_USER] = i + 1;
        memset(r, 0, sizeof *r);
        r->used = true;
        r->type = type;
        r->local = type == MOM_USER ? ++site->last_uid : ++site->last_ppn;
        for (enum sim_field f = sim_first(type); f < sim_end(type); f++)
            r->has[f] = f != F_OMMID;
        snprintf(r->v[F_PERMANENT], SIM_VALUE, "0");
        snprintf(r->v[F_PARI_ONLY], SIM_VALUE, "0");
        for (int k = 0; k < MOM_KINDS; k++) {
            if (k != MOM_ROAMING)
                sim_site_stamp(s, site, r, (enum mom_kind)k);
        }
        return r;
    }
    sim_fail(s, "site %u is full", site->number);
    return NULL;
}

bool sim_site_is_free(struct sim_site *site, enum sim_field field, const char *value)
{
    return !value[0] || !sim_site_by(site, field, value);
}

bool sim_site_registered(const struct sim *s, struct sim_site *site, const struct sim_rec *user)
{
    const struct sim_rec *device =
        user->partner ? sim_site_find(site, MOM_DEVICE, user->partner) : NULL;

    return device && !user->stopped && strcmp(device->v[F_S], "Yes") == 0 &&
           strcmp(device->v[F_OMMID], site->omm_id) == 0 &&
           (!s->plan.self_ending || s->now - device->heard < SILENT) && site->restarting <= s->now;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void send(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    m->made = s->now;
    sim_pipe_send(s, &site->pipe, 0, m);
}

static void tell(struct sim *s, struct sim_site *site, const struct sim_rec *rec, bool event)
{
    struct sim_msg m = {.kind = M_RECORD, .event = event, .type = rec->type};

    m.rec = *rec;
    if (rec->type == MOM_USER)
        snprintf(m.rec.v[F_SIPPW], SIM_VALUE, "K%016X%.20s+%u", 0xabc000u + site->number,
                 rec->v[F_SIPPW], ++site->seals);
    send(s, site, &m);
}

void sim_site_event(struct sim *s, struct sim_site *site, const struct sim_rec *rec)
{
    if (site->controlled)
        tell(s, site, rec, true);
}

/* --- relations -------------------------------------------------------------------------------- */

static void free_side(struct sim *s, struct sim_site *site, struct sim_rec *rec)
{
    rec->partner = 0;
    rec->fixed = rec->stopped = false;
    sim_site_stamp(s, site, rec, MOM_RELATION);
    sim_site_stamp(s, site, rec, MOM_ADMIN); /* as captured */
}

void sim_site_unbind(struct sim *s, struct sim_site *site, struct sim_rec *rec)
{
    struct sim_rec *partner = rec ? sim_site_find(site, other(rec->type), rec->partner) : NULL;

    if (!rec || !rec->partner)
        return;
    free_side(s, site, rec);
    if (!partner)
        return;
    free_side(s, site, partner);
    sim_site_event(s, site, partner);
}

void sim_site_bind(struct sim *s, struct sim_site *site, struct sim_rec *device,
                   struct sim_rec *user, bool fixed)
{
    if (device->partner != user->local) {
        sim_site_unbind(s, site, device);
        sim_site_unbind(s, site, user);
    }
    device->partner = user->local;
    user->partner = device->local;
    device->fixed = user->fixed = fixed;
    device->unknown = false;
    user->stopped = false;
    sim_site_stamp(s, site, device, MOM_RELATION);
    sim_site_stamp(s, site, user, MOM_RELATION);
    sim_site_stamp(s, site, device, MOM_ADMIN);
    sim_site_stamp(s, site, user, MOM_ADMIN);
}

void sim_site_lose(struct sim *s, struct sim_site *site, struct sim_rec *rec)
{
    struct sim_msg m = {.kind = M_GONE, .type = rec->type, .local = rec->local};

    sim_site_unbind(s, site, rec);
    rec->used = false;
    if (site->controlled)
        send(s, site, &m);
    if (rec->type == MOM_DEVICE)
        sim_phone_lost(s, site, rec);
}

void sim_site_done(struct sim *s, struct sim_site *site)
{
    sim_omm_forget(s, site);
    free(site->recs[0]);
    free(site->recs[1]);
}

/* It has so many of the records that belong there that nobody can take their loss for deletions. */
static bool is_braked(struct sim *s, struct sim_site *site)
{
    struct mom_view *view = site->node->engine ? sim_node_view(s, site->node) : NULL;
    unsigned here = 0, all = 0;

    for (int t = MOM_USER; view && t <= MOM_DEVICE; t++) {
        const struct mom_record *r;
        bool belongs, has;
        uint64_t after = 0;

        while ((r = mom_view_next(view, (enum mom_type)t, after)) != NULL) {
            after = mom_record_id(r);
            belongs = (s->plan.star || mom_record_site(r) == site->number) && !mom_record_parked(r);
            has = mom_view_local(view, site->number, after) != 0;
            here += belongs && has;
            all += has;
        }
    }
    if (view)
        sim_node_view_end(site->node, view);
    return here > 13 && here * 4 > all * 3;
}

/* Its data are gone, and it numbers devices from 1 again. Users go on: one that has the number
 * of another cannot be told
 * from one that was given another name (docs/simulation.md). */
void sim_site_empty(struct sim *s, struct sim_site *site)
{
    bool braked = is_braked(s, site);

    for (int t = MOM_USER; t <= MOM_DEVICE; t++) {
        for (unsigned i = 0; i < s->plan.records; i++) {
            struct sim_rec *r = &table(site, (enum mom_type)t)[i];
            int object = r->used ? sim_oracle_rec(s, r) : -1;

            if (!r->used)
                continue;
            for (enum sim_field f = sim_first(r->type); f < sim_end(r->type); f++)
                sim_oracle_overwritten(s, r, f);
            /* Few may have been deleted by hand; so many are put back. */
            if (object >= 0 && !braked)
                s->oracle.objects[object].uncertain = true;
            r->used = false;
        }
    }
    site->last_ppn = 0;
}

/* --- requests --------------------------------------------------------------------------------- */

static void answer(struct sim *s, struct sim_site *site, const struct sim_msg *to, int rc,
                   uint32_t local)
{
    struct sim_msg m = {.kind = M_ANSWER, .job = to->job, .rc = rc, .local = local};

    send(s, site, &m);
}

/* What a site keeps of a secret that it was sent; false: it is sealed for somebody else. */
static bool open_secret(const struct sim_site *site, const char *sent, char *ret_value)
{
    char own[20];
    char *plus;

    if (sent[0] != MOM_SECRET_SEALED) {
        snprintf(ret_value, SIM_VALUE, "%s", sent[0] ? sent + 1 : "");
        return true;
    }
    snprintf(own, sizeof own, "K%016X", 0xabc000u + site->number);
    if (strncmp(sent, own, 17) != 0)
        return false;
    snprintf(ret_value, SIM_VALUE, "%s", sent + 17);
    plus = strrchr(ret_value, '+');
    if (plus)
        *plus = '\0';
    return true;
}

/* The registration ends with the subscription, and another one does not bring it back: the phone has to be heard. */
void sim_site_unsubscribed(struct sim_site *site, const struct sim_rec *device)
{
    struct sim_rec *user = sim_site_find(site, MOM_USER, device->partner);

    if (user)
        user->stopped = true;
}

static bool set_values(struct sim *s, struct sim_site *site, struct sim_rec *rec,
                       const struct sim_rec *sent)
{
    bool changed = false;

    for (enum sim_field f = sim_first(rec->type); f < sim_end(rec->type); f++) {
        char value[SIM_VALUE];

        if (!sent->has[f])
            continue;
        snprintf(value, sizeof value, "%s", sent->v[f]);
        if (sim_fields[f].secret && !open_secret(site, sent->v[f], value))
            continue;
        if (strcmp(rec->v[f], value) == 0)
            continue;
        sim_oracle_overwritten(s, rec, f);
        memcpy(rec->v[f], value, SIM_VALUE);
        if (f == F_S && strcmp(value, "No") == 0)
            sim_site_unsubscribed(site, rec);
        sim_site_stamp(s, site, rec, sim_fields[f].kind);
        changed = true;
    }
    return changed;
}

static bool collides(struct sim_site *site, const struct sim_msg *m)
{
    static const enum sim_field keys[] = {F_NUM, F_ADDID, F_IPEI};

    for (int i = 0; i < 3; i++) {
        const struct sim_rec *r;

        if ((keys[i] < F_USER_END) != (m->type == MOM_USER) || !m->rec.has[keys[i]] ||
            !m->rec.v[keys[i]][0])
            continue;
        r = sim_site_by(site, keys[i], m->rec.v[keys[i]]);
        if (r && r->local != m->local)
            return true;
    }
    return false;
}

static bool refuses(struct sim *s, struct sim_site *site)
{
    if (site->refusing <= s->now || sim_pick(s, 1000) >= site->refuse_per_mille)
        return false;
    s->counts.refusals++;
    return true;
}

void sim_site_refuse(struct sim *s, struct sim_site *site, int64_t time)
{
    site->refusing = s->now + time;
    site->refuse_code = MOM_ELIMIT;
    site->refuse_per_mille = 800;
}

static void on_set(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    struct sim_rec *rec = NULL;

    if (refuses(s, site)) {
        answer(s, site, m, site->refuse_code, 0);
        return;
    }
    if (collides(site, m)) {
        answer(s, site, m, MOM_EEXIST, 0);
        return;
    }
    rec = m->create ? sim_site_new(s, site, m->type) : sim_site_find(site, m->type, m->local);
    if (!rec) {
        answer(s, site, m, MOM_ENOENT, 0);
        return;
    }
    set_values(s, site, rec, &m->rec);
    sim_site_stamp(s, site, rec, MOM_ADMIN);
    tell(s, site, rec, false);
    answer(s, site, m, MOM_OK, rec->local);
    if (rec->type == MOM_DEVICE)
        sim_phone_record(s, site, rec);
}

static void on_find(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    enum sim_field key = m->type == MOM_USER ? F_NUM : F_IPEI;
    const struct sim_rec *rec = m->rec.v[key][0] ? sim_site_by(site, key, m->rec.v[key]) : NULL;

    if (rec)
        tell(s, site, rec, false);
    answer(s, site, m, rec ? MOM_OK : MOM_ENOENT, rec ? rec->local : 0);
}

static void on_relate(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    struct sim_rec *device = sim_site_find(site, MOM_DEVICE, m->local);
    struct sim_rec *user = sim_site_find(site, MOM_USER, m->local2);
    bool unbind = strcmp(m->relation, "Unbound") == 0;

    if (!device || !user) {
        answer(s, site, m, MOM_ENOENT, 0);
        return;
    }
    if (refuses(s, site)) {
        answer(s, site, m, site->refuse_code, 0);
        return;
    }
    if (unbind) {
        sim_site_unbind(s, site, device);
        sim_site_unbind(s, site, user);
    } else {
        sim_site_bind(s, site, device, user, strcmp(m->relation, "Fixed") == 0);
    }
    tell(s, site, device, false);
    tell(s, site, user, false);
    answer(s, site, m, MOM_OK, 0);
    if (!unbind)
        sim_phone_record(s, site, device);
}

static void on_delete(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    struct sim_rec *rec = sim_site_find(site, m->type, m->local);

    if (rec && refuses(s, site)) {
        answer(s, site, m, site->refuse_code, 0);
        return;
    }
    if (rec) {
        for (enum sim_field f = sim_first(rec->type); f < sim_end(rec->type); f++)
            sim_oracle_overwritten(s, rec, f);
        sim_site_lose(s, site, rec);
    }
    answer(s, site, m, rec ? MOM_OK : MOM_ENOENT, 0);
}

/* --- SIP -------------------------------------------------------------------------------------- */

struct notice {
    struct sim_site *site;
    struct sim_msg msg;
};

static void on_notice(struct sim *s, void *ctx, uint64_t arg)
{
    struct notice *n = ctx;

    if (n->site->controlled && arg == n->site->pipe.generation)
        send(s, n->site, &n->msg);
}

static void on_sip(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    struct sim_rec *user = sim_site_find(site, MOM_USER, m->local);
    struct sim_rec *device = user ? sim_site_find(site, MOM_DEVICE, user->partner) : NULL;
    bool off = m->kind == M_DEREGISTER;
    struct notice *n;

    if (user)
        user->stopped = off;
    if (device)
        device->unknown = false;
    if (!user && !off)
        return; /* ENoEnt: no RENEWED comes of that */
    if (site->deaf > s->now && sim_pick(s, 2))
        return; /* done, and never told */
    n = sim_alloc(sizeof *n);
    n->site = site;
    n->msg =
        (struct sim_msg){.kind = off ? M_RELEASED : M_RENEWED, .type = MOM_USER, .local = m->local};
    sim_at_owned(s, s->now + sim_span(s, 5, site->deaf > s->now ? 20 * SIM_SECOND : 400), on_notice,
                 n, site->pipe.generation);
}

static void tell_all(struct sim *s, struct sim_site *site, enum mom_type type)
{
    struct sim_msg m = {.kind = type == MOM_DEVICE ? M_DEVICES_END : M_USERS_END};

    for (unsigned i = 0; i < s->plan.records; i++) {
        if (table(site, type)[i].used)
            tell(s, site, &table(site, type)[i], false);
    }
    send(s, site, &m);
}

void sim_site_receive(struct sim *s, struct sim_site *site, struct sim_msg *m)
{
    switch (m->kind) {
    case M_CONTROL:
        site->controlled = true;
        sim_phones_retry(s, site);
        break;
    case M_GET_DEVICES:
        tell_all(s, site, MOM_DEVICE);
        break;
    case M_GET_USERS:
        tell_all(s, site, MOM_USER);
        break;
    case M_SET:
        on_set(s, site, m);
        break;
    case M_FIND:
        on_find(s, site, m);
        break;
    case M_RELATE:
        on_relate(s, site, m);
        break;
    case M_DELETE:
        on_delete(s, site, m);
        break;
    case M_DEREGISTER:
    case M_REGISTER:
        on_sip(s, site, m);
        break;
    case M_REJECT:
        if (s->phones[m->phone].at == (int)site->number - 1)
            s->phones[m->phone].served = false;
        break;
    default:
        break;
    }
}
