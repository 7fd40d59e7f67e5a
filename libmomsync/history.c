/*
 * Writing the history: when a record is written, what it replaces becomes a row. A creation leaves a
 * small one that says when and why.
 *
 * Rows of a record are numbered from 1 without gaps, and each says which is the oldest: so a write
 * looks at the newest row and, to drop what is too old, at the oldest.
 */
#include "history_row.h"

#include "group_codec.h"
#include "node.h"
#include "seal.h"
#include "shape.h"

#include <string.h>

enum { DROPS_MAX = 4 }; /* rows that one write drops at most */

const char *mom_reason_name(enum mom_reason reason)
{
    switch (reason) {
#define NAME(id, code, name, meaning)                                                              \
    case MOM_REASON_##id:                                                                          \
        return name;
        MOM_REASONS(NAME)
#undef NAME
    }
    return "unknown";
}

/* --- what differs ----------------------------------------------------------------------------- */

/* Marks what of the old record is not in the new one. False: nothing. */
static bool compare(const struct mom_engine *e, struct mom__history *row,
                    const struct mom_record *now)
{
    const struct mom_record *old = &row->old;
    bool any = false;

    row->parts = (old->flags != now->flags ? MOM__PART_FLAGS : 0u) |
                 (mom__stamp_equal(old->created, now->created) ? 0u : MOM__PART_BIRTH);
    /* In a star a phone that is heard again where it is is claimed anew: no change that anybody asks for. */
    if (old->site != now->site ||
        (!mom__shape(e)->refreshes && (old->epoch != now->epoch || old->claim_ms != now->claim_ms)))
        row->parts |= MOM__PART_PLACE;
    memset(row->replaced, 0, sizeof row->replaced);
    mom__record_compare(old, now, row->replaced);
    for (enum mom_field f = mom__field_first(old->type); f != mom__field_end(old->type); f++) {
        unsigned i = mom__field_index(f);

        row->replaced[i] = (mom__field_marks[f] & MOM__MARK_MERGED) != 0 &&
                           (row->replaced[i] || !mom__stamp_equal(old->stamps[i], now->stamps[i]));
        any |= row->replaced[i];
        if (row->replaced[i] && mom_stamp_compare(now->stamps[i], row->stamp) > 0)
            row->stamp = now->stamps[i];
    }
    if (old->partner != (row->replaced[mom__field_index(mom__relation_group(old->type))]
                             ? old->claimed
                             : now->partner))
        row->parts |= MOM__PART_PARTNER;
    return any || row->parts;
}

/* A change that gave no group a stamp: a deletion has its own, a move and a parking are ours. */
static void complete_stamp(const struct mom_engine *e, struct mom__history *row,
                           const struct mom_record *now)
{
    if ((row->parts & MOM__PART_FLAGS) && (now->flags & MOM__DELETED))
        row->stamp = now->deleted;
    if (mom__stamp_is_zero(row->stamp))
        row->stamp = (struct mom_stamp){e->now.wall_ms, 0, e->node};
}

/* --- rows ------------------------------------------------------------------------------------- */

struct newest {
    struct mom_engine *e;
    uint64_t id, number; /* number 0: there is none */
    struct mom__history_age age;
};

static bool visit_newest(void *user, struct mom_str key, struct mom_str value)
{
    struct newest *newest = user;
    uint64_t id, number = 0;
    int rc = mom__key_read_history(key, &id, &number);

    if (rc == MOM_OK && id != newest->id)
        return false;
    if (rc == MOM_OK)
        rc = mom__history_read_age(value, &newest->age);
    if (rc == MOM_OK && newest->age.first > number)
        rc = MOM_ECORRUPT;
    mom__fail(newest->e, rc);
    newest->number = number;
    return false;
}

static bool is_too_old(struct mom_engine *e, struct mom_str key)
{
    struct mom__history_age age = {.at_ms = 0};
    struct mom_str value;

    if (!mom__get(e, MOM_T_HISTORY, key, &value))
        return true; /* or gone */
    mom__fail(e, mom__history_read_age(value, &age));
    return age.at_ms < e->now.wall_ms - e->history_ms;
}

/* Number of the oldest row that stays when one with `number` is written. */
static uint64_t drop_oldest(struct mom_engine *e, uint64_t id, uint64_t first, uint64_t number)
{
    for (int i = 0; i < DROPS_MAX && first < number && e->failed == MOM_OK; i++) {
        struct mom__key key;
        struct mom_str oldest = mom__key_history(&key, id, first);

        if (number - first < e->limits.versions && !is_too_old(e, oldest))
            break;
        mom__del(e, MOM_T_HISTORY, oldest);
        first++;
    }
    return first;
}

static void put(struct mom_engine *e, const struct mom__history *row, uint64_t id, uint64_t number)
{
    struct mom__key key;

    mom__history_encode(row, &e->buf);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_HISTORY, mom__key_history(&key, id, number), mom__buf_view(&e->buf));
}

static void note_creation(struct mom_engine *e, const struct mom__work *w, struct mom__history *row)
{
    row->type = w->record.type;
    row->parts = MOM__PART_CREATED;
    row->at_ms = row->since_ms = e->now.wall_ms;
    row->first = 1;
    row->stamp = w->record.created;
    put(e, row, w->record.id, 1);
}

static void note_change(struct mom_engine *e, const struct mom__work *w, struct mom__history *row)
{
    const struct mom_record *now = &w->record;
    struct newest newest = {e, now->id, 0, {0, 0}};
    struct mom__key key;

    mom__record_copy(&row->old, w->stored);
    if (!compare(e, row, now))
        return;
    complete_stamp(e, row, now);
    row->type = now->type;
    mom__scan(e, MOM_T_HISTORY, mom__key_history(&key, now->id, UINT64_MAX), visit_newest, &newest);
    row->since_ms = newest.number ? newest.age.at_ms : mom__record_newest(&row->old).ms;
    row->at_ms = e->now.wall_ms > row->since_ms ? e->now.wall_ms : row->since_ms;
    mom__fail(e, mom__record_close(&e->sealer, &e->arena, &row->old));
    row->first = drop_oldest(e, now->id, newest.number ? newest.age.first : 1, newest.number + 1);
    put(e, row, now->id, newest.number + 1);
}

void mom__history_note(struct mom_engine *e, const struct mom__work *w)
{
    struct mom__history *row = e->history;

    if (!row)
        row = e->history = mom__step_room(e, sizeof *row);
    if (!row || e->failed != MOM_OK)
        return;
    row->reason = w->reason ? w->reason : MOM_REASON_SYSTEM;
    row->flags = w->record.flags;
    row->stamp = (struct mom_stamp){0, 0, 0};
    if (w->stored)
        note_change(e, w, row);
    else
        note_creation(e, w, row);
}

static bool visit_all(void *user, struct mom_str key, struct mom_str value)
{
    struct newest *newest = user;
    uint64_t id, number = 0;
    int rc = mom__key_read_history(key, &id, &number);

    (void)value;
    mom__fail(newest->e, rc);
    if (rc != MOM_OK || id != newest->id)
        return false;
    newest->number = number;
    return true;
}

/* Rows have no gaps: the newest and the oldest say which there are. */
void mom__history_forget(struct mom_engine *e, uint64_t id)
{
    struct newest newest = {e, id, 0, {0, 0}}, oldest = {e, id, 0, {0, 0}};
    struct mom__key key;

    mom__scan(e, MOM_T_HISTORY, mom__key_history(&key, id, UINT64_MAX), visit_newest, &newest);
    mom__scan(e, MOM_T_HISTORY, mom__key_history(&key, id, UINT64_MAX), visit_all, &oldest);
    for (uint64_t n = oldest.number; n > 0 && n <= newest.number && e->failed == MOM_OK; n++)
        mom__del(e, MOM_T_HISTORY, mom__key_history(&key, id, n));
}
