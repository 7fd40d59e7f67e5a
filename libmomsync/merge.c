/*
 * The three-way merge, group by group: what a site has, what hub and site last agreed on (the
 * base), what the hub has.
 *
 * merge_rows.h has the cases in the order in which they are looked for, docs/merge.md tells
 * it at length. Relations are in relation.c.
 */
#include "node.h"

/* ms: more than the time between our note of a change and the site's stamp of it */
enum { CLOCK_SET_BACK = 60000 };

void mom__merge_times(struct mom_engine *e, struct mom__observed *seen)
{
    int64_t limit = e->now.wall_ms + e->skew_ms;
    bool told = false;

    for (int k = 0; k < MOM_KINDS; k++) {
        seen->times_ms[k] = seen->in->times_ms[k] > 0 ? seen->in->times_ms[k] : 0;
        seen->told_ms[k] = seen->times_ms[k] ? seen->times_ms[k] + seen->in->clock_ms : 0;
        if (MOM__PLANTED(OFFSET_IGNORED) && seen->times_ms[k])
            seen->times_ms[k] += seen->in->clock_ms;
        if (seen->times_ms[k] <= limit || MOM__PLANTED(CLAMP_OFF))
            continue;
        if (!told)
            mom__logf(e, MOM_LOG_WARNING,
                      "site %u: a time stamp is %d ms in the future and is put back",
                      MOM__U(seen->in->site), (int64_t)(seen->times_ms[k] - e->now.wall_ms));
        told = true;
        seen->times_ms[k] = limit;
    }
}

static bool is_told(const struct mom_record *record, enum mom_field group)
{
    for (enum mom_field f = group, end = mom__group_end(group); f < end; f++) {
        if (mom__field_form(f) == MOM_EXTRA ? record->extra_count > 0
                                            : mom__record_value(record, f).ptr != NULL)
            return true;
    }
    return false;
}

static bool is_merged(enum mom_field f)
{
    return (mom__field_marks[f] & MOM__MARK_MERGED) != 0 &&
           f != mom__relation_group(mom__field_infos[f].owner);
}

/* Unknown attributes are added to those of the hub. More than a record may have are left out. */
static void take_extra(struct mom_engine *e, struct mom__observed *seen,
                       const struct mom_attr *attrs, size_t count)
{
    int rc = mom__record_merge_extra(&seen->record, &e->arena, attrs, count);

    if (rc == MOM_ELIMIT)
        mom__logf(e, MOM_LOG_WARNING,
                  "site %u: a record has too many unknown attributes, they are left out",
                  MOM__U(seen->in->site));
    else if (rc != MOM_OK)
        mom__fail(e, rc);
}

/* What the site did not tell of a group that it told is as the hub has it; or there is no such field there, and then
 * what it told is all. */
static void fill(struct mom_engine *e, struct mom__observed *seen, enum mom_field group)
{
    struct mom_record *s = &seen->record;
    const struct mom_record *h = &seen->work->record;
    unsigned at = mom__field_index(group);

    for (enum mom_field f = group; f != mom__group_end(group); f++)
        seen->part[at] |= mom__field_form(f) == MOM_EXTRA || !mom__record_value(s, f).ptr;
    if (seen->part[at]) {
        seen->bare[at] = mom__record_group_hash(s, group, MOM__HASH_ALL);
        seen->bare_open[at] = mom__group_has_secret(group)
                                  ? mom__record_group_hash(s, group, MOM__HASH_PUBLIC)
                                  : seen->bare[at];
    }

    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        if (mom_field_info(f)->form == MOM_EXTRA) {
            const struct mom_attr *attrs = s->extra;
            size_t count = s->extra_count;

            s->extra = h->extra;
            s->extra_count = h->extra_count;
            take_extra(e, seen, attrs, count);
        } else if (!mom__record_value(s, f).ptr) {
            mom__record_set(s, f, mom__record_value(h, f));
        }
    }
}

/* Which kinds of groups did the site change, as far as can be compared, and which did we? Merging one group may settle
 * what explains the next one. */
static void note_news(struct mom__observed *seen)
{
    const struct mom__base *base = &seen->mapping->base;
    enum mom_type type = seen->record.type;

    for (size_t i = 0; i < base->count; i++)
        seen->sent[mom_field_info(base->entries[i].group)->kind] |= base->entries[i].has_pushed;
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        const struct mom__base_entry *entry;

        if (!seen->told[mom__field_index(f)])
            continue;
        entry = mom__base_find(&seen->mapping->base, f);
        if (entry && mom__record_group_hash(&seen->record, f, MOM__HASH_PUBLIC) != entry->open)
            seen->news[mom_field_info(f)->kind] = true;
    }
}

/* Is the site's time stamp a later one than the base has? Compared by the site's own clock: our measure of that clock
 * differs from link to link. A stamp that is far behind is from a clock that was set back. */
static bool has_moved(const struct mom__observed *seen, enum mom_kind kind)
{
    int64_t told = seen->told_ms[kind], base = seen->mapping->base.times_ms[kind];

    return told > base || (told && told < base - CLOCK_SET_BACK);
}

/* Does something that can be seen explain that the stamp of a kind moved: another change there, something that we sent,
 * or a new relation, which moves the administrative stamp along? */
static bool is_explained(const struct mom__observed *seen, enum mom_kind kind)
{
    return seen->sent[kind] || seen->news[kind] ||
           (seen->told_ms[MOM_RELATION] == seen->told_ms[kind] && has_moved(seen, MOM_RELATION));
}

/* The readable part of a group is neither what was agreed on nor what we sent: whoever changed it there may have
 * changed the secret beside it, and the two go together. */
static bool is_beside_another(const struct mom__observed *seen, enum mom_field group,
                              const struct mom__base_entry *entry)
{
    uint64_t open = mom__record_group_hash(&seen->record, group, MOM__HASH_PUBLIC);
    unsigned at = mom__field_index(group);

    return entry->hash != 0 && open != entry->open &&
           !(seen->part[at] && seen->bare_open[at] == entry->open) &&
           !(entry->has_pushed && open == entry->pushed_open);
}

/*
 * An OMM encrypts a secret anew for every answer, so a sealed secret that looks different need not
 * be. It counts as changed only if what can be read beside it did, or if the site's time stamp moved,
 * nothing that we sent explains that, and no other change there does.
 */
static bool is_secret_changed(struct mom__observed *seen, enum mom_field group,
                              const struct mom__base_entry *entry)
{
    enum mom_kind kind = mom_field_info(group)->kind;

    if (!entry)
        return false;
    return is_beside_another(seen, group, entry) ||
           (!entry->has_pushed && has_moved(seen, kind) && !is_explained(seen, kind));
}

/* How what the site has and what the hub has meet. */
enum meeting {
#define CASE(id, site, hub, outcome) MEET_##id,
#include "merge_rows.h"
};

/* One group under merge. */
struct group {
    enum mom_field group;
    struct mom__base_entry *entry; /* NULL: no base */
    uint64_t raw, site, open, hub; /* hashes: as told, completed, without secrets, the hub's */
    bool assumed;                  /* a sealed secret is taken for the hub's */
};

/*
 * Is a sealed secret to be taken for the hub's? An OMM may seal an empty secret too, so one that
 * the hub emptied comes back looking like a new one. The first secret that somebody sets there must
 * not be missed for that: it moves the time stamp, whatever else explains it.
 */
static bool is_ours(struct mom__observed *seen, enum mom_field field, const struct group *g)
{
    struct mom_str told = mom__record_value(&seen->record, field);
    struct mom_str ours = mom__record_value(&seen->work->record, field);
    bool beside;

    if (ours.len > 0)
        return !is_secret_changed(seen, g->group, g->entry);
    if (!ours.ptr || !g->entry)
        return false;
    mom__record_set(&seen->record, field, ours); /* to be none is not secret */
    beside = is_beside_another(seen, g->group, g->entry);
    mom__record_set(&seen->record, field, told);
    return !beside && (g->entry->has_pushed || !has_moved(seen, mom_field_info(g->group)->kind));
}

/*
 * An OMM that got another key tells every secret of its own under it; what we keep is under a key that nobody has any
 * more. That is the same secret: it is renewed in place, as no change of anybody, and the base with it. Neighbours
 * have to hear of it: it is the next one of its time, and earlier than whatever was changed since.
 */
static void renew_sealed(struct mom_engine *e, struct mom__observed *seen, const struct group *g)
{
    struct mom_record *h = &seen->work->record;
    struct mom_stamp stamp = mom_record_stamp(h, g->group);
    uint64_t before;
    bool renewed = false;

    if (!g->entry || h->site != seen->in->site || (h->flags & MOM__DELETED) ||
        stamp.origin != seen->in->site || is_secret_changed(seen, g->group, g->entry))
        return;
    before = mom__record_group_hash(h, g->group, MOM__HASH_ALL);
    for (enum mom_field f = g->group; f != mom__group_end(g->group); f++) {
        struct mom_str told = mom__record_value(&seen->record, f), ours = mom__record_value(h, f);

        if (!mom__secret_is_sealed(f, told) || !mom__secret_is_sealed(f, ours) ||
            mom__equal(mom__secret_fingerprint(f, told), mom__secret_fingerprint(f, ours)))
            continue;
        mom__record_set(h, f, told);
        renewed = true;
    }
    if (!renewed)
        return;
    mom__record_set_stamp(h, g->group, mom__stamp_of_site(e, stamp.origin, stamp.ms, stamp));
    mom__work_changed(e, seen->work, MOM_CHANGED);
    if (g->entry->hash == before) {
        g->entry->hash = mom__record_group_hash(h, g->group, MOM__HASH_ALL);
        mom__mapping_changed(e, seen->mapping);
    }
}

static uint64_t desired(const struct mom_engine *e, const struct mom__observed *seen,
                        enum mom_field group)
{
    return mom__desired_hash(e, &seen->work->record, seen->in->site, group, MOM__HASH_ALL);
}

/* Of a group without a secret: what the hub has, as far as this site is concerned. */
static uint64_t ours_for(const struct mom_engine *e, const struct mom__observed *seen,
                         const struct group *g)
{
    const struct mom_record *h = &seen->work->record;
    uint64_t hub;

    if (!mom__desired_instead(e, h, seen->in->site, g->group))
        return mom__record_group_equal(&seen->record, h, g->group)
                   ? g->site
                   : mom__record_group_hash(h, g->group, MOM__HASH_ALL);
    hub = desired(e, seen, g->group);
    /* At the first contact the site has what it was given before this store was there, or what all have. */
    return g->entry || g->site == hub ? hub : mom__record_group_hash(h, g->group, MOM__HASH_ALL);
}

/* A secret that cannot be compared and is not known to have changed is taken for the hub's. */
static void compare(struct mom_engine *e, struct mom__observed *seen, struct group *g)
{
    struct mom_record *s = &seen->record, *h = &seen->work->record;
    bool other;

    g->entry = mom__base_find(&seen->mapping->base, g->group);
    if (!mom__group_has_secret(g->group)) {
        g->raw = g->site = g->open = mom__record_group_hash(s, g->group, MOM__HASH_ALL);
        g->hub = ours_for(e, seen, g);
        return;
    }
    renew_sealed(e, seen, g);
    g->raw = mom__record_group_hash(s, g->group, MOM__HASH_ALL);
    /* At the first contact a secret with another name beside it is another one. */
    other = !g->entry && mom__record_group_hash(s, g->group, MOM__HASH_PUBLIC) !=
                             mom__record_group_hash(h, g->group, MOM__HASH_PUBLIC);
    for (enum mom_field f = g->group; f != mom__group_end(g->group); f++) {
        struct mom_str told = mom__record_value(s, f), ours = mom__record_value(h, f);

        if (!other && mom__secret_is_sealed(f, told) && !mom__equal(told, ours) &&
            is_ours(seen, f, g)) {
            mom__record_set(s, f, ours);
            g->assumed = true;
        }
    }
    g->site = mom__record_group_hash(s, g->group, MOM__HASH_ALL);
    g->open = mom__record_group_hash(s, g->group, MOM__HASH_PUBLIC);
    g->hub = mom__record_group_hash(h, g->group, MOM__HASH_ALL);
}

static bool is_unchanged(const struct mom__observed *seen, const struct group *g)
{
    unsigned at = mom__field_index(g->group);

    if (!g->entry)
        return false;
    if (!g->assumed)
        return g->site == g->entry->hash || (seen->part[at] && seen->bare[at] == g->entry->hash);
    if (g->open != g->entry->open && !(seen->part[at] && seen->bare_open[at] == g->entry->open))
        return false;
    /* A secret that we sent counts as arrived when the site says so, and not by a stamp: anything else may have moved
     * it, and to send it once more does no harm. */
    return true;
}

static bool is_echo(const struct group *g)
{
    if (!g->entry || !g->entry->has_pushed || MOM__PLANTED(ECHO_UNKNOWN))
        return false;
    return g->assumed ? g->entry->pushed_open == g->open : g->entry->pushed == g->site;
}

/* What the site tells was told before it had what we sent: that may still arrive there, and its echo is no change. */
static bool is_on_its_way(const struct mom__observed *seen)
{
    const struct mom__op *op = mom__op_find(seen->site, seen->work->record.id);

    return op && op->kind == MOM__OP_PUT && !MOM__PLANTED(ECHO_TOO_EARLY);
}

static void agree(struct mom_engine *e, struct mom__observed *seen, enum mom_field group,
                  uint64_t hash, uint64_t open)
{
    struct mom__base_entry *entry = mom__base_entry(&seen->mapping->base, group);

    bool pushed = entry->has_pushed && is_on_its_way(seen);

    if (entry->hash == hash && entry->open == open && entry->has_pushed == pushed)
        return;
    entry->hash = hash;
    entry->open = open;
    entry->has_pushed = pushed;
    mom__mapping_changed(e, seen->mapping);
}

/* What a verdict says of the site's side. */
static void note_theirs(const struct mom__observed *seen, enum mom_field group,
                        struct mom__verdict *v)
{
    const struct mom__base_entry *entry = mom__base_find(&seen->mapping->base, group);

    v->from = seen->in->site;
    v->told_ms = seen->told_ms[mom_field_info(group)->kind];
    v->clock_ms = seen->in->clock_ms;
    v->base_hash = entry ? entry->hash : 0;
}

/* A number that somebody else has is not taken from a site: the record keeps what the hub has, and the site gets it
 * back. */
static bool is_taken(struct mom_engine *e, struct mom__observed *seen, enum mom_field group,
                     struct mom_stamp theirs)
{
    struct mom_record *h = &seen->work->record;
    struct mom__verdict v = {
        .id = h->id, .group = group, .kept = h, .lost = &seen->record, .rule = "unique"};
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(e, h->type, true, fields);

    if (h->flags & MOM__PARKED)
        return false;
    seen->record.id = h->id;
    for (size_t i = 0; i < count; i++) {
        uint64_t other = fields[i] == group ? mom__unique_other(e, &seen->record, group) : 0;

        if (!other)
            continue;
        v.winner = mom_record_stamp(h, group);
        v.loser = theirs;
        v.other = other;
        note_theirs(seen, group, &v);
        mom__conflict(e, &v);
        mom__logf(e, MOM_LOG_WARNING,
                  "site %u: %s of record %u is not taken, it belongs to record %u",
                  MOM__U(seen->in->site), mom_field_info(group)->name, h->id, other);
        return true;
    }
    return false;
}

/* One more permanent user than there may be: the user stays what it is, and the site gets that back. */
static bool is_over_limit(struct mom_engine *e, struct mom__observed *seen, enum mom_field group,
                          struct mom_stamp theirs)
{
    struct mom_record *h = &seen->work->record;
    struct mom__verdict v = {
        .id = h->id, .group = group, .kept = h, .lost = &seen->record, .rule = "limit"};
    const char *full = mom__full(e, MOM_CAPACITY_PERMANENT, NULL);

    if (group != MOM_USER_permanent || !full || !mom__is_permanent(&seen->record) ||
        mom__is_permanent(h))
        return false;
    if (!mom__record_has_group(h, group)) {
        mom__record_set(h, group, mom__str("0"));
        mom__record_set_stamp(h, group, mom__stamp_new(e));
        mom__work_changed(e, seen->work, MOM_CHANGED);
    }
    v.winner = mom_record_stamp(h, group);
    v.loser = theirs;
    mom__conflict(e, &v);
    mom__logf(e, MOM_LOG_WARNING, "site %u: %s of record %u is not taken: %s",
              MOM__U(seen->in->site), mom_field_info(group)->name, h->id, full);
    return true;
}

static void take(struct mom_engine *e, struct mom__observed *seen, enum mom_field group)
{
    struct mom_record *h = &seen->work->record;
    int64_t ms = seen->times_ms[mom_field_info(group)->kind];
    struct mom_stamp current = mom_record_stamp(h, group);
    struct mom_stamp theirs = {ms ? ms : e->now.wall_ms, 0, seen->in->site};

    if (is_taken(e, seen, group, theirs) || is_over_limit(e, seen, group, theirs))
        return;
    mom__record_copy_group(h, &seen->record, group);
    mom__record_set_stamp(h, group, mom__stamp_of_site(e, seen->in->site, ms, current));
    mom__work_changed(e, seen->work, MOM_CHANGED);
}

static void conflict(struct mom_engine *e, struct mom__observed *seen, enum mom_field group,
                     bool unsure)
{
    struct mom_record *h = &seen->work->record;
    int64_t ms = seen->times_ms[mom_field_info(group)->kind];
    struct mom_stamp theirs = {ms ? ms : e->now.wall_ms, 0, seen->in->site};
    struct mom_stamp ours = mom_record_stamp(h, group);
    bool tie = theirs.ms == ours.ms;
    bool wins =
        tie ? theirs.origin >= ours.origin || MOM__PLANTED(TIE_INCOMING) : theirs.ms > ours.ms;
    struct mom__verdict v = {.id = h->id,
                             .group = group,
                             .winner = wins ? theirs : ours,
                             .loser = wins ? ours : theirs,
                             .kept = wins ? &seen->record : h,
                             .lost = wins ? h : &seen->record,
                             .theirs_won = wins,
                             .rule = tie ? "tie-origin" : "later"};

    note_theirs(seen, group, &v);
    if (unsure) /* what was agreed on is what the hub has, and need not be what was changed there */
        v.base_hash = 0;
    mom__conflict(e, &v);
    if (wins)
        take(e, seen, group);
}

/* What was sent over a link that is gone has not arrived: the answer to something else must not confirm it. */
static void drop_lost(struct mom_engine *e, struct mom__observed *seen,
                      struct mom__base_entry *entry)
{
    if (!entry->has_pushed || is_on_its_way(seen) || MOM__PLANTED(LOST_CONFIRMED))
        return;
    entry->has_pushed = false;
    mom__mapping_changed(e, seen->mapping);
}

/* What we sent may have taken the place of what was agreed on before the link was gone: whoever changed it there after
 * that has not seen what the hub has. A site whose clock was set back does not lose by that against its own word. */
static bool is_unsure(const struct mom__observed *seen, const struct group *g)
{
    struct mom_stamp ours = mom_record_stamp(&seen->work->record, g->group);
    int64_t ms = seen->times_ms[mom_field_info(g->group)->kind];

    return g->entry->has_pushed && g->entry->pushed != g->entry->hash && !is_on_its_way(seen) &&
           !(ours.origin == seen->in->site && ms && ms < ours.ms);
}

static enum meeting meet(const struct mom__observed *seen, const struct group *g)
{
    if (!mom__record_has_group(&seen->work->record, g->group) && g->site != 0)
        return MEET_LACKED;
    if (seen->in->disputed && g->site != g->hub)
        return MEET_DISPUTED;
    if (is_unchanged(seen, g))
        return MEET_UNCHANGED;
    if (is_echo(g))
        return MEET_ECHO;
    if (g->site == g->hub)
        return MEET_AGREED;
    if (!g->entry || g->hub != g->entry->hash)
        return MEET_BOTH;
    return is_unsure(seen, g) ? MEET_UNSURE : MEET_ALONE;
}

/* What was planted: the newest wins, in whole seconds, whether it was changed or not. */
static void take_newest(struct mom_engine *e, struct mom__observed *seen, enum mom_field group)
{
    int64_t ms = seen->times_ms[mom_field_info(group)->kind];

    if (ms / 1000 >= mom_record_stamp(&seen->work->record, group).ms / 1000)
        take(e, seen, group);
}

/* What the site has is the base from now on. */
static void settle(struct mom_engine *e, struct mom__observed *seen, struct group *g)
{
    unsigned at = mom__field_index(g->group);

    /* At the first contact a secret that cannot be compared is not known to be the hub's: the hub's will be sent. */
    if (g->assumed && !g->entry)
        g->site = g->raw;
    /* A whole record that lacks fields of a group: the site does not have them. */
    if (seen->part[at] && !seen->in->partial) {
        g->site = seen->bare[at];
        g->open = seen->bare_open[at];
    }
    if (!MOM__PLANTED(BASE_STAYS))
        agree(e, seen, g->group, g->site, g->open);
    seen->differs |= desired(e, seen, g->group) != g->site;
}

static void merge_group(struct mom_engine *e, struct mom__observed *seen, enum mom_field group)
{
    struct group g = {.group = group};
    enum meeting meeting;

    compare(e, seen, &g);
    meeting = meet(seen, &g);
    switch (meeting) {
    case MEET_LACKED:
        take(e, seen, group);
        agree(e, seen, group, g.site, g.open);
        seen->differs |= desired(e, seen, group) != g.site;
        return;
    case MEET_UNCHANGED:
        drop_lost(e, seen, g.entry);
        seen->differs |= g.hub != g.entry->hash;
        return;
    case MEET_ECHO:
        g.entry->has_pushed = false; /* it has arrived */
        mom__mapping_changed(e, seen->mapping);
        agree(e, seen, group, g.entry->pushed, g.entry->pushed_open);
        seen->differs |= g.hub != g.entry->hash;
        return;
    case MEET_AGREED:
        break;
    case MEET_DISPUTED:
    case MEET_UNSURE:
    case MEET_ALONE:
    case MEET_BOTH:
        if (MOM__PLANTED(WHOLE_SECONDS))
            take_newest(e, seen, group);
        else if (meeting == MEET_ALONE)
            take(e, seen, group);
        else
            conflict(e, seen, group, meeting != MEET_BOTH);
        break;
    }
    settle(e, seen, &g);
}

/* What only reports the state of a phone is believed to the site where it lives. */
static void take_reported(struct mom_engine *e, struct mom__observed *seen)
{
    struct mom_record *h = &seen->work->record;

    if (h->site != 0 && h->site != seen->in->site)
        return;
    for (enum mom_field f = mom__field_first(h->type); f != mom__field_end(h->type); f++) {
        struct mom_str told;

        if (!(mom_field_info(f)->flags & MOM_REPORTED))
            continue;
        told = mom__record_value(&seen->record, f);
        if (!told.ptr || mom__equal(told, mom__record_value(h, f)))
            continue;
        mom__record_set(h, f, told);
        mom__work_changed(e, seen->work, MOM_CHANGED);
    }
}

static void fill_all(struct mom_engine *e, struct mom__observed *seen)
{
    enum mom_type type = seen->record.type;

    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++) {
        bool told = is_merged(f) && is_told(&seen->record, f);

        seen->told[mom__field_index(f)] = told;
        if (told)
            fill(e, seen, f);
    }
    note_news(seen);
}

int64_t mom__merge_news(struct mom_engine *e, struct mom__observed *seen)
{
    enum mom_type type = seen->record.type;
    int64_t newest = 0;

    fill_all(e, seen);
    for (enum mom_field f = mom__field_first(type);
         f != mom__field_end(type) && e->failed == MOM_OK; f++) {
        struct group g = {.group = f};
        int64_t ms = seen->times_ms[mom_field_info(f)->kind];

        if (!seen->told[mom__field_index(f)])
            continue;
        compare(e, seen, &g);
        /* A secret is sealed anew whenever it is told; the hub, which has none, cannot assume its own. */
        if (is_unchanged(seen, &g) || is_echo(&g) ||
            (g.entry && g.open == g.entry->open && !is_secret_changed(seen, f, g.entry))) {
            seen->told[mom__field_index(f)] = false; /* the hub's is newer, or the same */
            continue;
        }
        agree(e, seen, f, g.site, g.open);
        ms = ms ? ms : e->now.wall_ms;
        newest = ms > newest ? ms : newest;
    }
    return newest;
}

/* A group that the site did not tell is at the site as the base has it. */
static bool lacks(struct mom_engine *e, struct mom__observed *seen, enum mom_field group)
{
    struct mom__base_entry *entry = mom__base_find(&seen->mapping->base, group);
    uint64_t hub = desired(e, seen, group);

    if (entry && !seen->in->partial)
        drop_lost(e, seen, entry);
    return hub != 0 && (!entry || entry->hash != hub);
}

void mom__merge(struct mom_engine *e, struct mom__observed *seen)
{
    enum mom_type type = seen->record.type;

    fill_all(e, seen);
    for (enum mom_field f = mom__field_first(type);
         f != mom__field_end(type) && e->failed == MOM_OK; f++) {
        if (seen->told[mom__field_index(f)])
            merge_group(e, seen, f);
        else if (is_merged(f))
            seen->differs |= lacks(e, seen, f);
    }
    take_reported(e, seen);
}
