/*
 * Is the store the one that we wrote last? Every life of a store has a number that the host
 * remembers elsewhere; a copy that was put in the store's place has an older one, or a mark.
 *
 * The number before the last is accepted as well: a host that dies between our commit and its own
 * note knows no other, and no copy can be newer than what was remembered.
 */
#include "hash.h"
#include "node.h"
#include "snapshot.h"

#include <string.h>

enum {
    RENEW_MS = 3600000, /* copies of the files that are older than this are noticed */
    ID_JUMP = 1 << 20,  /* more ids than a node gives between a copy and its end */
    SNAPSHOT_FORMAT = 1,
    RESTORED_FORMAT = 1
};
#define ID_MAX (UINT64_C(1) << 40)

/* --- the mark of a copy ----------------------------------------------------------------------- */

struct mom_str mom__snapshot_encode(char buf[MOM__SNAPSHOT_MAX], int64_t wall_ms)
{
    const char *version = mom_version();
    size_t len = strlen(version);

    if (len > MOM__SNAPSHOT_VERSION)
        len = MOM__SNAPSHOT_VERSION;
    buf[0] = SNAPSHOT_FORMAT;
    mom__put_be64((unsigned char *)buf + 1, (uint64_t)wall_ms);
    for (size_t i = 0; i < len; i++) /* bytes, no text */
        buf[9 + i] = version[i];
    return (struct mom_str){buf, 9 + len};
}

int mom__snapshot_decode(struct mom_str mark, int64_t *ret_wall_ms,
                         char ret_version[MOM__SNAPSHOT_VERSION + 1])
{
    size_t len = mark.len - 9;

    if (mark.len < 9 || mark.ptr[0] < SNAPSHOT_FORMAT)
        return MOM_ECORRUPT;
    *ret_wall_ms = (int64_t)mom__get_be64((const unsigned char *)mark.ptr + 1);
    if (len > MOM__SNAPSHOT_VERSION)
        len = MOM__SNAPSHOT_VERSION;
    memset(ret_version, 0, MOM__SNAPSHOT_VERSION + 1);
    memcpy(ret_version, mark.ptr + 9, len);
    return MOM_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void write_incarnation(struct mom_engine *e)
{
    unsigned char value[24];

    mom__put_be64(value, e->incarnation.current);
    mom__put_be64(value + 8, e->incarnation.previous);
    mom__put_be64(value + 16, (uint64_t)e->incarnation.made_ms);
    mom__put(e, MOM_T_META, mom__str(MOM__META_INCARNATION),
             (struct mom_str){(const char *)value, sizeof value});
}

/* False: this store has never had one. */
static bool read_incarnation(struct mom_engine *e)
{
    struct mom_str value;
    const unsigned char *at;

    if (!mom__get(e, MOM_T_META, mom__str(MOM__META_INCARNATION), &value))
        return false;
    if (value.len != 24) {
        mom__fail(e, MOM_ECORRUPT);
        return false;
    }
    at = (const unsigned char *)value.ptr;
    e->incarnation.current = mom__get_be64(at);
    e->incarnation.previous = mom__get_be64(at + 8);
    e->incarnation.made_ms = (int64_t)mom__get_be64(at + 16);
    return true;
}

static void write_restored(struct mom_engine *e)
{
    const struct mom_restored *info = &e->incarnation.info;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, RESTORED_FORMAT);
    mom__buf_u64(&e->buf, (uint64_t)info->noticed_ms);
    mom__buf_u64(&e->buf, (uint64_t)info->snapshot_ms);
    mom__buf_str(&e->buf, mom__str(info->version));
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_META, mom__str(MOM__META_RESTORED), mom__buf_view(&e->buf));
}

static void read_restored(struct mom_engine *e)
{
    struct mom_restored *info = &e->incarnation.info;
    struct mom__reader reader;
    struct mom_str value, version;

    memset(info, 0, sizeof *info);
    e->incarnation.restored = mom__get(e, MOM_T_META, mom__str(MOM__META_RESTORED), &value);
    if (!e->incarnation.restored)
        return;
    mom__reader_init(&reader, value);
    if (mom__reader_u8(&reader) > RESTORED_FORMAT)
        mom__fail(e, MOM_EFORMAT);
    info->noticed_ms = (int64_t)mom__reader_u64(&reader);
    info->snapshot_ms = (int64_t)mom__reader_u64(&reader);
    version = mom__reader_str(&reader);
    if (!mom__reader_ok(&reader) || version.len >= sizeof info->version)
        mom__fail(e, MOM_ECORRUPT);
    else
        memcpy(info->version, version.ptr, version.len);
}

/* --- a new life ------------------------------------------------------------------------------- */

static void make_incarnation(struct mom_engine *e)
{
    struct mom__incarnation *i = &e->incarnation;
    struct mom__hasher hasher;

    mom__hasher_init(&hasher);
    mom__hasher_u64(&hasher, i->seed);
    mom__hasher_u64(&hasher, i->current);
    mom__hasher_u64(&hasher, (uint64_t)e->now.wall_ms);
    mom__hasher_u64(&hasher, (uint64_t)e->now.mono_ms);
    mom__hasher_u64(&hasher, e->node);
    i->previous = i->current;
    i->current = mom__hasher_end(&hasher);
    if (i->current == 0)
        i->current = 1;
    i->made_ms = e->now.wall_ms;
    write_incarnation(e);
}

/* Written down with all that follows from it, and the mark taken away, before anything else is done with the store. */
static void notice(struct mom_engine *e, bool marked, const struct mom_restored *copy)
{
    struct mom__incarnation *i = &e->incarnation;

    i->restored = true;
    i->info = *copy;
    i->info.noticed_ms = e->now.wall_ms;
    write_restored(e);
    if (marked)
        mom__del(e, MOM_T_META, mom__str(MOM__META_SNAPSHOT));
    if (e->next_id < ID_MAX - ID_JUMP) {
        e->next_id += ID_JUMP;
        e->numbers_changed = true;
    }
    if (marked)
        mom__logf(e, MOM_LOG_WARNING,
                  "the store is a copy that was made at %d by version %s: what happened since is "
                  "not in it",
                  copy->snapshot_ms, copy->version);
    else
        mom__logf(e, MOM_LOG_WARNING,
                  "the store is not the one that was written last: an older state was restored");
}

static void open_incarnation(struct mom_engine *e, uint64_t witness, bool known)
{
    const struct mom__incarnation *i = &e->incarnation;
    struct mom_restored copy = {0, 0, ""};
    struct mom_str mark;
    bool marked = mom__get(e, MOM_T_META, mom__str(MOM__META_SNAPSHOT), &mark), other;

    if (marked)
        mom__fail(e, mom__snapshot_decode(mark, &copy.snapshot_ms, copy.version));
    /* A host that remembers something of an empty store has lost the one that it remembers. */
    other = witness != 0 && !(known && (witness == i->current || witness == i->previous));
    if (marked || other)
        notice(e, marked, &copy);
    make_incarnation(e);
}

void mom__incarnation_load(struct mom_engine *e, const struct mom_config *opening)
{
    bool known;

    e->incarnation.current = e->incarnation.previous = 0;
    known = read_incarnation(e);
    read_restored(e);
    if (!opening)
        return;
    e->incarnation.seed = opening->seed;
    open_incarnation(e, opening->witness, known);
}

void mom__incarnation_renew(struct mom_engine *e)
{
    if (e->now.wall_ms - e->incarnation.made_ms >= RENEW_MS ||
        e->now.wall_ms < e->incarnation.made_ms - RENEW_MS)
        make_incarnation(e);
}

void mom__on_restored_seen(struct mom_engine *e, const struct mom_input *in)
{
    mom__del(e, MOM_T_META, mom__str(MOM__META_RESTORED));
    e->incarnation.restored = false;
    memset(&e->incarnation.info, 0, sizeof e->incarnation.info);
    mom__done(e, in, 0);
}

/* --- questions -------------------------------------------------------------------------------- */

uint64_t mom_engine_incarnation(const struct mom_engine *engine)
{
    return engine ? engine->incarnation.current : 0;
}

bool mom_engine_restored(const struct mom_engine *engine, struct mom_restored *ret_restored)
{
    if (!engine || !engine->incarnation.restored)
        return false;
    if (ret_restored)
        *ret_restored = engine->incarnation.info;
    return true;
}
