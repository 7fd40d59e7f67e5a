/*
 * Stories about phones that roam between three sites, and which rows of a table they took.
 */
#ifndef HANDOFF_WORLD_H
#define HANDOFF_WORLD_H

#include "fsm.h"
#include "handoff.h"
#include "world_check.h"

#define PHONE "03074 0220259 3"
#define OTHER "57005 0782068 7"

/* All transitions of all stories. */
static char told[1 << 20];
static size_t told_len;

static inline void keep_trace(struct world *w)
{
    for (char *line = w->trace; *line;) {
        char *end = strchr(line, '\n');

        assert_non_null(end);
        if ((strncmp(line, "handoff ", 8) == 0 || strncmp(line, "login ", 6) == 0 ||
             strncmp(line, "presence ", 9) == 0) &&
            told_len + 200 < sizeof told) {
            memcpy(told + told_len, line, (size_t)(end - line) + 1);
            told_len += (size_t)(end - line) + 1;
        }
        line = end + 1;
    }
}

static inline struct world *three_sites(bool user, uint32_t outstanding)
{
    struct world *w = world_new_narrow(outstanding);

    world_listen(w);
    for (unsigned n = 1; n <= 3; n++)
        world_add_site(w);
    if (user)
        site_person(w, 1, "4711", "Anna", PHONE);
    else
        site_device(w, 1, PHONE);
    for (unsigned n = 1; n <= 3; n++)
        world_connect(w, n);
    w->now.mono_ms += 10000;
    w->now.wall_ms += 10000;
    return w;
}

static inline void end(struct world *w)
{
    keep_trace(w);
    world_free(w);
}

static inline uint64_t phone(struct world *w)
{
    return hub_find(w, MOM_DEVICE_ipei, PHONE);
}

static inline const char *state_of(struct world *w)
{
    return mom_engine_handoff(w->engine, phone(w)).state;
}

static inline void locate(struct world *w, unsigned n)
{
    located(w, n, PHONE);
    world_run(w);
}

/* The phone comes from site 1 to site 2, and the story stops in a state. */
static inline struct world *delivering(bool user)
{
    struct world *w = three_sites(user, 0);

    w->sites[2].mute = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "delivering");
    return w;
}

static inline struct world *releasing(void)
{
    struct world *w = three_sites(true, 0);

    w->sites[1].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "releasing");
    return w;
}

static inline struct world *renewing(void)
{
    struct world *w = three_sites(true, 0);

    w->sites[2].deaf = true;
    locate(w, 2);
    assert_string_equal(state_of(w), "renewing");
    return w;
}

static inline void set_policy(struct world *w, unsigned n, enum mom_policy policy)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = n, .name = S("site"), .policy = policy};

    add(w, &in);
    world_run(w);
}

static inline void make_permanent(struct world *w)
{
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "permanent", "1", NULL);
}

/* A notice that the SIP registration of the user ended, or was renewed. */
static inline void tell_sip(struct world *w, unsigned n, enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .site = n, .type = MOM_USER};

    in.local = fake_by(&w->sites[n], MOM_USER, "num", "4711")->local;
    add(w, &in);
    world_run(w);
}

static inline void unsubscribe(struct world *w, unsigned n)
{
    struct fake *f = fake_by(&w->sites[n], MOM_DEVICE, "ipei", PHONE);

    fake_set(f, "s", "No");
    fake_set(f, "uak", "");
    f->times[MOM_SUBSCRIPTION] = site_time(w, &w->sites[n]);
    site_event(w, &w->sites[n], MOM_DEVICE, f);
    world_run(w);
}

static inline void assert_lives_at(struct world *w, unsigned n)
{
    assert_string_equal(state_of(w), "home");
    assert_int_equal(hub_site(w, phone(w)), n);
    for (unsigned i = 1; i <= 3; i++)
        w->sites[i].mute = w->sites[i].deaf = false;
    for (unsigned i = 1; i <= 3; i++) {
        if (w->sites[i].up)
            world_cut(w, i);
        world_connect(w, i);
    }
    world_wait(w, 60000);
    world_check(w);
}

/* Whatever holds the sites up ends, and so does what is under way. */
static inline void comes_to_rest(struct world *w, unsigned n)
{
    for (unsigned i = 1; i <= 3; i++) {
        w->sites[i].mute = w->sites[i].deaf = false;
        w->sites[i].refuse = 0;
        if (!w->sites[i].up)
            world_connect(w, i);
    }
    world_wait(w, 60000);
    assert_lives_at(w, n);
    end(w);
}

/* The texts appear in the trace, in this order. */
static inline void assert_order(struct world *w, const char *const *order, size_t count)
{
    const char *at = w->trace;

    for (size_t i = 0; i < count; i++) {
        at = at ? strstr(at, order[i]) : NULL;
        if (!at)
            fail_msg("'%s' is missing or too early in:\n%s", order[i], w->trace);
    }
}

/* A table in which no row hides another, and of which every state can be entered. */
static inline void assert_sound(const struct mom__fsm *fsm)
{
    bool reached[32] = {true};

    assert_true(fsm->states.count <= 32);
    for (size_t i = 0; i < fsm->row_count; i++) {
        const struct mom__fsm_row *row = &fsm->rows[i];

        assert_true(row->from < fsm->states.count && row->to < fsm->states.count);
        assert_true(row->event < fsm->events.count && row->guard < fsm->guards.count);
        assert_true(row->action < fsm->actions.count);
        reached[row->to] = true;
        for (size_t k = 0; k < i; k++) {
            const struct mom__fsm_row *before = &fsm->rows[k];

            assert_false(before->from == row->from && before->event == row->event &&
                         (before->guard == 0 || before->guard == row->guard));
        }
    }
    for (size_t s = 0; s < fsm->states.count; s++)
        assert_true(reached[s]);
}

/* Every row of a table was taken by the stories that were told. */
static inline void assert_every_row_was_told(const struct mom__fsm *fsm)
{
    unsigned missing = 0;

    told[told_len] = '\0';
    for (size_t i = 0; i < fsm->row_count; i++) {
        struct mom__text text;
        char line[MOM__TEXT_SIZE + 4];

        mom__text_init(&text);
        mom__fsm_row_text(fsm, &fsm->rows[i], &text);
        snprintf(line, sizeof line, ": %s\n", text.buf);
        if (strstr(told, line))
            continue;
        print_message("no story takes the row %s\n", text.buf);
        missing++;
    }
    assert_int_equal(missing, 0);
}

#endif
