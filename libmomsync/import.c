/*
 * What a site tells of its records: which of ours each one is, and what an import did not bring.
 * How values are merged is merge.c's business.
 */
#include "neighbour.h"
#include "node.h"
#include "shape.h"

#include <string.h>

/* Not a site that may talk: unknown, or its link is down. */
static struct mom__site *talking_site(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);

    if (site && site->up)
        return site;
    mom__logf(e, MOM_LOG_DEBUG, "site %u: not admitted, what it says is ignored", MOM__U(in->site));
    return NULL;
}

static void read_record(struct mom_engine *e, struct mom__observed *seen)
{
    const struct mom_input *in = seen->in;
    struct mom_attr *extra = mom__step_alloc(e, (in->attr_count + 1) * sizeof *extra);
    size_t extra_count = 0;
    int rc;

    mom__record_init(&seen->record, in->type, 0);
    for (size_t i = 0; extra && i < in->attr_count; i++) {
        const struct mom_attr *attr = &in->attrs[i];
        enum mom_field field = mom_field_of(in->type, attr->name);
        struct mom_str value;

        if (attr->name.len == 0 || !attr->value.ptr)
            continue;
        if (field == MOM_FIELD_NONE) {
            extra[extra_count++] = *attr;
            continue;
        }
        rc = mom__field_tolerant(field, attr->value, &e->arena, &value);
        if (rc == MOM_OK)
            mom__record_set(&seen->record, field, value);
        else
            mom__fail(e, rc);
    }
    rc = mom__record_set_extra(&seen->record, &e->arena, extra, extra_count);
    if (rc == MOM_ELIMIT)
        mom__logf(e, MOM_LOG_WARNING,
                  "site %u: a record has too many unknown attributes, they are left out",
                  MOM__U(in->site));
    else if (rc != MOM_OK)
        mom__fail(e, rc);
}

/* --- which record is it? ---------------------------------------------------------------------- */

static bool same_text(const struct mom_record *a, const struct mom_record *b, enum mom_field field)
{
    struct mom_str value = mom__record_value(a, field);

    return value.len > 0 && mom__equal(value, mom__record_value(b, field));
}

/* One number at two sites is the same user when something else agrees too. */
static bool is_same_user(struct mom_engine *e, const struct mom__observed *seen,
                         const struct mom_record *ours)
{
    uint64_t device = mom__local_id(e, seen->in->site, MOM_DEVICE, seen->in->partner_local);

    return same_text(&seen->record, ours, MOM_USER_name) ||
           same_text(&seen->record, ours, MOM_USER_sipAuthId) ||
           (device && ours->partner == device);
}

static uint64_t find_natural(struct mom_engine *e, const struct mom__observed *seen)
{
    struct mom_str ipei = mom__record_value(&seen->record, MOM_DEVICE_ipei);
    struct mom_str subscription;
    const struct mom__work *w;
    uint64_t id;

    if (seen->in->type == MOM_USER) {
        struct mom_str num = mom__record_value(&seen->record, MOM_USER_num);

        w = mom__work_live(e, mom__unique_find(e, MOM_USER_num, num));
        return w && same_text(&seen->record, &w->record, MOM_USER_num) &&
                       is_same_user(e, seen, &w->record)
                   ? w->record.id
                   : 0;
    }
    if (ipei.len > 0) {
        w = mom__work_live(e, mom__unique_find(e, MOM_DEVICE_ipei, ipei));
        return w && same_text(&seen->record, &w->record, MOM_DEVICE_ipei) ? w->record.id : 0;
    }
    subscription = mom__record_value(&seen->record, MOM_DEVICE_subscriptionId);
    if (subscription.len == 0)
        return 0;
    id = mom__unique_find(e, MOM_DEVICE_subscriptionId, subscription);
    return mom__work_live(e, id) ? id : 0;
}

/* A site whose database was put back may give a number that we know to another phone. */
static bool is_reused(const struct mom__observed *seen)
{
    const struct mom_record *ours = &seen->work->record;
    struct mom__base_entry *entry = mom__base_find(&seen->mapping->base, MOM_DEVICE_ipei);
    struct mom_str known = mom__record_value(ours, MOM_DEVICE_ipei);
    struct mom_str told = mom__record_value(&seen->record, MOM_DEVICE_ipei);

    return ours->type == MOM_DEVICE && known.len > 0 && told.len > 0 && !mom__equal(known, told) &&
           entry && entry->hash == mom__record_group_hash(ours, MOM_DEVICE_ipei, MOM__HASH_ALL);
}

/* Two records at one site that look like one of ours: a double, unless the one that we know was given another number
 * there, which makes room for somebody new. */
static bool is_double(const struct mom__observed *seen)
{
    enum mom_field key = seen->in->type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
    const struct mom__base_entry *entry = mom__base_find(&seen->mapping->base, key);

    return !entry || mom__record_value(&seen->record, key).len == 0 ||
           entry->hash == mom__record_group_hash(&seen->record, key, MOM__HASH_ALL);
}

static const char *type_name(enum mom_type type)
{
    return type == MOM_USER ? "user" : "device";
}

static bool load(struct mom_engine *e, struct mom__observed *seen, uint64_t id)
{
    seen->work = mom__work(e, id);
    seen->mapping = seen->work ? mom__mapping_of(e, seen->in->site, seen->work) : NULL;
    return seen->mapping != NULL;
}

/* By the site's number, else by what identifies a person or a phone. False: it is to be ignored. */
static bool find(struct mom_engine *e, struct mom__observed *seen)
{
    const struct mom_input *in = seen->in;
    struct mom__site *site = seen->site;
    bool importing = site->importing;

    if (load(e, seen, mom__local_id(e, in->site, in->type, in->local))) {
        if (MOM__PLANTED(NO_TOMBSTONE) && (seen->work->record.flags & MOM__DELETED)) {
            mom__unmap(e, seen->mapping);
            seen->work = NULL;
            return true;
        }
        if (!is_reused(seen))
            return true;
        mom__logf(e, MOM_LOG_NOTICE, "site %u: device %u is another one now", MOM__U(in->site),
                  MOM__U(in->local));
        if (importing)
            mom__unnumber(e, seen->mapping); /* the end of the import says whether it is missing */
        else
            mom__deleted_at_site(e, site, seen->mapping, e->now.wall_ms, false);
        mom__settle(e);
        seen->work = NULL;
        seen->mapping = NULL;
    }
    if (load(e, seen, mom__creation_find(e, seen)))
        return seen->asked = true;
    if (!load(e, seen, find_natural(e, seen)))
        return true;
    if (seen->mapping->base.local == 0)
        return true;
    if (importing && !mom__idmap_has(&site->seen, seen->work->record.id)) {
        /* Made anew there while the link was down: what was agreed on is void. */
        mom__unmap(e, seen->mapping);
        return true;
    }
    if (!is_double(seen)) {
        seen->work = NULL;
        seen->mapping = NULL;
        return true;
    }
    mom__logf(e, MOM_LOG_WARNING,
              "site %u: %s %u is record %u, which is there already as %u; ignored",
              MOM__U(in->site), type_name(in->type), MOM__U(in->local), seen->work->record.id,
              MOM__U(seen->mapping->base.local));
    return false;
}

/* --- a new record ----------------------------------------------------------------------------- */

static struct mom_stamp created_stamp(const struct mom_engine *e, const struct mom__observed *seen)
{
    struct mom_stamp stamp = {0, 0, seen->in->site};

    for (int k = 0; k < MOM_KINDS; k++) {
        if (seen->times_ms[k] && (!stamp.ms || seen->times_ms[k] < stamp.ms))
            stamp.ms = seen->times_ms[k];
    }
    if (!stamp.ms)
        stamp.ms = e->now.wall_ms;
    return stamp;
}

/* For one more record that a site has. What is not taken stays there as it is. */
static bool has_room(struct mom_engine *e, struct mom__observed *seen)
{
    bool user = seen->in->type == MOM_USER;
    const char *full = mom__full(e, user ? MOM_CAPACITY_USERS : MOM_CAPACITY_DEVICES, NULL);

    if (!full && !user && !seen->mapping)
        full = mom__full(e, MOM_CAPACITY_SITE_DEVICES, seen->site);
    if (!full)
        return true;
    if (!seen->site->importing || seen->site->over_limit == 0)
        mom__logf(e, MOM_LOG_ERROR, "site %u: %s %u is not taken: %s", MOM__U(seen->in->site),
                  type_name(seen->in->type), MOM__U(seen->in->local), full);
    seen->site->over_limit++;
    return false;
}

static bool create(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *r;
    uint64_t id;

    if (!has_room(e, seen))
        return false;
    seen->work = mom__work_new(e, seen->in->type);
    if (!seen->work)
        return false;
    r = &seen->work->record;
    id = r->id;
    *r = seen->record;
    r->id = id;
    r->created = created_stamp(e, seen);
    r->site = seen->in->site;
    r->epoch = 1;
    r->claim_ms = seen->times_ms[MOM_ROAMING] ? seen->times_ms[MOM_ROAMING] : r->created.ms;
    if (r->claim_ms > e->now.wall_ms) /* the phone's next site must not be late */
        r->claim_ms = e->now.wall_ms;
    mom__record_clear(r, mom__relation_group(r->type)); /* the relation is merged by itself */
    if (mom__is_permanent(r) && mom__full(e, MOM_CAPACITY_PERMANENT, NULL))
        mom__record_clear(r, MOM_USER_permanent); /* and this refused */
    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        int64_t ms = seen->times_ms[mom_field_info(f)->kind];

        if (mom__field_leads(f) && !(mom_field_info(f)->flags & MOM_REPORTED) &&
            mom__record_has_group(r, f))
            mom__record_set_stamp(
                r, f, mom__stamp_of_site(e, seen->in->site, ms, (struct mom_stamp){0, 0, 0}));
    }
    seen->fresh = true;
    seen->mapping = mom__mapping(e, seen->in->site, id);
    mom__derive_parked(e, seen->work);
    return seen->mapping != NULL;
}

/* --- what a record says of its place ---------------------------------------------------------- */

void mom__handoff_place(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *r = &seen->work->record;
    struct mom_str omm_id = mom__record_value(&seen->record, MOM_DEVICE_ommId);
    int64_t ms =
        seen->times_ms[MOM_ROAMING] < e->now.wall_ms ? seen->times_ms[MOM_ROAMING] : e->now.wall_ms;
    char own[MOM_OMM_ID_LEN + 1];

    if (r->site == seen->in->site || (r->flags & MOM__PARKED))
        return;
    if (r->site == 0) {
        struct mom__claim claim =
            mom__claim_next(mom__claim_of(r), seen->in->site, ms ? ms : e->now.wall_ms);

        mom__move(e, seen->work, claim.site, claim.epoch, claim.ms);
        return;
    }
    mom_park_omm_id(seen->site->park, own);
    /* What it told before is no news, though its clock may have been set since. */
    if (r->type != MOM_DEVICE || !mom__equal_c(omm_id, own) ||
        seen->told_ms[MOM_ROAMING] == seen->mapping->base.times_ms[MOM_ROAMING])
        return;
    if (r->claim_ms > e->now.wall_ms)
        return; /* of a clock that was set back since: it says nothing of what was later */
    if (ms <= r->claim_ms) {
        /* The phone was there for a while and is elsewhere by now: the site may still be registered. */
        mom__owes(e, seen->site, seen->work);
        return;
    }
    if (mom__idmap_put(&seen->site->arrivals, r->id, (uint64_t)seen->told_ms[MOM_ROAMING]) !=
        MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

/* One that fell silent at its site before that was cut off is not silent any more. */
static void arrive(struct mom_engine *e, uint64_t device, struct mom__arrival arrival)
{
    struct mom__work *w = mom__work_live(e, device);

    if (w && w->record.site == arrival.site)
        mom__presence_heard(e, w, false);
    mom__shape(e)->claim(e, device, arrival);
}

/* A phone came to a site that was cut off: the claim counts from the time that the site tells. */
static void take_arrivals(struct mom_engine *e, struct mom__site *site)
{
    const struct mom__idmap_slot *slot;
    size_t cursor = 0;

    while (site->arrivals.count > 0 && e->failed == MOM_OK &&
           (slot = mom__idmap_next(&site->arrivals, &cursor)) != NULL) {
        const struct mom__work *w = mom__work_live(e, slot->key);
        struct mom__mapping *m = w ? mom__mapping(e, site->number, slot->key) : NULL;
        int64_t told_ms = (int64_t)slot->value.number, at_ms = told_ms - site->clock_ms;
        const struct mom__handoff *h;

        if (!m || !m->exists)
            continue;
        m->base.times_ms[MOM_ROAMING] = told_ms;
        mom__mapping_changed(e, m);
        if (at_ms > e->now.wall_ms)
            at_ms = e->now.wall_ms;
        h = mom__handoff_at(e, site->number, w->record.id);
        if (!mom__claim_outdates(mom__claim_of(&w->record), at_ms) || (h && at_ms < h->claim_ms))
            mom__owes(e, site, w); /* the phone went on, as was told meanwhile */
        else
            arrive(e, w->record.id, (struct mom__arrival){site->number, at_ms, false});
    }
    mom__idmap_reset(&site->arrivals);
}

/* --- inputs ----------------------------------------------------------------------------------- */

void mom__on_import(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = talking_site(e, in);

    if (!site)
        return;
    site->importing = true;
    site->imported = false;
    site->over_limit = 0;
    mom__idmap_reset(&site->seen);
    mom__idmap_reset(&site->arrivals);
    mom__creations_load(e, site);
}

static void note_times(struct mom_engine *e, struct mom__observed *seen)
{
    for (int k = 0; k < MOM_KINDS; k++) {
        /* An arrival is news until it was taken, also if the node dies before. */
        if (k == MOM_ROAMING && mom__idmap_has(&seen->site->arrivals, seen->work->record.id))
            continue;
        if (seen->told_ms[k] && seen->told_ms[k] != seen->mapping->base.times_ms[k]) {
            seen->mapping->base.times_ms[k] = seen->told_ms[k];
            mom__mapping_changed(e, seen->mapping);
        }
    }
}

/* Deleted while the site was away, and that does not count (UDS guide 2.1.5). */
static bool is_restored(struct mom_engine *e, struct mom__observed *seen)
{
    if (e->offline_delete != MOM_RESTORE_DELETED || !seen->site->importing || seen->asked ||
        seen->work->record.deleted.ms <= seen->site->contact_ms)
        return false;
    mom__reaffirm(e, seen->work);
    mom__revive(e, seen->work);
    return true;
}

/* The deleted record with what the site tells. */
static const struct mom_record *edited(struct mom_engine *e, const struct mom__observed *seen)
{
    struct mom_record *r = mom__step_alloc(e, sizeof *r);

    if (!r)
        return NULL;
    *r = seen->work->record;
    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        if (seen->told[mom__field_index(f)])
            mom__record_copy_group(r, &seen->record, f);
    }
    return r;
}

/* The site's own time of a change at `ms` of ours. */
static int64_t told_at(const struct mom__observed *seen, int64_t ms)
{
    for (int k = 0; k < MOM_KINDS; k++) {
        if (seen->times_ms[k] == ms && ms)
            return seen->told_ms[k];
    }
    return 0;
}

/* A deleted record that the site still has: changed there after the deletion, it comes back. */
static bool comes_back(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record told = seen->record;
    struct mom_stamp deleted = seen->work->record.deleted;
    struct mom__news before = mom__news_before(&seen->work->record, seen->in->site);
    int64_t ms = mom__merge_news(e, seen);
    bool back = ms > deleted.ms;
    struct mom__verdict v = {.id = seen->work->record.id,
                             .winner = {ms, 0, seen->in->site},
                             .loser = deleted,
                             .kept_text = mom__str("edit"),
                             .lost_text = mom__str("deletion"),
                             .from = seen->in->site,
                             .theirs_won = back,
                             .told_ms = told_at(seen, ms),
                             .clock_ms = seen->in->clock_ms,
                             .rule = "edit-over-delete"};

    if (ms == 0 || seen->asked) /* what an OMM fills in when it makes a record is no edit */
        return false;
    if (!back) {
        v.loser = v.winner;
        v.winner = deleted;
        v.kept_text = mom__str("deletion");
        v.lost_text = mom__str("edit");
        v.rule = "delete-over-edit";
    }
    if (back && !has_room(e, seen)) { /* as any record that was never ours */
        mom__relation_note_gone(e, seen->mapping);
        mom__unmap(e, seen->mapping);
        return false;
    }
    v.kept_deletion = !back;
    v.lost_deletion = back;
    *(back ? &v.kept : &v.lost) = edited(e, seen);
    mom__conflict(e, &v);
    if (!back)
        return false;
    for (enum mom_field f = mom__field_first(told.type); f != mom__field_end(told.type); f++) {
        if (seen->told[mom__field_index(f)])
            mom__record_copy_group(&seen->work->record, &seen->record, f);
    }
    for (enum mom_field f = mom__field_first(told.type); f != mom__field_end(told.type); f++) {
        if (seen->told[mom__field_index(f)])
            mom__record_set_stamp(&seen->work->record, f,
                                  mom__stamp_of_site(e, seen->in->site, ms,
                                                     mom_record_stamp(&seen->work->record, f)));
    }
    if (mom__is_permanent(&seen->work->record) && mom__full(e, MOM_CAPACITY_PERMANENT, NULL)) {
        mom__record_set(&seen->work->record, MOM_USER_permanent, mom__str("0"));
        mom__record_set_stamp(&seen->work->record, MOM_USER_permanent, mom__stamp_new(e));
    }
    if (seen->in->type == MOM_DEVICE)
        mom__news_add_own(e, &before);
    mom__claim_set(&seen->work->record,
                   mom__claim_next(mom__claim_of(&seen->work->record), seen->in->site, ms));
    mom__settle_owing(e, seen->mapping); /* it may be registered since it was told to end */
    mom__revive(e, seen->work);
    seen->record = told;
    return true;
}

/* An answer to what we sent brings the record with the stamps that the site gave it. */
static void note_told(struct mom__observed *seen)
{
    struct mom__op *op = mom__op_find(seen->site, seen->work->record.id);

    if (op)
        *(seen->in->type == MOM_USER ? &op->told_user : &op->told_device) = true;
}

static void merge_all(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *r = &seen->work->record;

    if (!seen->mapping->exists)
        mom__base_init(&seen->mapping->base, seen->in->type);
    mom__map_local(e, seen->mapping, seen->in->local);
    note_told(seen);
    if ((r->flags & MOM__DELETED) && !is_restored(e, seen) && !comes_back(e, seen)) {
        if (!seen->mapping->exists)
            return;
        mom__want(e, seen->site, r->id, false);
        note_times(e, seen);
        return;
    }
    seen->leaving = seen->mapping->base.flags & MOM__BASE_LEAVING;
    mom__merge(e, seen);
    mom__relation_merge(e, seen);
    mom__shape(e)->place(e, seen);
    note_times(e, seen);
    if (seen->differs || (seen->mapping->base.flags & (MOM__BASE_LEAVING | MOM__BASE_OWING)) ||
        !mom__desired(e, r, seen->in->site))
        mom__want(e, seen->site, r->id, false);
}

void mom__on_record(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = talking_site(e, in);
    struct mom__observed *seen;

    if (!site || in->local == 0 || (in->type != MOM_USER && in->type != MOM_DEVICE))
        return;
    seen = mom__step_room(e, sizeof *seen);
    if (!seen)
        return;
    memset(seen, 0, offsetof(struct mom__observed, record));
    seen->site = site;
    seen->in = in;
    site->clock_ms = in->clock_ms;
    e->reason = site->importing ? MOM_REASON_IMPORT : MOM_REASON_SITE;
    read_record(e, seen);
    mom__merge_times(e, seen);
    if (e->failed != MOM_OK || !find(e, seen) || (!seen->work && !create(e, seen)) ||
        e->failed != MOM_OK)
        return;
    if (site->importing && mom__idmap_put(&site->seen, seen->work->record.id, 1) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
    merge_all(e, seen);
    e->teller = site->number;
    e->told = seen->work->record.id;
    e->told_partner = seen->work->record.partner;
    if (!site->importing)
        take_arrivals(e, site);
}

void mom__on_gone(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = talking_site(e, in);
    uint64_t id = site ? mom__local_id(e, in->site, in->type, in->local) : 0;
    struct mom__mapping *m = id ? mom__mapping(e, in->site, id) : NULL;

    if (!m)
        return;
    mom__idmap_del(&site->seen, id);
    mom__deleted_at_site(e, site, m, e->now.wall_ms, true);
}

/* --- the end of an import --------------------------------------------------------------------- */

struct gather {
    struct mom_engine *e;
    struct mom__site *site;
    uint32_t prefix;
    struct mom__queue *ids;
};

static bool gather_unseen(void *user, struct mom_str key, struct mom_str value)
{
    struct gather *g = user;
    uint32_t site;
    uint64_t id;

    (void)value;
    if (mom__key_read_site_id(key, &site, &id) != MOM_OK) {
        mom__fail(g->e, MOM_ECORRUPT);
        return false;
    }
    if (site != g->prefix)
        return false;
    if (!mom__idmap_has(&g->site->seen, id) && mom__queue_put(g->ids, id, false) != MOM_OK)
        mom__fail(g->e, MOM_ENOMEM);
    return g->e->failed == MOM_OK;
}

static void gather(struct mom_engine *e, struct mom__site *site, enum mom_table table,
                   uint32_t prefix, struct mom__queue *ids)
{
    struct gather g = {e, site, prefix, ids};
    struct mom__key key;

    mom__scan(e, table, mom__key_site_id(&key, prefix, 0), gather_unseen, &g);
}

/* Deleted at the site, and not by us: it belongs there. */
static bool is_deletion(struct mom_engine *e, struct mom__site *site, const struct mom__mapping *m)
{
    const struct mom__work *w = mom__work_live(e, m->id);

    return w && !(m->base.flags & MOM__BASE_LEAVING) && mom__desired(e, &w->record, site->number);
}

/* It was there and has no number any more: it was held, or another one has its number by now. A record that the site
 * was only asked to make has nothing that was agreed on. */
static bool has_lost_number(const struct mom__mapping *m)
{
    for (size_t i = 0; m->exists && m->base.local == 0 && i < m->base.count; i++) {
        if (m->base.entries[i].hash != 0)
            return true;
    }
    return false;
}

/* Of the records that a site had, those that it lacks and that count as deleted there. */
struct missing {
    uint64_t deletions, of;
};

static struct missing count_missing(struct mom_engine *e, struct mom__site *site,
                                    const struct mom__queue *ids)
{
    struct missing missing = {.of = (uint64_t)site->users + site->devices};

    for (size_t i = 0; i < ids->count; i++) {
        uint64_t id = ids->ids[(ids->head + i) & (ids->size - 1)];
        const struct mom__mapping *m = mom__mapping(e, site->number, id);
        bool unnumbered = m && has_lost_number(m);

        missing.of += unnumbered;
        missing.deletions += m && (m->base.local || unnumbered) && is_deletion(e, site, m);
    }
    return missing;
}

/* What was held and is missing still waits for its decision. Until that is made the site is not believed: whatever else
 * it lacks by now is held too, however little it is. */
static void delete_missing(struct mom_engine *e, struct mom__site *site, struct mom__queue *ids)
{
    struct missing missing = count_missing(e, site, ids);
    bool brake =
        mom__held_count(e, site->number) > 0 || mom__brake(e, missing.deletions, missing.of);
    uint64_t id, count = 0;

    mom__hold_forget(e, site->number);
    site->held = 0;
    while (e->failed == MOM_OK && (id = mom__queue_take(ids)) != 0) {
        struct mom__mapping *m = mom__mapping(e, site->number, id);

        if (!m || (m->base.local == 0 && !has_lost_number(m)))
            continue;
        if (!is_deletion(e, site, m))
            mom__deleted_at_site(e, site, m, site->contact_ms, false);
        else if (e->offline_delete == MOM_RESTORE_DELETED)
            mom__unmap(e, m); /* and it is put back */
        else if (brake) {
            mom__hold(e, site->number, id, mom__str(""));
            mom__unnumber(e, m); /* the site may give it to another one */
            count++;
        } else
            mom__deleted_at_site(e, site, m, site->contact_ms, false);
    }
    if (count > 0)
        mom__hold_missing(e, site, count, missing.of);
    mom__settle(e);
}

static void want_missing(struct mom_engine *e, struct mom__site *site, struct mom__queue *ids)
{
    uint64_t id;

    gather(e, site, MOM_T_RESIDENT, site->number, ids);
    gather(e, site, MOM_T_RESIDENT, MOM__ALL_SITES, ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(ids)) != 0)
        mom__want(e, site, id, false);
}

void mom__on_imported(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = talking_site(e, in);
    struct mom__queue ids;

    if (!site || !site->importing)
        return;
    mom__queue_init(&ids, &e->alloc);
    mom__creations_end(e, site);
    gather(e, site, MOM_T_BASE, site->number, &ids);
    delete_missing(e, site, &ids);
    site->importing = false;
    site->imported = true;
    site->imported_ms = site->contact_ms = e->now.wall_ms;
    want_missing(e, site, &ids);
    mom__queue_done(&ids);
    mom__idmap_done(&site->seen);
    mom__idmap_init(&site->seen, &e->alloc);
    if (site->over_limit)
        mom__logf(e, MOM_LOG_ERROR, "site %u: %u records were not taken, a limit is reached",
                  MOM__U(site->number), MOM__U(site->over_limit));
    mom__site_save(e, site);
    take_arrivals(e, site);
    mom__shape(e)->up(e, site->number);
}
