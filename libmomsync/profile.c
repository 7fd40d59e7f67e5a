/*
 * CoA profiles. There are few, each is one value, and the later one wins: so they need none of what records have. Each
 * change goes to all neighbours and sites at once; what was lost with a connection is found by a digest in the greeting
 * of nodes, and by what a site tells after its import.
 *
 *   PROFILE  0, number      version (1 byte), stamp, name, data: empty ones where a profile was taken away
 *            site, number   version, three hashes: what the site has; what we had when both were last equal; what it
 *                           was told since and has not answered. An OMM may keep something else than it was told: that
 *                           is its answer, and no change of anybody
 */
#include "profile.h"

#include "hash.h"
#include "session.h"
#include "stamp.h"

enum { VERSION = 1 };

struct base {
    uint64_t theirs, ours, told;
};

/* 0 for none. */
static uint64_t hash_of(struct mom_str name, struct mom_str data)
{
    struct mom__hasher hasher;
    uint64_t hash;

    if (name.len == 0 && data.len == 0)
        return 0;
    mom__hasher_init(&hasher);
    mom__hasher_str(&hasher, name);
    mom__hasher_str(&hasher, data);
    hash = mom__hasher_end(&hasher);
    return hash ? hash : 1;
}

static bool is_possible(uint64_t number, struct mom_str name, struct mom_str data)
{
    return number >= 1 && number <= MOM_PROFILES && name.len <= MOM_PROFILE_NAME_MAX &&
           data.len <= MOM_PROFILE_DATA_MAX;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void put_profile(struct mom__buf *buf, const struct mom_profile *p)
{
    struct mom_stamp last = {0, 0, 0};

    mom__wire_put_stamp(buf, &last, p->stamp);
    mom__buf_str(buf, p->name);
    mom__buf_str(buf, p->data);
}

static struct mom_profile get_profile(struct mom__reader *reader, uint64_t number)
{
    struct mom_stamp last = {0, 0, 0};
    struct mom_profile p = {.number = (uint32_t)number};

    p.stamp = mom__wire_get_stamp(reader, &last);
    p.name = mom__reader_str(reader);
    p.data = mom__reader_str(reader);
    p.exists = p.name.len > 0 || p.data.len > 0;
    if (mom__stamp_is_zero(p.stamp) || !is_possible(number, p.name, p.data))
        reader->failed = true;
    return p;
}

int mom__profile_decode(struct mom_str row, struct mom_profile *ret_profile)
{
    struct mom__reader reader;
    unsigned version;

    mom__reader_init(&reader, row);
    version = mom__reader_u8(&reader);
    if (version > VERSION)
        return MOM_EFORMAT;
    *ret_profile = get_profile(&reader, 1);
    return version == VERSION && mom__reader_ok(&reader) ? MOM_OK : MOM_ECORRUPT;
}

static struct mom_str key_of(struct mom__key *key, mom_site site, uint32_t number)
{
    return mom__key_site_id(key, site, number);
}

/* All zero when there is none. The texts are the step's. */
static struct mom_profile load(struct mom_engine *e, uint32_t number)
{
    struct mom_profile p = {.number = number, .name = {"", 0}, .data = {"", 0}};
    struct mom__key key;
    struct mom_str row;
    int rc;

    if (!mom__get(e, MOM_T_PROFILE, key_of(&key, 0, number), &row))
        return p;
    rc = mom__profile_decode(mom__step_dup(e, row), &p);
    p.number = number;
    if (rc != MOM_OK)
        mom__fail(e, rc);
    return p;
}

static void save(struct mom_engine *e, const struct mom_profile *p)
{
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, VERSION);
    put_profile(&e->buf, p);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_PROFILE, key_of(&key, 0, p->number), mom__buf_view(&e->buf));
}

/* False: the site told nothing of it yet. */
static bool load_base(struct mom_engine *e, mom_site site, uint32_t number, struct base *ret_base)
{
    struct mom__reader reader;
    struct mom__key key;
    struct mom_str row;
    unsigned version;

    *ret_base = (struct base){0, 0, 0};
    if (!mom__get(e, MOM_T_PROFILE, key_of(&key, site, number), &row))
        return false;
    mom__reader_init(&reader, row);
    version = mom__reader_u8(&reader);
    ret_base->theirs = mom__reader_u64(&reader);
    ret_base->ours = mom__reader_u64(&reader);
    ret_base->told = mom__reader_u64(&reader);
    if (version != VERSION || !mom__reader_ok(&reader))
        mom__fail(e, version > VERSION ? MOM_EFORMAT : MOM_ECORRUPT);
    return true;
}

static void save_base(struct mom_engine *e, mom_site site, uint32_t number, const struct base *base)
{
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, VERSION);
    mom__buf_u64(&e->buf, base->theirs);
    mom__buf_u64(&e->buf, base->ours);
    mom__buf_u64(&e->buf, base->told);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_PROFILE, key_of(&key, site, number), mom__buf_view(&e->buf));
}

void mom__profile_forget_site(struct mom_engine *e, mom_site site)
{
    struct base base;
    struct mom__key key;

    for (uint32_t number = 1; number <= MOM_PROFILES; number++) {
        if (load_base(e, site, number, &base))
            mom__del(e, MOM_T_PROFILE, key_of(&key, site, number));
    }
}

/* --- to sites --------------------------------------------------------------------------------- */

static uint32_t bit_of(uint32_t number)
{
    return UINT32_C(1) << number;
}

static void tell_site(struct mom_engine *e, struct mom__site *site, uint32_t number)
{
    struct mom_profile ours;
    struct base base;
    struct mom_action *action;
    uint64_t hash;

    if (!site->up || !(site->profiles_known & bit_of(number)) ||
        (site->profiles_told & bit_of(number)))
        return;
    ours = load(e, number);
    hash = hash_of(ours.name, ours.data);
    (void)load_base(e, site->number, number, &base);
    if (hash == base.ours)
        return;
    if (hash == base.theirs) {
        base.ours = hash;
        save_base(e, site->number, number, &base);
        return;
    }
    base.told = hash;
    save_base(e, site->number, number, &base);
    action = mom__act(e, MOM_DO_PROFILE, site->number);
    if (!action)
        return;
    site->profiles_told |= bit_of(number);
    action->local = number;
    action->name = ours.name;
    action->text = ours.data;
}

/* --- to neighbours ---------------------------------------------------------------------------- */

static void add(struct mom_engine *e, struct mom__buf *buf, uint32_t number)
{
    struct mom_profile p = load(e, number);

    if (mom__stamp_is_zero(p.stamp))
        return;
    mom__buf_varint(buf, number);
    put_profile(buf, &p);
}

void mom__profile_tell_all(struct mom_engine *e, struct mom__neighbour *n)
{
    uint32_t number = 1;

    while (number <= MOM_PROFILES && e->failed == MOM_OK) {
        struct mom__buf *buf = mom__session_begin(e, n, MOM__WIRE_PROFILES);

        while (number <= MOM_PROFILES && buf->len < MOM__MESSAGE_FILL)
            add(e, buf, number++);
        mom__session_send(e, n);
    }
}

static void changed(struct mom_engine *e, uint32_t number, const struct mom__neighbour *from)
{
    for (size_t i = 0; i < e->neighbour_count; i++) {
        struct mom__neighbour *n = e->neighbours[i];

        if (n == from || n->state <= MOM__NEIGHBOUR_GREETING)
            continue;
        add(e, mom__session_begin(e, n, MOM__WIRE_PROFILES), number);
        mom__session_send(e, n);
    }
    for (size_t i = 0; i < e->site_count; i++)
        tell_site(e, e->sites[i], number);
}

/* Of two with one stamp the greater hash is the later one, on every node. */
static bool is_later(const struct mom_profile *a, const struct mom_profile *b)
{
    int order = mom_stamp_compare(a->stamp, b->stamp);

    return order != 0 ? order > 0 : hash_of(a->name, a->data) > hash_of(b->name, b->data);
}

uint64_t mom__profile_digest(struct mom_engine *e)
{
    struct mom__hasher hasher;
    bool any = false;

    mom__hasher_init(&hasher);
    for (uint32_t number = 1; number <= MOM_PROFILES; number++) {
        struct mom_profile p = load(e, number);
        unsigned char stamp[MOM__STAMP_LEN];

        if (mom__stamp_is_zero(p.stamp))
            continue;
        any = true;
        mom__stamp_encode(p.stamp, stamp);
        mom__hasher_u64(&hasher, number);
        mom__hasher_bytes(&hasher, stamp, sizeof stamp);
        mom__hasher_u64(&hasher, hash_of(p.name, p.data));
    }
    return any ? mom__hasher_end(&hasher) : 0;
}

void mom__session_profiles(struct mom_engine *e, struct mom__neighbour *n,
                           struct mom__reader *reader)
{
    uint64_t last = 0;

    while (reader->at != reader->end && e->failed == MOM_OK) {
        uint64_t number = mom__reader_varint(reader);
        struct mom_profile theirs = get_profile(reader, number), ours;

        if (number <= last) /* each once: what is told to all others has a bound */
            reader->failed = true;
        if (reader->failed)
            return;
        last = number;
        ours = load(e, theirs.number);
        if (!is_later(&theirs, &ours))
            continue;
        mom__hlc_after(&e->clock, theirs.stamp);
        e->numbers_changed = true;
        save(e, &theirs);
        changed(e, theirs.number, n);
    }
}

/* --- from sites ------------------------------------------------------------------------------- */

/* What a site says of a profile. */
struct word {
    const struct mom_input *in;
    int64_t ms;   /* when it was changed there, 0: not told */
    bool first;   /* it never said anything of it before */
    bool answer;  /* to PROFILE */
    bool lacking; /* it had it when its link was last up, and nobody knows since when it has none */
    bool undone;  /* ... and it gets it back */
};

/* A site's time that is too far in the future is put back, as that of a record. Of what is ours anyhow it does not
 * matter. */
static int64_t time_of(struct mom_engine *e, const struct mom_input *in,
                       const struct mom_profile *ours)
{
    int64_t limit = e->now.wall_ms + e->skew_ms;

    if (in->at_ms <= limit)
        return in->at_ms > 0 ? in->at_ms : 0;
    if (hash_of(in->name, in->value) != hash_of(ours->name, ours->data))
        mom__logf(e, MOM_LOG_WARNING, "site %u: CoA profile %u is of %d ms in the future: put back",
                  MOM__U(in->site), MOM__U(in->local), in->at_ms - e->now.wall_ms);
    return limit;
}

/* A site that was emptied, as it seems, is not believed: its records are held. */
static bool is_undone(const struct mom_engine *e, const struct mom__site *site)
{
    return site->held || e->offline_delete == MOM_RESTORE_DELETED;
}

/* Is what the site has to be ours? */
static bool is_taken(struct mom_engine *e, const struct word *w, const struct mom_profile *ours,
                     const struct base *base)
{
    uint64_t theirs = hash_of(w->in->name, w->in->value), hash = hash_of(ours->name, ours->data);
    int64_t ms = w->ms ? w->ms : e->now.wall_ms;
    bool later = ms > ours->stamp.ms && !w->lacking;

    if (theirs == hash || theirs == (w->first ? 0 : base->theirs) || w->undone)
        return false;
    if (mom__stamp_is_zero(ours->stamp) || (!w->first && hash == base->ours))
        return true;
    mom__logf(e, MOM_LOG_NOTICE,
              "site %u: CoA profile %u was changed there and elsewhere: %s is later",
              MOM__U(w->in->site), MOM__U(w->in->local), later ? "this one" : "the other one");
    return later;
}

static void take(struct mom_engine *e, const struct word *w, const struct mom_profile *ours)
{
    struct mom_profile p = {.number = w->in->local, .name = w->in->name, .data = w->in->value};

    p.stamp = mom__stamp_of_site(e, w->in->site, w->ms, ours->stamp);
    save(e, &p);
}

/* The first words of a site about a profile are no change of it, and what is undone there is to be told. */
static void note(struct mom_engine *e, const struct word *w, struct base *base, bool taken)
{
    base->theirs = hash_of(w->in->name, w->in->value);
    if (w->answer)
        base->ours = base->told;
    else if (w->first || taken || w->undone)
        base->ours = base->theirs;
    base->told = 0;
    save_base(e, w->in->site, w->in->local, base);
}

void mom__on_profile(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct word w = {.in = in};
    struct mom_profile ours;
    struct base base;
    bool taken;

    if (!site || !site->up || !is_possible(in->local, in->name, in->value))
        return;
    ours = load(e, in->local);
    w.ms = time_of(e, in, &ours);
    w.first = !load_base(e, in->site, in->local, &base);
    w.answer = site->profiles_told & bit_of(in->local);
    w.lacking = base.theirs != 0 && hash_of(in->name, in->value) == 0 && w.ms == 0 &&
                !(site->profiles_known & bit_of(in->local));
    w.undone = w.lacking && is_undone(e, site);
    site->profiles_told &= ~bit_of(in->local);
    site->profiles_known |= bit_of(in->local);
    taken = !w.answer && is_taken(e, &w, &ours, &base);
    if (taken)
        take(e, &w, &ours);
    note(e, &w, &base, taken);
    if (taken)
        changed(e, in->local, NULL);
    else
        tell_site(e, site, in->local);
}
