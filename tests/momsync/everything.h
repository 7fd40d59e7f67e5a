/*
 * A world whose store has something of everything: for tests of what happens to a store as a whole.
 */
#ifndef EVERYTHING_H
#define EVERYTHING_H

#include "world_check.h"

#define PHONE "03074 0220259 3"
#define OTHER "57005 0782068 7"

/* A store with something of everything: three sites, people with and without phones, one of them permanent, a deleted
 * user, a parked one, conflicts, a phone on its way, sealed and clear secrets, settings. */
static inline struct world *everything(void)
{
    static const unsigned char binary[] = {0, 1, 0xfe, 0xff, '\n'};
    struct mom_input in = {.kind = MOM_IN_SETTING, .name = S("binary")};
    struct world *w = world_new();
    uint64_t bert, boss;
    struct fake *f;

    for (int i = 0; i < 3; i++)
        world_add_site(w);
    site_person(w, 1, "4711", "Anna \xc3\x84rmel", PHONE);
    fake_set(site_user(w, 2, "4711", "Second"), "sipAuthId", "second");
    f = site_user(w, 2, "4712", "Bert");
    fake_set(f, "unheardOf", "as it came");
    world_connect(w, 1);
    world_wait(w, 5000);
    world_connect(w, 2);
    world_wait(w, 5000);
    world_connect(w, 3);
    bert = hub_find(w, MOM_USER_num, "4712");
    hub_change(w, MOM_USER, bert, "name", "Berthold", "pin", "P1234", NULL);
    boss = hub_change(w, MOM_USER, 0, "num", "1", "name", "Boss", "permanent", "1", "sipPw",
                      "Pclear", NULL);
    assert_int_not_equal(boss, 0);
    hub_delete(w, hub_change(w, MOM_USER, 0, "num", "4799", "name", "Gone", NULL));
    site_device(w, 2, OTHER);
    world_run(w);
    world_cut(w, 2);
    site_edit(w, 2, MOM_USER, f, "name", "Bertram");
    world_wait(w, 3000);
    hub_change(w, MOM_USER, bert, "name", "Bertl", NULL);
    world_connect(w, 2);
    in.value = (struct mom_str){(const char *)binary, sizeof binary};
    add(w, &in);
    in.name = S("colour");
    in.value = S("blue");
    add(w, &in);
    world_run(w);
    w->sites[3].mute = true; /* Anna goes to site 3, which does not answer */
    located(w, 3, PHONE);
    world_run(w);
    return w;
}

#endif
