/*
 * What sites say of phones: where one is, and that registrations ended or were renewed. Whether a
 * site may serve a phone is decided here, before anything is sent.
 */
#include "node.h"
#include "shape.h"

enum { NOTICE_AGE = 60000 }; /* ms: no notice is on its way for longer than this */

/* --- inputs ----------------------------------------------------------------------------------- */

static struct mom__work *find_device(struct mom_engine *e, const struct mom_input *in)
{
    static const enum mom_field fields[2] = {MOM_DEVICE_subscriptionId, MOM_DEVICE_ipei};
    struct mom_str told[2] = {in->subscription, in->ipei};

    for (int i = 0; i < 2; i++) {
        struct mom__work *w;
        struct mom_str value = {NULL, 0};
        int rc = told[i].len ? mom__field_tolerant(fields[i], told[i], &e->arena, &value) : MOM_OK;

        if (rc != MOM_OK)
            mom__fail(e, rc);
        w = mom__work_live(e, mom__unique_find(e, fields[i], value));
        if (w && !(w->record.flags & MOM__PARKED))
            return w;
    }
    return NULL;
}

bool mom__is_subscribed(const struct mom_record *device)
{
    return mom__equal_c(mom__record_value(device, MOM_DEVICE_s), "Yes") ||
           mom__record_value(device, MOM_DEVICE_uak).len > 0;
}

static bool is_pari_only(const struct mom_record *device)
{
    return !MOM__PLANTED(PARI_ROAMS) &&
           mom__equal_c(mom__record_value(device, MOM_DEVICE_subscribeToPARIOnly), "1");
}

/* Phones that are on their way to the site count as if they were there. */
static bool is_full(struct mom_engine *e, const struct mom__site *site, uint64_t device)
{
    const struct mom__handoff *h = mom__handoff_at(e, site->number, device);
    const struct mom__shape *shape = mom__shape(e);

    return !mom__local_of(e, site->number, device) && !(h && h->to == site->number) &&
           mom__room(e, MOM_CAPACITY_SITE_DEVICES, site) <=
               (shape->expected ? shape->expected(e, site->number) : 0);
}

/* Why a site may not serve a phone; NULL: it may. A phone that asks for a subscription gets another one there, so it
 * may have been bound to another site before, but the site whose PARK is the SARI has no identity of its own to bind
 * it to (SIP-DECT 8.1 Multi-OMM design guide, PARI only). */
static const char *objection(struct mom_engine *e, const struct mom__site *site,
                             const struct mom_record *device, bool subscribing)
{
    if (is_pari_only(device) && subscribing && mom_park_equal(site->park, e->sari))
        return "it takes no SARI, and the PARK of this site is the SARI";
    if (is_pari_only(device) && !subscribing && device->site && device->site != site->number)
        return "it is subscribed to one site only";
    if (!subscribing && !mom__is_subscribed(device))
        return "it has no subscription";
    if (is_full(e, site, device->id))
        return "the site has as many devices as it may have";
    return mom__shape(e)->objection(e, site->number);
}

static void reject(struct mom_engine *e, const struct mom_input *in, bool subscribing,
                   const char *why)
{
    struct mom_action *action = mom__act(e, MOM_DO_REJECT, in->site);

    mom__logf(e, MOM_LOG_NOTICE, "site %u: a phone is not %s (%S): %s", MOM__U(in->site),
              subscribing ? "subscribed" : "served", &in->ipei, why);
    if (!action)
        return;
    action->ipei = mom__step_dup(e, in->ipei);
    action->subscription = mom__step_dup(e, in->subscription);
    action->additional = mom__step_dup(e, in->additional);
    action->subscribing = subscribing;
    action->text = mom__str(why);
}

/* Notices overtake each other on their ways: one that is clearly older than what is known counts no
 * more. One that is of now is not late, even if the claim is from a clock that is ahead. */
static bool is_late(struct mom_engine *e, mom_site site, const struct mom__work *w, int64_t at_ms)
{
    const struct mom__handoff *h = mom__handoff_at(e, site, w->record.id);
    int64_t claim_ms = h ? h->claim_ms : w->record.claim_ms;

    if (claim_ms > e->now.wall_ms) /* our clock was set back since */
        claim_ms = e->now.wall_ms;
    return at_ms + MOM__CLAIM_SLACK < claim_ms && !MOM__PLANTED(EPOCH_IGNORED);
}

/* What a site tells at once is at most so old, whatever its clock says. */
static int64_t notice_time(const struct mom_engine *e, const struct mom_input *in)
{
    int64_t now = e->now.wall_ms;

    return in->at_ms > now - NOTICE_AGE && in->at_ms < now ? in->at_ms : now;
}

/* A phone is heard where it lives: what a site that was cut off tells of an earlier time counts no more. */
static void heard_again(struct mom_engine *e, struct mom__work *w, int64_t at_ms)
{
    if (at_ms > w->record.claim_ms)
        mom__move(e, w, w->record.site, w->record.epoch, at_ms);
}

/* A known phone registered its location at a site. */
static void locate(struct mom_engine *e, const struct mom_input *in, struct mom__work *w)
{
    struct mom__arrival arrival = {in->site, notice_time(e, in), false};
    bool refreshes = mom__shape(e)->refreshes, lives = w->record.site == in->site,
         quiet = !mom__handoff_at(e, in->site, w->record.id);

    if (lives && quiet)
        mom__want(e, mom__site(e, in->site), w->record.id, true);
    if (lives && (quiet || refreshes))
        mom__presence_heard(e, w, in->kind == MOM_IN_HEARD);
    if (lives && quiet && !refreshes) {
        heard_again(e, w, arrival.at_ms);
        return;
    }
    if (is_late(e, in->site, w, arrival.at_ms)) {
        mom__logf(e, MOM_LOG_INFO, "site %u: a late notice of record %u counts no more",
                  MOM__U(in->site), w->record.id);
        mom__owes(e, mom__site(e, in->site), w);
        return;
    }
    mom__shape(e)->claim(e, w->record.id, arrival);
    /* It lives there now: who never hears it again has to notice that. */
    if (refreshes && !lives && w->record.site == in->site)
        mom__presence_heard(e, w, in->kind == MOM_IN_HEARD);
}

void mom__on_located(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom__work *w = site && site->up ? find_device(e, in) : NULL;
    const char *why = w ? objection(e, site, &w->record, false) : "it is not known";

    if (!site || !site->up || e->failed != MOM_OK)
        return;
    if (why)
        reject(e, in, false, why);
    else
        locate(e, in, w);
}

/* A site that hears a phone which lives elsewhere says where it is. */
void mom__on_heard(struct mom_engine *e, const struct mom_input *in)
{
    const struct mom__site *site = mom__site(e, in->site);
    struct mom__work *w = NULL;

    if (!site || !site->up)
        return;
    if (in->local)
        w = mom__work_live(e, mom__local_id(e, in->site, MOM_DEVICE, in->local));
    if (!w)
        w = find_device(e, in);
    if (w && e->failed == MOM_OK && !(w->record.flags & MOM__PARKED) &&
        !objection(e, site, &w->record, false))
        locate(e, in, w);
}

/* A wildcard subscription: the device without IPEI that waits for a phone with the user of this additional id. */
static struct mom__work *find_waiting(struct mom_engine *e, struct mom_str additional)
{
    struct mom_str value = {NULL, 0};
    const struct mom__work *user;
    struct mom__work *device;
    int rc = additional.len ? mom__field_tolerant(MOM_USER_addId, additional, &e->arena, &value)
                            : MOM_OK;

    if (rc != MOM_OK)
        mom__fail(e, rc);
    user = mom__work_live(e, mom__unique_find(e, MOM_USER_addId, value));
    device = user ? mom__work_live(e, user->record.partner) : NULL;
    return device && mom__record_value(&device->record, MOM_DEVICE_ipei).len == 0 ? device : NULL;
}

void mom__on_subscribe(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom__work *w = site && site->up ? find_device(e, in) : NULL;
    struct mom__arrival arrival = {in->site, e->now.wall_ms, true};
    const char *why;

    if (!site || !site->up)
        return;
    if (!w)
        w = find_waiting(e, in->additional);
    why = w ? objection(e, site, &w->record, true) : "it is not known";
    if (e->failed != MOM_OK)
        return;
    if (why) {
        reject(e, in, true, why);
        return;
    }
    if (!mom__handoff_at(e, in->site, w->record.id) && w->record.site == in->site) {
        mom__want_both(e, in->site, &w->record, true);
        return;
    }
    mom__shape(e)->claim(e, w->record.id, arrival);
}

static uint64_t user_of(struct mom_engine *e, const struct mom_input *in)
{
    uint64_t id = mom__local_id(e, in->site, in->type, in->local);
    const struct mom__work *w = mom__work(e, id);

    return w && w->record.type == MOM_DEVICE ? w->record.partner : id;
}

void mom__on_released(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    uint64_t user = site ? user_of(e, in) : 0;
    const struct mom__work *w = mom__work(e, user);

    if (!w)
        return;
    mom__released(e, site, user);
    mom__login_released(e, in->site, user);
    mom__presence_released(e, in->site, w->record.partner);
    mom__shape(e)->released(e, in->site, w->record.partner);
}

void mom__on_renewed(struct mom_engine *e, const struct mom_input *in)
{
    const struct mom__site *site = mom__site(e, in->site);
    const struct mom__work *w = site ? mom__work(e, user_of(e, in)) : NULL;

    if (w)
        mom__shape(e)->renewed(e, in->site, w->record.partner);
}
