/*
 * Putting earlier values in place: the other side of a conflict, or the state of a record at a time.
 * Both are changes of this node, with a new stamp and all checks that an administrator's change has
 * to pass: they are handed to change.c as one. Only a deleted record is brought back here.
 */
#include "group_codec.h"
#include "history_row.h"
#include "node.h"

/* What is to be put in place. */
struct putting {
    struct mom_record then;       /* the values */
    bool groups[MOM__FIELDS_MAX]; /* which of them, at the index of their first field */
    struct mom_attr attrs[MOM__FIELDS_MAX];
    bool insist; /* on values that are there already: is it still somebody else's? */
    struct mom_input change;
    const char *why;        /* it is refused */
    struct mom_stamp stamp; /* of the change that it became */
};

static bool is_chosen(const struct putting *p, enum mom_field group)
{
    return p->groups[mom__field_index(group)];
}

/* --- a live record ---------------------------------------------------------------------------- */

static void add_attr(struct putting *p, enum mom_field field, struct mom_str value)
{
    struct mom_attr *attr = &p->attrs[p->change.attr_count++];

    attr->name = mom__str(mom_field_info(field)->name);
    attr->value = value;
}

/* What was missing is emptied: a value that a site has cannot be taken away. */
static void add_fields(struct putting *p, const struct mom_record *now, enum mom_field group)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        struct mom_str value = mom__record_value(&p->then, f), ours = mom__record_value(now, f);

        if (value.ptr ? p->insist || !mom__equal(value, ours) : ours.len > 0)
            add_attr(p, f, value.ptr ? value : mom__str(""));
    }
}

static void add_relation(struct putting *p, const struct mom_record *now, enum mom_field group)
{
    if (mom__record_group_equal(&p->then, now, group) || (!p->then.claimed && !now->claimed))
        return;
    p->change.has_bind = true;
    p->change.bind_to = p->then.partner;
    if (p->then.partner && mom__record_value(&p->then, group).ptr)
        add_attr(p, group, mom__record_value(&p->then, group));
}

/* The unknown attributes as they were then; those that came since are emptied. False: it failed. */
static bool copy_extra(struct mom_engine *e, const struct mom_record *then,
                       struct mom_record *record)
{
    struct mom_record plan = *then;
    size_t count = record->extra_count;
    struct mom_attr *attrs = mom__step_alloc(e, (count + 1) * sizeof *attrs);
    int rc;

    if (!attrs)
        return false;
    for (size_t i = 0; i < count; i++)
        attrs[i] = (struct mom_attr){record->extra[i].name, mom__str("")};
    plan.extra = NULL;
    plan.extra_count = 0;
    rc = mom__record_set_extra(&plan, &e->arena, attrs, count);
    if (rc == MOM_OK)
        rc = mom__record_merge_extra(&plan, &e->arena, then->extra, then->extra_count);
    if (rc == MOM_ELIMIT) /* with the emptied ones they are too many: those stay */
        rc = mom__record_set_extra(&plan, &e->arena, then->extra, then->extra_count);
    if (rc != MOM_OK) {
        mom__fail(e, rc);
        return false;
    }
    mom__record_copy_group(record, &plan, mom__field_extra(record->type));
    return true;
}

static void put_extra(struct mom_engine *e, struct putting *p, struct mom__work *w)
{
    enum mom_field group = mom__field_extra(w->record.type);

    if (!is_chosen(p, group) || mom__record_group_equal(&p->then, &w->record, group) ||
        !copy_extra(e, &p->then, &w->record))
        return;
    mom__record_set_stamp(&w->record, group, p->stamp);
    mom__work_changed(e, w, MOM_CHANGED);
}

static int put_live(struct mom_engine *e, struct putting *p, struct mom__work *w)
{
    enum mom_type type = w->record.type;
    int rc;

    p->change = (struct mom_input){
        .kind = MOM_IN_CHANGE, .type = type, .id = w->record.id, .attrs = p->attrs};
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        if (!p->groups[mom__field_index(f)] || mom__field_is_reported(f))
            continue;
        if (f == mom__relation_group(type))
            add_relation(p, &w->record, f);
        else if (f != mom__field_extra(type))
            add_fields(p, &w->record, f);
    }
    rc = mom__change(e, &p->change, &w, &p->stamp, &p->why);
    if (rc == MOM_OK)
        put_extra(e, p, w);
    return rc;
}

/* --- a deleted record ------------------------------------------------------------------------- */

static int check_unique(struct mom_engine *e, const struct mom_record *plan)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, plan->type, false, fields);

    for (size_t i = 0; i < count; i++) {
        if (mom__record_value(plan, fields[i]).len > 0 && mom__unique_other(e, plan, fields[i]))
            return MOM_EEXIST;
    }
    return MOM_OK;
}

static void empty_group(struct mom_record *record, enum mom_field group)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        if (mom__record_value(record, f).len > 0)
            mom__record_set(record, f, mom__str(""));
    }
}

/* The partner that it had, if that one is there and free. */
static struct mom__work *free_partner(struct mom_engine *e, const struct mom_record *then)
{
    struct mom__work *partner = mom__work_live(e, then->partner);

    if (!partner || partner->record.partner || partner->record.type == then->type ||
        (partner->record.flags & MOM__PARKED))
        return NULL;
    return partner;
}

/* What it was then; what was missing is emptied. The relation apart: the partner may be gone. */
static void plan_groups(struct mom_engine *e, const struct putting *p, struct mom_record *plan)
{
    enum mom_type type = plan->type;

    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        if (!p->groups[mom__field_index(f)] || f == mom__relation_group(type))
            continue;
        if (f == mom__field_extra(type))
            copy_extra(e, &p->then, plan);
        else if (mom__record_has_group(&p->then, f))
            mom__record_copy_group(plan, &p->then, f);
        else if (!mom__field_is_reported(f))
            empty_group(plan, f);
    }
}

static int put_deleted(struct mom_engine *e, struct putting *p, struct mom__work *w)
{
    enum mom_type type = w->record.type;
    enum mom_field relation = mom__relation_group(type);
    struct mom_record plan = w->record;
    struct mom__work *partner;
    int rc;

    plan_groups(e, p, &plan);
    rc = check_unique(e, &plan);
    if (rc == MOM_OK)
        p->why = mom__over_limit(e, &plan, true, false);
    if (p->why)
        rc = MOM_ELIMIT;
    if (rc != MOM_OK)
        return rc;
    p->stamp = mom__stamp_new(e);
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        if (mom__field_leads(f) && f != relation && !mom__field_is_reported(f) &&
            mom__record_has_group(&plan, f))
            mom__record_set_stamp(&plan, f, p->stamp);
    }
    w->record = plan;
    mom__revive(e, w);
    partner = is_chosen(p, relation) ? free_partner(e, &p->then) : NULL;
    if (partner)
        mom__relate(e, type == MOM_DEVICE ? w : partner, type == MOM_USER ? w : partner,
                    mom__record_value(&p->then, relation), p->stamp);
    return MOM_OK;
}

/* --- inputs ----------------------------------------------------------------------------------- */

static void answer(struct mom_engine *e, const struct mom_input *in, uint64_t id, int rc,
                   const struct putting *p)
{
    struct mom_input about = *in;

    about.id = id;
    if (mom_err_is_fatal(rc))
        mom__fail(e, rc);
    else if (rc != MOM_OK)
        mom__refuse(e, &about, rc, p && p->why ? p->why : mom_err_text(rc));
    else
        mom__done(e, &about, id);
}

static int delete (struct mom_engine *e, struct putting *p, struct mom__work *w)
{
    if (w->record.flags & MOM__DELETED)
        return MOM_ENOENT;
    p->stamp = mom__stamp_new(e);
    mom__delete(e, w, p->stamp);
    return MOM_OK;
}

static int put_side(struct mom_engine *e, const struct mom_conflict *c, bool kept,
                    struct putting *p)
{
    struct mom__work *w = mom__work(e, c->id);
    struct mom__reader reader;
    int rc;

    if (!w || w->record.type != c->type)
        return e->failed != MOM_OK ? e->failed : MOM_ENOENT;
    if (kept ? c->kept_deletion : c->lost_deletion)
        return delete (e, p, w);
    p->insist = c->other != 0;
    mom__record_init(&p->then, c->type, c->id);
    mom__reader_init(&reader, kept ? c->kept_values : c->lost_values);
    rc = mom__groups_decode(&reader, &e->arena, &p->then, p->groups);
    if (rc != MOM_OK)
        return rc;
    if (!(w->record.flags & MOM__DELETED)) {
        rc = put_live(e, p, w);
        if (rc == MOM_OK && c->group && MOM__PLANTED(UNDO_UNSTAMPED))
            mom__record_set_stamp(&w->record, c->group, kept ? c->loser : c->winner);
        return rc;
    }
    return c->group ? MOM_ENOENT : put_deleted(e, p, w);
}

/* Only of a row of format 2, and what another record kept cannot be given to this one. */
static bool can_put(const struct mom_conflict *c, bool kept)
{
    if (kept ? c->kept_deletion : c->lost_deletion)
        return true;
    return (kept ? c->kept_values : c->lost_values).len > 0 && !(kept && c->other && !c->from);
}

void mom__on_undo(struct mom_engine *e, const struct mom_input *in)
{
    static const struct mom_stamp none;
    struct putting *p = mom__step_alloc(e, sizeof *p);
    struct mom_conflict c = {.id = 0};
    bool again;
    int rc = p ? mom__conflict_load(e, in->id, &c) : e->failed;

    if (rc != MOM_OK) {
        answer(e, in, c.id, rc, p);
        return;
    }
    again = !mom__stamp_is_zero(c.undone) && !MOM__PLANTED(UNDO_ONE_WAY);
    rc = can_put(&c, again) ? put_side(e, &c, again, p) : MOM_ESTATE;
    if (rc == MOM_OK)
        mom__conflict_mark(e, c.sequence, again ? none : p->stamp);
    answer(e, in, c.id, rc, p);
}

/* The relation of that time needs a partner that is still there; without one it stays as it is. */
static void choose(struct mom_engine *e, struct putting *p)
{
    enum mom_type type = p->then.type;
    const struct mom__work *partner = mom__work_live(e, p->then.partner);

    mom__groups_mark(type, p->groups);
    if (p->then.partner && (!partner || (partner->record.flags & MOM__PARKED)))
        p->groups[mom__field_index(mom__relation_group(type))] = false;
}

void mom__on_restore_at(struct mom_engine *e, const struct mom_input *in)
{
    struct putting *p = mom__step_alloc(e, sizeof *p);
    struct mom__past past = {&e->store, e->txn, &e->arena, &e->sealer};
    struct mom__work *w = p ? mom__work(e, in->id) : NULL;
    int rc = w ? MOM_OK : MOM_ENOENT;

    if (e->failed != MOM_OK)
        return;
    if (rc == MOM_OK && in->at_ms >= e->now.wall_ms)
        rc = MOM_EINVAL;
    if (rc == MOM_OK)
        rc = mom__go_back_to(&past, in->id, in->at_ms, &p->then);
    if (rc == MOM_OK) {
        choose(e, p);
        rc = w->record.flags & MOM__DELETED ? put_deleted(e, p, w) : put_live(e, p, w);
    }
    answer(e, in, in->id, rc, p);
}
