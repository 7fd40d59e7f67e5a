/*
 * Deletions. A deleted record leaves a tombstone: its last content stays in RECORD, and TOMBSTONE
 * says when and by whom it was deleted, and what the newest change was that the deleter had seen.
 */
#include "node.h"

enum { TOMBSTONE_FORMAT = 1 };

void mom__delete(struct mom_engine *e, struct mom__work *w, struct mom_stamp stamp)
{
    unsigned char bytes[MOM__STAMP_LEN];
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, TOMBSTONE_FORMAT);
    mom__stamp_encode(stamp, bytes);
    mom__buf_bytes(&e->buf, bytes, sizeof bytes);
    mom__stamp_encode(mom__record_newest(&w->record), bytes);
    mom__buf_bytes(&e->buf, bytes, sizeof bytes);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_TOMBSTONE, mom__key_id(&key, w->record.id), mom__buf_view(&e->buf));
    mom__unbind(e, w, stamp);
    w->record.flags = MOM__DELETED;
    mom__work_changed(e, w, MOM_DELETED);
    if (w->record.type == MOM_DEVICE)
        mom__handoff_event(e, w->record.id, MOM__EVENT_GONE);
}

struct mom_stamp mom__tombstone_stamp(struct mom_engine *e, uint64_t id)
{
    struct mom_stamp none = {0, 0, 0};
    struct mom__reader reader;
    const unsigned char *bytes;
    struct mom_str value;
    struct mom__key key;

    if (!mom__get(e, MOM_T_TOMBSTONE, mom__key_id(&key, id), &value))
        return none;
    mom__reader_init(&reader, value);
    if (mom__reader_u8(&reader) > TOMBSTONE_FORMAT)
        mom__fail(e, MOM_EFORMAT);
    bytes = mom__reader_bytes(&reader, MOM__STAMP_LEN);
    if (!bytes)
        mom__fail(e, MOM_ECORRUPT);
    return bytes ? mom__stamp_decode(bytes) : none;
}

void mom__revive(struct mom_engine *e, struct mom__work *w)
{
    struct mom__key key;

    mom__del(e, MOM_T_TOMBSTONE, mom__key_id(&key, w->record.id));
    w->record.flags = 0;
    mom__work_changed(e, w, MOM_CREATED);
    mom__unique_enter(e, w);
}

/* Has nothing changed at the hub since hub and site last agreed? */
static bool is_as_agreed(struct mom_engine *e, const struct mom__work *w, struct mom__mapping *m)
{
    for (size_t i = 0; i < m->base.count; i++) {
        const struct mom__base_entry *entry = &m->base.entries[i];

        if (entry->group == mom__relation_group(w->record.type)
                ? mom__relation_differs(e, &w->record, m)
                : entry->hash != mom__record_group_hash(&w->record, entry->group, MOM__HASH_ALL))
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
                             .rule = wins ? "delete-over-edit" : "edit-over-delete"};

    mom__conflict(e, &v);
    if (wins)
        mom__delete(e, w, mom__stamp_of_site(e, site->number, deleted.ms, newest));
    else
        mom__want(e, site, w->record.id, false);
}

void mom__deleted_at_site(struct mom_engine *e, struct mom__site *site, struct mom__mapping *m,
                          int64_t when_ms)
{
    struct mom__work *w = mom__work(e, m->id);
    bool leaving = m->base.flags & MOM__BASE_LEAVING, agreed;
    struct mom_stamp deleted = {when_ms, 0, site->number};

    if (!w)
        return;
    mom__relation_note_gone(e, m);
    agreed = is_as_agreed(e, w, m);
    mom__unmap(e, m);
    if (leaving || (w->record.flags & MOM__DELETED)) {
        mom__want(e, site, m->id, false);
        return;
    }
    if (!mom__desired(e, &w->record, site->number))
        return;
    if (agreed || MOM__PLANTED(DELETE_BLIND))
        mom__delete(e, w,
                    mom__stamp_of_site(e, site->number, when_ms, mom__record_newest(&w->record)));
    else
        decide(e, site, w, deleted);
}
