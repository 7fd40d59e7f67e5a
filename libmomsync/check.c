/*
 * Recomputing conflicts: does the outcome that a row has follow from the row? The table has every
 * rule by which a conflict is decided; the functions know nothing but the row.
 */
#include "group_codec.h"
#include "stamp.h"
#include "text.h"

#include <momsync/engine.h>

enum { NODES_FROM = 0x01000000 }; /* origins below are sites */

/* The two sides by who had them; only for rows that say it. */
static struct mom_stamp theirs(const struct mom_conflict *c)
{
    return c->theirs_won ? c->winner : c->loser;
}

static struct mom_stamp ours(const struct mom_conflict *c)
{
    return c->theirs_won ? c->loser : c->winner;
}

/* Rows may be damaged: no sum passes the end of the numbers. */
static int64_t sum(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    return b < 0 && a < INT64_MIN - b ? INT64_MIN : a + b;
}

/* A site's time is what it told, corrected by the offset of its clock, and not too far in the future. Stamps of nodes
 * are taken as they are: all nodes have the same. */
static bool is_their_time(const struct mom_conflict *c)
{
    int64_t limit = sum(c->decided_ms, c->skew_ms);
    int64_t ms = sum(c->told_ms, c->clock_ms == INT64_MIN ? INT64_MAX : -c->clock_ms);

    if (c->from >= NODES_FROM)
        return !c->told_ms || theirs(c).ms == c->told_ms;
    if (theirs(c).origin != c->from)
        return false;
    return !c->told_ms || theirs(c).ms == (ms < limit ? ms : limit);
}

/* --- values ----------------------------------------------------------------------------------- */

/* The values of a side; without unknown attributes, which take memory. */
static bool read_values(const struct mom_conflict *c, struct mom_str values,
                        struct mom_record *ret_record)
{
    bool marked[MOM__FIELDS_MAX];
    struct mom__reader reader;

    mom__record_init(ret_record, c->type, c->id);
    mom__reader_init(&reader, values);
    return mom__groups_decode(&reader, NULL, ret_record, marked) == MOM_OK &&
           mom__reader_ok(&reader) && (!c->group || marked[mom__field_index(c->group)]);
}

static bool is_comparable(const struct mom_conflict *c)
{
    return mom_field_info(c->group)->form != MOM_EXTRA;
}

/* Two values of one group that differ from each other and from what was agreed on. */
static bool both_changed(const struct mom_conflict *c)
{
    struct mom_record kept, lost;
    uint64_t a, b;

    if (!c->group || mom__equal(c->kept_values, c->lost_values) ||
        !read_values(c, c->kept_values, &kept) || !read_values(c, c->lost_values, &lost))
        return false;
    if (!c->base_hash || !is_comparable(c))
        return true;
    a = mom__record_group_hash(&kept, c->group, MOM__HASH_ALL);
    b = mom__record_group_hash(&lost, c->group, MOM__HASH_ALL);
    return a != c->base_hash && b != c->base_hash;
}

/* --- the rules -------------------------------------------------------------------------------- */

/* Times of a site are whole milliseconds that it told; between nodes whole stamps decide. */
static bool check_later(const struct mom_conflict *c)
{
    if (!c->from)
        return mom_stamp_compare(c->winner, c->loser) > 0;
    return both_changed(c) && is_their_time(c) &&
           (c->from < NODES_FROM ? c->winner.ms > c->loser.ms
                                 : mom_stamp_compare(c->winner, c->loser) > 0);
}

static bool check_tie_origin(const struct mom_conflict *c)
{
    if (!c->from)
        return c->winner.ms == c->loser.ms && c->winner.origin >= c->loser.origin;
    return both_changed(c) && is_their_time(c) && c->winner.ms == c->loser.ms &&
           c->theirs_won == (theirs(c).origin >= ours(c).origin);
}

static bool check_tie_value(const struct mom_conflict *c)
{
    struct mom_record kept, lost;

    return c->from && both_changed(c) && mom_stamp_compare(c->winner, c->loser) == 0 &&
           read_values(c, c->kept_values, &kept) && read_values(c, c->lost_values, &lost) &&
           (!is_comparable(c) || mom__record_group_hash(&kept, c->group, MOM__HASH_ALL) >
                                     mom__record_group_hash(&lost, c->group, MOM__HASH_ALL));
}

/* The later of deletion and edit; at the same time it stays as it is. */
static bool check_deletion(const struct mom_conflict *c, bool deleted)
{
    struct mom_record edit;

    if (!c->from)
        return c->winner.ms >= c->loser.ms;
    if (c->group || c->kept_deletion != deleted || c->lost_deletion == deleted ||
        !is_their_time(c) || !read_values(c, deleted ? c->lost_values : c->kept_values, &edit))
        return false;
    if (c->from >= NODES_FROM)
        return mom_stamp_compare(c->winner, c->loser) > 0;
    return c->theirs_won == (theirs(c).ms > ours(c).ms);
}

static bool check_edit_over_delete(const struct mom_conflict *c)
{
    return check_deletion(c, false);
}

static bool check_delete_over_edit(const struct mom_conflict *c)
{
    return check_deletion(c, true);
}

/* Either two records claim one value, and the one that was created first has it; or a site gave a record a value that
 * another one has, and the record keeps its own. */
static bool check_unique(const struct mom_conflict *c)
{
    struct mom_record kept, lost;
    int order = mom_stamp_compare(c->winner, c->loser);

    if (!c->other)
        return !c->from && mom__equal(c->kept_values, c->lost_values);
    if (!c->group || c->other == c->id || c->theirs_won || !read_values(c, c->kept_values, &kept) ||
        !read_values(c, c->lost_values, &lost))
        return false;
    if (c->from)
        return !mom__equal(c->kept_values, c->lost_values) && is_their_time(c);
    return mom__equal(mom__record_value(&kept, c->group), mom__record_value(&lost, c->group)) &&
           (order < 0 || (order == 0 && c->other < c->id));
}

/* A change of a site that is not taken, whatever its time: the record keeps what it has. */
static bool check_limit(const struct mom_conflict *c)
{
    return c->group && !c->theirs_won && (!c->from || is_their_time(c)) &&
           (!c->kept_values.ptr || !mom__equal(c->kept_values, c->lost_values));
}

static const struct {
    struct mom_rule rule;
    bool (*check)(const struct mom_conflict *conflict);
} rules[] = {
    /* clang-format off */
    {{"later", "two values of a group, neither knowing of the other",
      "the later time wins"}, check_later},
    {{"tie-origin", "the same, at the same time, one of them told by a site",
      "the greater origin wins; of one site, what it told later"}, check_tie_origin},
    {{"tie-value", "the same, with the same stamp, between two nodes",
      "the greater hash of the value wins"}, check_tie_value},
    {{"edit-over-delete", "a deletion, and an edit that did not know of it",
      "the edit was later, or as late and here: the record is kept"}, check_edit_over_delete},
    {{"delete-over-edit", "the same",
      "the deletion was later, or as late and here: the record is deleted"}, check_delete_over_edit},
    {{"unique", "two records claim one number, IPEI or additional id",
      "the record that was created first has it; a change of a site to somebody else's value is not taken"},
     check_unique},
    {{"limit", "a change of a site that would pass a limit of the system",
      "it is not taken"}, check_limit},
    /* clang-format on */
};

const struct mom_rule *mom_conflict_rule(size_t i)
{
    return i < sizeof rules / sizeof rules[0] ? &rules[i].rule : NULL;
}

bool mom_conflict_check(const struct mom_conflict *conflict)
{
    for (size_t i = 0; conflict && i < sizeof rules / sizeof rules[0]; i++) {
        if (mom__equal_c(conflict->rule, rules[i].rule.name))
            return rules[i].check(conflict);
    }
    return false;
}
