/*
 * Deletions. A deleted record stays in RECORD with its last content, the stamp of its deletion, and
 * the stamps of its groups: they are what the deleter had seen. TOMBSTONE lists the deleted ones.
 */
#include "node.h"

enum { TOMBSTONE_FORMAT = 1 };

void mom__tombstone_save(struct mom_engine *e, const struct mom__work *w,
                         const struct mom__index *now)
{
    unsigned char bytes[1 + MOM__STAMP_LEN] = {TOMBSTONE_FORMAT};
    struct mom__key key;

    if (w->index.deleted == now->deleted)
        return;
    mom__stamp_encode(w->record.deleted, bytes + 1);
    if (now->deleted)
        mom__put(e, MOM_T_TOMBSTONE, mom__key_id(&key, w->record.id),
                 (struct mom_str){(const char *)bytes, sizeof bytes});
    else
        mom__del(e, MOM_T_TOMBSTONE, mom__key_id(&key, w->record.id));
}

/* The stamp is later than every group that the deleter knows. */
void mom__delete(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp)
{
    w->record.deleted = stamp;
    w->record.flags = MOM__DELETED;
    mom__work_changed(e, w, MOM_DELETED);
    if (w->record.type == MOM_DEVICE)
        mom__handoff_gone(e, w->record.id);
}

void mom__revive(struct mom_engine *e, struct mom__work *w)
{
    w->record.flags = 0;
    mom__work_changed(e, w, MOM_CREATED);
    mom__derive_parked(e, w);
}

/* Has nothing changed at the hub since hub and site last agreed? Who deleted the record after the site had, and put it
 * back as it was, changed it, though its values are those that were agreed on. */
static bool is_as_agreed(struct mom_engine *e, const struct mom__work *w, struct mom__mapping *m,
                         int64_t deleted_ms)
{
    if (!mom__stamp_is_zero(w->record.deleted) && w->record.deleted.ms > deleted_ms)
        return false;
    for (size_t i = 0; i < m->base.count; i++) {
        const struct mom__base_entry *entry = &m->base.entries[i];

        if (entry->group == mom__relation_group(w->record.type)
                ? mom__relation_differs(e, &w->record, m)
                : entry->hash !=
                      mom__desired_hash(e, &w->record, m->site, entry->group, MOM__HASH_ALL))
            return false;
    }
    return true;
}

static void decide(struct mom_engine *e, struct mom__site *site, struct mom__work *w,
                   struct mom_stamp deleted)
{
    struct mom_stamp newest = mom__record_newest(&w->record);
    bool wins = deleted.ms > newest.ms;
    struct mom__verdict v = {.id = w->record.id,
                             .winner = wins ? deleted : newest,
                             .loser = wins ? newest : deleted,
                             .kept_text = mom__str(wins ? "deletion" : "edit"),
                             .lost_text = mom__str(wins ? "edit" : "deletion"),
                             .kept = wins ? NULL : &w->record,
                             .lost = wins ? &w->record : NULL,
                             .kept_deletion = wins,
                             .lost_deletion = !wins,
                             .from = site->number,
                             .theirs_won = wins,
                             .clock_ms = site->clock_ms,
                             .rule = wins ? "delete-over-edit" : "edit-over-delete"};

    mom__conflict(e, &v);
    if (wins)
        mom__delete(e, w, mom__stamp_of_site(e, site->number, deleted.ms, newest));
    else
        mom__want(e, site, w->record.id, false);
}

void mom__deleted_at_site(struct mom_engine *e, struct mom__site *site, struct mom__mapping *m,
                          int64_t when_ms, bool told)
{
    struct mom__work *w = mom__work(e, m->id);
    bool leaving = m->base.flags & MOM__BASE_LEAVING, agreed;
    struct mom_stamp deleted = {when_ms, 0, site->number};

    if (!w)
        return;
    mom__relation_note_gone(e, m);
    agreed = is_as_agreed(e, w, m, when_ms);
    mom__unmap(e, m);
    mom__push_left(e, site, w->record.id);
    if (leaving || (w->record.flags & MOM__DELETED)) {
        mom__want(e, site, m->id, false);
        return;
    }
    /* What is missing in a list, and did not belong there any more, need not be deleted. A notice says that it was:
     * nobody asked for that, and often the record ceased to belong there because its partner was told first, as
     * unbound. */
    if (!told && !mom__desired(e, &w->record, site->number))
        return;
    if (agreed || MOM__PLANTED(DELETE_BLIND))
        mom__delete(e, w,
                    mom__stamp_of_site(e, site->number, when_ms, mom__record_newest(&w->record)));
    else
        decide(e, site, w, deleted);
}
