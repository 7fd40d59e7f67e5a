/*
 * The history: stories of what is kept, and random changes compared with the dumbest history there
 * is: a full copy of every record after every step. What was at any time must be equal.
 */
#define _GNU_SOURCE
#include "core_support.h"
#include "conflicts.h"

#include "node.h"

#define HOUR INT64_C(3600000)

static void pass(struct world *w, int64_t ms)
{
    w->now.mono_ms += ms;
    w->now.wall_ms += ms;
}

static struct world *world_with(uint32_t versions, int64_t history_ms)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_store store;

    assert_non_null(w);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    w->limits.versions = versions;
    w->history_ms = history_ms;
    world_init_on(w, store);
    return w;
}

/* The i-th newest change of a record. Its texts end with the view. */
static struct mom_version version(struct mom_view *view, uint64_t id, unsigned i)
{
    struct mom_version v = {.number = 0};

    do
        assert_int_equal(mom_view_version(view, id, v.number, &v), MOM_OK);
    while (i-- > 0);
    return v;
}

static unsigned count_versions(struct world *w, uint64_t id)
{
    struct mom_view *view = world_view(w);
    struct mom_version v = {.number = 0};
    unsigned count = 0;

    while (mom_view_version(view, id, v.number, &v) == MOM_OK)
        count++;
    mom_view_close(view);
    return count;
}

static const char *value_at(struct world *w, uint64_t id, int64_t at_ms, enum mom_field field)
{
    static char text[128];
    struct mom_view *view = world_view(w);
    const struct mom_record *r;
    struct mom_str value;
    int rc = mom_view_record_at(view, id, at_ms, &r);

    if (rc != MOM_OK)
        snprintf(text, sizeof text, "%s", mom_err_name(rc));
    else if (mom_record_get(r, field, &value))
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.ptr);
    else
        snprintf(text, sizeof text, "missing");
    mom_view_close(view);
    return text;
}

/* --- stories ---------------------------------------------------------------------------------- */

static void versions_tell_what_was_replaced_by_whom_and_why(void **state)
{
    struct world *w = world_new();
    struct mom_version v;
    struct mom_view *view;
    struct fake *f;
    uint64_t id;

    (void)state;
    world_add_site(w);
    f = site_person(w, 1, "4711", "Anna", PHONE1);
    world_connect(w, 1);
    id = hub_find(w, MOM_USER_num, "4711");
    pass(w, 5000);
    site_edit(w, 1, MOM_USER, f, "name", "Anne");
    world_run(w);
    pass(w, 5000);
    hub_change(w, MOM_USER, id, "name", "Anna B.", "hierarchy1", "Board", NULL);
    view = world_view(w);
    v = version(view, id, 0);
    assert_int_equal(v.reason, MOM_REASON_ADMIN);
    assert_int_equal(v.did, MOM_DID_CHANGE);
    assert_int_equal(v.at_ms, w->now.wall_ms);
    assert_int_equal(v.stamp.origin, 0x01000000);
    assert_int_equal(v.group_count, 2);
    assert_int_equal(v.groups[0].group, MOM_USER_name);
    assert_str(v.groups[0].from, "name=Anne");
    assert_str(v.groups[0].to, "name=Anna B.");
    assert_int_equal(v.groups[0].from_stamp.origin, 1);
    assert_int_equal(v.groups[0].to_stamp.origin, 0x01000000);
    assert_null(v.groups[1].from.ptr);
    assert_str(v.groups[1].to, "hierarchy1=Board");
    v = version(view, id, 1);
    assert_int_equal(v.reason, MOM_REASON_SITE);
    assert_int_equal(v.stamp.origin, 1);
    assert_str(v.groups[0].from, "name=Anna");
    v = version(view, id, 2);
    assert_int_equal(v.reason, MOM_REASON_IMPORT);
    assert_int_equal(v.did, MOM_DID_CREATE);
    assert_int_equal(v.number, 1);
    assert_int_equal(v.group_count, 0);
    assert_int_equal(v.to_site, 1);
    assert_int_equal(mom_view_version(view, id, 1, &v), MOM_ENOENT);
    assert_int_equal(mom_view_version(view, id + 100, 0, &v), MOM_ENOENT);
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

static void secrets_are_kept_and_not_shown(void **state)
{
    struct world *w = world_new();
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "pin", "P1234", NULL);
    struct mom_version v;
    struct mom_view *view;
    int64_t before = w->now.wall_ms;

    (void)state;
    pass(w, 1000);
    hub_change(w, MOM_USER, id, "pin", "P9999", NULL);
    view = world_view(w);
    v = version(view, id, 0);
    assert_str(v.groups[0].from, "pin=***");
    assert_str(v.groups[0].to, "pin=***");
    mom_view_close(view);
    assert_string_equal(value_at(w, id, before, MOM_USER_pin), "P1234");
    world_free(w);
}

static void life_of_a_record_is_told(void **state)
{
    struct world *w = world_new();
    uint64_t phone, user;
    struct mom_version v;
    struct mom_view *view;
    int64_t there, gone;

    (void)state;
    world_add_site(w);
    world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE1);
    world_connect(w, 1);
    world_connect(w, 2);
    phone = hub_find(w, MOM_DEVICE_ipei, PHONE1);
    user = hub_find(w, MOM_USER_num, "4711");
    pass(w, 1000);
    located(w, 2, PHONE1);
    world_run(w);
    assert_int_equal(hub_site(w, phone), 2);
    view = world_view(w);
    v = version(view, phone, 0);
    assert_int_equal(v.did, MOM_DID_MOVE);
    assert_int_equal(v.reason, MOM_REASON_HANDOFF);
    assert_true(v.from_site == 1 && v.to_site == 2 && v.to_epoch == v.from_epoch + 1);
    mom_view_close(view);
    there = w->now.wall_ms;
    pass(w, 1000);
    hub_delete(w, user);
    gone = w->now.wall_ms;
    view = world_view(w);
    assert_int_equal(version(view, user, 0).did & ~(unsigned)MOM_DID_CHANGE, MOM_DID_DELETE);
    assert_int_equal(version(view, user, 0).stamp.origin, 0x01000000);
    mom_view_close(view);
    assert_string_equal(value_at(w, user, there, MOM_USER_name), "Anna");
    assert_string_equal(value_at(w, user, gone, MOM_USER_name), "MOM_ENOENT");
    pass(w, 1000);
    assert_int_equal(hub_restore(w, user, there), MOM_OK);
    view = world_view(w);
    v = version(view, user, 0);
    assert_int_equal(v.reason, MOM_REASON_RESTORE);
    assert_true(v.did & MOM_DID_REVIVE);
    mom_view_close(view);
    assert_string_equal(value_at(w, user, gone, MOM_USER_name), "MOM_ENOENT");
    assert_int_equal(hub_partner(w, user), phone);
    world_check(w);
    world_free(w);
}

static void parking_is_told(void **state)
{
    struct world *w = world_new();
    struct mom_version v;
    struct mom_view *view;
    uint64_t after = 0;
    bool parked = false;

    (void)state;
    world_add_site(w);
    world_add_site(w);
    site_user(w, 1, "4711", "Anna");
    world_connect(w, 1);
    pass(w, 1000);
    fake_set(site_user(w, 2, "4711", "Other"), "sipAuthId", "other");
    world_connect(w, 2);
    view = world_view(w);
    while (!parked) {
        const struct mom_record *r = mom_view_next(view, MOM_USER, after);

        assert_non_null(r);
        after = mom_record_id(r);
        parked = mom_record_parked(r);
    }
    v = version(view, after, 0);
    assert_true(v.did & (MOM_DID_PARK | MOM_DID_CREATE));
    mom_view_close(view);
    pass(w, 1000);
    hub_change(w, MOM_USER, after, "num", "4712", NULL);
    view = world_view(w);
    assert_true(version(view, after, 0).did & MOM_DID_UNPARK);
    assert_true(version(view, after, 0).did & MOM_DID_CHANGE);
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

static void reports_of_a_phone_leave_no_versions(void **state)
{
    struct world *w = world_new();
    struct fake *f;
    uint64_t id;
    unsigned before;

    (void)state;
    world_add_site(w);
    f = site_device(w, 1, PHONE1);
    fake_set(f, "hwType", "622d");
    world_connect(w, 1);
    id = hub_find(w, MOM_DEVICE_ipei, PHONE1);
    before = count_versions(w, id);
    pass(w, 1000);
    site_edit(w, 1, MOM_DEVICE, f, "hwType", "632d");
    world_run(w);
    assert_string_equal(hub_value(w, id, MOM_DEVICE_hwType), "632d");
    assert_int_equal(count_versions(w, id), before);
    assert_string_equal(value_at(w, id, w->now.wall_ms, MOM_DEVICE_hwType), "missing");
    world_free(w);
}

static void no_more_versions_are_kept_than_the_limit_says(void **state)
{
    struct world *w = world_with(5, 0);
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "0", NULL);
    int64_t begin = w->now.wall_ms;
    char name[8];

    (void)state;
    for (unsigned i = 1; i <= 20; i++) {
        pass(w, 1000);
        snprintf(name, sizeof name, "%u", i);
        hub_change(w, MOM_USER, id, "name", name, NULL);
        assert_int_equal(count_versions(w, id), i < 5 ? i + 1 : 5);
    }
    assert_string_equal(value_at(w, id, w->now.wall_ms, MOM_USER_name), "20");
    assert_string_equal(value_at(w, id, begin + 15000, MOM_USER_name), "15");
    assert_string_equal(value_at(w, id, begin + 14999, MOM_USER_name), "MOM_EHISTORY");
    assert_string_equal(value_at(w, id, begin - 1, MOM_USER_name), "MOM_EHISTORY");
    world_free(w);
}

static void old_versions_go_when_a_new_one_is_written(void **state)
{
    struct world *w = world_with(0, 10 * HOUR);
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "A", NULL);
    int64_t begin = w->now.wall_ms;

    (void)state;
    pass(w, HOUR);
    hub_change(w, MOM_USER, id, "name", "B", NULL);
    pass(w, HOUR);
    hub_change(w, MOM_USER, id, "name", "C", NULL);
    pass(w, 20 * HOUR);
    assert_int_equal(count_versions(w, id), 3);
    hub_change(w, MOM_USER, id, "name", "D", NULL);
    assert_int_equal(count_versions(w, id), 1);
    assert_string_equal(value_at(w, id, w->now.wall_ms, MOM_USER_name), "D");
    assert_string_equal(value_at(w, id, begin + 2 * HOUR, MOM_USER_name), "C");
    assert_string_equal(value_at(w, id, begin + 2 * HOUR - 1, MOM_USER_name), "MOM_EHISTORY");
    world_free(w);
}

static void clock_that_is_put_back_does_not_confuse_it(void **state)
{
    struct world *w = world_new();
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "A", NULL);
    int64_t begin = w->now.wall_ms;

    (void)state;
    pass(w, HOUR);
    hub_change(w, MOM_USER, id, "name", "B", NULL);
    w->now.wall_ms -= HOUR / 2;
    hub_change(w, MOM_USER, id, "name", "C", NULL);
    assert_string_equal(value_at(w, id, begin, MOM_USER_name), "A");
    assert_string_equal(value_at(w, id, begin + HOUR - 1, MOM_USER_name), "A");
    assert_string_equal(value_at(w, id, begin + HOUR, MOM_USER_name), "C");
    world_free(w);
}

static void record_of_a_store_without_history_is_known_since_its_last_change(void **state)
{
    struct world *w = world_new();
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "A", NULL);
    struct mom_txn *txn;
    struct mom__key key;
    int64_t begin = w->now.wall_ms;

    (void)state;
    assert_int_equal(w->store.ops->begin(w->store.store, true, &txn), MOM_OK);
    assert_int_equal(w->store.ops->del(txn, MOM_T_HISTORY, mom__key_history(&key, id, 1)), MOM_OK);
    assert_int_equal(w->store.ops->commit(txn), MOM_OK);
    assert_int_equal(count_versions(w, id), 0);
    assert_string_equal(value_at(w, id, begin, MOM_USER_name), "A");
    assert_string_equal(value_at(w, id, begin - 1, MOM_USER_name), "MOM_EHISTORY");
    pass(w, 1000);
    hub_change(w, MOM_USER, id, "name", "B", NULL);
    assert_string_equal(value_at(w, id, begin, MOM_USER_name), "A");
    assert_string_equal(value_at(w, id, begin - 1, MOM_USER_name), "MOM_EHISTORY");
    world_free(w);
}

static void wrong_questions_are_told(void **state)
{
    struct world *w = world_new();
    struct mom_view *view = world_view(w);
    const struct mom_record *r;
    struct mom_difference d;
    struct mom_version v;
    uint64_t id;

    (void)state;
    assert_int_equal(mom_view_version(view, 0, 0, &v), MOM_EINVAL);
    assert_int_equal(mom_view_version(NULL, 1, 0, &v), MOM_EINVAL);
    assert_int_equal(mom_view_record_at(view, 0, 0, &r), MOM_EINVAL);
    assert_int_equal(mom_view_record_at(view, 1, 0, &r), MOM_ENOENT);
    assert_int_equal(mom_view_next_at(view, MOM_USER, 0, 0, &id, NULL), MOM_EINVAL);
    assert_int_equal(mom_view_next_at(view, MOM_USER, 0, 0, &id, &r), MOM_ENOENT);
    assert_int_equal(mom_view_next_at(view, MOM_USER, UINT64_MAX, 0, &id, &r), MOM_ENOENT);
    assert_int_equal(mom_view_next_difference(view, MOM_USER, 0, 0, 1, NULL), MOM_EINVAL);
    assert_int_equal(mom_view_next_difference(view, MOM_USER, 0, 0, 1, &d), MOM_ENOENT);
    assert_string_equal(mom_reason_name(MOM_REASON_UNDO), "undo");
    assert_string_equal(mom_reason_name((enum mom_reason)99), "unknown");
    mom_view_close(view);
    world_free(w);
}

static void outcome_of_a_conflict_and_its_undoing_are_told(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", 4000);
    struct mom_view *view = world_view(w);
    struct mom_version v = version(view, row_of(view, n).id, 0);
    uint64_t id = row_of(view, n).id;

    (void)state;
    assert_int_equal(v.reason, MOM_REASON_CONFLICT);
    assert_int_equal(v.stamp.origin, 1);
    mom_view_close(view);
    assert_int_equal(hub_undo(w, n), MOM_OK);
    view = world_view(w);
    v = version(view, id, 0);
    assert_int_equal(v.reason, MOM_REASON_UNDO);
    assert_str(v.groups[0].from, "name=Site");
    assert_str(v.groups[0].to, "name=Hub");
    mom_view_close(view);
    world_free(w);
}

static void parking_is_the_outcome_of_a_conflict(void **state)
{
    struct world *w = world_of_anna();
    struct mom_view *view;

    (void)state;
    another_4711(w);
    view = world_view(w);
    assert_int_equal(version(view, row_of(view, 1).id, 0).reason, MOM_REASON_CONFLICT);
    mom_view_close(view);
    world_free(w);
}

/* --- restoring -------------------------------------------------------------------------------- */

static void restoring_is_a_change_with_all_checks(void **state)
{
    struct world *w = world_new();
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "A", "pin", "P1", NULL), other;
    int64_t first = w->now.wall_ms;

    (void)state;
    pass(w, 1000);
    hub_change(w, MOM_USER, id, "num", "4712", "name", "B", "pin", "P2", "vip", "1", NULL);
    pass(w, 1000);
    other = hub_change(w, MOM_USER, 0, "num", "4711", NULL);
    assert_int_equal(hub_restore(w, id, first), MOM_EEXIST);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "B");
    hub_change(w, MOM_USER, other, "num", "4713", NULL);
    pass(w, 1000);
    assert_int_equal(hub_restore(w, id, first), MOM_OK);
    assert_int_equal(w->done, id);
    assert_string_equal(hub_value(w, id, MOM_USER_num), "4711");
    assert_string_equal(hub_value(w, id, MOM_USER_name), "A");
    assert_string_equal(hub_value(w, id, MOM_USER_pin), "P1");
    assert_string_equal(hub_value(w, id, MOM_USER_vip), ""); /* was missing: emptied */
    assert_int_equal(hub_restore(w, id, first - 1), MOM_ENOENT);
    assert_int_equal(hub_restore(w, id, w->now.wall_ms), MOM_EINVAL);
    assert_int_equal(hub_restore(w, id + 50, first), MOM_ENOENT);
    world_check(w);
    world_free(w);
}

static void restoring_brings_relations_back_when_the_partner_is_there(void **state)
{
    struct world *w = world_new();
    uint64_t user = hub_change(w, MOM_USER, 0, "num", "4711", "name", "A", NULL);
    uint64_t phone = hub_change(w, MOM_DEVICE, 0, "ipei", PHONE1, NULL);
    uint64_t second = hub_change(w, MOM_DEVICE, 0, "ipei", PHONE2, NULL);
    int64_t bound, free_again;

    (void)state;
    hub_bind(w, user, phone);
    bound = w->now.wall_ms;
    pass(w, 1000);
    hub_bind(w, user, 0);
    free_again = w->now.wall_ms;
    pass(w, 1000);
    assert_int_equal(hub_restore(w, user, bound), MOM_OK);
    assert_int_equal(hub_partner(w, user), phone);
    pass(w, 1000);
    hub_bind(w, user, second);
    pass(w, 1000);
    assert_int_equal(hub_restore(w, user, free_again), MOM_OK);
    assert_int_equal(hub_partner(w, user), 0);
    hub_delete(w, phone);
    hub_bind(w, user, second);
    hub_change(w, MOM_USER, user, "name", "B", NULL);
    pass(w, 1000);
    assert_int_equal(hub_restore(w, user, bound), MOM_OK);
    assert_string_equal(hub_value(w, user, MOM_USER_name), "A");
    assert_int_equal(hub_partner(w, user), second); /* the other one is gone: as it is */
    world_check(w);
    world_free(w);
}

/* --- the oracle ------------------------------------------------------------------------------- */

enum { IDS = 256, COPIES = 4000 };

/* A record after a step at which it changed; text NULL: it was not there. */
struct copy {
    int64_t at_ms;
    char *text, *values;
};

struct told {
    uint64_t id;
    enum mom_type type;
    size_t count;
    struct copy *copies;
};

struct oracle {
    struct told told[IDS];
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void put_text(char **at, const char *end,
                                                           const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(*at, (size_t)(end - *at), format, args);
    va_end(args);
    assert_true(n >= 0 && n < end - *at);
    *at += n;
}

/* All that the history keeps; without `stamps` only what a difference tells. */
static char *copy_of(const struct mom_record *r, bool stamps)
{
    static char text[16384];
    char *at = text, *end = text + sizeof text;
    struct mom_attr extra;
    struct mom_str value;

    put_text(&at, end, "site=%u parked=%d partner=%llu", mom_record_site(r), mom_record_parked(r),
             (unsigned long long)mom_record_partner(r));
    if (stamps)
        put_text(&at, end, " epoch=%u created=%lld/%u", mom_record_epoch(r),
                 (long long)mom_record_created(r).ms, mom_record_created(r).origin);
    for (enum mom_field f = (enum mom_field)1; f < MOM_FIELD_COUNT; f++) {
        const struct mom_field_info *info = mom_field_info(f);
        struct mom_stamp s = mom_record_stamp(r, f);

        if (info->owner != mom_record_type(r) || (info->flags & MOM_REPORTED))
            continue;
        if (mom_record_get(r, f, &value))
            put_text(&at, end, " %s='%.*s'", info->name, (int)value.len, value.ptr);
        if (stamps && info->group == f)
            put_text(&at, end, "@%lld.%u.%u", (long long)s.ms, s.counter, s.origin);
    }
    for (size_t i = 0; mom_record_extra(r, i, &extra); i++)
        put_text(&at, end, " +%.*s='%.*s'", (int)extra.name.len, extra.name.ptr,
                 (int)extra.value.len, extra.value.ptr);
    return strdup(text);
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void note(struct oracle *o, struct told *t, const struct mom_record *r, int64_t now)
{
    char *text = r ? copy_of(r, true) : NULL, *values = r ? copy_of(r, false) : NULL;

    (void)o;
    if (t->count > 0 && same(t->copies[t->count - 1].text, text)) {
        free(text);
        free(values);
        return;
    }
    assert_true(t->count < COPIES);
    t->copies = realloc(t->copies, (t->count + 1) * sizeof *t->copies);
    assert_non_null(t->copies);
    t->copies[t->count++] = (struct copy){now, text, values};
}

static struct told *told_of(struct oracle *o, uint64_t id)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->told[i].id == id)
            return &o->told[i];
    }
    assert_true(o->count < IDS);
    o->told[o->count].id = id;
    return &o->told[o->count++];
}

static void take_copies(struct oracle *o, struct world *w)
{
    struct mom_view *view = world_view(w);

    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        const struct mom_record *r;
        uint64_t id = 0;

        while ((r = mom_view_next(view, (enum mom_type)type, id)) != NULL) {
            id = mom_record_id(r);
            told_of(o, id)->type = (enum mom_type)type;
        }
    }
    for (size_t i = 0; i < o->count; i++)
        note(o, &o->told[i], mom_view_record(view, o->told[i].id), w->now.wall_ms);
    mom_view_close(view);
}

/* NULL: not there. */
static const struct copy *copy_at(const struct told *t, int64_t at_ms)
{
    const struct copy *found = NULL;

    for (size_t i = 0; i < t->count && t->copies[i].at_ms <= at_ms; i++)
        found = &t->copies[i];
    return found && found->text ? found : NULL;
}

static void oracle_free(struct oracle *o)
{
    for (size_t i = 0; i < o->count; i++) {
        for (size_t k = 0; k < o->told[i].count; k++) {
            free(o->told[i].copies[k].text);
            free(o->told[i].copies[k].values);
        }
        free(o->told[i].copies);
    }
    free(o);
}

/* --- random changes --------------------------------------------------------------------------- */

static const char *const nums[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
static const char *const phones[] = {PHONE1, PHONE2, "03074 0220260 5", "00077 0000001 2"};

static uint64_t any_id(struct oracle *o, struct rng *rng)
{
    return o->count ? o->told[rng_below(rng, o->count)].id : 1;
}

static void change_at_site(struct world *w, struct rng *rng)
{
    unsigned n = 1 + (unsigned)rng_below(rng, 2);
    struct fake *f = &w->sites[n].users[rng_below(rng, 8)];
    char text[8];

    snprintf(text, sizeof text, "s%u", (unsigned)rng_below(rng, 100));
    if (f->used && rng_below(rng, 8) == 0)
        site_lose(w, &w->sites[n], MOM_USER, f->local);
    else if (f->used)
        site_edit(w, n, MOM_USER, f, rng_below(rng, 3) ? "name" : "newAttribute", text);
    world_run(w);
}

static void change_at_hub(struct world *w, struct oracle *o, struct rng *rng)
{
    char text[8], secret[8];

    snprintf(text, sizeof text, "h%u", (unsigned)rng_below(rng, 100));
    snprintf(secret, sizeof secret, "P%u", (unsigned)rng_below(rng, 100));
    switch (rng_below(rng, 5)) {
    case 0:
        hub_change(w, MOM_USER, 0, "num", nums[rng_below(rng, 8)], "name", text, NULL);
        break;
    case 1:
        hub_change(w, MOM_DEVICE, 0, "ipei", phones[rng_below(rng, 4)], NULL);
        break;
    case 2:
        hub_change(w, MOM_USER, any_id(o, rng), "num", nums[rng_below(rng, 8)], NULL);
        break;
    default:
        hub_change(w, MOM_USER, any_id(o, rng), "name", text, "sipPw", secret, "permanent",
                   rng_below(rng, 4) ? "0" : "1", NULL);
        break;
    }
}

static void random_change(struct world *w, struct oracle *o, struct rng *rng)
{
    unsigned n = 1 + (unsigned)rng_below(rng, 2);

    switch (rng_below(rng, 12)) {
    case 0:
        hub_bind(w, any_id(o, rng), rng_below(rng, 4) ? any_id(o, rng) : 0);
        break;
    case 1:
        if (rng_below(rng, 3) == 0)
            hub_delete(w, any_id(o, rng));
        break;
    case 2:
        located(w, n, phones[rng_below(rng, 4)]);
        world_run(w);
        break;
    case 3:
        if (w->sites[n].up)
            world_cut(w, n);
        else
            world_connect(w, n);
        break;
    case 4:
        hub_undo(w, 1 + rng_below(rng, (size_t)last_conflict(w) + 1));
        break;
    case 5:
        hub_restore(w, any_id(o, rng), w->now.wall_ms - (int64_t)rng_below(rng, 300000));
        break;
    case 6:
    case 7:
    case 8:
        change_at_site(w, rng);
        break;
    default:
        change_at_hub(w, o, rng);
        break;
    }
}

/* --- comparing -------------------------------------------------------------------------------- */

static bool check_at(struct mom_view *view, const struct told *t, int64_t at_ms, bool all_kept)
{
    const struct copy *want = copy_at(t, at_ms);
    const struct mom_record *r;
    int rc = mom_view_record_at(view, t->id, at_ms, &r);
    char *text;

    if (rc == MOM_EHISTORY && !all_kept)
        return false;
    assert_int_equal(rc, want ? MOM_OK : MOM_ENOENT);
    if (!want)
        return true;
    text = copy_of(r, true);
    assert_string_equal(text, want->text);
    free(text);
    return true;
}

static void check_walk(struct mom_view *view, const struct oracle *o, int64_t at_ms)
{
    size_t want = 0, found = 0;

    for (size_t i = 0; i < o->count; i++)
        want += copy_at(&o->told[i], at_ms) != NULL;
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        const struct mom_record *r;
        uint64_t id = 0;

        while (mom_view_next_at(view, (enum mom_type)type, id, at_ms, &id, &r) == MOM_OK) {
            assert_int_equal(mom_record_id(r), id);
            found++;
        }
    }
    assert_int_equal(found, want);
}

static void check_difference(struct mom_view *view, const struct oracle *o, int64_t from,
                             int64_t to)
{
    size_t want = 0, found = 0;

    for (size_t i = 0; i < o->count; i++) {
        const struct copy *a = copy_at(&o->told[i], from), *b = copy_at(&o->told[i], to);

        want += !same(a ? a->values : NULL, b ? b->values : NULL);
    }
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        struct mom_difference d = {.id = 0};

        while (mom_view_next_difference(view, (enum mom_type)type, d.id, from, to, &d) == MOM_OK) {
            assert_true(d.group_count > 0 || d.from_site != d.to_site ||
                        d.was_parked != d.is_parked || d.was_there != d.is_there);
            found++;
        }
    }
    assert_int_equal(found, want);
}

static void check_all(struct world *w, struct oracle *o, struct rng *rng, bool all_kept,
                      size_t *checked)
{
    struct mom_view *view = world_view(w);
    int64_t now = w->now.wall_ms;

    for (size_t i = 0; i < o->count; i++) {
        const struct told *t = &o->told[i];

        for (size_t k = 0; k < t->count; k++) {
            *checked += check_at(view, t, t->copies[k].at_ms, all_kept);
            *checked += check_at(view, t, t->copies[k].at_ms - 1, all_kept);
        }
        assert_true(check_at(view, t, now, all_kept));
        check_at(view, t, now - (int64_t)rng_below(rng, 1000000), all_kept);
    }
    for (int i = 0; all_kept && i < 20; i++) {
        check_walk(view, o, now - (int64_t)rng_below(rng, 1000000));
        check_difference(view, o, now - (int64_t)rng_below(rng, 1000000),
                         now - (int64_t)rng_below(rng, 1000000));
    }
    mom_view_close(view);
}

static void random_run(struct rng *rng, uint32_t versions, bool all_kept, size_t *checked)
{
    struct world *w = world_with(versions, 0);
    struct oracle *o = calloc(1, sizeof *o);

    assert_non_null(o);
    world_add_site(w);
    world_add_site(w);
    site_person(w, 1, nums[0], "Anna", PHONE1);
    site_person(w, 2, nums[1], "Bert", PHONE2);
    world_connect(w, 1);
    world_connect(w, 2);
    take_copies(o, w);
    for (int i = 0; i < 800 && o->count < IDS - 4; i++) {
        pass(w, (int64_t)rng_below(rng, 3) * 1700);
        random_change(w, o, rng);
        take_copies(o, w);
    }
    check_all(w, o, rng, all_kept, checked);
    oracle_free(o);
    world_free(w);
}

static void state_at_every_time_is_the_one_that_was(void **state)
{
    struct rng rng = rng_new(77);
    size_t checked = 0;

    (void)state;
    for (int i = 0; i < 12; i++)
        random_run(&rng, 100000, true, &checked);
    print_message("%zu states compared\n", checked);
    assert_true(checked > 3000);
}

static void what_is_kept_is_right_when_little_is(void **state)
{
    struct rng rng = rng_new(78);
    size_t checked = 0;

    (void)state;
    for (int i = 0; i < 6; i++)
        random_run(&rng, 3, false, &checked);
    print_message("%zu states compared\n", checked);
    assert_true(checked > 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_tell_what_was_replaced_by_whom_and_why),
        cmocka_unit_test(secrets_are_kept_and_not_shown),
        cmocka_unit_test(life_of_a_record_is_told),
        cmocka_unit_test(parking_is_told),
        cmocka_unit_test(reports_of_a_phone_leave_no_versions),
        cmocka_unit_test(no_more_versions_are_kept_than_the_limit_says),
        cmocka_unit_test(old_versions_go_when_a_new_one_is_written),
        cmocka_unit_test(clock_that_is_put_back_does_not_confuse_it),
        cmocka_unit_test(record_of_a_store_without_history_is_known_since_its_last_change),
        cmocka_unit_test(wrong_questions_are_told),
        cmocka_unit_test(outcome_of_a_conflict_and_its_undoing_are_told),
        cmocka_unit_test(parking_is_the_outcome_of_a_conflict),
        cmocka_unit_test(restoring_is_a_change_with_all_checks),
        cmocka_unit_test(restoring_brings_relations_back_when_the_partner_is_there),
        cmocka_unit_test(state_at_every_time_is_the_one_that_was),
        cmocka_unit_test(what_is_kept_is_right_when_little_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
