/*
 * What a site should have. It is derived, never remembered: a record belongs at the site where it
 * lives, permanent users and their devices belong at every site, a handoff under way adds its two
 * ends, and a login its site. What is remembered, in memory alone, is which records have to be looked at for a site.
 */
#include "node.h"
#include "shape.h"

bool mom__desired(struct mom_engine *e, const struct mom_record *record, mom_site site)
{
    const struct mom__handoff *h;

    if (record->flags & (MOM__DELETED | MOM__PARKED))
        return false;
    if (record->site == site)
        return true;
    h = mom__handoff_at(e, site, record->type == MOM_DEVICE ? record->id : record->partner);
    if (h && mom__shape(e)->wants(h, site))
        return true;
    if (record->type == MOM_USER && mom__login_wants(e, record->id, site))
        return true;
    return mom__index_of(e, record).resident == MOM__ALL_SITES;
}

/* The user monitoring of an OMM knows nothing of other sites: a user whose phone is elsewhere is unavailable to it, and
 * it escalates (UDS guide 2.2.6.1). So it watches nobody who is elsewhere. */
const char *mom__desired_instead(const struct mom_engine *e, const struct mom_record *record,
                                 mom_site site, enum mom_field group)
{
    bool elsewhere = record->partner && record->site && record->site != site;
    struct mom_str mode;

    if (group != MOM_USER_monitoringMode || !elsewhere || !mom__shape(e)->watches ||
        MOM__PLANTED(ALL_WATCHED))
        return NULL;
    mode = mom__record_value(record, group);
    return mode.len > 0 && !mom__equal_c(mode, "Off") ? "Off" : NULL;
}

uint64_t mom__desired_hash(const struct mom_engine *e, const struct mom_record *record,
                           mom_site site, enum mom_field group, enum mom__hash_mode mode)
{
    const char *instead = mom__desired_instead(e, record, site, group);
    struct mom_record other;

    if (!instead)
        return mom__record_group_hash(record, group, mode);
    mom__record_init(&other, record->type, 0);
    mom__record_set(&other, group, mom__str(instead));
    return mom__record_group_hash(&other, group, mode);
}

void mom__want(struct mom_engine *e, struct mom__site *site, uint64_t id, bool urgent)
{
    if (!site->up)
        return;
    mom__idmap_del(&site->refused, id);
    if (mom__queue_put(&site->pending, id, urgent) != MOM_OK)
        mom__fail(e, MOM_ENOMEM);
}

void mom__want_everywhere(struct mom_engine *e, uint64_t id)
{
    for (size_t i = 0; i < e->site_count; i++)
        mom__want(e, e->sites[i], id, false);
}

static bool has_one(struct mom_engine *e, mom_site site, uint64_t id)
{
    const struct mom__mapping *m = mom__mapping(e, site, id);

    return m && m->exists && m->base.local && !(m->base.flags & MOM__BASE_LEAVING);
}

bool mom__has_all(struct mom_engine *e, struct mom__site *site, const struct mom_record *device)
{
    if (!has_one(e, site->number, device->id))
        return false;
    if (!device->partner)
        return true;
    return has_one(e, site->number, device->partner) &&
           mom__mapping(e, site->number, device->id)->base.partner == device->partner;
}
