/*
 * Random runs over three sites: edits on both sides, bindings, moves, deletions, lost links, lost
 * answers, crashes of the hub. Whatever happened, once all links are up and nothing more is done
 * the sites have exactly what they should, numbers are unique and relations symmetric. The seed is
 * printed when a run fails: SEED=n repeats it.
 */
#include "random_runs.h"
#include "world_check.h"

static const char *const ipeis[] = {"03074 0220259 3", "57005 0782068 7", "12308 0004063 5",
                                    "00001 0000001 3", "00001 0000002 4", "00001 0000003 5"};

static struct fake *any(struct fake_site *s, enum mom_type type)
{
    unsigned first = pick(RECORDS);

    for (unsigned i = 0; i < RECORDS; i++) {
        struct fake *f = &fake_table(s, type)[(first + i) % RECORDS];

        if (f->used)
            return f;
    }
    return NULL;
}

static uint64_t any_id(struct world *w, enum mom_type type)
{
    struct mom_view *view = world_view(w);
    uint64_t ids[64], after = 0;
    unsigned count = 0;
    const struct mom_record *r;

    while (count < 64 && (r = mom_view_next(view, type, after)) != NULL)
        ids[count++] = after = mom_record_id(r);
    mom_view_close(view);
    return count ? ids[pick(count)] : 0;
}

static const char *number(void)
{
    static char text[8];

    snprintf(text, sizeof text, "%u", 4700 + pick(12));
    return text;
}

static const char *word(void)
{
    static const char *const words[] = {"Anna", "Bert", "Carl", "Dora", "Emil"};

    return words[pick(5)];
}

static void do_at_site(struct world *w, unsigned n)
{
    struct fake_site *s = &w->sites[n];
    struct fake *user = any(s, MOM_USER), *device = any(s, MOM_DEVICE);
    const char *num = number(), *ipei = ipeis[pick(6)];

    switch (pick(7)) {
    case 0:
        if (!fake_by(s, MOM_USER, "num", num))
            site_user(w, n, num, word());
        break;
    case 1:
        if (!fake_by(s, MOM_DEVICE, "ipei", ipei))
            site_device(w, n, ipei);
        break;
    case 2:
        if (user && device)
            site_bind(w, n, device, user);
        break;
    case 3:
    case 4:
        if (user)
            site_edit(w, n, MOM_USER, user, pick(2) ? "name" : "hierarchy1", word());
        break;
    case 5:
        if (user && !fake_by(s, MOM_USER, "num", num))
            site_edit(w, n, MOM_USER, user, "num", num);
        break;
    default:
        if (pick(3) == 0 && user)
            site_lose(w, s, MOM_USER, user->local);
        else if (pick(3) == 0 && device)
            site_lose(w, s, MOM_DEVICE, device->local);
        break;
    }
}

static void do_at_hub(struct world *w)
{
    uint64_t user = any_id(w, MOM_USER), device = any_id(w, MOM_DEVICE);

    switch (pick(7)) {
    case 0:
        hub_change(w, MOM_USER, 0, "num", number(), "name", word(), NULL);
        break;
    case 1:
        hub_change(w, MOM_USER, user, "name", word(), "sipPw", "Pnew", NULL);
        break;
    case 2:
        hub_change(w, MOM_USER, user, "num", number(), NULL);
        break;
    case 3:
        hub_bind(w, user, pick(3) ? device : 0);
        break;
    case 4:
        hub_change(w, MOM_USER, user, "permanent", pick(3) ? "0" : "1", NULL);
        break;
    case 5:
        if (pick(4) == 0)
            hub_delete(w, pick(2) ? user : device);
        break;
    default:
        hub_change(w, MOM_USER, user, "hierarchy2", word(), NULL);
        break;
    }
}

static void do_something(struct world *w)
{
    unsigned n = 1 + pick(3);
    struct fake_site *s = &w->sites[n];

    switch (pick(12)) {
    case 0:
        if (s->up)
            world_cut(w, n);
        break;
    case 1:
    case 2:
        if (!s->up)
            world_connect(w, n);
        break;
    case 3:
        if (s->up)
            located(w, n, ipeis[pick(6)]);
        break;
    case 4:
        do_at_hub(w);
        break;
    case 5:
        world_wait(w, 1000 * pick(20));
        break;
    case 6:
        s->deaf = pick(2);
        break;
    case 7:
        if (pick(4) == 0)
            world_crash(w);
        break;
    case 8:
        s->forget_answers = pick(6) == 0;
        break;
    default:
        do_at_site(w, n);
        break;
    }
}

static void run(uint64_t number_of_run)
{
    struct world *w = world_new();
    unsigned puts;

    seed = number_of_run;
    if (getenv("SEED"))
        world_listen(w);
    for (unsigned i = 0; i < 3; i++)
        world_add_site(w);
    for (unsigned i = 0; i < 150; i++) {
        do_something(w);
        if (pick(3))
            world_run(w);
        w->now.mono_ms += pick(3000);
        w->now.wall_ms += pick(3000);
    }
    for (unsigned n = 1; n <= 3; n++) {
        w->sites[n].deaf = w->sites[n].forget_answers = false;
        if (w->sites[n].up)
            world_cut(w, n);
    }
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned n = 1; n <= 3; n++) {
            if (!w->sites[n].up)
                world_connect(w, n);
        }
        world_wait(w, 120000);
    }
    world_check(w);
    puts = w->sites[1].puts + w->sites[2].puts + w->sites[3].puts;
    for (unsigned n = 1; n <= 3; n++) {
        world_cut(w, n);
        world_connect(w, n);
    }
    world_check(w);
    assert_int_equal(w->sites[1].puts + w->sites[2].puts + w->sites[3].puts, puts);
    world_free(w);
}

static void random_runs_converge(void **state)
{
    (void)state;
    random_runs(500, run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_runs_converge)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
