/*
 * Records that a site was asked to make and that it has not given a number yet. When such a record
 * appears there, it is ours whatever the OMM made of it (a name that it cut, fields that it filled
 * in), and also if it was deleted meanwhile: then it is removed again, and not taken for somebody
 * new.
 *
 * While the link is up these are the outstanding PUTs. A PUT whose answer was lost has left a base
 * row without a number; those are looked up when an import begins.
 */
#include "node.h"

#include <string.h>

static bool is_asked_for(const struct mom__observed *seen, const struct mom_record *ours)
{
    static const enum mom_field device_keys[] = {MOM_DEVICE_ipei, MOM_DEVICE_subscriptionId};

    if (ours->type != seen->in->type)
        return false;
    if (ours->type == MOM_USER)
        return mom__equal(mom__record_value(&seen->record, MOM_USER_num),
                          mom__record_value(ours, MOM_USER_num));
    for (int i = 0; i < 2; i++) {
        struct mom_str told = mom__record_value(&seen->record, device_keys[i]);
        struct mom_str asked = mom__record_value(ours, device_keys[i]);

        if (told.len > 0 || asked.len > 0)
            return mom__equal(told, asked);
    }
    return true; /* a phone without identity */
}

/* Its key was changed here since it was sent: then it is made as it was sent. */
static bool is_as_sent(struct mom_engine *e, const struct mom__observed *seen, uint64_t id)
{
    enum mom_field key = seen->in->type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
    struct mom__mapping *m = mom__mapping(e, seen->in->site, id);
    const struct mom__base_entry *entry =
        m && m->exists && m->base.type == seen->in->type ? mom__base_find(&m->base, key) : NULL;

    return entry && entry->has_pushed &&
           entry->pushed == mom__record_group_hash(&seen->record, key, MOM__HASH_ALL) &&
           mom__record_value(&seen->record, key).len > 0;
}

/* A field is as it was sent, as we have it now, or the beginning of that. */
static bool is_like(const struct mom__observed *seen, const struct mom_record *ours,
                    const struct mom__base_entry *entry, enum mom_field field)
{
    struct mom_str told = mom__record_value(&seen->record, field);
    struct mom_str value = mom__record_value(ours, field);

    if (entry && entry->has_pushed &&
        entry->pushed_open == mom__record_group_hash(&seen->record, field, MOM__HASH_PUBLIC))
        return true;
    return told.len > 0 && told.len <= value.len && memcmp(told.ptr, value.ptr, told.len) == 0;
}

/* Somebody else may be given the same number there at the same moment: a user has to agree in something else too. In
 * his name, if there is one who does; the other fields may be made of the number, and then both agree. */
static bool is_person(struct mom_engine *e, const struct mom__observed *seen,
                      const struct mom_record *ours, bool by_name)
{
    static const enum mom_field fields[] = {MOM_USER_name, MOM_USER_sipAuthId};
    struct mom__mapping *m = mom__mapping(e, seen->in->site, ours->id);
    bool nameless = !by_name;

    for (int i = 0; i < (by_name ? 1 : 2) && ours->type == MOM_USER; i++) {
        if (is_like(seen, ours, m && m->exists ? mom__base_find(&m->base, fields[i]) : NULL,
                    fields[i]))
            return true;
        nameless = nameless && mom__record_value(ours, fields[i]).len == 0;
    }
    return nameless || ours->type != MOM_USER;
}

static bool is_creation(struct mom_engine *e, const struct mom__observed *seen, uint64_t id,
                        bool by_name)
{
    const struct mom__work *w = mom__work(e, id);

    return w && mom__local_of(e, seen->in->site, id) == 0 &&
           (is_asked_for(seen, &w->record) || is_as_sent(e, seen, id)) &&
           is_person(e, seen, &w->record, by_name);
}

static uint64_t find_creation(struct mom_engine *e, const struct mom__observed *seen, bool by_name)
{
    const struct mom__queue *lost = &seen->site->creations;

    for (size_t i = 0; i < seen->site->op_count; i++) {
        const struct mom__op *op = &seen->site->ops[i];
        uint64_t id = seen->in->type == MOM_USER ? op->user : op->device;

        if (op->kind == MOM__OP_PUT && is_creation(e, seen, id, by_name))
            return id;
    }
    for (size_t i = 0; i < lost->count; i++) {
        uint64_t id = lost->ids[(lost->head + i) & (lost->size - 1)];

        if (is_creation(e, seen, id, by_name))
            return id;
    }
    return 0;
}

uint64_t mom__creation_find(struct mom_engine *e, const struct mom__observed *seen)
{
    uint64_t id = find_creation(e, seen, true);

    return id ? id : find_creation(e, seen, false);
}

struct search {
    struct mom_engine *e;
    struct mom__site *site;
};

static bool visit_base(void *user, struct mom_str key, struct mom_str value)
{
    struct search *search = user;
    struct mom__base base;
    uint32_t site;
    uint64_t id;
    int rc = mom__key_read_site_id(key, &site, &id);

    if (rc == MOM_OK && site != search->site->number)
        return false;
    if (rc == MOM_OK)
        rc = mom__base_decode(value, &base);
    if (rc == MOM_OK && base.local == 0)
        rc = mom__queue_put(&search->site->creations, id, false);
    mom__fail(search->e, rc);
    return search->e->failed == MOM_OK;
}

void mom__creations_load(struct mom_engine *e, struct mom__site *site)
{
    struct search search = {e, site};
    struct mom__key key;

    mom__queue_reset(&site->creations);
    mom__scan(e, MOM_T_BASE, mom__key_site_id(&key, site->number, 0), visit_base, &search);
}

void mom__creations_end(struct mom_engine *e, struct mom__site *site)
{
    uint64_t id;

    while (e->failed == MOM_OK && (id = mom__queue_take(&site->creations)) != 0) {
        struct mom__mapping *m = mom__mapping(e, site->number, id);

        /* It was not made, and nobody wants it any more. */
        if (m && m->exists && m->base.local == 0 && !mom__work_live(e, id))
            mom__unmap(e, m);
    }
}
