/*
 * What administrators change at the hub. Everything is checked before anything is changed: a
 * refused change leaves no trace.
 */
#include "node.h"

#include <string.h>

/* A change after all checks of form. */
struct change {
    const struct mom_input *in;
    struct mom__work *work; /* NULL: to be created */
    struct mom__work *partner;
    const char *full;       /* MOM_ELIMIT: which limit */
    struct mom_record next; /* type and values that are to be set, canonical; missing: unchanged */
};

static int read_attr(struct mom_engine *e, struct change *c, const struct mom_attr *attr)
{
    enum mom_field field = mom_field_of(c->next.type, attr->name);
    struct mom_str value;
    int rc;

    if (field == MOM_FIELD_NONE || (mom_field_info(field)->flags & (MOM_REPORTED | MOM_IMPLIED)))
        return MOM_EFIELD;
    if (!attr->value.ptr)
        return MOM_EVALUE;
    rc = mom__field_canonical(field, attr->value, &e->arena, &value);
    if (rc == MOM_OK)
        mom__record_set(&c->next, field, value);
    return rc;
}

/* Secrets with their prefix: clear text only, who else could read them? A sealed one comes from its OMM alone. */
static int check_values(const struct change *c)
{
    enum mom_type type = c->next.type;
    struct mom_str num = mom__record_value(&c->next, MOM_USER_num);

    if (type == MOM_USER && (c->work ? num.ptr && num.len == 0 : num.len == 0))
        return MOM_EVALUE;
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        const struct mom_field_info *info = mom_field_info(f);
        struct mom_str value = mom__record_value(&c->next, f);

        if ((info->flags & MOM_SECRET) && info->form != MOM_HEX && value.len > 0 &&
            value.ptr[0] != MOM_SECRET_PLAIN && value.ptr[0] != MOM_SECRET_SEALED)
            return MOM_EVALUE;
    }
    return MOM_OK;
}

/* The record as it would be. */
static struct mom_record *planned(struct mom_engine *e, const struct change *c)
{
    struct mom_record *r = mom__step_room(e, sizeof *r);

    if (!r)
        return NULL;
    if (c->work)
        mom__record_copy(r, &c->work->record);
    else
        mom__record_init(r, c->next.type, 0);
    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        if (mom__record_value(&c->next, f).ptr)
            mom__record_set(r, f, mom__record_value(&c->next, f));
    }
    return r;
}

/* A parked record that stays parked may have what it has; a live one, or one that shall live again, has to be alone. */
static int check_unique(struct mom_engine *e, const struct change *c, const struct mom_record *plan)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, plan->type, false, fields);

    for (size_t i = 0; i < count; i++) {
        if (mom__record_value(&c->next, fields[i]).len > 0 && mom__unique_other(e, plan, fields[i]))
            return MOM_EEXIST;
    }
    return MOM_OK;
}

const char *mom__over_limit(const struct mom_engine *e, const struct mom_record *plan, bool fresh,
                            bool was_permanent)
{
    const char *why = NULL;

    if (fresh)
        why =
            mom__full(e, plan->type == MOM_USER ? MOM_CAPACITY_USERS : MOM_CAPACITY_DEVICES, NULL);
    if (!why && mom__is_permanent(plan) && !was_permanent)
        why = mom__full(e, MOM_CAPACITY_PERMANENT, NULL);
    return why;
}

static bool is_relation_type(struct mom_str value)
{
    return mom__equal_c(value, "Fixed") || mom__equal_c(value, "Dynamic");
}

static int check_relation(struct mom_engine *e, struct change *c)
{
    const struct mom_input *in = c->in;
    struct mom_str type = mom__record_value(&c->next, mom__relation_group(c->next.type));
    bool bound = in->has_bind ? in->bind_to != 0 : c->work && c->work->record.partner;

    if (type.ptr && !(bound ? is_relation_type(type) : mom__equal_c(type, "Unbound")))
        return MOM_ERELATION;
    if (!bound)
        return MOM_OK;
    if (c->work && (c->work->record.flags & MOM__PARKED))
        return MOM_ERELATION;
    c->partner = mom__work_live(e, in->has_bind ? in->bind_to : c->work->record.partner);
    if (!c->partner)
        return MOM_ENOENT;
    if (c->partner->record.type == c->next.type || (c->partner->record.flags & MOM__PARKED))
        return MOM_ERELATION;
    return MOM_OK;
}

/*
 * A phone that takes no SARI has to be bound for good to a user beforehand, is never made by a subscription, and cannot
 * be at the site whose PARK is the SARI (SIP-DECT 8.1 Multi-OMM design guide, PARI only).
 */
static int check_pari_only(struct mom_engine *e, const struct change *c,
                           const struct mom_record *plan)
{
    struct mom_str type = mom__record_value(&c->next, mom__relation_group(plan->type));
    const struct mom_record *device = plan;
    const struct mom__site *site;

    if (!type.ptr && !c->in->has_bind)
        type = mom__record_value(plan, mom__relation_group(plan->type));
    if (plan->type == MOM_USER) {
        const struct mom__work *w = c->partner ? c->partner : mom__work_live(e, plan->partner);

        device = w ? &w->record : NULL;
    }
    if (!device || !mom__equal_c(mom__record_value(device, MOM_DEVICE_subscribeToPARIOnly), "1"))
        return MOM_OK;
    if (!c->partner || !mom__equal_c(type, "Fixed") ||
        mom__equal_c(mom__record_value(device, MOM_DEVICE_autoCreate), "1"))
        return MOM_ERELATION;
    site = mom__site(e, device->site);
    return site && mom_park_equal(site->park, mom_engine_sari(e)) ? MOM_EIDENT : MOM_OK;
}

static bool touches_pari_only(const struct change *c)
{
    return c->in->has_bind || mom__record_value(&c->next, mom__relation_group(c->next.type)).ptr ||
           (c->next.type == MOM_DEVICE &&
            (mom__record_value(&c->next, MOM_DEVICE_subscribeToPARIOnly).ptr ||
             mom__record_value(&c->next, MOM_DEVICE_autoCreate).ptr));
}

static int check(struct mom_engine *e, struct change *c)
{
    const struct mom_input *in = c->in;
    struct mom_record *plan;
    int rc = MOM_OK;

    c->work = in->id ? mom__work_live(e, in->id) : NULL;
    if (in->id && !c->work)
        return MOM_ENOENT;
    if (!in->id && in->type != MOM_USER && in->type != MOM_DEVICE)
        return MOM_EINVAL;
    mom__record_init(&c->next, c->work ? c->work->record.type : in->type, in->id);
    for (size_t i = 0; rc == MOM_OK && i < in->attr_count; i++)
        rc = read_attr(e, c, &in->attrs[i]);
    if (rc == MOM_OK)
        rc = check_values(c);
    if (rc == MOM_OK)
        rc = check_relation(e, c);
    plan = rc == MOM_OK ? planned(e, c) : NULL;
    if (plan)
        rc = check_unique(e, c, plan);
    if (plan && rc == MOM_OK)
        c->full = mom__over_limit(e, plan, !c->work, c->work && c->work->index.permanent);
    if (c->full)
        rc = MOM_ELIMIT;
    if (plan && rc == MOM_OK && touches_pari_only(c))
        rc = check_pari_only(e, c, plan);
    return e->failed != MOM_OK ? e->failed : rc;
}

/* --- doing it --------------------------------------------------------------------------------- */

/* Groups of which a value differs get the stamp; a change to what is there already is none. */
static void apply(struct mom_engine *e, const struct change *c, struct mom__work *w,
                  struct mom_stamp stamp)
{
    enum mom_type type = w->record.type;

    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        struct mom_str value = mom__record_value(&c->next, f);

        if (!value.ptr || mom__field_group(f) == mom__relation_group(type) ||
            mom__equal(value, mom__record_value(&w->record, f)))
            continue;
        mom__record_set(&w->record, f, value);
        mom__record_set_stamp(&w->record, f, stamp);
        mom__work_changed(e, w, MOM_CHANGED);
    }
}

static void apply_relation(struct mom_engine *e, const struct change *c, struct mom__work *w,
                           struct mom_stamp stamp)
{
    enum mom_field group = mom__relation_group(w->record.type);
    struct mom_str type = mom__record_value(&c->next, group);
    bool user = w->record.type == MOM_USER;

    if (c->in->has_bind && !c->in->bind_to) {
        mom__unbind(e, w, stamp);
        return;
    }
    if (!c->partner || (!c->in->has_bind && !type.ptr))
        return;
    if (!type.ptr)
        type = mom__str("Dynamic");
    if (w->record.partner == c->partner->record.id &&
        mom__equal(type, mom__record_value(&w->record, group)))
        return;
    mom__relate(e, user ? c->partner : w, user ? w : c->partner, type, stamp);
}

int mom__change(struct mom_engine *e, const struct mom_input *in, struct mom__work **ret_work,
                struct mom_stamp *ret_stamp, const char **ret_why)
{
    struct change *c = mom__step_room(e, sizeof *c);
    struct mom_stamp stamp;
    struct mom__work *w;
    int rc;

    if (!c)
        return e->failed;
    memset(c, 0, offsetof(struct change, next)); /* which is filled as a whole */
    c->in = in;
    rc = check(e, c);
    *ret_why = c->full ? c->full : mom_err_text(rc);
    if (rc != MOM_OK)
        return rc;
    stamp = mom__stamp_new(e);
    w = c->work ? c->work : mom__work_new(e, in->type);
    if (!w)
        return e->failed;
    if (!c->work)
        w->record.created = stamp;
    apply(e, c, w, stamp);
    apply_relation(e, c, w, stamp);
    *ret_work = w;
    *ret_stamp = stamp;
    return MOM_OK;
}

void mom__on_change(struct mom_engine *e, const struct mom_input *in)
{
    struct mom_stamp stamp;
    struct mom__work *w = NULL;
    const char *why = "";
    int rc = mom__change(e, in, &w, &stamp, &why);

    if (mom_err_is_fatal(rc))
        mom__fail(e, rc);
    else if (rc != MOM_OK)
        mom__refuse(e, in, rc, why);
    else if (w)
        mom__done(e, in, w->record.id);
}

void mom__on_delete(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__work *w = mom__work_live(e, in->id);

    if (!w) {
        mom__refuse(e, in, MOM_ENOENT, mom_err_text(MOM_ENOENT));
        return;
    }
    mom__delete(e, w, mom__stamp_new(e));
    mom__done(e, in, in->id);
}

void mom__on_setting(struct mom_engine *e, const struct mom_input *in)
{
    if (in->name.len == 0 || in->name.len > MOM__KEY_MAX || in->value.len > MOM_STORE_VALUE_BYTES) {
        mom__refuse(e, in, MOM_EINVAL, mom_err_text(MOM_EINVAL));
        return;
    }
    if (in->value.ptr)
        mom__put(e, MOM_T_SETTING, in->name, in->value);
    else
        mom__del(e, MOM_T_SETTING, in->name);
    mom__done(e, in, 0);
}
