/*
 * Phones and the people who carry them. A phone registers its location where it arrives and
 * every two hours, and tries
 * again after some minutes while nobody serves it.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERIOD = 2 * SIM_HOUR, FIRST_EMC = 1000 };

static struct sim_site *site_of(struct sim *s, const struct sim_phone *phone)
{
    return phone->at >= 0 ? &s->sites[phone->at] : NULL;
}

static bool is_known(const struct sim_phone *phone, const struct sim_rec *device)
{
    return device && strcmp(device->v[F_S], "Yes") == 0 &&
           strcmp(device->v[F_UAK], phone->uak) == 0;
}

/* The site has the record and serves the phone. True: it did not before. */
static bool serve(struct sim *s, struct sim_phone *phone, struct sim_site *site,
                  struct sim_rec *device)
{
    struct sim_rec *user = sim_site_find(site, MOM_USER, device->partner);
    bool away = strcmp(device->v[F_OMMID], site->omm_id) != 0;

    if (away || !phone->served) {
        snprintf(device->v[F_OMMID], SIM_VALUE, "%s", site->omm_id);
        device->has[F_OMMID] = true;
        sim_site_stamp(s, site, device, MOM_ROAMING);
        sim_site_event(s, site, device);
        sim_oracle_touched(s, phone->object, site->number, true);
        sim_star_served(s, phone, site);
    }
    device->unknown = !away && phone->served;
    device->heard = s->now;
    phone->served = true;
    if (user)
        user->stopped = false;
    return away;
}

/* `device`: the site has its record, and serves it as before. */
static void tell_controller(struct sim *s, const struct sim_phone *phone, struct sim_site *site,
                            const struct sim_rec *device)
{
    struct sim_msg m = {.kind = M_LOCATED, .phone = (int)(phone - s->phones), .made = s->now};

    if (!site->controlled)
        return;
    if (device && s->plan.watch) {
        m.kind = M_HEARD;
        m.local = sim_pick(s, 2) ? device->local : 0;
    }
    m.at = sim_site_clock(s, site) / 1000 * 1000;
    sim_pipe_send(s, &site->pipe, 0, &m);
}

void sim_phone_located(struct sim *s, struct sim_phone *phone, bool periodic)
{
    struct sim_site *site = site_of(s, phone);
    struct sim_rec *device;
    bool moved = !phone->served, away;

    if (!site || site->restarting > s->now)
        return;
    /* A phone that is subscribed to the PARI of its site should not even try elsewhere. */
    if (phone->pari_only && phone->at != phone->home && sim_pick(s, 4) != 0)
        return;
    s->counts.locates++;
    device = sim_site_by(site, F_IPEI, phone->ipei);
    if (is_known(phone, device)) {
        away = serve(s, phone, site, device);
        if (moved || away || periodic)
            tell_controller(s, phone, site, moved || away ? NULL : device);
        return;
    }
    phone->served = false;
    tell_controller(s, phone, site, NULL);
}

void sim_phone_record(struct sim *s, struct sim_site *site, struct sim_rec *device)
{
    struct sim_phone *phone = sim_phone_by(s, device->v[F_IPEI]);

    if (phone && phone->at == (int)site->number - 1 && phone->asking == phone->at)
        sim_subscribe_soon(s, phone);
    if (phone && phone->at == (int)site->number - 1 && !phone->served && is_known(phone, device))
        serve(s, phone, site, device);
}

void sim_phones_retry(struct sim *s, struct sim_site *site)
{
    for (int i = 0; i < s->phone_count; i++) {
        if (s->phones[i].at == (int)site->number - 1 && !s->phones[i].served)
            sim_phone_located(s, &s->phones[i], false);
    }
}

/* --- carrying --------------------------------------------------------------------------------- */

static void on_phone(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = ctx;

    if (arg != phone->generation || phone->at < 0)
        return;
    if (!sim_site_by(&s->sites[phone->at], F_IPEI, phone->ipei))
        phone->served = false;
    if (!s->still)
        sim_phone_located(s, phone, true);
    if (phone->served)
        phone->tries = 0;
    else if (phone->tries++ > 0)
        sim_subscribe_try(s, phone);
    sim_at(s,
           s->now + (phone->served ? PERIOD - sim_span(s, 0, SIM_MINUTE)
                                   : sim_span(s, SIM_MINUTE, 5 * SIM_MINUTE)),
           on_phone, phone, phone->generation);
}

void sim_phone_lost(struct sim *s, struct sim_site *site, const struct sim_rec *device)
{
    struct sim_phone *phone = sim_phone_by(s, device->v[F_IPEI]);

    if (!phone || phone->at != (int)site->number - 1)
        return;
    if (s->calm && phone->served && s->oracle.objects[phone->object].deletes == 0)
        sim_fail(s, "phone %s is at site %u, and its record is taken away there", phone->ipei,
                 site->number);
    phone->served = false;
    sim_at(s, s->now + sim_span(s, SIM_SECOND, SIM_MINUTE), on_phone, phone, ++phone->generation);
}

static void on_arrival(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = ctx;

    if (arg != phone->generation)
        return;
    phone->at = phone->to;
    phone->served = false;
    phone->arrived = s->now;
    sim_note(s, "phone %s arrives at site %d", phone->ipei, phone->to + 1);
    on_phone(s, phone, arg);
}

static void leave(struct sim *s, struct sim_phone *phone, int site, int64_t time)
{
    phone->to = site;
    phone->at = -1;
    phone->served = false;
    phone->asking = -1;
    phone->tries = 0;
    phone->generation++;
    sim_at(s, s->now + time, on_arrival, phone, phone->generation);
}

void sim_phone_carry(struct sim *s, struct sim_phone *phone, int site)
{
    s->counts.roams++;
    leave(s, phone, site,
          sim_span(s, SIM_SECOND, sim_pick(s, 3) ? 20 * SIM_MINUTE : 20 * SIM_SECOND));
}

void sim_phones_arrive(struct sim *s)
{
    for (int i = 0; i < s->phone_count; i++) {
        if (s->phones[i].at < 0)
            leave(s, &s->phones[i], s->phones[i].to, sim_span(s, 0, 10 * SIM_MINUTE));
    }
}

void sim_phone_off(struct sim *s, struct sim_phone *phone, int site, int64_t time)
{
    s->counts.silent++;
    sim_note(s, "phone %s is switched off at site %d", phone->ipei, phone->at + 1);
    leave(s, phone, site, time);
}

/* The manufacturer's code counts the phones. */
struct sim_phone *sim_phone_by(struct sim *s, const char *ipei)
{
    long number = strtol(ipei, NULL, 10) - FIRST_EMC;

    return number >= 0 && number < s->phone_count && strcmp(s->phones[number].ipei, ipei) == 0
               ? &s->phones[number]
               : NULL;
}

int sim_phone_new(struct sim *s, int site)
{
    struct sim_phone *phone = &s->phones[s->phone_count];
    char text[MOM_IPEI_LEN + 1];
    struct mom_ipei ipei = {(uint16_t)(FIRST_EMC + s->phone_count),
                            (uint32_t)(17 * s->phone_count + 1)};

    if (s->phone_count == (int)s->plan.phones)
        return -1;
    mom_ipei_print(ipei, text);
    memcpy(phone->ipei, text, sizeof text);
    sim_subscription_new(phone, s);
    phone->asking = -1;
    phone->pari_only = sim_pick(s, 100) < s->plan.pari_percent;
    phone->owner = -1;
    phone->home = phone->at = site;
    phone->asked = 1u << site;
    phone->object = sim_oracle_object(s, MOM_DEVICE, s->phone_count);
    sim_at(s, s->now + sim_span(s, 0, PERIOD), on_phone, phone, phone->generation);
    return s->phone_count++;
}

static void on_break(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    (void)arg;
    sim_pipe_break(s, &site->pipe);
}

static void on_redial(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    (void)arg;
    sim_pipe_break(s, &site->pipe);
    sim_pipe_redial(s, &site->pipe);
}

static void on_unsubscribe(struct sim *s, void *ctx, uint64_t arg)
{
    sim_unsubscribe(s, ctx, &s->phones[arg]);
}

static void on_death(struct sim *s, void *ctx, uint64_t arg)
{
    (void)ctx;
    (void)arg;
    if (s->chaos)
        sim_node_crash(s, &s->nodes[0], false);
}

static void on_hop(struct sim *s, void *ctx, uint64_t arg);

/* The site that the phone leaves keeps silent, or its link breaks, and the link of the new one breaks too and may be
 * back at once; and the phone goes on to another one. */
static void lose_both(struct sim *s, struct sim_phone *phone, struct sim_site *from,
                      struct sim_site *to)
{
    uint64_t third = sim_pick(s, s->site_count);
    bool silent = s->plan.refuses && sim_pick(s, 2);
    sim_handler *then;

    if (silent)
        from->deaf = s->now + 20 * SIM_SECOND;
    else
        sim_at(s, s->now + sim_span(s, 1, SIM_SECOND), on_break, from, 0);
    then = sim_pick(s, 2) ? on_break : on_redial;
    sim_at(s, s->now + sim_span(s, 1, 3 * SIM_SECOND), then, to, 0);
    if (sim_pick(s, 2))
        sim_at(s, s->now + sim_span(s, 500, 5 * SIM_SECOND), on_hop, phone,
               third << 8 | third << 24);
}

/* Something else happens just while a handoff is under way. */
static void disturb(struct sim *s, struct sim_phone *phone, struct sim_site *site,
                    struct sim_site *from)
{
    unsigned what = sim_pick(s, 24);

    if (what < 4 && s->plan.breaks)
        sim_at(s, s->now + sim_span(s, 1, 3 * SIM_SECOND), on_break, site, 0);
    else if (what < 8 && s->plan.refuses)
        site->deaf = s->now + 10 * SIM_SECOND;
    else if (what < 11 && s->plan.refuses) {
        site->refusing = s->now + 10 * SIM_SECOND;
        site->refuse_code = MOM_ELIMIT;
        site->refuse_per_mille = 800;
    } else if (what < 12 && s->plan.subscriptions)
        sim_at(s, s->now + sim_span(s, 1, 500), on_unsubscribe, site,
               (uint64_t)(phone - s->phones));
    else if (what < 13 && s->plan.crashes)
        sim_at(s, s->now + sim_span(s, 1, 3 * SIM_SECOND), on_death, NULL, 0);
    else if (what < 15)
        sim_admin_soon(s, phone->object, SIM_UNBIND);
    else if (what < 19)
        sim_admin_soon(s, phone->object, SIM_REBIND);
    else if (what < 20)
        sim_admin_soon(s, phone->object, SIM_DELETE);
    else if (what < 21)
        sim_admin_soon(s, phone->object, SIM_DELETE_USER);
    else if (s->plan.breaks)
        lose_both(s, phone, from, phone->at >= 0 ? &s->sites[phone->at] : site);
}

/* At the border of sites: a phone hops while its handoff is under way. */
static void on_hop(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = ctx;
    unsigned hops = (unsigned)(arg & 0xff), a = (unsigned)(arg >> 8 & 0xffff),
             b = (unsigned)(arg >> 24);

    phone->generation++;
    phone->at = (int)(hops % 2 ? a : b);
    if (sim_pick(s, 6) == 0)
        phone->at = (int)sim_pick(s, s->site_count);
    phone->served = false;
    s->counts.roams++;
    sim_note(s, "phone %s hops to site %d", phone->ipei, phone->at + 1);
    on_phone(s, phone, phone->generation);
    if (sim_pick(s, 3) == 0)
        disturb(s, phone, &s->sites[sim_pick(s, 2) ? a : b],
                &s->sites[phone->at == (int)a ? b : a]);
    if (hops > 0)
        sim_at(s, s->now + sim_span(s, 5, sim_pick(s, 2) ? 300 : 4 * SIM_SECOND), on_hop, phone,
               arg - 1);
}

static void on_walk(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone =
        s->phone_count ? &s->phones[sim_pick(s, (unsigned)s->phone_count)] : NULL;
    unsigned to = sim_pick(s, s->site_count);

    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    if (phone && phone->at >= 0 && phone->at != (int)to) {
        if (sim_pick(s, 5) == 0)
            on_hop(s, phone, (1 + sim_pick(s, 6)) | (uint64_t)phone->at << 8 | (uint64_t)to << 24);
        else
            sim_phone_carry(s, phone, (int)to);
    }
    sim_at(s, s->now + sim_gap(s, s->plan.roam), on_walk, NULL, 0);
}

void sim_people_start(struct sim *s)
{
    sim_at(s, s->now + sim_gap(s, s->plan.roam), on_walk, NULL, 0);
}
