/*
 * What can be seen of a world: questions to the hub and to its sites. Part of world.h, which includes
 * it.
 */
#ifndef WORLD_SEE_H
#define WORLD_SEE_H

/* --- what can be seen ------------------------------------------------------------------------- */

static inline struct mom_view *world_view(struct world *w)
{
    struct mom_view *view;

    assert_int_equal(mom_view_open(w->engine, &view), MOM_OK);
    return view;
}

static inline uint64_t hub_find(struct world *w, enum mom_field field, const char *value)
{
    struct mom_view *view = world_view(w);
    const struct mom_record *r = mom_view_find(view, field, S(value));
    uint64_t id = r ? mom_record_id(r) : 0;

    mom_view_close(view);
    return id;
}

/* A value at the hub, in a buffer that the next call uses again; NULL: missing. */
static inline const char *hub_value(struct world *w, uint64_t id, enum mom_field field)
{
    static char text[256];
    struct mom_view *view = world_view(w);
    const struct mom_record *r = mom_view_record(view, id);
    struct mom_str value;
    bool found = r && mom_record_get(r, field, &value);

    if (found)
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.ptr);
    mom_view_close(view);
    return found ? text : NULL;
}

static inline mom_site hub_site(struct world *w, uint64_t id)
{
    struct mom_view *view = world_view(w);
    const struct mom_record *r = mom_view_record(view, id);
    mom_site site = r ? mom_record_site(r) : UINT32_MAX;

    mom_view_close(view);
    return site;
}

static inline uint64_t hub_partner(struct world *w, uint64_t id)
{
    struct mom_view *view = world_view(w);
    const struct mom_record *r = mom_view_record(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;

    mom_view_close(view);
    return partner;
}

static inline bool hub_parked(struct world *w, uint64_t id)
{
    struct mom_view *view = world_view(w);
    const struct mom_record *r = mom_view_record(view, id);
    bool parked = r && mom_record_parked(r);

    mom_view_close(view);
    return parked;
}

static inline struct mom_counts hub_counts(struct world *w)
{
    struct mom_view *view = world_view(w);
    struct mom_counts counts;

    assert_int_equal(mom_view_counts(view, &counts), MOM_OK);
    mom_view_close(view);
    return counts;
}

/* The rule of the newest conflict. */
static inline const char *last_rule(struct world *w)
{
    static char rule[32];
    struct mom_view *view = world_view(w);
    struct mom_conflict c = {.sequence = 0};

    rule[0] = '\0';
    while (mom_view_next_conflict(view, c.sequence, &c))
        snprintf(rule, sizeof rule, "%.*s", (int)c.rule.len, c.rule.ptr);
    mom_view_close(view);
    return rule;
}

static inline unsigned site_count(const struct fake_site *s, enum mom_type type)
{
    unsigned count = 0;

    for (int i = 0; i < RECORDS; i++)
        count += (type == MOM_USER ? s->users : s->devices)[i].used;
    return count;
}

static inline bool world_said(struct world *w, const char *text)
{
    return strstr(w->trace, text) != NULL;
}

static inline void world_listen(struct world *w)
{
    w->tracing = true;
    w->trace_len = 0;
    w->trace[0] = '\0';
}

#endif
