/*
 * Capacity: how much of each limit is used, whether one more fits, and the warning before it does
 * not. One row per limit; nothing else compares a count with a limit.
 *
 * Warnings follow a commit, never a step that failed. What was warned of is not kept in the store:
 * a node that starts says it again.
 */
#include "node.h"

enum {
    ANNOUNCE_PERCENT = 90,
    FORGET_PERCENT = 85 /* below it the next warning is due again: no line per record at the edge */
};

struct row {
    const char *name;
    const char *what; /* "users": for lines of the log */
    const char *full; /* the reason of a refusal */
    bool of_site;
    uint64_t (*used)(const struct mom_engine *e, const struct mom__site *site);
    uint32_t (*limit)(const struct mom_engine *e, const struct mom__site *site);
};

static uint64_t used_sites(const struct mom_engine *e, const struct mom__site *site)
{
    (void)site;
    return e->site_count;
}

static uint64_t used_site_devices(const struct mom_engine *e, const struct mom__site *site)
{
    (void)e;
    return site->devices;
}

/* What was configured holds at every site; else the site's platform says it, if it is known. */
static uint32_t limit_site_devices(const struct mom_engine *e, const struct mom__site *site)
{
    uint32_t phones = mom_platform_info(site->platform)->phones;

    return e->site_devices_by_platform && phones ? phones : e->limits.site_devices;
}

#define USED(name)                                                                                 \
    static uint64_t used_##name(const struct mom_engine *e, const struct mom__site *site)          \
    {                                                                                              \
        (void)site;                                                                                \
        return e->counts.name;                                                                     \
    }
USED(users)
USED(devices)
USED(permanent)
#undef USED

#define LIMIT(name)                                                                                \
    static uint32_t limit_##name(const struct mom_engine *e, const struct mom__site *site)         \
    {                                                                                              \
        (void)site;                                                                                \
        return e->limits.name;                                                                     \
    }
LIMIT(sites)
LIMIT(users)
LIMIT(devices)
LIMIT(permanent)
#undef LIMIT

/* clang-format off */
static const struct row rows[MOM_CAPACITY_COUNT] = {
    [MOM_CAPACITY_SITES] = {"sites", "sites",
        "there are as many sites as the system may have", false, used_sites, limit_sites},
    [MOM_CAPACITY_USERS] = {"users", "users",
        "there are as many users as the system may have", false, used_users, limit_users},
    [MOM_CAPACITY_DEVICES] = {"devices", "devices",
        "there are as many devices as the system may have", false, used_devices, limit_devices},
    [MOM_CAPACITY_PERMANENT] = {"permanent", "permanent users",
        "there are as many permanent users as the system may have", false, used_permanent, limit_permanent},
    [MOM_CAPACITY_SITE_DEVICES] = {"site_devices", "devices",
        "the site has as many devices as it may have", true, used_site_devices, limit_site_devices},
};
/* clang-format on */

uint64_t mom__room(const struct mom_engine *e, enum mom_capacity_kind kind,
                   const struct mom__site *site)
{
    uint64_t used = rows[kind].used(e, site), limit = rows[kind].limit(e, site);

    return used < limit ? limit - used : 0;
}

const char *mom__full(const struct mom_engine *e, enum mom_capacity_kind kind,
                      const struct mom__site *site)
{
    return mom__room(e, kind, site) == 0 ? rows[kind].full : NULL;
}

/* --- the warning ------------------------------------------------------------------------------ */

/* Is the kind's bit to be set, after a look at what is used? */
static void look(struct mom_engine *e, int kind, const struct mom__site *site, unsigned *warned)
{
    uint64_t used = rows[kind].used(e, site), limit = rows[kind].limit(e, site);
    unsigned bit = 1u << kind;

    if (used * 100 < limit * FORGET_PERCENT)
        *warned &= ~bit;
    if (used * 100 < limit * ANNOUNCE_PERCENT || (*warned & bit))
        return;
    *warned |= bit;
    if (site)
        mom__logf(e, MOM_LOG_WARNING, "site %u %s: it has %u of at most %u %s",
                  MOM__U(site->number), site->name, used, limit, rows[kind].what);
    else
        mom__logf(e, MOM_LOG_WARNING, "the system has %u of at most %u %s", used, limit,
                  rows[kind].what);
}

void mom__capacity_check(struct mom_engine *e)
{
    for (int kind = 0; kind < MOM_CAPACITY_COUNT; kind++) {
        if (!rows[kind].of_site)
            look(e, kind, NULL, &e->warned);
        for (size_t i = 0; rows[kind].of_site && i < e->site_count; i++)
            look(e, kind, e->sites[i], &e->sites[i]->warned);
    }
}

/* --- questions -------------------------------------------------------------------------------- */

bool mom_engine_capacity(const struct mom_engine *engine, enum mom_capacity_kind kind,
                         mom_site number, struct mom_capacity *ret_capacity)
{
    const struct mom__site *site = NULL;

    if (!engine || !ret_capacity || (unsigned)kind >= MOM_CAPACITY_COUNT)
        return false;
    if (rows[kind].of_site && !(site = mom__site(engine, number)))
        return false;
    *ret_capacity = (struct mom_capacity){.name = rows[kind].name,
                                          .of_site = rows[kind].of_site,
                                          .used = rows[kind].used(engine, site),
                                          .limit = rows[kind].limit(engine, site)};
    ret_capacity->near =
        ret_capacity->used * 100 >= ret_capacity->limit * (uint64_t)ANNOUNCE_PERCENT;
    return true;
}
