/*
 * The oracle: what people did, when, and knowing what; maps and lists, and no rule of the library.
 *
 * Every value that somebody sets is set once: it carries the number of the edit. So wherever a
 * value is seen it says whose it is, and an editor who sees a value knows that edit and all that it
 * replaced: its ancestors. At the end an edit must be what is there, or an ancestor of what is
 * there, or in the list of conflicts. It makes no use of clocks.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_NODE = 0x01000000 /* origins below are sites */ };

static void *grow(void *array, size_t count, size_t *size, size_t item)
{
    if (count < *size)
        return array;
    *size = *size ? 2 * *size : 256;
    array = realloc(array, *size * item);
    if (!array)
        abort();
    return array;
}

int sim_oracle_object(struct sim *s, enum mom_type type, int phone)
{
    struct sim_oracle *o = &s->oracle;
    struct sim_object *object;

    o->objects = grow(o->objects, o->object_count, &o->object_size, sizeof *o->objects);
    object = &o->objects[o->object_count];
    memset(object, 0, sizeof *object);
    object->type = type;
    object->phone = phone;
    return (int)o->object_count++;
}

unsigned sim_oracle_edit(struct sim *s, int object, enum sim_field field, unsigned parent,
                         mom_site place)
{
    struct sim_oracle *o = &s->oracle;
    struct sim_edit *e;

    o->edits = grow(o->edits, o->edit_count + 1, &o->edit_size, sizeof *o->edits);
    if (o->edit_count == 0)
        memset(&o->edits[o->edit_count++], 0, sizeof *o->edits); /* 0 is none */
    e = &o->edits[o->edit_count];
    memset(e, 0, sizeof *e);
    e->object = object;
    e->field = field;
    e->parent = parent;
    e->place = place;
    e->time = s->now;
    if (sim_place_is_node(place)) {
        e->heard = true;
        e->heard_at = s->now;
    }
    sim_oracle_touched(s, object, place, false);
    s->counts.edits++;
    sim_note(s, "edit %zu: %s of object %d at place %u, after %u", o->edit_count,
             sim_fields[field].name, object, place, parent);
    return (unsigned)o->edit_count++;
}

void sim_oracle_number(struct sim *s, unsigned edit, const char *number)
{
    struct sim_edit *e = &s->oracle.edits[edit];
    struct sim_object *o = &s->oracle.objects[e->object];

    snprintf(e->number, sizeof e->number, "%s", number);
    if (o->last_number == edit)
        return;
    e->before = o->last_number;
    o->last_number = edit;
}

/* --- whose is it? ----------------------------------------------------------------------------- */

static unsigned marked(const struct sim *s, enum sim_field field, const char *value)
{
    unsigned long number;
    char *end;

    if (!sim_fields[field].mark || value[0] != sim_fields[field].mark)
        return 0;
    number = strtoul(value + 1, &end, 10);
    if (*end || number >= s->oracle.edit_count || s->oracle.edits[number].field != field)
        return 0;
    return (unsigned)number;
}

unsigned sim_oracle_edit_of(struct sim *s, int object, enum sim_field field, const char *value)
{
    if (field != F_NUM)
        return marked(s, field, value);
    for (unsigned i = object >= 0 ? s->oracle.objects[object].last_number : 0; i;
         i = s->oracle.edits[i].before) {
        if (strcmp(s->oracle.edits[i].number, value) == 0)
            return i;
    }
    return 0;
}

unsigned sim_oracle_put_back(const struct sim *s, int object, enum sim_field field,
                             struct mom_stamp stamp)
{
    unsigned i = object >= 0 ? s->oracle.objects[object].put_back : 0;

    while (i && (s->oracle.edits[i].field != field ||
                 mom_stamp_compare(s->oracle.edits[i].stamp, stamp) != 0))
        i = s->oracle.edits[i].earlier;
    return i;
}

static void value_of(const struct mom_record *r, enum sim_field f, char *ret_value);

unsigned sim_oracle_edit_at(struct sim *s, int object, enum sim_field field,
                            const struct mom_record *r)
{
    struct mom_stamp stamp = mom_record_stamp(r, sim_fields[field].field);
    unsigned edit = sim_oracle_put_back(s, object, field, stamp);
    char value[SIM_VALUE];

    value_of(r, field, value);
    return edit || !value[0] ? edit : sim_oracle_edit_of(s, object, field, value);
}

/* A user is known by any name that it was given, a device by its IPEI. */
int sim_oracle_object_of(struct sim *s, enum mom_type type, const char *key)
{
    unsigned edit = type == MOM_USER ? marked(s, F_NAME, key) : 0;
    const struct sim_phone *phone;

    if (edit)
        return s->oracle.edits[edit].object;
    phone = type == MOM_DEVICE ? sim_phone_by(s, key) : NULL;
    return phone ? phone->object : -1;
}

int sim_oracle_rec(struct sim *s, const struct sim_rec *rec)
{
    return sim_oracle_object_of(s, rec->type, rec->v[rec->type == MOM_USER ? F_NAME : F_IPEI]);
}

/* --- what happens ----------------------------------------------------------------------------- */

void sim_oracle_touched(struct sim *s, int object, mom_site place, bool roam)
{
    struct sim_object *o;

    if (object < 0)
        return;
    o = &s->oracle.objects[object];
    if (!roam)
        o->last_event = s->now;
    if (place != (mom_site)o->last_elsewhere[1])
        o->last_elsewhere[0] = s->now;
    o->last_elsewhere[1] = place;
    if (!sim_place_is_node(place) && !roam)
        o->related = s->now ? s->now : 1;
}

void sim_oracle_overwritten(struct sim *s, const struct sim_rec *rec, enum sim_field field)
{
    int object = sim_oracle_rec(s, rec);
    unsigned edit = sim_oracle_edit_of(s, object, field, rec->v[field]);
    struct sim_edit *e = edit ? &s->oracle.edits[edit] : NULL;

    if (!e || e->heard)
        return;
    e->overwritten = true;
    sim_note(s, "edit %u is overwritten before anybody heard of it", edit);
    s->counts.overwritten++;
}

void sim_oracle_heard(struct sim *s, const struct sim_mark *mark)
{
    struct sim_object *o = &s->oracle.objects[mark->object];

    if (mark->edit && !s->oracle.edits[mark->edit].heard) {
        s->oracle.edits[mark->edit].heard = true;
        s->oracle.edits[mark->edit].heard_at = s->now;
    }
    if (mark->made >= o->related)
        o->related = 0;
}

void sim_oracle_bound(struct sim *s, int device, int user)
{
    struct sim_oracle *o = &s->oracle;

    if (device < 0 || user < 0 || sim_oracle_was_bound(s, device, user))
        return;
    if (o->bound_count == 0)
        o->bound_count = 1; /* 0 is none */
    o->bound = grow(o->bound, o->bound_count, &o->bound_size, sizeof *o->bound);
    o->bound[o->bound_count] = (struct sim_bound){device, o->objects[user].bound};
    o->objects[user].bound = (unsigned)o->bound_count++;
}

bool sim_oracle_was_bound(struct sim *s, int device, int user)
{
    const struct sim_oracle *o = &s->oracle;
    unsigned i = o->objects[user].bound;

    while (i && o->bound[i].device != device)
        i = o->bound[i].before;
    return i != 0;
}

static bool knew_all(const struct sim *s, int object)
{
    for (size_t i = 1; i < s->oracle.edit_count; i++) {
        const struct sim_edit *e = &s->oracle.edits[i];

        if (e->object == object && !e->heard && !e->overwritten)
            return false;
    }
    return !s->oracle.objects[object].related;
}

/* Somebody deletes it. `certain`: nothing stands in the way of it, as far as the place goes. */
void sim_oracle_delete(struct sim *s, int object, mom_site place, bool certain)
{
    struct sim_oracle *o = &s->oracle;
    struct sim_delete *d;

    if (object < 0)
        return;
    o->deletes = grow(o->deletes, o->delete_count, &o->delete_size, sizeof *o->deletes);
    d = &o->deletes[o->delete_count++];
    *d = (struct sim_delete){.object = object, .place = place, .time = s->now};
    d->decisive = certain && knew_all(s, object) && sim_star_is_quiet(s);
    o->objects[object].deletes++;
    s->counts.deletes++;
    sim_note(s, "object %d is deleted at place %u%s", object, place,
             d->decisive ? ", by somebody who knows all" : "");
}

/* --- the list of conflicts -------------------------------------------------------------------- */

static void copy(char *to, size_t size, struct mom_str from)
{
    size_t len = from.len < size - 1 ? from.len : size - 1;

    if (len > 0)
        memcpy(to, from.ptr, len);
    to[len] = '\0';
}

unsigned sim_oracle_edit_in(struct sim *s, int object, const char *text)
{
    for (enum sim_field f = F_NUM; f < F_COUNT; f++) {
        char key[32], value[SIM_VALUE];
        const char *at;
        size_t len;

        snprintf(key, sizeof key, "%s=", sim_fields[f].name);
        at = strstr(text, key);
        if ((!sim_fields[f].mark && f != F_NUM) || !at || (at != text && at[-1] != ' '))
            continue;
        at += strlen(key);
        len = strcspn(at, " ");
        copy(value, sizeof value, (struct mom_str){at, len});
        if (sim_oracle_edit_of(s, object, f, value))
            return sim_oracle_edit_of(s, object, f, value);
    }
    return 0;
}

/* Who edits at a site a value that was put back: nobody knows which time he saw. */
static bool is_ancestor(const struct sim *s, unsigned older, unsigned edit)
{
    const struct sim_edit *edits = s->oracle.edits;

    if (s->oracle.objects[edits[edit].object].puzzling)
        return false;
    while (edit && edit != older) {
        bool at_site = !sim_place_is_node(edits[edit].place);

        edit = edits[edit].parent;
        if (at_site && edits[edit].revived)
            return false;
    }
    return edit && edit == older;
}

int sim_oracle_object_of_id(const struct sim *s, uint64_t id)
{
    for (size_t i = 0; i < s->oracle.object_count; i++) {
        for (unsigned k = 0; k < s->oracle.objects[i].id_count; k++) {
            if (s->oracle.objects[i].ids[k] == id)
                return (int)i;
        }
    }
    return -1;
}

/* Sites tell milliseconds alone; nodes count within one. */
static bool is_later(const struct mom_conflict *c)
{
    return c->from < FIRST_NODE ? c->winner.ms > c->loser.ms
                                : mom_stamp_compare(c->winner, c->loser) > 0;
}

/* Anybody can recompute the outcome from the row; and an edit at a site does not lose against one
 * that a node made long before, as long as no clock is set: offsets are measured. (The reverse may
 * be: a time stamp of a site covers many fields. And a sealed secret may seem to have changed later
 * than it did.) */
static void judge_conflict(struct sim *s, const struct mom_conflict *c, const char *rule,
                           unsigned winner, unsigned loser)
{
    const struct sim_edit *w = &s->oracle.edits[winner], *l = &s->oracle.edits[loser];

    if ((strcmp(rule, "later") == 0 && !is_later(c)) ||
        (strcmp(rule, "tie-origin") == 0 &&
         (c->winner.ms != c->loser.ms || c->winner.origin < c->loser.origin)))
        sim_fail(s, "conflict %llu (%s) is decided for %lld of %u against %lld of %u",
                 (unsigned long long)c->sequence, rule, (long long)c->winner.ms, c->winner.origin,
                 (long long)c->loser.ms, c->loser.origin);
    if (winner && loser && s->plan.clocks < (s->plan.star ? 1 : 2) && !s->healing &&
        sim_place_is_node(w->place) && !sim_place_is_node(l->place) && !w->maybe &&
        strcmp(rule, "later") == 0 && l->time > w->time + 8 * SIM_SECOND &&
        !s->oracle.objects[l->object].puzzling && (!s->plan.star || w->field != F_SIPAUTH))
        sim_fail(s, "edit %u of site %u lost against edit %u, which the hub made %lld ms before",
                 loser, l->place, winner, (long long)(l->time - w->time));
}

/* Have the node that tells and this neighbour of it ever had the same? What a first contact told is forgotten when it
 * breaks off, so whoever builds on it seems not to have known it. */
static bool have_agreed(const struct sim *s, uint32_t neighbour)
{
    struct mom_neighbour_info info;

    return mom_engine_neighbour(s->nodes[s->speaking].engine, neighbour, &info) && info.agreed;
}

/* Whose value stands on a side of a row: the text shows it, the stamp whether somebody put it back. Rows of uniqueness
 * have the times of creation instead. */
static unsigned edit_on(struct sim *s, const struct mom_conflict *c, int object, const char *text,
                        struct mom_stamp stamp)
{
    unsigned edit = sim_oracle_edit_in(s, object, text);
    int owner = edit ? s->oracle.edits[edit].object : object;

    for (enum sim_field f = F_NUM; f < F_COUNT && c->group && c->other == 0; f++) {
        unsigned put_back = mom_field_info(sim_fields[f].field)->group == c->group
                                ? sim_oracle_put_back(s, owner, f, stamp)
                                : 0;

        if (put_back)
            return put_back;
    }
    return edit;
}

static void lose(struct sim *s, const struct mom_conflict *c, unsigned edit)
{
    struct sim_edit *edits = s->oracle.edits;

    if (!edit)
        return;
    edits[edit].lost = true;
    for (unsigned i = s->oracle.objects[edits[edit].object].put_back; i && c->other;
         i = edits[i].earlier)
        edits[i].lost |= edits[i].revives == edit;
}

void sim_oracle_conflict(struct sim *s, struct mom_view *view, const struct mom_conflict *c)
{
    char kept[300], lost[300], rule[32];
    const struct mom_record *r;
    unsigned winner, loser;
    int object;

    copy(kept, sizeof kept, c->kept);
    copy(lost, sizeof lost, c->lost);
    copy(rule, sizeof rule, c->rule);
    r = mom_view_record(view, c->id);
    if (r)
        sim_oracle_record(s, r);
    object = sim_oracle_object_of_id(s, c->id);
    winner = edit_on(s, c, object, kept, c->winner);
    loser = edit_on(s, c, object, lost, c->loser);
    lose(s, c, loser);
    /* Two people under one number were taken for one, and the list shows the other name. */
    if (winner && loser && s->oracle.edits[winner].object != s->oracle.edits[loser].object)
        s->oracle.objects[s->oracle.edits[loser].object].merged = true;
    /* A secret that cannot be read may seem to have changed when its time stamp moved
     * (docs/merge.md). */
    if (winner && loser && winner != loser && c->group &&
        s->oracle.edits[loser].field != F_SIPAUTH && strcmp(rule, "unique") != 0 &&
        is_ancestor(s, winner, loser) && s->plan.clocks == 0 && !s->oracle.edits[winner].maybe &&
        s->oracle.edits[loser].time - s->oracle.edits[winner].time > 3 * SIM_SECOND)
        sim_fail(s, "edit %u lost against edit %u, which its author had seen (%s, %s)", loser,
                 winner, rule, lost);
    /* Nodes tell each other what an editor had seen; of a value that had to win first they may not know who did. */
    if (winner && loser && winner != loser && c->group && c->from >= FIRST_NODE &&
        s->oracle.edits[loser].field != F_SIPAUTH && strcmp(rule, "unique") != 0 &&
        is_ancestor(s, loser, winner) && !s->oracle.edits[loser].contested &&
        have_agreed(s, c->from))
        sim_fail(s, "edit %u is in the list against edit %u, whose author had seen it (%s, %s)",
                 loser, winner, rule, lost);
    if (winner && loser)
        s->oracle.edits[winner].contested = s->oracle.edits[loser].contested = true;
    judge_conflict(s, c, rule, winner, loser);
    if (object < 0)
        return;
    if (strcmp(rule, "delete-over-edit") == 0)
        s->oracle.objects[object].log_edit_lost = true;
    if (strcmp(rule, "unique") == 0)
        s->oracle.objects[object].parked = true;
    s->counts.limited += strcmp(rule, "limit") == 0;
}

static void value_of(const struct mom_record *r, enum sim_field f, char *ret_value)
{
    struct mom_str value;

    ret_value[0] = '\0';
    if (mom_record_get(r, sim_fields[f].field, &value))
        copy(ret_value, SIM_VALUE, value);
}

/* Which object is this record? Notes it. */
void sim_oracle_record(struct sim *s, const struct mom_record *r)
{
    enum mom_type type = mom_record_type(r);
    uint64_t id = mom_record_id(r);
    struct sim_object *o;
    char key[SIM_VALUE];
    int object;

    value_of(r, type == MOM_USER ? F_NAME : F_IPEI, key);
    object = sim_oracle_object_of(s, type, key);
    if (object < 0)
        return;
    o = &s->oracle.objects[object];
    for (unsigned i = 0; i < o->id_count; i++) {
        if (o->ids[i] == id)
            return;
    }
    if (o->id_count < sizeof o->ids / sizeof o->ids[0])
        o->ids[o->id_count++] = id;
}

/* Under two numbers they may be two people of one name: nothing that the sites tell says otherwise. */
void sim_oracle_met(struct sim *s, struct mom_view *view, const struct mom_record *r)
{
    int object = sim_oracle_object_of_id(s, mom_record_id(r));
    struct sim_object *o = object >= 0 ? &s->oracle.objects[object] : NULL;
    char number[SIM_VALUE], other[SIM_VALUE];
    uint64_t id = mom_record_id(r);

    if (!o || !o->twice || o->met)
        return;
    value_of(r, F_NUM, number);
    for (unsigned i = 0; i < o->id_count && !o->met; i++) {
        r = o->ids[i] != id ? mom_view_record(view, o->ids[i]) : NULL;
        if (!r)
            continue;
        value_of(r, F_NUM, other);
        o->met = true;
        o->apart = strcmp(number, other) != 0;
    }
}

/* A site's record that the node made, and of which it does not know the number there since the answer was lost, gets
 * another number to call: nothing that the site tells says that it is the same one. */
void sim_oracle_renumbered(struct sim *s, const struct sim_site *site, const struct sim_rec *rec,
                           int object)
{
    struct sim_object *o = &s->oracle.objects[object];
    bool known = o->id_count == 0; /* by nobody: it was made here */
    struct mom_view *view = site->node->engine ? sim_node_view(s, site->node) : NULL;

    if (!view)
        return;
    for (unsigned i = 0; i < o->id_count && !known; i++)
        known = mom_view_local(view, site->number, o->ids[i]) == rec->local;
    sim_node_view_end(site->node, view);
    o->apart |= !known;
}

/* --- judgement -------------------------------------------------------------------------------- */

struct judge {
    struct sim *s;
    unsigned *alive; /* per object: records that live (parked ones too) */
};

static void judge_value(struct judge *j, const struct mom_record *r, int object, enum sim_field f)
{
    struct sim *s = j->s;
    char value[SIM_VALUE];
    unsigned edit;

    if (!sim_fields[f].mark && f != F_NUM)
        return;
    value_of(r, f, value);
    s->oracle.edits[sim_oracle_edit_at(s, object, f, r)].covered = true; /* 0: nobody's */
    for (unsigned i = object >= 0 ? s->oracle.objects[object].put_back : 0; i && !value[0];
         i = s->oracle.edits[i].earlier)
        s->oracle.edits[i].covered |= s->oracle.edits[i].field == f && !s->oracle.edits[i].revives;
    if (!value[0])
        return;
    edit = sim_oracle_edit_of(s, object, f, value);
    if (!edit || (s->oracle.edits[edit].object != object && object >= 0) ||
        s->oracle.edits[edit].refused) {
        sim_fail(s, "record %llu has %s=%s, which nobody set there",
                 (unsigned long long)mom_record_id(r), sim_fields[f].name, value);
        return;
    }
    s->oracle.edits[edit].covered = s->oracle.edits[edit].at_end = true;
    /* A number is not marked: it may be that of a person who was taken for this one. */
    for (size_t i = 1; f == F_NUM && i < s->oracle.edit_count; i++) {
        if (s->oracle.edits[i].field == F_NUM && strcmp(s->oracle.edits[i].number, value) == 0)
            s->oracle.edits[i].covered = true;
    }
}

/* Destination and time of a forwarding are one edit; so are name and password of SIP, where the
 * password can be read. */
static void judge_groups(struct judge *j, const struct mom_record *r)
{
    static const enum sim_field pairs[2][2] = {{F_FWDDEST, F_FWDTIME}, {F_SIPAUTH, F_SIPPW}};

    for (int i = 0; mom_record_type(r) == MOM_USER && i < 2; i++) {
        char a[SIM_VALUE], b[SIM_VALUE];

        value_of(r, pairs[i][0], a);
        value_of(r, pairs[i][1], b);
        if (!a[0] || !b[0] || b[0] == MOM_SECRET_SEALED)
            continue;
        if (strtoul(a + 1, NULL, 10) != strtoul(b + (b[0] == MOM_SECRET_PLAIN ? 1 : 0), NULL, 10))
            sim_fail(j->s, "record %llu: %s=%s and %s=%s are of two edits",
                     (unsigned long long)mom_record_id(r), sim_fields[pairs[i][0]].name, a,
                     sim_fields[pairs[i][1]].name, b);
    }
}

static void judge_record(struct judge *j, const struct mom_record *r)
{
    enum mom_type type = mom_record_type(r);
    char key[SIM_VALUE];
    int object;

    value_of(r, type == MOM_USER ? F_NAME : F_IPEI, key);
    object = sim_oracle_object_of(j->s, type, key);
    if (object < 0) {
        sim_fail(j->s, "record %llu (%s) was created by nobody",
                 (unsigned long long)mom_record_id(r), key);
        return;
    }
    sim_oracle_record(j->s, r);
    j->alive[object]++;
    for (enum sim_field f = sim_first(type); f < sim_end(type); f++)
        judge_value(j, r, object, f);
    judge_groups(j, r);
    sim_subscription_judge(j->s, r);
}

/* Did whoever deleted the record there know the edit? The base of a site is a hash: he saw what was
 * put back if he saw it before it went (docs/merge.md). A record that was put back itself is not
 * what he saw. */
static bool knew(const struct sim *s, const struct sim_edit *e, const struct sim_delete *d)
{
    if (e->puts_back && !e->brings_back && !sim_place_is_node(d->place)) {
        if (!e->revives)
            return true;
        e = &s->oracle.edits[e->revives];
    }
    return e->time <= d->time && (e->place == d->place || sim_star_knew(s, e, d->place, d->time));
}

/* The value is in a record that nobody has any more, because it was deleted by somebody who
 * knew, or the list says so. */
static bool went_with_record(const struct judge *j, const struct sim_edit *e)
{
    const struct sim *s = j->s;
    const struct sim_object *o = &s->oracle.objects[e->object];

    if (o->uncertain)
        return true;
    if (o->log_edit_lost)
        return true;
    if (o->deletes == 0)
        return false;
    if (j->alive[e->object])
        return true;
    for (size_t i = 0; i < s->oracle.delete_count; i++) {
        if (s->oracle.deletes[i].object == e->object && knew(s, e, &s->oracle.deletes[i]))
            return true;
    }
    return false;
}

/* An edit is there if one is that was made of it. False: nothing new was found. */
static bool find_edits(struct judge *j)
{
    struct sim_edit *edits = j->s->oracle.edits;
    bool found = false;

    for (size_t i = j->s->oracle.edit_count; i-- > 1;) {
        struct sim_edit *e = &edits[i];
        bool was = e->covered;

        if (!was)
            e->covered = e->refused || e->maybe || e->lost || (e->overwritten && !e->heard) ||
                         went_with_record(j, e);
        if (!e->covered && e->puts_back)
            e->covered = sim_put_back_stands(j->s, e);
        found |= e->covered && !was;
        if (e->covered && e->parent && !e->refused)
            edits[e->parent].covered = true;
    }
    return found;
}

static void judge_edits(struct judge *j)
{
    struct sim *s = j->s;

    while (find_edits(j)) /* once more while something is put back by means of another edit */
        ;
    for (size_t i = s->oracle.edit_count; i-- > 1 && !s->failed;) {
        const struct sim_edit *e = &s->oracle.edits[i];

        if (!e->covered)
            sim_fail(s,
                     "edit %zu (%s of object %d at place %u, %02d:%02d:%02d) disappeared without a "
                     "trace",
                     i, sim_fields[e->field].name, e->object, e->place, (int)(e->time / SIM_HOUR),
                     (int)(e->time / SIM_MINUTE % 60), (int)(e->time / SIM_SECOND % 60));
    }
}

static void judge_object(struct judge *j, int object)
{
    struct sim *s = j->s;
    const struct sim_object *o = &s->oracle.objects[object];
    bool heard = false;

    for (size_t i = 1; i < s->oracle.edit_count && !heard; i++)
        heard = s->oracle.edits[i].object == object && s->oracle.edits[i].heard &&
                !s->oracle.edits[i].refused && !s->oracle.edits[i].maybe;
    if (heard && !o->deletes && !o->uncertain && !o->merged && j->alive[object] == 0)
        sim_fail(s, "object %d, which nobody deleted, is gone", object);
    /* Entered at two places, and one of them lost a number to somebody else before they met, or was given another one
     * on purpose: two records. */
    if (j->alive[object] > 1 && !o->deletes && !o->uncertain && !o->parked && !o->apart)
        sim_fail(s, "object %d is there %u times", object, j->alive[object]);
}

static void judge_deletes(struct judge *j)
{
    struct sim *s = j->s;

    for (size_t i = 0; i < s->oracle.delete_count; i++) {
        const struct sim_delete *d = &s->oracle.deletes[i];
        const struct sim_object *o = &s->oracle.objects[d->object];

        /* Entered twice, it was two records: the other one lives. */
        if (d->decisive && !d->maybe && o->id_count < 2 && o->last_event <= d->time &&
            j->alive[d->object] && !o->uncertain)
            sim_fail(s,
                     "object %d was deleted at place %u (%02d:%02d:%02d) by somebody who knew all, "
                     "and lives",
                     d->object, d->place, (int)(d->time / SIM_HOUR),
                     (int)(d->time / SIM_MINUTE % 60), (int)(d->time / SIM_SECOND % 60));
    }
}

static void judge_relation(struct judge *j, struct mom_view *view, uint64_t id)
{
    const struct mom_record *r = mom_view_record(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;
    int user = sim_oracle_object_of_id(j->s, id),
        device = partner ? sim_oracle_object_of_id(j->s, partner) : -1;

    if (user >= 0 && j->s->oracle.objects[user].merged)
        return; /* two people were taken for one: what one of them had is the other's */
    if (partner && user >= 0 && device >= 0 && !sim_oracle_was_bound(j->s, device, user) &&
        !sim_login_explains(j->s, device, user))
        sim_fail(j->s, "records %llu and %llu are bound, and nobody bound them",
                 (unsigned long long)id, (unsigned long long)partner);
}

void sim_oracle_judge(struct sim *s, struct mom_view *view)
{
    struct judge j = {s, sim_alloc((s->oracle.object_count + 1) * sizeof(unsigned))};
    const struct mom_record *r;
    uint64_t after;

    for (size_t i = 1; i < s->oracle.edit_count; i++)
        s->oracle.edits[i].covered = s->oracle.edits[i].at_end = false;
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        for (after = 0; (r = mom_view_next(view, (enum mom_type)type, after)) != NULL;) {
            after = mom_record_id(r);
            judge_record(&j, r);
        }
    }
    for (after = 0; (r = mom_view_next(view, MOM_USER, after)) != NULL;) {
        after = mom_record_id(r);
        judge_relation(&j, view, after);
    }
    judge_edits(&j);
    for (size_t i = 0; i < s->oracle.object_count && !s->failed; i++)
        judge_object(&j, (int)i);
    judge_deletes(&j);
    free(j.alive);
}

void sim_oracle_free(struct sim_oracle *o)
{
    free(o->edits);
    free(o->objects);
    free(o->deletes);
    free(o->bound);
}
