/*
 * Administrators: at the sites, through the OMM, and at the hub. They create, edit, renumber, bind,
 * unbind and delete, also the same things at the same time. Every value that they set is one that
 * nobody set before.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPS = 64, EDITS = 4, ATTRS = 8, OTHERS = 12 /* places that edit the same in one moment */ };

/* A change at the hub that was not answered yet. */
struct op {
    uint64_t tag;
    unsigned edits[EDITS];
    unsigned edit_count;
    int object, partner; /* partner: bound to it, -1: nobody */
    bool create, remove;
    size_t deleted; /* index of the deletion */
};

struct admin {
    uint64_t last_tag;
    struct op ops[OPS];
    unsigned op_count;
};

static struct admin *admin_of(struct sim *s)
{
    if (!s->admin)
        s->admin = sim_alloc(sizeof(struct admin));
    return s->admin;
}

/* A number that this user never had; now and then one that somebody else has. */
static void pick_number(struct sim *s, int object, char ret_number[16])
{
    if (s->numbers && sim_pick(s, 8) == 0)
        snprintf(ret_number, 16, "%u", 4000 + sim_pick(s, s->numbers));
    else
        snprintf(ret_number, 16, "%u", 4000 + s->numbers++);
    if (sim_oracle_edit_of(s, object, F_NUM, ret_number))
        snprintf(ret_number, 16, "%u", 4000 + s->numbers++);
}

/* --- at a site -------------------------------------------------------------------------------- */

static void set(struct sim_rec *rec, enum sim_field f, const char *value)
{
    rec->has[f] = true;
    snprintf(rec->v[f], SIM_VALUE, "%s", value);
}

/* Set a field, and those that change with it, to something new. */
static void edit_rec(struct sim *s, struct sim_site *site, struct sim_rec *rec, int object,
                     enum sim_field f)
{
    unsigned parent = sim_oracle_edit_of(s, object, f, rec->v[f]);
    unsigned edit = sim_oracle_edit(s, object, f, parent, site->number);
    char number[16];

    sim_oracle_touched(s, object, site->number, false);
    if (f == F_NUM) {
        pick_number(s, object, number);
        sim_oracle_number(s, edit, number);
        set(rec, f, number);
        s->counts.renumbers++;
    } else {
        snprintf(rec->v[f], SIM_VALUE, "%c%05u", sim_fields[f].mark, edit);
        rec->has[f] = true;
    }
    snprintf(number, sizeof number, "%u", edit);
    if (f == F_FWDDEST) {
        set(rec, F_FWDSTATE, "Busy");
        set(rec, F_FWDTIME, number);
    } else if (f == F_SIPAUTH) {
        set(rec, F_SIPPW, number);
    }
    sim_site_stamp(s, site, rec, MOM_ADMIN);
}

static struct sim_rec *create_user(struct sim *s, struct sim_site *site)
{
    struct sim_rec *user = sim_site_new(s, site, MOM_USER);
    int object = sim_oracle_object(s, MOM_USER, -1);

    if (!user)
        return NULL;
    edit_rec(s, site, user, object, F_NAME);
    do {
        edit_rec(s, site, user, object, F_NUM);
        user->used = false; /* do not find itself */
    } while (!sim_site_is_free(site, F_NUM, user->v[F_NUM]));
    user->used = true;
    edit_rec(s, site, user, object, F_HIERARCHY);
    edit_rec(s, site, user, object, F_SIPAUTH);
    if (sim_pick(s, 100) < s->plan.permanent_percent)
        set(user, F_PERMANENT, "1");
    if (s->plan.star && object % 2)
        set(user, F_MODE, "Active"); /* and nobody changes it any more */
    s->oracle.objects[object].created = true;
    s->counts.creates++;
    return user;
}

static struct sim_rec *create_device(struct sim *s, struct sim_site *site, int phone)
{
    struct sim_rec *device = sim_site_new(s, site, MOM_DEVICE);
    const struct sim_phone *p;

    if (!device)
        return NULL;
    p = &s->phones[phone];
    set(device, F_IPEI, p->ipei);
    set(device, F_S, "Yes");
    set(device, F_UAK, p->uak);
    set(device, F_SUBSCRIPTION, p->subscription);
    set(device, F_PARI_ONLY, p->pari_only ? "1" : "0");
    edit_rec(s, site, device, p->object, F_AC);
    s->counts.creates++;
    return device;
}

/* Whom it is bound to by now is let go: that is a change of both. */
static void let_go(struct sim *s, struct sim_site *site, const struct sim_rec *rec)
{
    enum mom_type type = rec->type == MOM_USER ? MOM_DEVICE : MOM_USER;
    const struct sim_rec *partner = rec->partner ? sim_site_find(site, type, rec->partner) : NULL;

    if (partner)
        sim_oracle_touched(s, sim_oracle_rec(s, partner), site->number, false);
}

static void bind_recs(struct sim *s, struct sim_site *site, struct sim_rec *device,
                      struct sim_rec *user)
{
    int d = sim_oracle_rec(s, device), u = sim_oracle_rec(s, user);

    if (device->partner == user->local)
        return; /* as they are: an OMM changes nothing */

    sim_oracle_bound(s, d, u);
    let_go(s, site, device);
    let_go(s, site, user);
    sim_oracle_touched(s, d, site->number, false);
    sim_oracle_touched(s, u, site->number, false);
    sim_site_bind(s, site, device, user, sim_pick(s, 5) == 0);
    s->counts.binds++;
}

static void create_person(struct sim *s, struct sim_site *site)
{
    int phone = sim_phone_new(s, (int)site->number - 1);
    struct sim_rec *user = create_user(s, site),
                   *device = phone >= 0 && user ? create_device(s, site, phone) : NULL;

    if (!user)
        return;
    if (phone >= 0)
        s->phones[phone].owner = sim_oracle_rec(s, user);
    if (device)
        bind_recs(s, site, device, user);
    if (device)
        sim_site_event(s, site, device);
    sim_site_event(s, site, user);
    if (device)
        sim_phone_record(s, site, device);
}

static void renumber_rec(struct sim *s, struct sim_site *site, struct sim_rec *user, int object)
{
    char before[SIM_VALUE];

    snprintf(before, sizeof before, "%s", user->v[F_NUM]);
    edit_rec(s, site, user, object, F_NUM);
    user->used = false;
    if (!sim_site_is_free(site, F_NUM, user->v[F_NUM])) { /* the OMM refuses it */
        s->oracle.edits[s->oracle.edit_count - 1].refused = true;
        snprintf(user->v[F_NUM], SIM_VALUE, "%s", before);
    } else {
        sim_oracle_renumbered(s, site, user, object);
    }
    user->used = true;
}

static void delete_rec(struct sim *s, struct sim_site *site, struct sim_rec *rec)
{
    int object = sim_oracle_rec(s, rec);
    const struct sim_object *o = object >= 0 ? &s->oracle.objects[object] : NULL;
    bool certain = o && site->steady && site->steady_since + SIM_MINUTE < s->now &&
                   o->last_elsewhere[0] + SIM_MINUTE < s->now &&
                   o->last_event + SIM_MINUTE < s->now && site->refusing < s->now &&
                   site->pipe.stuck[0] < s->now && site->pipe.stuck[1] < s->now;

    /* Whether it belongs there is known to the hub alone; a phone that is served there does. */
    if (rec->type == MOM_DEVICE)
        certain = certain && s->phones[o->phone].at == (int)site->number - 1 &&
                  s->phones[o->phone].served;
    else
        certain = false;
    sim_oracle_delete(s, object, site->number, certain);
    sim_site_lose(s, site, rec);
}

static void edit_something(struct sim *s, struct sim_site *site, struct sim_rec *user,
                           struct sim_rec *device)
{
    static const enum sim_field fields[] = {F_NAME,    F_HIERARCHY, F_FWDDEST,
                                            F_SIPAUTH, F_ADDID,     F_AC};
    enum sim_field f = fields[sim_pick(s, 6)];
    struct sim_rec *rec = f == F_AC ? device : user;
    int object = rec ? sim_oracle_rec(s, rec) : -1;

    if (object < 0)
        return;
    edit_rec(s, site, rec, object, f);
    sim_site_event(s, site, rec);
}

void sim_admin_edit(struct sim *s, struct sim_site *site)
{
    edit_something(s, site, sim_site_any(s, site, MOM_USER), sim_site_any(s, site, MOM_DEVICE));
}

static void at_site(struct sim *s, struct sim_site *site)
{
    struct sim_rec *user = sim_site_any(s, site, MOM_USER),
                   *device = sim_site_any(s, site, MOM_DEVICE);
    unsigned what = sim_pick(s, 20);
    int object = user ? sim_oracle_rec(s, user) : -1;

    if (site->restarting > s->now)
        return;
    if (what < 10) {
        edit_something(s, site, user, device);
    } else if (what < 12 && object >= 0) {
        renumber_rec(s, site, user, object);
        sim_site_event(s, site, user);
    } else if (what < 14 && user && device) {
        bind_recs(s, site, device, user);
        sim_site_event(s, site, device);
        sim_site_event(s, site, user);
    } else if (what < 15 && user) {
        sim_oracle_touched(s, object, site->number, false);
        sim_site_unbind(s, site, user);
        sim_site_event(s, site, user);
    } else if (what < 16 && sim_pick(s, 2) && (user || device)) {
        delete_rec(s, site, device && sim_pick(s, 2) ? device : user ? user : device);
    } else if (what < 17 && user) {
        set(user, F_PERMANENT, user->v[F_PERMANENT][0] == '1' ? "0" : "1");
        sim_oracle_touched(s, object, site->number, false);
        sim_site_stamp(s, site, user, MOM_ADMIN);
        sim_site_event(s, site, user);
    } else if (what < 18) {
        create_person(s, site);
    }
}

/* --- at the hub ------------------------------------------------------------------------------- */

struct change {
    mom_site place;
    struct mom_input in;
    struct mom_attr attrs[ATTRS];
    char text[ATTRS][SIM_VALUE];
    struct op op;
};

static void add_attr(struct change *c, enum sim_field f, const char *prefix, const char *value)
{
    size_t at = c->in.attr_count++;

    snprintf(c->text[at], SIM_VALUE, "%s%.40s", prefix, value);
    c->attrs[at] = (struct mom_attr){sim_str(sim_fields[f].name), sim_str(c->text[at])};
    c->in.attrs = c->attrs;
}

static void value_of(const struct mom_record *r, enum sim_field f, char *ret_value)
{
    struct mom_str value = {"", 0};

    if (r && !mom_record_get(r, sim_fields[f].field, &value))
        value.len = 0;
    snprintf(ret_value, SIM_VALUE, "%.*s", (int)(value.len < SIM_VALUE ? value.len : SIM_VALUE - 1),
             value.len ? value.ptr : "");
}

static void begin(struct change *c, const struct sim_node *n)
{
    memset(c, 0, sizeof *c);
    c->op.partner = -1;
    c->place = n->number * PLACE_NODE;
}

static void edit_hub(struct sim *s, struct change *c, const struct mom_record *r, enum sim_field f)
{
    char value[SIM_VALUE], number[16];
    unsigned edit;

    value_of(r, f, value);
    edit = sim_oracle_edit(s, c->op.object, f, r ? sim_oracle_edit_at(s, c->op.object, f, r) : 0,
                           c->place);
    s->oracle.edits[edit].maybe = true;
    c->op.edits[c->op.edit_count++] = edit;
    snprintf(value, sizeof value, "%c%05u", sim_fields[f].mark, edit);
    if (f == F_NUM) {
        pick_number(s, c->op.object, number);
        sim_oracle_number(s, edit, number);
        snprintf(value, sizeof value, "%s", number);
        s->counts.renumbers++;
    }
    add_attr(c, f, "", value);
    snprintf(number, sizeof number, "%u", edit);
    if (f == F_FWDDEST) {
        add_attr(c, F_FWDSTATE, "", "Busy");
        add_attr(c, F_FWDTIME, "", number);
    } else if (f == F_SIPAUTH) {
        add_attr(c, F_SIPPW, "P", number);
    }
}

static void submit(struct sim *s, struct sim_node *n, struct change *c)
{
    struct admin *admin = admin_of(s);

    if (admin->op_count == OPS)
        return;
    c->op.tag = c->in.tag = ++admin->last_tag;
    admin->ops[admin->op_count++] = c->op;
    sim_node_add(s, n, &c->in);
    sim_node_flush(s, n);
}

static void drop(struct admin *admin, unsigned at)
{
    admin->ops[at] = admin->ops[--admin->op_count];
}

static void done(struct sim *s, const struct op *op, uint64_t id)
{
    struct sim_object *o = &s->oracle.objects[op->object];

    for (unsigned i = 0; i < op->edit_count; i++)
        s->oracle.edits[op->edits[i]].maybe = false;
    if (op->create) {
        o->created = true;
        o->ids[o->id_count++] = id;
    }
    if (op->remove)
        s->oracle.deletes[op->deleted].maybe = false;
}

static void not_done(struct sim *s, const struct op *op)
{
    s->counts.refused_changes++;
    for (unsigned i = 0; i < op->edit_count; i++)
        s->oracle.edits[op->edits[i]].refused = true;
    if (op->remove) {
        s->oracle.deletes[op->deleted].maybe = true;
        s->oracle.deletes[op->deleted].decisive = false;
    }
}

void sim_admin_answer(struct sim *s, const struct mom_action *a)
{
    struct admin *admin = admin_of(s);

    if (sim_undo_answer(s, a))
        return;
    for (unsigned i = 0; i < admin->op_count; i++) {
        struct op op = admin->ops[i];

        if (op.tag != a->tag)
            continue;
        drop(admin, i);
        if (a->kind == MOM_DO_DONE)
            done(s, &op, a->id);
        else
            not_done(s, &op);
        return;
    }
}

void sim_admin_lost(struct sim *s)
{
    struct admin *admin = admin_of(s);

    admin->op_count = 0; /* what they were about stays a maybe */
}

/* The record of a type that chance picks. */
static uint64_t pick_record(struct sim *s, struct mom_view *view, enum mom_type type)
{
    uint64_t ids[256], after = 0;
    const struct mom_record *r;
    unsigned count = 0;

    while (count < 256 && (r = mom_view_next(view, type, after)) != NULL)
        ids[count++] = after = mom_record_id(r);
    return count ? ids[sim_pick(s, count)] : 0;
}

static int object_of(struct sim *s, struct mom_view *view, uint64_t id)
{
    const struct mom_record *r = id ? mom_view_record(view, id) : NULL;
    char key[SIM_VALUE];

    if (!r)
        return -1;
    value_of(r, mom_record_type(r) == MOM_USER ? F_NAME : F_IPEI, key);
    return sim_oracle_object_of(s, mom_record_type(r), key);
}

static bool plan_edit(struct sim *s, struct mom_view *view, struct change *c, uint64_t user,
                      uint64_t device)
{
    static const enum sim_field fields[] = {F_NAME, F_HIERARCHY, F_FWDDEST, F_SIPAUTH,
                                            F_NUM,  F_AC,        F_ADDID};
    enum sim_field f = fields[sim_pick(s, 7)];

    c->in.kind = MOM_IN_CHANGE;
    c->in.id = f == F_AC ? device : user;
    c->op.object = object_of(s, view, c->in.id);
    if (c->op.object < 0)
        return false;
    edit_hub(s, c, mom_view_record(view, c->in.id), f);
    return true;
}

static void let_go_at_hub(struct sim *s, struct mom_view *view, const struct change *c, uint64_t id)
{
    const struct mom_record *r = mom_view_record(view, id);

    if (r)
        sim_oracle_touched(s, object_of(s, view, mom_record_partner(r)), c->place, false);
}

static bool plan_bind(struct sim *s, struct mom_view *view, struct change *c, uint64_t user,
                      uint64_t device, bool bind)
{
    int partner;

    c->in.kind = MOM_IN_CHANGE;
    c->in.id = user;
    c->in.has_bind = true;
    c->in.bind_to = bind ? device : 0;
    c->op.object = object_of(s, view, user);
    partner = object_of(s, view, device);
    if (c->op.object < 0 || partner < 0)
        return false;
    if (c->in.bind_to)
        sim_oracle_bound(s, partner, c->op.object);
    let_go_at_hub(s, view, c, user);
    let_go_at_hub(s, view, c, device);
    sim_oracle_touched(s, c->op.object, c->place, false);
    sim_oracle_touched(s, partner, c->place, false);
    s->counts.binds++;
    return true;
}

static bool plan_delete(struct sim *s, struct mom_view *view, struct change *c, uint64_t id)
{
    c->in.kind = MOM_IN_DELETE;
    c->in.id = id;
    c->op.object = object_of(s, view, id);
    c->op.remove = true;
    if (c->op.object < 0)
        return false;
    sim_oracle_delete(s, c->op.object, c->place, true);
    c->op.deleted = s->oracle.delete_count - 1;
    s->oracle.deletes[c->op.deleted].maybe = true;
    return true;
}

static bool plan_create(struct sim *s, struct change *c)
{
    c->in.kind = MOM_IN_CHANGE;
    c->in.type = MOM_USER;
    c->op.object = sim_oracle_object(s, MOM_USER, -1);
    c->op.create = true;
    edit_hub(s, c, NULL, F_NAME);
    edit_hub(s, c, NULL, F_NUM);
    s->counts.creates++;
    return true;
}

/* A phone that was subscribed in an earlier system, bound to somebody who has none: it is at no site until it is
 * heard. */
static bool plan_create_device(struct sim *s, struct mom_view *view, struct change *c,
                               uint64_t user)
{
    const struct mom_record *r = user ? mom_view_record(view, user) : NULL;
    int owner = r && !mom_record_partner(r) ? object_of(s, view, user) : -1;
    int at = owner >= 0 ? sim_phone_new(s, (int)sim_pick(s, s->site_count)) : -1;
    struct sim_phone *phone = at >= 0 ? &s->phones[at] : NULL;

    if (!phone)
        return false;
    phone->pari_only = false;
    phone->owner = owner;
    c->in.kind = MOM_IN_CHANGE;
    c->in.type = MOM_DEVICE;
    c->in.has_bind = true;
    c->in.bind_to = user;
    c->op.object = phone->object;
    c->op.create = true;
    add_attr(c, F_IPEI, "", phone->ipei);
    add_attr(c, F_S, "", "Yes");
    add_attr(c, F_UAK, "", phone->uak);
    add_attr(c, F_SUBSCRIPTION, "", phone->subscription);
    edit_hub(s, c, NULL, F_AC);
    sim_oracle_bound(s, phone->object, owner);
    sim_oracle_touched(s, owner, c->place, false);
    s->counts.creates++;
    s->counts.binds++;
    return true;
}

static bool plan_permanent(struct sim *s, struct mom_view *view, struct change *c, uint64_t user)
{
    char value[SIM_VALUE];

    c->in.kind = MOM_IN_CHANGE;
    c->in.id = user;
    c->op.object = object_of(s, view, user);
    if (c->op.object < 0)
        return false;
    value_of(mom_view_record(view, user), F_PERMANENT, value);
    add_attr(c, F_PERMANENT, "", value[0] == '1' ? "0" : "1");
    sim_oracle_touched(s, c->op.object, c->place, false);
    return true;
}

static void at_hub(struct sim *s, struct sim_node *n)
{
    struct change c;
    struct mom_view *view;
    uint64_t user, device;
    bool planned = false;
    unsigned what = sim_pick(s, 20);

    if (!n->engine)
        return;
    sim_node_flush(s, n);
    view = n->engine ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    begin(&c, n);
    user = pick_record(s, view, MOM_USER);
    device = pick_record(s, view, MOM_DEVICE);
    if (what < 11)
        planned = user && plan_edit(s, view, &c, user, device);
    else if (what < 14)
        planned = user && device && plan_bind(s, view, &c, user, device, sim_pick(s, 3) != 0);
    else if (what < 15)
        planned = user && sim_pick(s, 2) &&
                  plan_delete(s, view, &c, device && sim_pick(s, 2) ? device : user);
    else if (what < 17)
        planned = plan_create(s, &c);
    else if (what < 19)
        planned = user && plan_permanent(s, view, &c, user);
    else if (s->plan.star)
        planned = plan_create_device(s, view, &c, user);
    sim_node_view_end(n, view);
    if (planned)
        submit(s, n, &c);
}

static bool plan_soon(struct sim *s, struct mom_view *view, struct change *c, uint64_t id,
                      enum sim_soon what)
{
    const struct mom_record *r = mom_view_record(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;

    switch (what) {
    case SIM_DELETE:
        return plan_delete(s, view, c, id);
    case SIM_DELETE_USER:
        return partner && plan_delete(s, view, c, partner);
    case SIM_REBIND:
        partner = pick_record(s, view, MOM_USER);
        return partner && plan_bind(s, view, c, partner, id, true);
    case SIM_UNBIND:
        return partner && plan_bind(s, view, c, partner, id, false);
    case SIM_EDIT:
    case SIM_RENUMBER:
        c->in.kind = MOM_IN_CHANGE;
        c->in.id = id;
        c->op.object = object_of(s, view, id);
        if (c->op.object >= 0)
            edit_hub(s, c, mom_view_record(view, id), what == SIM_EDIT ? F_NAME : F_NUM);
        return c->op.object >= 0;
    case SIM_CREATE_SAME:
        break;
    }
    return false;
}

void sim_admin_at_node(struct sim *s, struct sim_node *n, int object, enum sim_soon what)
{
    const struct sim_object *o = &s->oracle.objects[object];
    struct mom_view *view;
    struct change c;
    bool planned;

    if (n->engine)
        sim_node_flush(s, n);
    view = n->engine && o->id_count ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    begin(&c, n);
    planned = plan_soon(s, view, &c, o->ids[o->id_count - 1], what);
    sim_node_view_end(n, view);
    if (planned)
        submit(s, n, &c);
}

void sim_admin_at_hub(struct sim *s, int object, enum sim_soon what)
{
    sim_admin_at_node(s, sim_node_any(s), object, what);
}

static void on_soon(struct sim *s, void *ctx, uint64_t arg)
{
    (void)ctx;
    sim_admin_at_hub(s, (int)(arg >> 3), (enum sim_soon)(arg & 7));
}

void sim_admin_soon(struct sim *s, int object, enum sim_soon what)
{
    sim_at(s, s->now + sim_span(s, 1, 500), on_soon, NULL, (uint64_t)object << 3 | what);
}

/* --- for words -------------------------------------------------------------------------------- */

void sim_admin_person(struct sim *s, struct sim_site *site, bool permanent)
{
    create_person(s, site);
    if (permanent)
        set(&site->recs[0][0], F_PERMANENT, "1");
}

/* A user under the number that this one has at the hub by now. */
static void create_same(struct sim *s, struct sim_site *site, int user)
{
    char number[16] = "";
    struct sim_rec *rec;

    for (size_t i = 1; i < s->oracle.edit_count; i++) {
        if (s->oracle.edits[i].object == user && s->oracle.edits[i].field == F_NUM)
            memcpy(number, s->oracle.edits[i].number, sizeof number);
    }
    if (!number[0] || !sim_site_is_free(site, F_NUM, number))
        return;
    rec = create_user(s, site);
    if (!rec)
        return;
    edit_rec(s, site, rec, sim_oracle_rec(s, rec), F_NUM);
    set(rec, F_NUM, number);
    memcpy(s->oracle.edits[s->oracle.edit_count - 1].number, number, sizeof number);
    sim_site_event(s, site, rec);
}

void sim_admin_at_site(struct sim *s, struct sim_site *site, int user, enum sim_soon what)
{
    struct sim_rec *rec = NULL;

    for (unsigned i = 0; i < s->plan.records && !rec; i++) {
        if (site->recs[0][i].used && sim_oracle_rec(s, &site->recs[0][i]) == user)
            rec = &site->recs[0][i];
    }
    if (what == SIM_CREATE_SAME)
        create_same(s, site, user);
    if (!rec)
        return;
    if (what == SIM_DELETE)
        delete_rec(s, site, rec);
    if (what != SIM_EDIT)
        return;
    edit_rec(s, site, rec, user, F_NAME);
    sim_site_event(s, site, rec);
}

void sim_admin_bind(struct sim *s, int device, int user)
{
    const struct sim_object *d = &s->oracle.objects[device], *u = &s->oracle.objects[user];
    struct sim_node *n = sim_node_any(s);
    struct mom_view *view;
    struct change c;
    bool planned;

    if (n->engine)
        sim_node_flush(s, n);
    view = n->engine && d->id_count && u->id_count ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    begin(&c, n);
    planned = plan_bind(s, view, &c, u->ids[u->id_count - 1], d->ids[d->id_count - 1], true);
    sim_node_view_end(n, view);
    if (planned)
        submit(s, n, &c);
}

static void on_break(struct sim *s, void *ctx, uint64_t arg)
{
    (void)arg;
    sim_pipe_break(s, ctx);
}

/* --- the course of the day -------------------------------------------------------------------- */

/* One user, and the same field, at two places within a second. */
static void at_two_places(struct sim *s)
{
    struct sim_site *site = &s->sites[sim_pick(s, s->site_count)];
    struct sim_rec *user = sim_site_any(s, site, MOM_USER), *same;
    int object = user ? sim_oracle_rec(s, user) : -1, more = OTHERS;

    if (object < 0)
        return;
    for (unsigned i = 0; i < s->site_count && more > 0; i++) {
        same = &s->sites[i] == site ? NULL : sim_site_by(&s->sites[i], F_NAME, user->v[F_NAME]);
        if (!same)
            continue;
        more--;
        edit_rec(s, &s->sites[i], same, object, F_HIERARCHY);
        sim_site_event(s, &s->sites[i], same);
    }
    edit_rec(s, site, user, object, F_HIERARCHY);
    sim_site_event(s, site, user);
}

/* The hub edits what a site edits at this very moment. */
static void at_hub_too(struct sim *s, struct sim_node *n)
{
    struct sim_site *site = &s->sites[sim_pick(s, s->site_count)];
    struct sim_rec *user = sim_site_any(s, site, MOM_USER);
    int object = user ? sim_oracle_rec(s, user) : -1;
    struct mom_view *view;
    struct change c;

    if (object < 0 || !n->engine)
        return;
    edit_rec(s, site, user, object, F_HIERARCHY);
    sim_site_event(s, site, user);
    begin(&c, n);
    c.op.object = object;
    c.in.kind = MOM_IN_CHANGE;
    c.in.id = s->oracle.objects[object].id_count
                  ? s->oracle.objects[object].ids[s->oracle.objects[object].id_count - 1]
                  : 0;
    sim_node_flush(s, n);
    view = c.in.id && n->engine ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    if (object_of(s, view, c.in.id) == object)
        edit_hub(s, &c, mom_view_record(view, c.in.id), F_HIERARCHY);
    sim_node_view_end(n, view);
    if (c.in.attr_count)
        submit(s, n, &c);
}

/* A change of a user is on its way when the link breaks; before it is back the phone is unbound. */
static void lose_change(struct sim *s, const struct sim_phone *phone)
{
    struct sim_pipe *p = &s->sites[phone->at >= 0 ? phone->at : phone->home].pipe;
    unsigned what;

    if (phone->owner >= 0)
        sim_admin_at_hub(s, phone->owner, SIM_EDIT);
    sim_at(s, s->now + sim_span(s, 1, 2 * p->delay + 30), on_break, p, 0);
    what = sim_pick(s, 2) ? SIM_UNBIND : SIM_REBIND;
    sim_at(s, s->now + sim_span(s, 100, 5 * SIM_SECOND), on_soon, NULL,
           (uint64_t)phone->object << 3 | what);
}

void sim_admin_something(struct sim *s)
{
    unsigned what = sim_pick(s, 10);

    if (s->chaos && s->plan.breaks && s->phone_count && sim_pick(s, 10) == 0)
        lose_change(s, &s->phones[sim_pick(s, (unsigned)s->phone_count)]);
    if (s->plan.star && s->chaos && sim_pick(s, 10) == 0)
        sim_star_confirm_lost(s);
    if (what == 0)
        at_two_places(s);
    else if (what == 1)
        at_hub_too(s, sim_node_any(s));
    else if (what < 5)
        at_hub(s, sim_node_any(s));
    else
        at_site(s, &s->sites[sim_pick(s, s->site_count)]);
}

static void on_admin(struct sim *s, void *ctx, uint64_t arg)
{
    (void)ctx;
    (void)arg;
    if (!s->chaos)
        return;
    sim_admin_something(s);
    sim_at(s, s->now + sim_gap(s, s->plan.edit), on_admin, NULL, 0);
}

void sim_admin_start(struct sim *s)
{
    sim_at(s, s->now + SIM_MINUTE + sim_gap(s, s->plan.edit), on_admin, NULL, 0);
}

/* The same person, entered at a second site too before the sites knew of each other. */
static void enter_twice(struct sim *s, struct sim_site *site, const struct sim_rec *user)
{
    int object = sim_oracle_rec(s, user);
    struct sim_rec *same;

    if (!sim_site_is_free(site, F_NUM, user->v[F_NUM]))
        return;
    same = sim_site_new(s, site, MOM_USER);
    if (!same)
        return;
    set(same, F_NUM, user->v[F_NUM]);
    set(same, F_NAME, user->v[F_NAME]);
    s->oracle.objects[object].twice = true;
    edit_rec(s, site, same, object, F_HIERARCHY);
}

void sim_admin_populate(struct sim *s)
{
    for (unsigned i = 0; i < s->plan.people; i++) {
        struct sim_site *site = &s->sites[sim_pick(s, s->site_count)];
        struct sim_rec *user;

        create_person(s, site);
        user = sim_site_any(s, site, MOM_USER);
        if (user && sim_pick(s, 10) == 0)
            enter_twice(s, &s->sites[sim_pick(s, s->site_count)], user);
    }
}
