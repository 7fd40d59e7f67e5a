/*
 * What must hold in a world that came to rest: numbers belong to one live record, relations are
 * symmetric, and every site has exactly the records that it should have, with the hub's values.
 */
#ifndef WORLD_CHECK_H
#define WORLD_CHECK_H

#include "world.h"

/* --- what must hold --------------------------------------------------------------------------- */

static inline bool is_everywhere(struct mom_view *view, const struct mom_record *r)
{
    struct mom_str permanent = {NULL, 0};
    uint64_t partner = mom_record_partner(r), id = mom_record_id(r);
    bool everywhere = false;

    if (mom_record_type(r) == MOM_USER)
        return mom_record_get(r, MOM_USER_permanent, &permanent) && permanent.len == 1 &&
               permanent.ptr[0] == '1';
    r = partner ? mom_view_record(view, partner) : NULL;
    if (r)
        everywhere = mom_record_get(r, MOM_USER_permanent, &permanent) && permanent.len == 1 &&
                     permanent.ptr[0] == '1';
    (void)mom_view_record(view, id);
    return everywhere;
}

static inline void check_values(const struct mom_record *r, const struct fake *f)
{
    for (enum mom_field field = (enum mom_field)1; field < MOM_FIELD_COUNT; field++) {
        const struct mom_field_info *info = mom_field_info(field);
        struct mom_str value;
        const char *theirs;

        if (info->owner != mom_record_type(r) || (info->flags & (MOM_SECRET | MOM_REPORTED)) ||
            info->kind == MOM_RELATION || !mom_record_get(r, field, &value))
            continue;
        theirs = fake_get(f, info->name);
        if (!theirs || strlen(theirs) != value.len || memcmp(theirs, value.ptr, value.len) != 0)
            fail_msg("%s is '%.*s' at the hub and '%s' at the site", info->name, (int)value.len,
                     value.ptr, theirs ? theirs : "(missing)");
    }
}

static inline void check_site(struct world *w, struct mom_view *view, struct fake_site *s,
                              enum mom_type type)
{
    enum mom_type other = type == MOM_USER ? MOM_DEVICE : MOM_USER;
    unsigned expected = 0;
    uint64_t after = 0;
    const struct mom_record *r;

    (void)w;
    while ((r = mom_view_next(view, type, after)) != NULL) {
        uint64_t id = mom_record_id(r), partner = mom_record_partner(r);
        bool here =
            !mom_record_parked(r) && (mom_record_site(r) == s->number || is_everywhere(view, r));
        uint32_t local = mom_view_local(view, s->number, id);
        struct fake *f = local ? fake_find(s, type, local) : NULL;

        after = id;
        if (here != (f != NULL))
            fail_msg("record %llu: should %sbe at site %u", (unsigned long long)id,
                     here ? "" : "not ", s->number);
        if (!f)
            continue;
        expected++;
        check_values(mom_view_record(view, id), f);
        assert_int_equal(f->partner, partner ? mom_view_local(view, s->number, partner) : 0);
        if (partner)
            assert_non_null(fake_find(s, other, f->partner));
    }
    assert_int_equal(site_count(s, type), expected);
}

/* Every decision follows from its row. */
static inline void check_conflicts(struct mom_view *view)
{
    struct mom_conflict c = {.sequence = 0};

    while (mom_view_next_conflict(view, c.sequence, &c)) {
        if (!mom_conflict_check(&c))
            fail_msg("conflict %llu (%.*s): the outcome does not follow from the row",
                     (unsigned long long)c.sequence, (int)c.rule.len, c.rule.ptr);
    }
}

/* Numbers belong to one live record, relations are symmetric, and every site has exactly what it should. */
static inline void world_check(struct world *w)
{
    struct mom_view *view = world_view(w);

    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        const struct mom_record *r;
        uint64_t after = 0;

        while ((r = mom_view_next(view, (enum mom_type)type, after)) != NULL) {
            enum mom_field field = type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
            uint64_t partner = mom_record_partner(r);
            bool live = !mom_record_parked(r);
            struct mom_str value;
            char copy[64] = "";
            mom_site site = mom_record_site(r);

            after = mom_record_id(r);
            if (mom_record_get(r, field, &value))
                snprintf(copy, sizeof copy, "%.*s", (int)value.len, value.ptr);
            if (live && copy[0]) {
                r = mom_view_find(view, field, S(copy));
                assert_non_null(r);
                assert_int_equal(mom_record_id(r), after);
            }
            if (partner) {
                r = mom_view_record(view, partner);
                assert_non_null(r);
                assert_int_equal(mom_record_partner(r), after);
                assert_int_equal(mom_record_site(r), site);
            }
        }
    }
    check_conflicts(view);
    for (unsigned i = 1; i <= w->site_count; i++) {
        struct mom_site_info info;

        if (!w->sites[i].up)
            continue;
        check_site(w, view, &w->sites[i], MOM_USER);
        check_site(w, view, &w->sites[i], MOM_DEVICE);
        assert_true(mom_engine_site(w->engine, i, &info));
        assert_int_equal(info.users, site_count(&w->sites[i], MOM_USER));
        assert_int_equal(info.devices, site_count(&w->sites[i], MOM_DEVICE));
        assert_int_equal(info.pending, 0);
    }
    mom_view_close(view);
}

#endif
