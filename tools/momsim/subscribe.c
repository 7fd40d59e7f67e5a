/*
 * Subscriptions: phones that a site forgets, and that people subscribe again, there or where they are by then; and
 * phones that are switched off for hours. A subscription is three values that change together: each has its number in
 * two of them.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SILENCE = 150 * SIM_MINUTE, SERIALS = 100 };

/* What phone and OMM agree on from now on. */
void sim_subscription_new(struct sim_phone *phone, const struct sim *s)
{
    unsigned serial = phone->subscriptions++ % SERIALS;

    snprintf(phone->subscription, sizeof phone->subscription, "05%.5s%.7s%02u", phone->ipei,
             phone->ipei + 6, serial);
    snprintf(phone->uak, sizeof phone->uak, "%08X%08X%08X%08X", 7u * (unsigned)(phone - s->phones),
             serial, 2u, 3u);
}

static void set(struct sim_rec *rec, enum sim_field f, const char *value)
{
    rec->has[f] = true;
    snprintf(rec->v[f], SIM_VALUE, "%s", value);
}

static void note(struct sim *s, struct sim_site *site, struct sim_rec *device, int object)
{
    sim_site_stamp(s, site, device, MOM_SUBSCRIPTION);
    sim_oracle_touched(s, object, site->number, false);
    sim_site_event(s, site, device);
}

/* The OMM forgets the phone, which it may still have in its list. */
void sim_unsubscribe(struct sim *s, struct sim_site *site, struct sim_phone *phone)
{
    struct sim_rec *device = sim_site_by(site, F_IPEI, phone->ipei);

    if (!device || strcmp(device->v[F_S], "Yes") != 0 || site->restarting > s->now)
        return;
    s->counts.unsubscribed++;
    sim_note(s, "phone %s is unsubscribed at site %u", phone->ipei, site->number);
    set(device, F_S, "No");
    set(device, F_UAK, "");
    set(device, F_SUBSCRIPTION, "");
    sim_site_unsubscribed(site, device);
    note(s, site, device, phone->object);
    if (phone->at == (int)site->number - 1)
        phone->served = false;
}

static void subscribe(struct sim *s, struct sim_site *site, struct sim_phone *phone,
                      struct sim_rec *device)
{
    phone->asking = -1;
    if (phone->pari_only)
        phone->home = phone->at;
    s->counts.subscribed++;
    sim_subscription_new(phone, s);
    sim_note(s, "phone %s is subscribed at site %u", phone->ipei, site->number);
    set(device, F_S, "Yes");
    set(device, F_UAK, phone->uak);
    set(device, F_SUBSCRIPTION, phone->subscription);
    note(s, site, device, phone->object);
}

static void on_subscribe(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = ctx;
    struct sim_site *site = phone->asking >= 0 ? &s->sites[phone->asking] : NULL;
    struct sim_rec *device = site ? sim_site_by(site, F_IPEI, phone->ipei) : NULL;

    if (arg != phone->generation || !device || phone->asking != phone->at ||
        site->restarting > s->now)
        return;
    subscribe(s, site, phone, device);
    sim_phone_record(s, site, device);
}

void sim_subscribe_soon(struct sim *s, struct sim_phone *phone)
{
    sim_at(s, s->now + sim_span(s, 10, 2 * SIM_SECOND), on_subscribe, phone, phone->generation);
}

/* A phone of one site: in a hub it is subscribed there alone, in a star it may become one of another site. */
static bool may_subscribe(const struct sim *s, const struct sim_phone *phone)
{
    return !phone->pari_only || s->plan.star || phone->at == phone->home;
}

/* Nobody serves the phone: now and then somebody subscribes it where it is. Just then the site that it leaves may keep
 * silent. */
void sim_subscribe_try(struct sim *s, struct sim_phone *phone)
{
    struct sim_msg m = {.kind = M_SUBSCRIBE, .phone = (int)(phone - s->phones), .made = s->now};
    struct sim_site *site = &s->sites[phone->at];
    struct sim_rec *device = sim_site_by(site, F_IPEI, phone->ipei);

    if (!s->plan.subscriptions || site->restarting > s->now || (s->chaos && sim_pick(s, 4) != 0) ||
        !may_subscribe(s, phone))
        return;
    if (device &&
        (strcmp(device->v[F_S], "Yes") != 0 || strcmp(device->v[F_UAK], phone->uak) != 0)) {
        subscribe(s, site, phone, device);
        return;
    }
    if (device || !site->controlled || (phone->pari_only && !s->plan.star))
        return;
    if (phone->pari_only && s->chaos && s->plan.refuses && sim_pick(s, 2))
        s->sites[phone->home].deaf = s->now + 20 * SIM_SECOND;
    phone->asking = phone->at;
    phone->asked |= 1u << phone->at;
    sim_pipe_send(s, &site->pipe, 0, &m);
}

/* Both values say of which subscription they are. */
void sim_subscription_judge(struct sim *s, const struct mom_record *r)
{
    struct mom_str uak, id;
    char serial[9];

    if (mom_record_type(r) != MOM_DEVICE || !mom_record_get(r, MOM_DEVICE_uak, &uak) ||
        !mom_record_get(r, MOM_DEVICE_subscriptionId, &id) || (uak.len == 0 && id.len == 0))
        return;
    if (uak.len > 0 && (uak.ptr[0] == MOM_SECRET_PLAIN || uak.ptr[0] == MOM_SECRET_SEALED)) {
        uak.ptr++;
        uak.len--;
    }
    if (uak.len != 32 || id.len != 16) {
        sim_fail(s, "record %llu has half a subscription", (unsigned long long)mom_record_id(r));
        return;
    }
    snprintf(serial, sizeof serial, "%.8s", uak.ptr + 8);
    if (strtoul(serial, NULL, 16) != (unsigned long)((id.ptr[14] - '0') * 10 + id.ptr[15] - '0'))
        sim_fail(s, "record %llu has parts of two subscriptions",
                 (unsigned long long)mom_record_id(r));
}

/* --- the course of the day ---------------------------------------------------------------------- */

static struct sim_phone *any_phone(struct sim *s)
{
    struct sim_phone *phone =
        s->phone_count ? &s->phones[sim_pick(s, (unsigned)s->phone_count)] : NULL;

    return phone && phone->at >= 0 ? phone : NULL;
}

static void on_subscriptions(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = any_phone(s);

    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    if (phone)
        sim_unsubscribe(s, &s->sites[phone->at], phone);
    sim_at(s, s->now + sim_gap(s, 5 * s->plan.edit), on_subscriptions, NULL, 0);
}

static void on_silence(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_phone *phone = any_phone(s);

    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    if (phone) {
        int64_t away = sim_span(s, SIM_HOUR, 2 * (int64_t)SILENCE);
        int at = sim_pick(s, 4) ? phone->at : (int)sim_pick(s, s->site_count);

        sim_phone_off(s, phone, at, away);
    }
    sim_at(s, s->now + sim_gap(s, 5 * s->plan.roam), on_silence, NULL, 0);
}

void sim_subscriptions_draw(struct sim *s)
{
    s->plan.subscriptions = sim_pick(s, 2) != 0;
    s->plan.watch = sim_pick(s, 2) != 0;
    /* After a clock was set the hub may not know which of two sites had a phone later. */
    s->plan.self_ending = !s->plan.watch || s->plan.clocks == 2;
}

void sim_subscriptions_start(struct sim *s)
{
    if (s->plan.subscriptions)
        sim_at(s, s->now + sim_gap(s, 5 * s->plan.edit), on_subscriptions, NULL, 0);
    if (s->plan.watch)
        sim_at(s, s->now + sim_gap(s, 5 * s->plan.roam), on_silence, NULL, 0);
}

/* --- in calm ------------------------------------------------------------------------------------ */

/* A phone that is told to be heard is switched off: its registration ends after the time for it. */
void sim_silence_calm(struct sim *s)
{
    struct sim_phone *phone = any_phone(s);
    struct sim_site *site = phone ? &s->sites[phone->at] : NULL;
    struct sim_rec *device, *user;

    if (!site || !phone->served)
        return;
    sim_phone_located(s, phone, true);
    sim_run_until(s, s->now + 5 * SIM_SECOND);
    if (phone->at < 0 || !phone->served)
        return;
    sim_phone_off(s, phone, phone->at, SILENCE + 30 * SIM_MINUTE);
    sim_run_until(s, s->now + SILENCE + SIM_MINUTE);
    device = sim_site_by(site, F_IPEI, phone->ipei);
    user = device ? sim_site_find(site, MOM_USER, device->partner) : NULL;
    if (user && sim_site_registered(s, site, user))
        sim_fail(s, "phone %s is silent for long, and its user is registered at site %u",
                 phone->ipei, site->number);
    sim_run_until(s, s->now + 30 * SIM_MINUTE);
}
