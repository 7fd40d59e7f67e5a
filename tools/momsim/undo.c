/*
 * Administrators who put earlier values in place at the hub: the other side of a conflict, or a record as it was. What
 * they get is not known before it is done, so the record is read before and after.
 *
 * For the oracle that is an edit by somebody who knew what he replaced. Its value exists already, so it is known by
 * the stamp that it has at the nodes. What a site makes of it has no stamp: that counts from when a node hears of it.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 40 /* the newest of the list, among which somebody finds one to undo */ };

static const uint64_t first_tag = UINT64_C(1) << 40;

/* SplitMix64 once more, apart from chance: a system where nobody undoes anything takes its course unchanged. */
static uint64_t draw(uint64_t seed, unsigned which)
{
    uint64_t z = seed * 16 + which + UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) >> 8;
}

void sim_rare_draw(struct sim *s)
{
    s->plan.undoes = draw(s->seed, 1) % 3 == 0;
    s->plan.restores = draw(s->seed, 4) % 3 == 0;
    s->plan.deletes_held = draw(s->seed, 2) % 2 == 0;
    if (!s->plan.star && draw(s->seed, 5) % 4 == 0)
        s->plan.most_permanent = 1 + (unsigned)(draw(s->seed, 6) % 5);
}

void sim_state_of(struct sim *s, const struct mom_record *r, struct sim_state *ret_state)
{
    uint64_t partner = mom_record_partner(r);
    enum mom_type type = mom_record_type(r);

    memset(ret_state, 0, sizeof *ret_state);
    ret_state->live = true;
    ret_state->type = type;
    for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
        struct mom_str value = {"", 0};

        if (!mom_record_get(r, sim_fields[f].field, &value))
            value.len = 0;
        snprintf(ret_state->v[f], SIM_VALUE, "%.*s", (int)value.len, value.len ? value.ptr : "");
        ret_state->stamps[f] = mom_record_stamp(r, sim_fields[f].field);
    }
    ret_state->object =
        sim_oracle_object_of(s, type, ret_state->v[type == MOM_USER ? F_NAME : F_IPEI]);
    ret_state->partner = partner ? sim_oracle_object_of_id(s, partner) : -1;
}

void sim_state_read(struct sim *s, struct mom_view *view, uint64_t id, struct sim_state *ret_state)
{
    const struct mom_record *r = mom_view_record(view, id);

    memset(ret_state, 0, sizeof *ret_state);
    ret_state->object = sim_oracle_object_of_id(s, id);
    ret_state->partner = -1;
    if (r)
        sim_state_of(s, r, ret_state);
}

/* --- what it is to the oracle ------------------------------------------------------------------- */

static unsigned edit_of(struct sim *s, const struct sim_state *state, int object, enum sim_field f)
{
    return state->v[f][0] ? sim_oracle_edit_of(s, object, f, state->v[f]) : 0;
}

/* What somebody saw who saw this state: that edit, or the one that put it back. */
static unsigned seen_in(struct sim *s, const struct sim_state *state, int object, enum sim_field f)
{
    unsigned edit = state->live ? sim_oracle_put_back(s, object, f, state->stamps[f]) : 0;

    return edit ? edit : edit_of(s, state, object, f);
}

static unsigned put_back(struct sim *s, int object, enum sim_field f, unsigned parent,
                         unsigned value, struct mom_stamp stamp, mom_site place)
{
    unsigned edit = sim_oracle_edit(s, object, f, parent, place);
    struct sim_object *o = &s->oracle.objects[object];
    struct sim_edit *e = &s->oracle.edits[edit];

    e->puts_back = true;
    e->revives = value;
    e->stamp = stamp;
    e->known_at[place / PLACE_NODE] = s->now + 1;
    e->earlier = o->put_back;
    o->put_back = edit;
    s->oracle.edits[value].revived |= value != 0;
    sim_note(s, "edit %u puts edit %u back", edit, value);
    return edit;
}

static void related(struct sim *s, const struct sim_state *state, int object, mom_site place)
{
    int device = state->type == MOM_DEVICE ? object : state->partner,
        user = state->type == MOM_DEVICE ? state->partner : object;

    sim_oracle_bound(s, device, user);
    sim_oracle_touched(s, object, place, false);
    sim_oracle_touched(s, state->partner, place, false);
}

void sim_state_compare(struct sim *s, const struct sim_state *was, const struct sim_state *is,
                       mom_site place)
{
    enum mom_type type = was->live ? was->type : is->type;
    int object = was->object >= 0 ? was->object : is->object;

    if (was->live && !is->live) {
        sim_oracle_delete(s, object, place, true);
        return;
    }
    if (!is->live || object < 0)
        return;
    for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
        unsigned edit;

        if ((!sim_fields[f].mark && f != F_NUM) || strcmp(was->v[f], is->v[f]) == 0)
            continue;
        edit = put_back(s, object, f, seen_in(s, was, object, f), edit_of(s, is, object, f),
                        is->stamps[f], place);
        s->oracle.edits[edit].brings_back = !was->live;
    }
    if (was->partner != is->partner)
        related(s, is, object, place);
    sim_oracle_touched(s, object, place, false);
}

void sim_state_maybe(struct sim *s, const struct sim_state *was, mom_site place, bool removal)
{
    static const struct mom_stamp unknown;

    if (was->object < 0)
        return;
    s->oracle.objects[was->object].puzzling = true;
    if (removal) {
        sim_oracle_delete(s, was->object, place, false);
        s->oracle.deletes[s->oracle.delete_count - 1].maybe = true;
    }
    for (enum sim_field f = sim_first(was->type); was->live && f < sim_end(was->type); f++) {
        unsigned edit;

        if (!sim_fields[f].mark && f != F_NUM)
            continue;
        edit = put_back(s, was->object, f, seen_in(s, was, was->object, f), 0, unknown, place);
        s->oracle.edits[edit].maybe = true;
    }
    sim_oracle_touched(s, was->object, place, false);
}

/* Was it made of that value at one site, directly or by further edits there? Of a name with a password, anywhere: a
 * password that a site has sealed anew may seem to have changed, and that gives both another stamp. */
static bool is_made_of(const struct sim_edit *edits, const struct sim_edit *e, unsigned value)
{
    mom_site place = e->place;

    while (e->parent && e->parent != value && edits[e->parent].place == place)
        e = &edits[e->parent];
    return e->parent == value && (e->field == F_SIPAUTH || !sim_place_is_node(place));
}

/* Two nodes put the same back, which is no conflict: one of both is enough. */
static bool is_same_elsewhere(const struct sim_edit *e, const struct sim_edit *edit)
{
    return e->puts_back && e->covered && e->revives == edit->revives && e->place != edit->place;
}

/* The base of a site is a hash: who edits the value at a site that never had another has seen it there, before it went
 * at the hub and after it was put back (docs/merge.md). */
bool sim_put_back_stands(const struct sim *s, const struct sim_edit *edit)
{
    const struct sim_edit *edits = s->oracle.edits;

    if (edit->revives && edits[edit->revives].at_end)
        return true;
    for (const struct sim_edit *e = &edits[edit->revives]; e < edits + s->oracle.edit_count; e++) {
        if (e->object != edit->object || e->field != edit->field || e->refused || !e->heard)
            continue;
        if ((e->heard_at >= edit->time && is_made_of(edits, e, edit->revives)) ||
            is_same_elsewhere(e, edit))
            return true;
    }
    return false;
}

/* --- asking ------------------------------------------------------------------------------------- */

bool sim_undo_answer(struct sim *s, const struct mom_action *a)
{
    if (a->tag < first_tag)
        return false;
    if (a->tag == s->asked.tag) {
        s->asked.answered = true;
        s->asked.rc = a->kind == MOM_DO_DONE ? MOM_OK : a->rc;
    }
    return true;
}

static bool may_be_refused(int rc)
{
    return rc == MOM_EEXIST || rc == MOM_ENOENT || rc == MOM_ESTATE || rc == MOM_ELIMIT ||
           rc == MOM_ERELATION || rc == MOM_EHISTORY || rc == MOM_EIDENT;
}

static bool is_same(const struct sim_state *a, const struct sim_state *b)
{
    return a->live == b->live && a->partner == b->partner && memcmp(a->v, b->v, sizeof a->v) == 0;
}

struct mom_view *sim_asked(struct sim *s, struct sim_node *n, const struct mom_input *in)
{
    struct mom_input copy = *in;

    s->asked.answered = false;
    copy.tag = s->asked.tag = first_tag + ++s->asked.count;
    sim_node_add(s, n, &copy);
    sim_node_flush(s, n);
    return s->asked.answered && n->engine && !s->failed ? sim_node_view(s, n) : NULL;
}

bool sim_put_back(struct sim *s, struct sim_node *n, const struct mom_input *in,
                  const struct sim_state *was, bool removal, struct sim_state *ret_is)
{
    mom_site place = n->number * PLACE_NODE;
    struct mom_view *view;
    uint64_t id = s->asked.id;

    view = sim_asked(s, n, in);
    if (s->failed)
        return false;
    if (!view) {
        sim_state_maybe(s, was, place, removal);
        return false;
    }
    sim_state_read(s, view, id, ret_is);
    sim_node_view_end(n, view);
    if (s->asked.rc == MOM_OK) {
        sim_state_compare(s, was, ret_is, place);
        return true;
    }
    s->counts.refused_changes++;
    if (!may_be_refused(s->asked.rc))
        sim_fail(s, "record %llu is not put back: %s", (unsigned long long)id,
                 mom_err_text(s->asked.rc));
    else if (!is_same(was, ret_is))
        sim_fail(s, "record %llu changed, and the answer was a refusal: %s", (unsigned long long)id,
                 mom_err_text(s->asked.rc));
    return false;
}

/* --- the other side of a conflict --------------------------------------------------------------- */

/* Which side would be put in place. */
struct side {
    struct mom_input in;
    struct sim_state was;
    bool removal;
    enum mom_type type;
    char text[300];
};

/* One of the newest rows, of this record if there is an id; often the one that somebody undid last. */
static uint64_t pick_row(struct sim *s, struct mom_view *view, const struct sim_node *n,
                         uint64_t id)
{
    uint64_t rows[ROWS], after = n->last_conflict > ROWS ? n->last_conflict - ROWS : 0;
    struct mom_conflict c;
    unsigned count = 0;

    if (!id && n->last_undone && sim_pick(s, 3) == 0)
        return n->last_undone;
    for (; count < ROWS && mom_view_next_conflict(view, after, &c); after = c.sequence) {
        if (!id || c.id == id)
            rows[count++] = c.sequence;
    }
    return count ? rows[sim_pick(s, sim_pick(s, 2) ? count : count < 4 ? count : 4)] : 0;
}

static bool plan_undo(struct sim *s, struct mom_view *view, struct sim_node *n, uint64_t id,
                      struct side *ret_side)
{
    uint64_t row = pick_row(s, view, n, id);
    struct mom_conflict c;
    struct mom_str text;
    bool kept;

    memset(ret_side, 0, sizeof *ret_side);
    if (!row || !mom_view_next_conflict(view, row - 1, &c))
        return false;
    kept = c.undone.ms != 0;
    text = kept ? c.kept : c.lost;
    snprintf(ret_side->text, sizeof ret_side->text, "%.*s", c.group ? (int)text.len : 0,
             c.group ? text.ptr : "");
    ret_side->type = c.type;
    ret_side->removal = kept ? c.kept_deletion : c.lost_deletion;
    ret_side->in = (struct mom_input){.kind = MOM_IN_UNDO, .id = c.sequence};
    n->last_undone = c.sequence;
    s->asked.id = c.id;
    sim_state_read(s, view, c.id, &ret_side->was);
    return ret_side->was.object >= 0;
}

static void undo(struct sim *s, struct sim_node *n, uint64_t id);

/* At another node, before it hears of that. */
static void on_undo_too(struct sim *s, void *ctx, uint64_t id)
{
    struct sim_node *n = sim_node_any(s);

    (void)ctx;
    if (s->chaos && n->engine)
        undo(s, n, id);
}

static void meanwhile(struct sim *s, int object, uint64_t id)
{
    switch (sim_pick(s, 6)) {
    case 0:
        sim_at(s, s->now + sim_span(s, 1, 2 * SIM_SECOND), on_undo_too, NULL, id);
        break;
    case 1:
        sim_admin_soon(s, object,
                       s->oracle.objects[object].type == MOM_USER ? SIM_EDIT : SIM_UNBIND);
        break;
    case 2:
        sim_admin_soon(s, object,
                       s->oracle.objects[object].type == MOM_USER ? SIM_RENUMBER : SIM_REBIND);
        break;
    default:
        break;
    }
}

static void undo(struct sim *s, struct sim_node *n, uint64_t id)
{
    struct mom_view *view;
    struct side side;
    struct sim_state is;
    bool planned;
    unsigned edit;

    sim_node_flush(s, n);
    view = n->engine && !s->failed ? sim_node_view(s, n) : NULL;
    if (!view)
        return;
    planned = plan_undo(s, view, n, id, &side);
    sim_node_view_end(n, view);
    if (!planned)
        return;
    sim_note(s, "conflict %llu of record %llu is undone", (unsigned long long)side.in.id,
             (unsigned long long)s->asked.id);
    if (s->plan.star)
        meanwhile(s, side.was.object, s->asked.id);
    if (!sim_put_back(s, n, &side.in, &side.was, side.removal, &is))
        return;
    s->counts.undone++;
    if (is.live == side.removal)
        sim_fail(s, "record %llu should %s by undoing conflict %llu",
                 (unsigned long long)s->asked.id, side.removal ? "be gone" : "live",
                 (unsigned long long)side.in.id);
    edit = sim_oracle_edit_in(s, side.was.object, side.text);
    if (edit && s->oracle.edits[edit].field != F_NUM &&
        edit_of(s, &is, is.object, s->oracle.edits[edit].field) != edit)
        sim_fail(s, "conflict %llu was undone, and record %llu does not have %s",
                 (unsigned long long)side.in.id, (unsigned long long)s->asked.id, side.text);
}

/* --- now and then --------------------------------------------------------------------------------------------- */

static void undo_one(struct sim *s, struct sim_node *n)
{
    undo(s, n, 0);
}

static const struct {
    void (*act)(struct sim *s, struct sim_node *n);
    unsigned gap; /* so many times as long as between two edits, in the middle */
} seldom[] = {{undo_one, 2}, {sim_restore, 3}};

static void on_seldom(struct sim *s, void *ctx, uint64_t which)
{
    struct sim_node *n = sim_node_any(s);

    (void)ctx;
    if (!s->chaos)
        return;
    if (n->engine)
        seldom[which].act(s, n);
    sim_at(s, s->now + sim_gap(s, seldom[which].gap * s->plan.edit), on_seldom, NULL, which);
}

void sim_rare_start(struct sim *s)
{
    bool does[] = {s->plan.undoes, s->plan.restores};

    for (unsigned i = 0; i < sizeof does / sizeof does[0]; i++) {
        if (does[i])
            sim_at(s, s->now + SIM_MINUTE + sim_gap(s, seldom[i].gap * s->plan.edit), on_seldom,
                   NULL, i);
    }
}
