/*
 * Sites: the table, who may come in, and who is gone.
 */
#include "node.h"
#include "profile.h"
#include "shape.h"

#include <string.h>

/* 2: with the platform; 3: with the policy */
enum { SITE_FORMAT = 3 };

/* Index of the first site whose number is not below. */
static size_t place(const struct mom_engine *e, mom_site number)
{
    size_t low = 0, high = e->site_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (e->sites[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct mom__site *mom__site(const struct mom_engine *e, mom_site number)
{
    size_t at = place(e, number);

    return at < e->site_count && e->sites[at]->number == number ? e->sites[at] : NULL;
}

struct mom__site *mom__site_insert(struct mom_engine *e, mom_site number)
{
    size_t at = place(e, number);
    struct mom__site *site;

    if (e->site_count == e->site_size) {
        size_t size = e->site_size ? 2 * e->site_size : 8;
        struct mom__site **sites =
            mom__realloc(&e->alloc, e->sites, size * sizeof(struct mom__site *));

        if (!sites)
            return NULL;
        e->sites = sites;
        e->site_size = size;
    }
    site = mom__zalloc(&e->alloc, sizeof *site);
    if (!site)
        return NULL;
    site->number = number;
    site->retry_at = MOM_NEVER;
    mom__idmap_init(&site->seen, &e->alloc);
    mom__idmap_init(&site->refused, &e->alloc);
    mom__idmap_init(&site->mappings, &e->alloc);
    mom__idmap_init(&site->arrivals, &e->alloc);
    mom__queue_init(&site->creations, &e->alloc);
    mom__queue_init(&site->pending, &e->alloc);
    mom__queue_init(&site->waiting, &e->alloc);
    mom__queue_init(&site->owed, &e->alloc);
    memmove(e->sites + at + 1, e->sites + at, (e->site_count - at) * sizeof(struct mom__site *));
    e->sites[at] = site;
    e->site_count++;
    return site;
}

static void site_free(struct mom_engine *e, struct mom__site *site)
{
    mom__idmap_done(&site->seen);
    mom__idmap_done(&site->refused);
    mom__idmap_done(&site->mappings);
    mom__idmap_done(&site->arrivals);
    mom__queue_done(&site->creations);
    mom__queue_done(&site->pending);
    mom__queue_done(&site->waiting);
    mom__queue_done(&site->owed);
    mom__free(&e->alloc, site->ops);
    mom__free(&e->alloc, site);
}

void mom__sites_free(struct mom_engine *e)
{
    for (size_t i = 0; i < e->site_count; i++)
        site_free(e, e->sites[i]);
    mom__free(&e->alloc, e->sites);
    e->sites = NULL;
    e->site_count = e->site_size = 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

void mom__site_load(struct mom_engine *e, struct mom_str key, struct mom_str value)
{
    struct mom__reader reader;
    struct mom__site *site;
    struct mom_str name;
    mom_site number;
    unsigned format, platform = MOM_PLATFORM_UNKNOWN;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    if (mom__key_read_site(key, &number) != MOM_OK || format == 0) {
        mom__fail(e, MOM_ECORRUPT);
        return;
    }
    if (format > SITE_FORMAT) {
        mom__fail(e, MOM_EFORMAT);
        return;
    }
    site = mom__site_insert(e, number);
    if (!site) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    name = mom__reader_str(&reader);
    if (name.len < sizeof site->name)
        memcpy(site->name, name.ptr, name.len);
    site->park.pli = (uint8_t)mom__reader_u8(&reader);
    site->park.ari = mom__reader_varint32(&reader);
    site->imported_ms = mom__reader_zigzag(&reader);
    site->contact_ms = mom__reader_zigzag(&reader);
    if (format >= 2)
        platform = mom__reader_u8(&reader);
    site->platform = (enum mom_platform)(platform < MOM_PLATFORM_COUNT ? platform : 0);
    site->policy = (enum mom_policy)(format >= 3 ? mom__reader_u8(&reader) : 0);
    if (!mom__reader_ok(&reader) || platform >= MOM_PLATFORM_COUNT ||
        site->policy >= MOM_POLICY_END)
        mom__fail(e, MOM_ECORRUPT);
}

void mom__site_save(struct mom_engine *e, const struct mom__site *site)
{
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, SITE_FORMAT);
    mom__buf_str(&e->buf, mom__str(site->name));
    mom__buf_u8(&e->buf, site->park.pli);
    mom__buf_varint(&e->buf, site->park.ari);
    mom__buf_zigzag(&e->buf, site->imported_ms);
    mom__buf_zigzag(&e->buf, site->contact_ms);
    mom__buf_u8(&e->buf, (unsigned)site->platform);
    mom__buf_u8(&e->buf, site->policy);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_SITE, mom__key_site(&key, site->number), mom__buf_view(&e->buf));
}

/* --- policies --------------------------------------------------------------------------------- */

static const char *const policies[MOM_POLICY_END] = {"unset",
#define NAME(id, code, name, text) [code] = name,
                                                     MOM_POLICIES(NAME)
#undef NAME
};

const char *mom_policy_name(enum mom_policy policy)
{
    return policies[(unsigned)policy < MOM_POLICY_END ? policy : MOM_POLICY_UNSET];
}

enum mom_policy mom_policy_of(struct mom_str name)
{
    for (unsigned i = MOM_POLICY_UNSET + 1; i < MOM_POLICY_END; i++) {
        if (mom__equal_c(name, policies[i]))
            return (enum mom_policy)i;
    }
    return mom__equal_c(name, "default") ? MOM_POLICY_DEFAULT : MOM_POLICY_UNSET;
}

enum mom_policy mom__site_policy(const struct mom_engine *e, const struct mom__site *site)
{
    return site->policy != MOM_POLICY_UNSET ? site->policy : e->policy;
}

/* --- inputs ----------------------------------------------------------------------------------- */

void mom__on_site_add(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    size_t len = in->name.ptr ? in->name.len : 0;

    /* Numbers of sites and of nodes share the origins of stamps. */
    if (in->site == 0 || in->site >= MOM__DEFAULT_NODE) {
        mom__refuse(e, in, MOM_EINVAL, "a site's number is between 1 and 16777215");
        return;
    }
    if (len >= sizeof site->name) {
        mom__refuse(e, in, MOM_ETOOLONG, "the name of a site has at most 63 bytes");
        return;
    }
    if ((unsigned)in->policy >= MOM_POLICY_END && in->policy != MOM_POLICY_DEFAULT) {
        mom__refuse(e, in, MOM_EINVAL, "there is no such policy");
        return;
    }
    if (!site && mom__full(e, MOM_CAPACITY_SITES, NULL)) {
        mom__refuse(e, in, MOM_ELIMIT, mom__full(e, MOM_CAPACITY_SITES, NULL));
        return;
    }
    if (!site)
        site = mom__site_insert(e, in->site);
    if (!site) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    memset(site->name, 0, sizeof site->name);
    if (len > 0)
        memcpy(site->name, in->name.ptr, len);
    if (in->policy != MOM_POLICY_UNSET)
        site->policy = in->policy == MOM_POLICY_DEFAULT ? MOM_POLICY_UNSET : in->policy;
    mom__site_save(e, site);
    mom__done(e, in, 0);
}

static void take_down(struct mom_engine *e, struct mom__site *site)
{
    mom__shape(e)->down(e, site->number);
    mom__login_down(e, site->number);
    site->up = site->importing = site->imported = false;
    site->profiles_known = site->profiles_told = 0;
    mom__idmap_reset(&site->seen);
    mom__push_forget(site);
}

void mom__on_down(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);

    if (!site || !site->up)
        return;
    /* What is missing at the next import is compared with this. An import that did not end saw nothing. */
    if (site->imported) {
        site->contact_ms = e->now.wall_ms;
        mom__site_save(e, site);
    }
    site->up = false;
    take_down(e, site);
}

struct keys {
    struct mom_engine *e;
    mom_site site;
    struct mom__queue *ids;
};

static bool gather_id(void *user, struct mom_str key, struct mom_str value)
{
    struct keys *k = user;
    uint32_t site;
    uint64_t id;

    (void)value;
    if (mom__key_read_site_id(key, &site, &id) != MOM_OK)
        mom__fail(k->e, MOM_ECORRUPT);
    else if (site != k->site)
        return false;
    else if (mom__queue_put(k->ids, id, false) != MOM_OK)
        mom__fail(k->e, MOM_ENOMEM);
    return k->e->failed == MOM_OK;
}

static void gather(struct mom_engine *e, enum mom_table table, mom_site site,
                   struct mom__queue *ids)
{
    struct keys keys = {e, site, ids};
    struct mom__key key;

    mom__scan(e, table, mom__key_site_id(&key, site, 0), gather_id, &keys);
}

bool mom_engine_platform_mixture(const struct mom_engine *engine,
                                 struct mom_platforms *ret_platforms)
{
    struct mom_platforms platforms = {{0}};

    for (size_t i = 0; engine && i < engine->site_count; i++)
        platforms.sites[engine->sites[i]->platform]++;
    if (ret_platforms)
        *ret_platforms = platforms;
    return mom_platform_mixture(&platforms);
}

/* The log is told when a mixture begins and when it ends. */
static void note_mixture(struct mom_engine *e)
{
    struct mom_platforms platforms;
    bool mixed = mom_engine_platform_mixture(e, &platforms);

    if (mixed == e->mixed)
        return;
    e->mixed = mixed;
    if (mixed)
        mom__logf(e, MOM_LOG_WARNING,
                  "sites of different platforms: %u OMMs on base stations, %u on servers",
                  MOM__U(platforms.sites[MOM_PLATFORM_BASE_STATION]),
                  MOM__U(platforms.sites[MOM_PLATFORM_SERVER]));
    else
        mom__logf(e, MOM_LOG_NOTICE, "all sites whose platform is known are of the same");
}

/* The records stay, at no site; what the site had is forgotten. */
void mom__on_site_remove(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom__queue ids;
    struct mom__key key;
    uint64_t id;

    if (!site) {
        mom__refuse(e, in, MOM_ENOENT, "no such site");
        return;
    }
    site->up = false;
    site->removing = true;
    take_down(e, site);
    mom__handoff_forget_site(e, in->site);
    mom__profile_forget_site(e, in->site);
    mom__hold_forget(e, in->site);
    mom__queue_init(&ids, &e->alloc);
    for (struct mom__mapping *m = e->dirty_mappings; m; m = m->next_dirty) {
        if (m->site == in->site && mom__queue_put(&ids, m->id, false) != MOM_OK)
            mom__fail(e, MOM_ENOMEM);
    }
    gather(e, MOM_T_BASE, in->site, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__mapping *m = mom__mapping(e, in->site, id);

        if (m)
            mom__unmap(e, m);
    }
    gather(e, MOM_T_RESIDENT, in->site, &ids);
    gather(e, MOM_T_RESIDENT, MOM__ALL_SITES, &ids);
    while (e->failed == MOM_OK && (id = mom__queue_take(&ids)) != 0) {
        struct mom__work *w = mom__work(e, id);

        if (w && w->record.site == in->site) {
            struct mom__news before = mom__news_before(&w->record, in->site);

            if (w->record.type == MOM_DEVICE)
                mom__news_add_own(e, &before);
            mom__claim_set(&w->record,
                           mom__claim_next(mom__claim_of(&w->record), 0, e->now.wall_ms));
            mom__work_changed(e, w, MOM_MOVED);
        }
    }
    mom__queue_done(&ids);
    mom__del(e, MOM_T_SITE, mom__key_site(&key, in->site));
    mom__settle(e);
    for (size_t i = 0; i < e->site_count; i++) {
        if (e->sites[i] != site)
            continue;
        memmove(e->sites + i, e->sites + i + 1,
                (e->site_count - i - 1) * sizeof(struct mom__site *));
        e->site_count--;
        break;
    }
    site_free(e, site);
    note_mixture(e);
    mom__done(e, in, 0);
}

/* --- identity --------------------------------------------------------------------------------- */

static void turn_away(struct mom_engine *e, const struct mom__site *site, enum mom_refusal reason,
                      const char *text, const struct mom__site *other)
{
    struct mom_action *action = mom__act(e, MOM_DO_REFUSE, site->number);
    struct mom__text line;

    if (!action)
        return;
    mom__text_init(&line);
    mom__text_add(&line, text);
    if (other) {
        mom__text_add(&line, " ");
        mom__text_uint(&line, other->number);
        mom__text_add(&line, " ");
        mom__text_add(&line, other->name);
    }
    action->reason = reason;
    action->text = mom__step_dup(e, mom__text_view(&line));
    mom__logf(e, MOM_LOG_ERROR, "site %u is refused: %s", MOM__U(site->number), line.buf);
}

void mom__set_sari(struct mom_engine *e, struct mom_park sari)
{
    char text[MOM_PARK_HEX_LEN + 1];

    mom_park_hex(sari, text);
    mom__put(e, MOM_T_META, mom__str(MOM__META_SARI), mom__str(text));
    e->sari = sari;
    mom__logf(e, MOM_LOG_NOTICE, "the SARI is %s from now on", text);
}

static enum mom_platform told_platform(const struct mom__site *site, const struct mom_input *in)
{
    bool told = in->platform > MOM_PLATFORM_UNKNOWN && in->platform < MOM_PLATFORM_COUNT;

    return told ? in->platform : site->platform;
}

/* A site that is known to be of another class than this one says to be; NULL: none. */
static const struct mom__site *
other_platform(const struct mom_engine *e, const struct mom__site *site, enum mom_platform platform)
{
    for (size_t i = 0; platform && i < e->site_count; i++) {
        const struct mom__site *other = e->sites[i];

        if (other != site && other->platform && other->platform != platform)
            return other;
    }
    return NULL;
}

static void admit(struct mom_engine *e, struct mom__site *site, const struct mom_input *in)
{
    enum mom_platform platform = told_platform(site, in);
    struct mom_park park = in->park, sari;
    struct mom_action *action;

    if (e->configured_sari.pli)
        sari = e->configured_sari;
    else if (mom_sari_from_park(park, &sari) != MOM_OK)
        return; /* looked at before */
    if (e->sari.pli == 0)
        mom__set_sari(e, sari);
    if (!mom_park_equal(site->park, park) || site->platform != platform) {
        site->park = park;
        site->platform = platform;
        mom__site_save(e, site);
    }
    note_mixture(e);
    if (site->up) {
        site->up = false;
        take_down(e, site);
    }
    site->up = true;
    site->up_ms = e->now.mono_ms;
    action = mom__act(e, MOM_DO_ADMIT, site->number);
    if (action)
        action->park = e->sari;
}

void mom__on_identified(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__site *site = mom__site(e, in->site);
    struct mom_park sari = e->sari.pli ? e->sari : e->configured_sari;
    const struct mom__site *other;

    if (!site) {
        mom__logf(e, MOM_LOG_WARNING, "site %u: there is no such site", MOM__U(in->site));
        return;
    }
    for (size_t i = 0; i < e->site_count; i++) {
        if (e->sites[i] != site && e->sites[i]->park.pli &&
            mom_park_equal(e->sites[i]->park, in->park)) {
            turn_away(e, site, MOM_REFUSED_PARK_DUPLICATE, "its PARK is that of site", e->sites[i]);
            return;
        }
    }
    if (site->park.pli && !mom_park_equal(site->park, in->park) &&
        site->users + site->devices > 0) {
        turn_away(e, site, MOM_REFUSED_PARK_CHANGED,
                  "it had another PARK when its records were imported", NULL);
        return;
    }
    if (!mom_park_is_valid(in->park)) {
        turn_away(e, site, MOM_REFUSED_PARK_TYPE, "it has no PARK", NULL);
        return;
    }
    if (mom_pli_compare(sari, in->park) == MOM_PLI_DIFFERENT) {
        turn_away(e, site, MOM_REFUSED_PARK_TYPE, "its PARK has another length than the SARI",
                  NULL);
        return;
    }
    other = e->same_platform ? other_platform(e, site, told_platform(site, in)) : NULL;
    if (other) {
        turn_away(e, site, MOM_REFUSED_PLATFORM, "its platform is another one than that of site",
                  other);
        return;
    }
    admit(e, site, in);
}

/* --- questions -------------------------------------------------------------------------------- */

bool mom_engine_site(const struct mom_engine *engine, mom_site number,
                     struct mom_site_info *ret_info)
{
    const struct mom__site *site = engine ? mom__site(engine, number) : NULL;

    if (!site || !ret_info)
        return false;
    memset(ret_info, 0, sizeof *ret_info);
    ret_info->site = number;
    memcpy(ret_info->name, site->name, sizeof ret_info->name);
    ret_info->park = site->park;
    ret_info->platform = site->platform;
    ret_info->up = site->up;
    ret_info->importing = site->importing;
    ret_info->policy = mom__site_policy(engine, site);
    ret_info->users = site->users;
    ret_info->devices = site->devices;
    ret_info->refused = (uint32_t)site->refused.count;
    ret_info->pending =
        (uint32_t)(site->pending.members.count + site->op_count + site->refused.count);
    ret_info->imported_ms = site->imported_ms;
    return true;
}

mom_site mom_engine_next_site(const struct mom_engine *engine, mom_site after)
{
    size_t at = after == UINT32_MAX ? engine->site_count : place(engine, after + 1);

    return at < engine->site_count ? engine->sites[at]->number : 0;
}

struct mom_park mom_engine_sari(const struct mom_engine *engine)
{
    return engine->sari.pli ? engine->sari : engine->configured_sari;
}
