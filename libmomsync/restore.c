/*
 * What an import does to records: the only changes that bring an id, a stamp or a time of creation
 * from outside. transfer_plan.c decides what is to be done; here it is looked at again, for others
 * may have changed the records meanwhile, and done within the rules.
 */
#include "node.h"
#include "seal.h"
#include "transfer_import.h"

#include <string.h>

bool mom__restore_takes(enum mom_field f)
{
    const struct mom_field_info *info = mom_field_info(f);

    return mom__field_leads(f) && !(info->flags & MOM_REPORTED) &&
           f != mom__relation_group(info->owner);
}

/* Attributes that the file does not have become empty; equal to the file is who differs in nothing but that. */
static bool restore_extra(struct mom_record *record, const struct mom_record *file,
                          struct mom__arena *arena, int *ret_rc)
{
    size_t count = record->extra_count + file->extra_count;
    struct mom_attr *attrs;
    bool same = record->extra_count >= file->extra_count;
    int rc;

    for (size_t i = 0, k = 0; same && i < record->extra_count; i++) {
        const struct mom_attr *ours = &record->extra[i];
        bool listed = k < file->extra_count && mom__equal(file->extra[k].name, ours->name);

        same = listed ? mom__equal(file->extra[k].value, ours->value) : ours->value.len == 0;
        k += listed;
        if (i + 1 == record->extra_count)
            same = same && k == file->extra_count;
    }
    if (same || count == 0)
        return false;
    attrs = mom__arena_alloc(arena, count * sizeof *attrs);
    if (!attrs) {
        *ret_rc = MOM_ENOMEM;
        return false;
    }
    for (size_t i = 0; i < record->extra_count; i++)
        attrs[i] = (struct mom_attr){record->extra[i].name, {"", 0}};
    if (file->extra_count > 0)
        memcpy(attrs + record->extra_count, file->extra, file->extra_count * sizeof *attrs);
    rc = mom__record_set_extra(record, arena, attrs, count);
    if (rc == MOM_ELIMIT) /* together they are too many: those of the file fit */
        rc = mom__record_set_extra(record, arena, file->extra, file->extra_count);
    if (rc != MOM_OK)
        *ret_rc = rc;
    return rc == MOM_OK;
}

bool mom__restore_group(struct mom_record *record, const struct mom_record *file,
                        enum mom_field group, bool secrets, struct mom__arena *arena, int *ret_rc)
{
    bool changed = false;

    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        const struct mom_field_info *info = mom_field_info(f);
        struct mom_str here = mom__record_value(record, f), want = mom__record_value(file, f);

        if (info->form == MOM_EXTRA) {
            changed |= restore_extra(record, file, arena, ret_rc);
            continue;
        }
        if (info->form == MOM_PARTNER || ((info->flags & MOM_SECRET) && !secrets))
            continue;
        if (!want.ptr)
            want = (struct mom_str){"", 0};
        /* A user without a number is none. */
        if (mom__equal(here, want) || (here.len == 0 && want.len == 0) ||
            (f == MOM_USER_num && want.len == 0))
            continue;
        mom__record_set(record, f, want);
        changed = true;
    }
    return changed;
}

/* --- one input -------------------------------------------------------------------------------- */

struct restore {
    struct mom_engine *e;
    const struct mom_input *in;
    struct mom_record file;
    struct mom_stamp deleted;
    bool keep; /* stamps are those of the file */
};

static void refuse(const struct restore *r, int rc)
{
    mom__refuse(r->e, r->in, rc, mom_err_text(rc));
}

static struct mom_stamp clamped(struct mom_engine *e, struct mom_stamp stamp)
{
    (void)mom__stamp_clamp(&stamp, e->now.wall_ms, e->skew_ms);
    mom__hlc_after(&e->clock, stamp);
    e->numbers_changed = true;
    return stamp;
}

static bool is_over_limit(const struct restore *r, const struct mom__work *w)
{
    const struct mom_engine *e = r->e;
    bool counted = w && (w->index.live || w->index.parked);

    return mom__over_limit(e, &r->file, !counted, w && w->index.permanent) != NULL;
}

static bool clashes(struct mom_engine *e, const struct mom_record *record)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, record->type, true, fields);

    for (size_t i = 0; i < count; i++) {
        if (mom__unique_other(e, record, fields[i]))
            return true;
    }
    return false;
}

/* Stamps of a record that is made: those of the file, or new ones. */
static void stamp_all(struct restore *r)
{
    struct mom_stamp now = r->keep ? (struct mom_stamp){0, 0, 0} : mom__stamp_new(r->e);
    enum mom_type type = r->file.type;

    r->file.created = clamped(r->e, r->file.created);
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        if (!mom__field_leads(f))
            continue;
        if (r->keep && !mom__stamp_is_zero(mom_record_stamp(&r->file, f)))
            mom__record_set_stamp(&r->file, f, clamped(r->e, mom_record_stamp(&r->file, f)));
        else if (!r->keep && mom__record_has_group(&r->file, f) && !mom__field_is_reported(f))
            mom__record_set_stamp(&r->file, f, now);
    }
}

static void create(struct restore *r)
{
    struct mom_engine *e = r->e;
    bool dead = r->file.flags & MOM__DELETED;
    struct mom__work *w;

    if (!dead && is_over_limit(r, NULL)) {
        refuse(r, MOM_ELIMIT);
        return;
    }
    if (r->file.site && !mom__site(e, r->file.site))
        r->file.site = 0;
    if (r->file.partner || r->file.claimed) { /* bound when both are there */
        r->file.partner = r->file.claimed = 0;
        mom__record_set(&r->file, mom__relation_group(r->file.type), mom__str("Unbound"));
    }
    stamp_all(r);
    if (dead) { /* later than what the deleter had seen, whatever the file says */
        struct mom_stamp newest = mom__record_newest(&r->file);

        r->file.deleted = clamped(e, r->deleted);
        if (mom_stamp_compare(r->file.deleted, newest) <= 0)
            r->file.deleted = newest;
    }
    w = mom__work_insert(e, &r->file, dead ? MOM_DELETED : MOM_CREATED);
    if (w)
        mom__derive_parked(e, w);
}

/* --- filling gaps ----------------------------------------------------------------------------- */

static void fill_gaps(struct restore *r, struct mom__work *w)
{
    enum mom_type type = w->record.type;

    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        struct mom_record next = w->record;

        if (!mom__restore_takes(f) || mom__record_has_group(&w->record, f) ||
            !mom__record_has_group(&r->file, f))
            continue;
        mom__record_copy_group(&next, &r->file, f);
        if (clashes(r->e, &next))
            continue;
        w->record = next;
        mom__record_set_stamp(&w->record, f, clamped(r->e, mom_record_stamp(&r->file, f)));
        mom__work_changed(r->e, w, MOM_CHANGED);
    }
}

static void fill(struct restore *r)
{
    struct mom__work *w = mom__work(r->e, r->in->id);

    r->keep = true;
    if (!w)
        create(r);
    else if (!(w->record.flags & MOM__DELETED) && w->record.type == r->file.type)
        fill_gaps(r, w);
}

/* --- rolling back ----------------------------------------------------------------------------- */

/* True when something was changed. */
static bool set_groups(struct restore *r, struct mom__work *w, bool all)
{
    enum mom_type type = w->record.type;
    struct mom_stamp stamp = {0, 0, 0};
    bool any = false;
    int rc = MOM_OK;

    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        bool changed;

        if (!mom__restore_takes(f))
            continue;
        changed = mom__restore_group(&w->record, &r->file, f, !r->in->partial, &r->e->arena, &rc);
        if (!changed && !(all && mom__record_has_group(&w->record, f)))
            continue;
        if (!any)
            stamp = mom__stamp_new(r->e);
        any = true;
        mom__record_set_stamp(&w->record, f, stamp);
    }
    mom__fail(r->e, rc);
    return any;
}

static void change(struct restore *r)
{
    struct mom_engine *e = r->e;
    struct mom__work *w = mom__work(e, r->in->id);
    bool revived;

    if (!w) {
        create(r);
        return;
    }
    if (w->record.type != r->file.type || is_over_limit(r, w)) {
        refuse(r, w->record.type != r->file.type ? MOM_EVALUE : MOM_ELIMIT);
        return;
    }
    revived = w->record.flags & MOM__DELETED;
    if (set_groups(r, w, revived))
        mom__work_changed(e, w, MOM_CHANGED);
    if (revived) {
        if (w->record.site && !mom__site(e, w->record.site))
            w->record.site = 0;
        mom__revive(e, w);
        return;
    }
    mom__derive_parked(e, w);
}

static void release(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__work *w = mom__work_live(e, in->id);
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = w ? mom__unique_fields(e, w->record.type, true, fields) : 0;

    for (size_t i = 0; i < count; i++)
        mom__record_clear(&w->record, fields[i]);
    if (w)
        mom__work_changed(e, w, MOM_CHANGED);
}

/* --- relations -------------------------------------------------------------------------------- */

static bool may_be_bound(const struct mom__work *w, enum mom_type type)
{
    return w && w->record.type == type && !(w->record.flags & MOM__PARKED);
}

static void relate(struct restore *r)
{
    struct mom_engine *e = r->e;
    struct mom__work *device = mom__work_live(e, r->in->id);
    struct mom__work *user = mom__work_live(e, r->in->bind_to);
    struct mom_str type = mom__record_value(&r->file, MOM_DEVICE_relType);
    struct mom_stamp stamp;

    if (!may_be_bound(device, MOM_DEVICE) || (r->in->bind_to && !may_be_bound(user, MOM_USER))) {
        refuse(r, MOM_ERELATION);
        return;
    }
    if (r->keep && (!user || device->record.partner || user->record.partner))
        return;
    stamp =
        r->keep ? clamped(e, mom_record_stamp(&r->file, MOM_DEVICE_relType)) : mom__stamp_new(e);
    if (!user) {
        mom__unbind(e, device, stamp);
        return;
    }
    if (!mom__equal_c(type, "Fixed") && !mom__equal_c(type, "Dynamic"))
        type = mom__str("Dynamic");
    mom__relate(e, device, user, type, stamp);
}

static void set_sari(struct mom_engine *e, const struct mom_input *in)
{
    bool ours = !e->configured_sari.pli || mom_park_equal(e->configured_sari, in->park);

    if (in->park.pli && !e->sari.pli && ours)
        mom__set_sari(e, in->park);
}

void mom__on_restore(struct mom_engine *e, const struct mom_input *in)
{
    struct restore *r;
    int rc;

    if (in->restore == MOM_RESTORE_SARI || in->restore == MOM_RESTORE_RELEASE) {
        (in->restore == MOM_RESTORE_SARI ? set_sari : release)(e, in);
        return;
    }
    r = mom__step_alloc(e, sizeof *r);
    if (!r)
        return;
    r->e = e;
    r->in = in;
    rc = in->id ? mom__import_decode(in->value, in->id, &e->arena, &r->deleted, &r->file)
                : MOM_EINVAL;
    if (rc == MOM_ENOMEM)
        mom__fail(e, rc);
    if (rc != MOM_OK) {
        refuse(r, MOM_EVALUE);
        return;
    }
    r->keep = in->restore == MOM_RESTORE_FILL || in->restore == MOM_RESTORE_FILL_RELATION;
    if (in->restore == MOM_RESTORE_FILL)
        fill(r);
    else if (in->restore == MOM_RESTORE_CHANGE)
        change(r);
    else
        relate(r);
}
