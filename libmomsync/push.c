/*
 * Working off the difference between what a site should have and what it has: which PUT and REMOVE
 * go out, and what their
 * results mean. What was sent is noted in the base row before it leaves, so that a node that dies
 * meanwhile
 * recognises its own change at the next import.
 */
#include "node.h"
#include "shape.h"

/* A site stamps what we sent with its own clock. If it does not tell the record in its answer, stamps
 * up to so much after the result are ours. */
enum { ECHO_MARGIN = 1000 };

struct mom__op *mom__op_find(struct mom__site *site, uint64_t id)
{
    for (size_t i = 0; i < site->op_count; i++) {
        if (site->ops[i].device == id || site->ops[i].user == id)
            return &site->ops[i];
    }
    return NULL;
}

static struct mom__op *op_add(struct mom_engine *e, struct mom__site *site, enum mom__op_kind kind)
{
    struct mom__op *op;

    if (site->op_count == site->op_size) {
        size_t size = site->op_size ? 2 * site->op_size : 16;
        struct mom__op *ops = mom__realloc(&e->alloc, site->ops, size * sizeof *ops);

        if (!ops) {
            mom__fail(e, MOM_ENOMEM);
            return NULL;
        }
        site->ops = ops;
        site->op_size = size;
    }
    op = &site->ops[site->op_count++];
    *op = (struct mom__op){.kind = kind, .token = ++e->last_token, .deadline = MOM_NEVER};
    return op;
}

/* An answer is in: what waited for one is looked at again. */
static void op_drop(struct mom_engine *e, struct mom__site *site, struct mom__op *op)
{
    uint64_t id;

    *op = site->ops[--site->op_count];
    while (e->failed == MOM_OK && (id = mom__queue_take(&site->waiting)) != 0)
        mom__want(e, site, id, false);
}

/* A record cannot be dealt with before an answer that is outstanding. */
static void wait(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    if (mom__queue_put(&site->waiting, id, false) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

static bool has_window(const struct mom_engine *e, const struct mom__site *site)
{
    size_t outstanding = 0;

    for (size_t i = 0; i < site->op_count; i++)
        outstanding += site->ops[i].kind != MOM__OP_RELEASE;
    return outstanding < e->limits.outstanding;
}

void mom__push_forget(struct mom__site *site)
{
    mom__queue_reset(&site->pending);
    mom__queue_reset(&site->waiting);
    mom__queue_reset(&site->owed);
    mom__idmap_reset(&site->refused);
    site->retry_at = MOM_NEVER;
    site->op_count = 0;
}

/* --- one record and its partner at a site ----------------------------------------------------- */

struct half {
    struct mom__work *work; /* NULL: there is none */
    struct mom__mapping *mapping;
    bool want, mapped;
};

static struct half half_of(struct mom_engine *e, struct mom__site *site, struct mom__work *w)
{
    struct half half = {w, NULL, false, false};

    if (!w)
        return half;
    half.mapping = mom__mapping_of(e, site->number, w);
    half.want = mom__desired(e, &w->record, site->number) && !mom__is_missing(e, site, &w->record);
    half.mapped = half.mapping && half.mapping->exists && half.mapping->base.local;
    return half;
}

static bool is_busy(struct mom__site *site, const struct half *half)
{
    return half->work && mom__op_find(site, half->work->record.id);
}

/* --- removing --------------------------------------------------------------------------------- */

/* A site that the phone leaves or comes to in a handoff is dealt with there. */
static bool has_part(const struct mom_engine *e, const struct mom__site *site, uint64_t device)
{
    const struct mom__handoff *h = mom__handoff_at(e, site->number, device);

    return h && (h->from == site->number || h->to == site->number);
}

/* Both stay, for the user is permanent, but the phone left and the site was not reached then. */
static bool is_owing(struct mom_engine *e, struct mom__site *site, const struct half *device,
                     const struct half *user)
{
    return device->want && user->want && (device->mapping->base.flags & MOM__BASE_OWING) &&
           device->work->record.site != site->number &&
           !has_part(e, site, device->work->record.id) &&
           !mom__op_find(site, device->work->record.id) &&
           !mom__op_find(site, user->work->record.id);
}

static bool is_leaving(const struct half *device, const struct half *user)
{
    return !device->want && !user->want && !(device->work->record.flags & MOM__DELETED) &&
           !(device->mapping->base.flags & MOM__BASE_RELEASED);
}

/* In a star the shape ends it, and somebody waits to hear of it; who was never registered is not asked. */
static bool is_told_by_shape(struct mom_engine *e, const struct mom__site *site,
                             const struct half *device)
{
    return mom__shape(e)->owing && device->work->record.site != site->number;
}

/*
 * A site that gets all records of a star may have registered every user of it, and is asked to end them all. Not at
 * once: an OMM that is asked for thousands does not answer in time, and then is asked for them once more.
 */
static bool end_owed(struct mom_engine *e, struct mom__site *site, const struct half *device,
                     const struct half *user)
{
    uint64_t id = device->work->record.id;
    bool began;

    if (!(device->mapping->base.flags & MOM__BASE_OWING) || has_part(e, site, id) ||
        is_busy(site, device) || is_busy(site, user))
        return false;
    if (site->ends >= MOM_SITE_ENDS) {
        if (mom__queue_put(&site->owed, id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
        return true;
    }
    began = mom__shape(e)->owing(e, site->number, id);
    site->ends += began;
    return began;
}

static bool count_end(struct mom_engine *e, struct mom__handoff *h, mom_site number)
{
    struct mom__site *site = h->own == number ? mom__site(e, number) : NULL;

    if (site && mom__shape(e)->is_ending(h))
        site->ends++;
    return false;
}

/* Those that wait are looked at again when there is room for many. */
static void go_on_ending(struct mom_engine *e, struct mom__site *site)
{
    uint64_t id;

    site->ends = 0;
    if (!mom__shape(e)->is_ending || !site->up)
        return;
    (void)mom__handoff_walk(e, count_end, site->number);
    for (size_t n = site->ends; site->ends < MOM_SITE_ENDS / 2 && n < MOM_SITE_ENDS; n++) {
        if (e->failed != MOM_OK || (id = mom__queue_take(&site->owed)) == 0)
            break;
        mom__want(e, site, id, false);
    }
}

/* A phone that lives elsewhere may still be registered here: that ends, and before its record is removed. */
static bool release(struct mom_engine *e, struct mom__site *site, const struct half *device,
                    const struct half *user)
{
    struct mom_action *action;
    struct mom__op *op;

    if (!device->mapped || !user->mapped)
        return false;
    if (is_told_by_shape(e, site, device))
        return end_owed(e, site, device, user);
    if (!is_leaving(device, user) && !is_owing(e, site, device, user))
        return false;
    op = op_add(e, site, MOM__OP_RELEASE);
    action = op ? mom__act(e, MOM_DO_DEREGISTER, site->number) : NULL;
    if (!action)
        return true;
    op->device = device->work->record.id;
    op->user = user->work->record.id;
    op->deadline = e->now.mono_ms + e->timers.release_ms;
    action->local_device = device->mapping->base.local;
    action->local_user = user->mapping->base.local;
    return true;
}

/* What we do will unbind a record at the site: when the site tells that, it is no news. */
static void note_unbinding(struct mom_engine *e, struct mom__mapping *m)
{
    struct mom__base_entry *entry;

    if (!m || !m->exists)
        return;
    entry = mom__base_entry(&m->base, mom__relation_group(m->base.type));
    entry->has_pushed = true;
    entry->pushed = entry->pushed_open = mom__relation_hash(m->base.type, mom__str("Unbound"), 0);
    mom__mapping_changed(e, m);
}

/* A user who is bound there, and was not told to end. */
static bool is_registered(struct mom_engine *e, const struct mom__site *site,
                          const struct mom__mapping *user)
{
    const struct mom__mapping *device =
        user->base.partner ? mom__mapping(e, site->number, user->base.partner) : NULL;

    return device && device->exists && !(device->base.flags & MOM__BASE_RELEASED);
}

static void remove_one(struct mom_engine *e, struct mom__site *site, const struct half *half)
{
    struct mom_action *action;
    struct mom__op *op;
    enum mom_type type;

    if (!half->mapped || half->want || e->failed != MOM_OK)
        return;
    type = half->work->record.type;
    op = op_add(e, site, MOM__OP_REMOVE);
    action = op ? mom__act(e, MOM_DO_REMOVE, site->number) : NULL;
    if (!action)
        return;
    *(type == MOM_USER ? &op->user : &op->device) = half->work->record.id;
    op->ends = type == MOM_USER && is_registered(e, site, half->mapping);
    action->token = op->token;
    action->type = type;
    action->local = half->mapping->base.local;
    action->id = half->work->record.id;
    if (!MOM__PLANTED(LEAVING_UNKNOWN))
        half->mapping->base.flags |= MOM__BASE_LEAVING;
    if (half->mapping->base.partner)
        note_unbinding(e, mom__mapping(e, site->number, half->mapping->base.partner));
    mom__mapping_changed(e, half->mapping);
}

/* --- giving ----------------------------------------------------------------------------------- */

static bool is_given(enum mom_field f)
{
    return (mom__field_marks[f] & MOM__MARK_MERGED) != 0 &&
           f != mom__relation_group(mom__field_infos[f].owner);
}

static bool differs(const struct mom_engine *e, const struct half *half, enum mom_field group)
{
    uint64_t hash =
        mom__desired_hash(e, &half->work->record, half->mapping->site, group, MOM__HASH_ALL);
    const struct mom__base_entry *entry;

    if (hash == 0)
        return false;
    entry = half->mapped ? mom__base_find(&half->mapping->base, group) : NULL;
    /* A secret that we cannot open is at the sites, if it is anywhere. */
    return (!entry || entry->hash != hash) && !mom__group_is_closed(&half->work->record, group);
}

static void note_pushed(const struct mom_engine *e, const struct half *half, enum mom_field group)
{
    struct mom__base_entry *entry = mom__base_entry(&half->mapping->base, group);
    const struct mom_record *r = &half->work->record;

    entry->has_pushed = true;
    entry->pushed = mom__desired_hash(e, r, half->mapping->site, group, MOM__HASH_ALL);
    entry->pushed_open = mom__desired_hash(e, r, half->mapping->site, group, MOM__HASH_PUBLIC);
}

/* Copied: what a site has just told lies in the host's batch, and the host may drop that before it reads the action. */
static size_t add_group(struct mom_engine *e, const struct mom_record *record, mom_site site,
                        enum mom_field group, struct mom_attr *attrs)
{
    const char *instead = mom__desired_instead(e, record, site, group);
    size_t count = 0;

    if (instead) {
        attrs[0] = (struct mom_attr){mom__str(mom_field_info(group)->name), mom__str(instead)};
        return 1;
    }
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        const struct mom_field_info *info = mom_field_info(f);

        if (info->form == MOM_EXTRA) {
            for (size_t i = 0; i < record->extra_count; i++)
                attrs[count++] = (struct mom_attr){mom__step_dup(e, record->extra[i].name),
                                                   mom__step_dup(e, record->extra[i].value)};
        } else if (mom__record_value(record, f).ptr) {
            attrs[count++] = (struct mom_attr){mom__str(info->name),
                                               mom__step_dup(e, mom__record_value(record, f))};
        }
    }
    return count;
}

/* The part of a PUT that is about one record: all of it when it is to be made there, else the groups that differ. */
static void compose(struct mom_engine *e, const struct half *half, struct mom_put *put)
{
    const struct mom_record *r;
    struct mom_attr *attrs;

    if (!half->want || e->failed != MOM_OK)
        return;
    r = &half->work->record;
    attrs = mom__step_room(e, (MOM__FIELDS_MAX + r->extra_count) * sizeof *attrs);
    if (!attrs)
        return;
    if (!half->mapped)
        mom__base_init(&half->mapping->base, r->type);
    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        if (!is_given(f) || !differs(e, half, f))
            continue;
        put->attr_count += add_group(e, r, half->mapping->site, f, attrs + put->attr_count);
        note_pushed(e, half, f);
    }
    if (half->mapped && put->attr_count == 0)
        return;
    put->id = r->id;
    put->local = half->mapped ? half->mapping->base.local : 0;
    put->attrs = attrs;
    mom__mapping_changed(e, half->mapping);
}

/* Made without a partner, whether it has one elsewhere or gets one meanwhile: when the site tells that it is unbound,
 * that is no news. */
static void note_single(struct mom_engine *e, const struct half *half)
{
    if (half->want && !half->mapped)
        note_unbinding(e, half->mapping);
}

static const char *relation_name(const struct mom_record *record)
{
    return mom__equal_c(mom__record_value(record, mom__relation_group(record->type)), "Fixed")
               ? "Fixed"
               : "Dynamic";
}

/* Earlier partners at the site are let go before a new one is bound. True: it was asked for, the rest waits. */
static bool unbind_first(struct mom_engine *e, struct mom__site *site, const struct half *half,
                         uint64_t partner)
{
    struct mom__mapping *m = half->mapping, *other;
    struct mom_action *action;
    struct mom__op *op;
    bool user;

    if (!half->want || !half->mapped || !m->base.partner || m->base.partner == partner)
        return false;
    if (mom__op_find(site, m->base.partner)) {
        wait(e, site, half->work->record.id);
        return true;
    }
    other = mom__mapping(e, site->number, m->base.partner);
    op = other ? op_add(e, site, MOM__OP_PUT) : NULL;
    action = op ? mom__act(e, MOM_DO_PUT, site->number) : NULL;
    if (!action)
        return true;
    note_unbinding(e, m);
    note_unbinding(e, other);
    user = half->work->record.type == MOM_USER;
    op->user = user ? m->id : m->base.partner;
    op->device = user ? m->base.partner : m->id;
    op->relation = "Unbound";
    op->ends = true;
    action->token = op->token;
    action->relation = mom__str(op->relation);
    action->local_user = user ? m->base.local : other->base.local;
    action->local_device = user ? other->base.local : m->base.local;
    return true;
}

static void give(struct mom_engine *e, struct mom__site *site, const struct half *device,
                 const struct half *user)
{
    bool pair = device->want && user->want, bind;
    struct mom_action put = {.site = site->number}, *action;
    struct mom__op *op;

    if (unbind_first(e, site, device, pair ? user->work->record.id : 0) ||
        unbind_first(e, site, user, pair ? device->work->record.id : 0))
        return;
    bind = pair && (!device->mapped || !user->mapped ||
                    mom__relation_differs(e, &device->work->record, device->mapping) ||
                    mom__relation_differs(e, &user->work->record, user->mapping));
    compose(e, device, &put.device);
    compose(e, user, &put.user);
    if (!pair) {
        note_single(e, device);
        note_single(e, user);
    }
    if (e->failed != MOM_OK || (!put.device.id && !put.user.id && !bind))
        return;
    op = op_add(e, site, MOM__OP_PUT);
    action = op ? mom__act(e, MOM_DO_PUT, site->number) : NULL;
    if (!action)
        return;
    op->new_device = put.device.id && put.device.local == 0;
    op->new_user = put.user.id && put.user.local == 0;
    op->device = put.device.id || bind ? device->work->record.id : 0;
    op->user = put.user.id || bind ? user->work->record.id : 0;
    action->token = op->token;
    action->device = put.device;
    action->user = put.user;
    if (!bind)
        return;
    note_pushed(e, device, MOM_DEVICE_relType);
    note_pushed(e, user, MOM_USER_relType);
    mom__mapping_changed(e, device->mapping);
    mom__mapping_changed(e, user->mapping);
    op->relation = relation_name(&device->work->record);
    action->relation = mom__str(op->relation);
    action->local_device = device->mapping->base.local;
    action->local_user = user->mapping->base.local;
}

static void stop_leaving(struct mom_engine *e, const struct half *half)
{
    if (!half->want || !half->mapped || !(half->mapping->base.flags & MOM__BASE_LEAVING))
        return;
    half->mapping->base.flags &= ~(unsigned)MOM__BASE_LEAVING;
    mom__mapping_changed(e, half->mapping);
}

static void refused(struct mom_engine *e, struct mom__site *site, uint64_t id, int rc)
{
    int64_t due = e->now.mono_ms + e->timers.retry_ms;

    if (!id || MOM__PLANTED(REFUSED_DROPPED))
        return;
    if (mom__idmap_put(&site->refused, id, (uint64_t)due) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
    if (due < site->retry_at)
        site->retry_at = due;
    mom__logf(e, MOM_LOG_WARNING, "site %u refused record %u: %s", MOM__U(site->number), id,
              mom_err_text(rc));
}

/* A device that is new at a site, beside those that are just being made there. */
static bool has_room(const struct mom_engine *e, const struct mom__site *site)
{
    uint64_t made = 0;

    for (size_t i = 0; i < site->op_count; i++)
        made += site->ops[i].new_device && !site->ops[i].told_device;
    return made < mom__room(e, MOM_CAPACITY_SITE_DEVICES, site);
}

/* A device does not go where there is no room for it. Neither does its user, whom the site would tell as unbound before
 * it ever had the two together; one who is there already stays. */
static void keep_away(struct mom_engine *e, struct mom__site *site, struct half *device,
                      struct half *user)
{
    if (!device->want || device->mapped || has_room(e, site))
        return;
    device->want = false;
    refused(e, site, device->work->record.id, MOM_ELIMIT);
    if (user->want && !user->mapped) {
        user->want = false;
        refused(e, site, user->work->record.id, MOM_ELIMIT);
    }
    if (mom__shape(e)->refused)
        mom__shape(e)->refused(e, site->number, device->work->record.id);
}

static void look(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    struct mom__work *w = mom__work(e, id),
                     *partner = w ? mom__work_live(e, w->record.partner) : NULL;
    bool is_user = w && w->record.type == MOM_USER;
    struct half device, user;

    if (!w || mom__is_missing(e, site, &w->record))
        return;
    device = half_of(e, site, is_user ? partner : w);
    user = half_of(e, site, is_user ? w : partner);
    if (e->failed != MOM_OK || mom__idmap_has(&site->refused, id))
        return;
    if (is_busy(site, &device) || is_busy(site, &user)) {
        wait(e, site, id);
        return;
    }
    /* What was refused is offered again later, but with its partner at once when that was changed. */
    if (partner)
        mom__idmap_del(&site->refused, partner->record.id);
    stop_leaving(e, &device);
    stop_leaving(e, &user);
    keep_away(e, site, &device, &user);
    if (device.want || user.want)
        give(e, site, &device, &user);
    if (release(e, site, &device, &user))
        return;
    remove_one(e, site, &user);
    remove_one(e, site, &device);
}

void mom__push_all(struct mom_engine *e)
{
    for (size_t i = 0; i < e->site_count && e->failed == MOM_OK; i++) {
        struct mom__site *site = e->sites[i];

        go_on_ending(e, site);
        for (uint32_t n = 0; n < e->limits.per_step; n++) {
            uint64_t id;

            if (!site->up || !site->imported || e->failed != MOM_OK || !has_window(e, site))
                break;
            id = mom__queue_take(&site->pending);
            if (id == 0)
                break;
            look(e, site, id);
        }
    }
}

/* --- results ---------------------------------------------------------------------------------- */

/* What was sent is what the site has now. `told`: its stamps are known, the site has told the record. */
static void confirm(struct mom_engine *e, struct mom__site *site, uint64_t id, uint32_t local,
                    bool told)
{
    struct mom__mapping *m = id ? mom__mapping(e, site->number, id) : NULL;

    if (!m || !m->exists)
        return;
    /* A record that was deleted here while it was made there was told as a new one: that one has the number. */
    if (m->base.local == 0 && local != 0 &&
        mom__local_id(e, site->number, m->base.type, local) == 0)
        mom__map_local(e, m, local);
    if (m->base.local == 0)
        return; /* it is not there: nothing was agreed on */
    for (size_t i = 0; i < m->base.count; i++) {
        struct mom__base_entry *entry = &m->base.entries[i];
        enum mom_kind kind = mom_field_info(entry->group)->kind;
        int64_t margin = e->now.wall_ms + site->clock_ms + ECHO_MARGIN;

        if (!entry->has_pushed || entry->group == mom__relation_group(m->base.type))
            continue;
        entry->hash = entry->pushed;
        entry->open = entry->pushed_open;
        entry->has_pushed = false;
        if (!told && m->base.times_ms[kind] < margin)
            m->base.times_ms[kind] = margin;
    }
    /* LEAVING stays: what is asked to go meanwhile goes nevertheless. */
    m->base.flags &= ~(unsigned)MOM__BASE_RELEASED;
    mom__mapping_changed(e, m);
}

/* A site that says that all is well and does not say where has not made the record. Who lost his number meanwhile is
 * not missed: what the site made is the one who has it. */
static void look_made(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    const struct mom__work *w = id && !mom__local_of(e, site->number, id) ? mom__work(e, id) : NULL;

    if (w && mom__desired(e, &w->record, site->number))
        refused(e, site, id, MOM_EINVAL);
}

/* A record that the site made without a relation is unbound there, whatever it is elsewhere. */
static void note_alone(struct mom_engine *e, const struct mom__site *site, uint64_t id)
{
    struct mom__mapping *m = id ? mom__mapping(e, site->number, id) : NULL;
    const struct mom__base_entry *entry;

    if (!m || !m->exists || m->base.local == 0)
        return;
    entry = mom__base_find(&m->base, mom__relation_group(m->base.type));
    if (!entry || entry->hash == 0)
        mom__relation_note(e, site->number, m->base.type == MOM_DEVICE ? id : 0,
                           m->base.type == MOM_USER ? id : 0, mom__str("Unbound"));
}

static void put_done(struct mom_engine *e, struct mom__site *site, const struct mom__op *op,
                     const struct mom_input *in)
{
    confirm(e, site, op->device, in->local_device, op->told_device);
    confirm(e, site, op->user, in->local_user, op->told_user);
    if (op->relation && mom__local_of(e, site->number, op->device) &&
        mom__local_of(e, site->number, op->user))
        mom__relation_note(e, site->number, op->device, op->user, mom__str(op->relation));
    note_alone(e, site, op->device);
    note_alone(e, site, op->user);
    mom__want(e, site, op->device ? op->device : op->user, false);
    if (op->device && op->user)
        mom__want(e, site, op->user, false);
    look_made(e, site, op->device);
    look_made(e, site, op->user);
}

void mom__push_left(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    struct mom__work *w = site->refused.count > 0 ? mom__work(e, id) : NULL;
    size_t count = w ? mom__unique_fields(e, w->record.type, true, fields) : 0;

    for (size_t i = 0; i < count && e->failed == MOM_OK; i++) {
        uint64_t holder = mom__unique_find(e, fields[i], mom__record_value(&w->record, fields[i]));

        if (!holder || holder == id || !mom__idmap_has(&site->refused, holder))
            continue;
        mom__idmap_del(&site->refused, holder);
        mom__want(e, site, holder, true);
    }
}

static void drop_mapping(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    struct mom__mapping *m = id ? mom__mapping(e, site->number, id) : NULL;

    if (!m)
        return;
    mom__relation_note_gone(e, m);
    mom__unmap(e, m);
    mom__push_left(e, site, id);
    mom__want(e, site, id, false);
}

/* What was refused is not on its way any more: a later result must not confirm it. A record that was to be made keeps
 * the note, so that it is recognised if it was made after all. */
static void take_back(struct mom_engine *e, struct mom__site *site, uint64_t id)
{
    struct mom__mapping *m = id ? mom__mapping(e, site->number, id) : NULL;

    if (!m || !m->exists || m->base.local == 0)
        return;
    for (size_t i = 0; i < m->base.count; i++)
        m->base.entries[i].has_pushed = false;
    mom__mapping_changed(e, m);
}

/* What was to be made is there already, as was told before the result: what differs is offered at once. */
static bool is_found(struct mom_engine *e, struct mom__site *site, const struct mom__op *op, int rc)
{
    return rc == MOM_EEXIST && ((op->new_device && mom__local_of(e, site->number, op->device)) ||
                                (op->new_user && mom__local_of(e, site->number, op->user)));
}

/* One of the two that a PUT was about is known to be gone since: the answer is about that one. */
static bool is_explained(struct mom_engine *e, const struct mom__site *site,
                         const struct mom__op *op)
{
    return (op->device && !op->new_device && !mom__local_of(e, site->number, op->device)) ||
           (op->user && !op->new_user && !mom__local_of(e, site->number, op->user));
}

static void put_refused(struct mom_engine *e, struct mom__site *site, const struct mom__op *op,
                        int rc)
{
    struct mom__work *device = op->device ? mom__work(e, op->device) : mom__work(e, op->user);

    if (rc == MOM_ENOENT && is_explained(e, site, op)) {
        take_back(e, site, op->device);
        take_back(e, site, op->user);
        if (op->device)
            mom__want(e, site, op->device, true);
        if (op->user)
            mom__want(e, site, op->user, true);
        return;
    }
    if (rc == MOM_ENOENT &&
        (mom__local_of(e, site->number, op->device) || mom__local_of(e, site->number, op->user))) {
        drop_mapping(e, site, op->device);
        drop_mapping(e, site, op->user);
        return;
    }
    if (is_found(e, site, op, rc)) {
        mom__want(e, site, op->device ? op->device : op->user, true);
        return;
    }
    take_back(e, site, op->device);
    take_back(e, site, op->user);
    refused(e, site, op->device, rc);
    refused(e, site, op->user, rc);
    if (device && mom__shape(e)->refused)
        mom__shape(e)->refused(e, site->number, op->device ? op->device : device->record.partner);
    mom__login_refused(e, site->number, op->user, rc);
}

void mom__on_result(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom__op op = {.token = 0};

    for (size_t i = 0; site && i < site->op_count; i++) {
        if (site->ops[i].token != in->token || site->ops[i].kind == MOM__OP_RELEASE)
            continue;
        op = site->ops[i];
        op_drop(e, site, &site->ops[i]);
        break;
    }
    if (!op.token) {
        mom__logf(e, MOM_LOG_DEBUG, "site %u: a result that nobody waits for", MOM__U(in->site));
        return;
    }
    if (op.ends && in->rc == MOM_OK && mom__shape(e)->parted)
        mom__shape(e)->parted(e, site->number, op.user);
    if (op.kind == MOM__OP_REMOVE) {
        if (in->rc == MOM_OK || in->rc == MOM_ENOENT)
            drop_mapping(e, site, op.device ? op.device : op.user);
        else
            refused(e, site, op.device ? op.device : op.user, in->rc);
    } else if (in->rc == MOM_OK) {
        put_done(e, site, &op, in);
    } else {
        put_refused(e, site, &op, in->rc);
    }
}

/* --- timers ----------------------------------------------------------------------------------- */

/* `answered`: by the site, and not by the timer. A site that keeps the records and did not answer
 * still owes its end: the request may have been lost, and is repeated. */
static void end_release(struct mom_engine *e, struct mom__site *site, struct mom__op *op,
                        bool answered)
{
    uint64_t device = op->device, user = op->user;
    struct mom__mapping *m = mom__mapping(e, site->number, device);
    const struct mom__work *w = mom__work_live(e, device);
    bool anew = op->anew && answered;

    op_drop(e, site, op);
    if (!answered && m && m->exists && (m->base.flags & MOM__BASE_OWING) && w &&
        mom__desired(e, &w->record, site->number)) {
        refused(e, site, device, MOM_ESTATE);
        return;
    }
    if (m && m->exists && !anew)
        mom__note_released(e, m, user);
    mom__want(e, site, device, true);
    mom__want(e, site, user, true);
}

void mom__release_anew(struct mom__site *site, uint64_t device)
{
    for (size_t i = 0; i < site->op_count; i++) {
        if (site->ops[i].kind == MOM__OP_RELEASE && site->ops[i].device == device)
            site->ops[i].anew = true;
    }
}

void mom__released(struct mom_engine *e, struct mom__site *site, uint64_t user)
{
    for (size_t i = 0; i < site->op_count; i++) {
        if (site->ops[i].kind == MOM__OP_RELEASE && site->ops[i].user == user) {
            end_release(e, site, &site->ops[i], true);
            return;
        }
    }
}

static void retry(struct mom_engine *e, struct mom__site *site)
{
    struct mom__idmap_slot *slot;
    size_t cursor = 0;

    site->retry_at = MOM_NEVER;
    while ((slot = mom__idmap_next(&site->refused, &cursor)) != NULL) {
        int64_t due = (int64_t)slot->value.number;

        if (due > e->now.mono_ms)
            site->retry_at = due < site->retry_at ? due : site->retry_at;
        else if (mom__queue_put(&site->pending, slot->key, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
    for (size_t i = 0; i < site->pending.count; i++)
        mom__idmap_del(&site->refused,
                       site->pending.ids[(site->pending.head + i) & (site->pending.size - 1)]);
}

void mom__push_timers(struct mom_engine *e)
{
    for (size_t i = 0; i < e->site_count; i++) {
        struct mom__site *site = e->sites[i];

        for (size_t n = site->op_count; n-- > 0;) {
            if (site->ops[n].deadline <= e->now.mono_ms)
                end_release(e, site, &site->ops[n], false);
        }
        if (site->retry_at <= e->now.mono_ms)
            retry(e, site);
    }
}

int64_t mom__push_deadline(const struct mom_engine *e)
{
    int64_t deadline = MOM_NEVER;

    for (size_t i = 0; i < e->site_count; i++) {
        const struct mom__site *site = e->sites[i];

        if (site->up && site->imported && site->pending.members.count > 0 && has_window(e, site))
            return e->now.mono_ms;
        if (site->retry_at < deadline)
            deadline = site->retry_at;
        for (size_t n = 0; n < site->op_count; n++)
            deadline = site->ops[n].deadline < deadline ? site->ops[n].deadline : deadline;
    }
    return deadline;
}
